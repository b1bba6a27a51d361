"""CDS Hooks 2.0: advice on cards inside the hospital's own record system.

One service, `patient-view`, from prefetched data alone: it never calls the hospital's server, so a
call without its prefetch gets a 412. https://cds-hooks.hl7.org/2.0/
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.auth import Doctor, Public
from api.cds_cards import Card, make_cards
from api.errors import PrefetchMissing
from api.fhir_case import read_patient
from api.wiring import Services, SharedServices
from assistant.decision_support.advise import advise
from knowledge_graph.domain.case import Case, Presence
from knowledge_graph.domain.errors import NotFound

SERVICE_ID = "medbrain-patient-view"
PREFETCH = {
    "patient": "Patient/{{context.patientId}}",
    "conditions": "Condition?patient={{context.patientId}}&clinical-status=active",
    "observations": "Observation?patient={{context.patientId}}&category=vital-signs"
    "&_sort=-date&_count=100",
}

router = APIRouter(prefix="/cds-services", tags=["CDS Hooks"])


class FromHospital(BaseModel):
    """A body of the standard; what the standard's later versions add is let through."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class PatientViewContext(FromHospital):
    """Whose record was opened, and by whom."""

    userId: Annotated[str, Field(min_length=1)]  # noqa: N815 - the standard's name
    patientId: Annotated[str, Field(min_length=1)]  # noqa: N815 - the standard's name


class HookRequest(FromHospital):
    """A call of the service."""

    hook: Literal["patient-view"]
    hookInstance: UUID  # noqa: N815 - the standard's name
    context: PatientViewContext
    prefetch: dict[str, dict[str, Any] | None] | None = None


class Prefetched(BaseModel):
    """What the call brought along: the patient, and the resources of the two searches."""

    patient: dict[str, Any]
    conditions: list[dict[str, Any]]
    observations: list[dict[str, Any]]

    @classmethod
    def of(cls, request: HookRequest) -> Self:
        """Check what came. Raises PrefetchMissing naming what did not."""
        prefetch = request.prefetch or {}
        expected = {"patient": "Patient", "conditions": "Bundle", "observations": "Bundle"}
        missing = [
            key
            for key, kind in expected.items()
            if (prefetch.get(key) or {}).get("resourceType") != kind
        ]
        if missing:
            raise PrefetchMissing(
                f"The prefetch lacks {', '.join(missing)}. This service reads nothing from the FHIR"
                " server itself; send what its discovery entry asks for."
            )
        return cls(
            patient=prefetch["patient"] or {},
            conditions=_resources(prefetch["conditions"], "Condition"),
            observations=_resources(prefetch["observations"], "Observation"),
        )


def _resources(bundle: dict[str, Any] | None, kind: str) -> list[dict[str, Any]]:
    entries = (bundle or {}).get("entry")
    found = [
        entry.get("resource")
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict)
    ]
    return [
        resource
        for resource in found
        if isinstance(resource, dict) and resource.get("resourceType") == kind
    ]


class CardsOut(BaseModel):
    """The answer: cards, none when there is nothing to say."""

    cards: list[Card]


class FeedbackItem(FromHospital):
    """What a clinician did with one card. Comments are not read: they may hold patient text."""

    card: Annotated[str, Field(min_length=1, max_length=100)]
    outcome: Literal["accepted", "overridden"]
    outcomeTimestamp: datetime  # noqa: N815 - the standard's name


class FeedbackIn(FromHospital):
    """Feedback on cards."""

    feedback: Annotated[list[FeedbackItem], Field(max_length=500)]


@router.get("")
def discovery(caller: Public) -> dict[str, list[dict[str, Any]]]:
    """Which services there are."""
    service = {
        "hook": "patient-view",
        "id": SERVICE_ID,
        "title": "Medical Brain",
        "description": "Possible explanations of a patient's current findings, with red flags and"
        " sources. Not a diagnosis and not a certified medical device.",
        "prefetch": PREFETCH,
    }
    return {"services": [service]}


@router.post("/{service_id}", response_model_exclude_none=True)
def call(service_id: str, body: HookRequest, doctor: Doctor, services: SharedServices) -> CardsOut:
    """Advise on the patient whose record was opened."""
    _check_service(service_id)
    prefetched = Prefetched.of(body)
    return CardsOut(cards=_advise(prefetched, services))


def _advise(prefetched: Prefetched, services: Services) -> list[Card]:
    opened = services.opened()
    knowledge = opened.knowledge
    case = read_patient(
        prefetched.patient,
        prefetched.conditions,
        prefetched.observations,
        services.core,
        knowledge.finder,
        datetime.now(UTC),
    )
    if not _has_findings(case, services):
        return []
    return make_cards(advise(case, opened.model, opened.cite), knowledge.version, uuid4)


def _has_findings(case: Case, services: Services) -> bool:
    """Whether something is reported that wants an explanation; history alone does not."""
    vocabulary = services.core.findings
    return bool(case.measurements) or any(
        finding.presence is Presence.PRESENT
        and (entry := vocabulary.get(finding.concept_id)) is not None
        and entry.kind != "risk_factor"
        for finding in case.findings
    )


@router.post("/{service_id}/feedback")
def feedback(
    service_id: str, body: FeedbackIn, doctor: Doctor, services: SharedServices
) -> dict[str, Any]:
    """Keep what clinicians did with the cards, in the audit log."""
    _check_service(service_id)
    for item in body.feedback:
        services.audit(doctor, f"cds_hooks_{item.outcome}", item.card)
    return {}


def _check_service(service_id: str) -> None:
    if service_id != SERVICE_ID:
        raise NotFound(f"There is no such service; the one there is: {SERVICE_ID}")
