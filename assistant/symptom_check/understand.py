"""Free text → findings, vital signs, age, sex and pregnancy, in any loaded language.

What cannot be true (a temperature of 390) is left out: a slip of the keyboard is not a finding.
"""

from dataclasses import dataclass, replace

from assistant.symptom_check.duration_in_text import days_near
from assistant.symptom_check.person_in_text import (
    read_age,
    read_pregnancy,
    read_sex,
    without_ages,
)
from assistant.symptom_check.vital_signs_in_text import read_measurements
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import Core
from knowledge_graph.domain.case import (
    Case,
    Finding,
    FindingOrigin,
    Measurement,
    Presence,
    Sex,
)
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.evidence import Assertion, Mention
from knowledge_graph.normal_form import fold


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text says of one person. Empty when nothing was understood."""

    findings: tuple[Finding, ...]
    measurements: tuple[Measurement, ...]
    age_years: float | None
    sex: Sex | None
    pregnant: Presence
    named: tuple[ConceptId, ...]
    mentions: tuple[Mention, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing of medical meaning was found."""
        return not (self.findings or self.measurements)

    def added_to(self, case: Case) -> Case:
        """The case with what the text says where the case itself says nothing."""
        sex = case.sex or self.sex
        pregnant = case.pregnant
        if pregnant is Presence.UNKNOWN and sex is not Sex.MALE:
            pregnant = self.pregnant
        measured = {measurement.vital_sign for measurement in case.measurements}
        more = (m for m in self.measurements if m.vital_sign not in measured)
        grown = replace(
            case,
            age_years=self.age_years if case.age_years is None else case.age_years,
            sex=sex,
            pregnant=pregnant,
            findings=self.findings,
            measurements=(*case.measurements, *more),
            named=tuple(dict.fromkeys((*case.named, *self.named))),
        )
        for finding in case.findings:
            grown = grown.with_finding(finding)
        return grown


def understand(
    text: str,
    language: str | None,
    finder: ConceptFinder,
    core: Core,
    *,
    include_someone_else: bool = False,
) -> Understanding:
    """Read a text. `include_someone_else`: "my father has …" counts, for screening or a proxy."""
    mentions = finder.find(text, language, as_people_type=True)
    folded = fold(text)
    return Understanding(
        findings=_findings(text, without_ages(folded), mentions, core, include_someone_else),
        measurements=read_measurements(folded),
        age_years=read_age(folded),
        sex=read_sex(folded),
        pregnant=read_pregnancy(folded),
        named=_named_conditions(mentions, core),
        mentions=mentions,
    )


def _findings(
    text: str, timed: str, mentions: tuple[Mention, ...], core: Core, include_someone_else: bool
) -> tuple[Finding, ...]:
    """One finding per concept; said once present, it is present. Conditions named are not findings."""
    found: dict[str, Finding] = {}
    for mention in mentions:
        entry = core.findings.get(mention.concept_id)
        presence = _presence(mention, include_someone_else, entry is not None and entry.kind)
        if entry is None or presence is None:
            continue
        known = found.get(entry.id)
        if known is not None and known.presence is Presence.PRESENT:
            continue
        found[entry.id] = Finding(
            concept_id=entry.id,
            presence=presence,
            origin=FindingOrigin.TEXT,
            quote=text[mention.start : mention.end],
            days=days_near(timed, mention),
        )
    return tuple(found.values())


def _named_conditions(mentions: tuple[Mention, ...], core: Core) -> tuple[ConceptId, ...]:
    """Conditions the text speaks of as this person's, asked about or had; not denied ones."""
    not_theirs = (Assertion.NEGATED, Assertion.SOMEONE_ELSE)
    return tuple(
        dict.fromkeys(
            mention.concept_id
            for mention in mentions
            if mention.concept_id in core.conditions and mention.assertion not in not_theirs
        )
    )


def _presence(mention: Mention, include_someone_else: bool, kind: str | bool) -> Presence | None:
    match mention.assertion:
        case Assertion.NEGATED:
            return Presence.ABSENT
        case Assertion.HISTORICAL:
            # What someone once had is a risk factor, not a symptom of today.
            return Presence.PRESENT if kind == "risk_factor" else None
        case Assertion.SOMEONE_ELSE:
            return Presence.PRESENT if include_someone_else else None
        case Assertion.ASKED:
            return None  # "不知道有没有发烧"
        case _:
            # Patients hedge ("maybe some chest pain"): it counts, and they can correct it.
            return Presence.PRESENT
