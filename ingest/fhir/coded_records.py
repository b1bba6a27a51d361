"""A bundle → coded encounters and observations under pseudonyms: what reports count."""

import re
from collections.abc import Iterator

from ingest.fhir.bundle import Bundle, Entry, codes_of, moment_of, moment_or_day_of, patient_key
from ingest.fhir.departments import department_of
from ingest.fhir.shapes import CodeableConcept, Condition, Encounter, Observation, Value
from ingest.pseudonym import pseudonym
from ingest.source import ReadingTools
from knowledge_graph.domain import encounter as domain
from knowledge_graph.domain.assessment import Urgency
from knowledge_graph.domain.case import Sex
from knowledge_graph.domain.codes import Code

_NOT_HAPPENED = frozenset({"planned", "cancelled", "entered-in-error"})
_WITHDRAWN = frozenset({"entered-in-error", "cancelled"})
_SEMANTIC_TAG = re.compile(r"\s*\((?:disorder|finding|situation|procedure|event)\)\s*$")
_SEXES = {"female": Sex.FEMALE, "male": Sex.MALE}
# HL7 v3 ActPriority.
_PRIORITIES = {
    "EM": Urgency.EMERGENCY,
    "UR": Urgency.CONSULTATION_24,
    "A": Urgency.CONSULTATION_24,
    "R": Urgency.CONSULTATION,
    "EL": Urgency.CONSULTATION,
}


def patient_record(bundle: Bundle, tools: ReadingTools) -> domain.PatientRecord:
    """What the bundle says of its patient, in codes. Raises UnreadableDocument."""
    reader = _Reader(bundle, tools)
    return domain.PatientRecord(
        reader.patient(), tuple(reader.encounters()), tuple(reader.observations())
    )


class _Reader:
    """One bundle with the pseudonyms of its parts."""

    def __init__(self, bundle: Bundle, tools: ReadingTools) -> None:
        self._bundle = bundle
        self._tools = tools
        self._owner = patient_key(bundle.patient, bundle.patient_entry)
        self._patient_id = self._pseudonym("patient", self._owner)
        self._encounter_ids = {
            reference: self._own("encounter", str(entry.resource.get("id")))
            for entry in bundle.of_type("Encounter")
            for reference in entry.references
        }

    def patient(self) -> domain.Patient:
        """Sex and year of birth under a pseudonym."""
        patient = self._bundle.patient
        born = patient.birthDate[:4] if patient.birthDate else None
        if born is not None and not born.isdigit():
            self._bundle.patient_entry.fault("birthDate", "it is not a date")
        return domain.Patient(
            self._patient_id, _SEXES.get(patient.gender or ""), int(born) if born else None
        )

    def encounters(self) -> Iterator[domain.Encounter]:
        """Encounters that have begun."""
        diagnoses = self._diagnoses()
        for entry in self._bundle.of_type("Encounter"):
            encounter = entry.as_a(Encounter)
            self._bundle.is_about_patient(entry, encounter.subject)
            if encounter.status not in _NOT_HAPPENED:
                yield self._encounter(entry, encounter, diagnoses)

    def _encounter(
        self,
        entry: Entry,
        encounter: Encounter,
        diagnoses: dict[str, list[tuple[tuple[Code, ...], str | None]]],
    ) -> domain.Encounter:
        key = self._own("encounter", encounter.id)
        found = [(codes_of(entry, "type", kind), None) for kind in encounter.type]
        reasons = [
            (codes_of(entry, "reasonCode", reason), reason.words) for reason in encounter.reasonCode
        ]
        meant = [*reasons, *diagnoses.get(key, ())]
        concept_ids = tuple(
            dict.fromkeys(
                concept_id for codes, words in meant for concept_id in self._linked(codes, words)
            )
        )
        if encounter.period.start is None:
            entry.fault("period.start", "an encounter that has begun needs it")
        end = encounter.period.end
        vocabulary = self._tools.vocabulary
        return domain.Encounter(
            id=key,
            patient_id=self._patient_id,
            source="fhir",
            started=moment_of(entry, "period.start", encounter.period.start),
            ended=moment_of(entry, "period.end", end) if end else None,
            department=department_of(
                encounter, concept_ids, vocabulary.department_names, vocabulary.departments
            ),
            encounter_class=encounter.class_.code,
            urgency=_urgency(encounter),
            codes=tuple(dict.fromkeys(code for codes, _ in (*found, *meant) for code in codes)),
            concept_ids=concept_ids,
        )

    def _diagnoses(self) -> dict[str, list[tuple[tuple[Code, ...], str | None]]]:
        """Codes and words of conditions by the encounter that found them."""
        found: dict[str, list[tuple[tuple[Code, ...], str | None]]] = {}
        for entry in self._bundle.of_type("Condition"):
            condition = entry.as_a(Condition)
            self._bundle.is_about_patient(entry, condition.subject)
            key = self._encounter_of(condition.encounter.reference if condition.encounter else None)
            if key is not None and not _is_refuted(condition):
                codes = codes_of(entry, "code", condition.code)
                found.setdefault(key, []).append((codes, condition.code.words))
        return found

    def observations(self) -> Iterator[domain.Observation]:
        """Coded measurements; a panel gives one for each component. Free text is left out."""
        for entry in self._bundle.of_type("Observation"):
            observation = entry.as_a(Observation)
            self._bundle.is_about_patient(entry, observation.subject)
            if observation.status not in _WITHDRAWN:
                for at, value in enumerate((observation, *observation.component)):
                    yield from self._observation(entry, observation, value, at)

    def _observation(
        self, entry: Entry, observation: Observation, value: Value, at: int
    ) -> Iterator[domain.Observation]:
        codes = codes_of(entry, "code", value.code)
        period = observation.effectivePeriod
        observed = observation.effectiveDateTime or (period and period.start) or observation.issued
        number, unit, text = _value(value)
        if not codes or not observed or (number is None and text is None):
            return
        named = observation.encounter.reference if observation.encounter else None
        yield domain.Observation(
            id=self._own("observation", f"{observation.id}#{at}"),
            patient_id=self._patient_id,
            encounter_id=self._encounter_of(named),
            code=codes[0],
            observed=moment_or_day_of(entry, "effectiveDateTime", observed),
            value=number,
            unit=unit,
            value_text=text,
        )

    def _linked(self, codes: tuple[Code, ...], words: str | None) -> Iterator[str]:
        """The concept that a code or the whole of the words means, if any."""
        name = _SEMANTIC_TAG.sub("", words or "").strip()
        known = self._tools.vocabulary.resolve(codes, name)
        if known is not None:
            yield known
            return
        for mention in self._tools.find(name) if name else ():
            if mention.start == 0 and mention.end == len(name):
                yield mention.concept_id

    def _encounter_of(self, reference: str | None) -> str | None:
        return self._encounter_ids.get(reference) if reference else None

    def _own(self, kind: str, identifier: str) -> str:
        """A pseudonym of something that has its id only beside its patient's."""
        return self._pseudonym(kind, f"{self._owner}\n{identifier}")

    def _pseudonym(self, kind: str, identifier: str) -> str:
        return pseudonym(self._tools.pseudonym_key, kind, identifier)


def _urgency(encounter: Encounter) -> Urgency | None:
    """How urgent the record says it was; None where it does not say."""
    for coding in encounter.priority.coding if encounter.priority else ():
        if coding.code in _PRIORITIES:
            return _PRIORITIES[coding.code]
    return Urgency.EMERGENCY if encounter.class_.code == "EMER" else None


def _is_refuted(condition: Condition) -> bool:
    status: CodeableConcept | None = condition.verificationStatus
    return status is not None and any(
        coding.code in ("refuted", "entered-in-error") for coding in status.coding
    )


def _value(value: Value) -> tuple[float | None, str | None, str | None]:
    """Number, unit, and coded answer in words."""
    quantity = value.valueQuantity
    if quantity is not None and quantity.value is not None:
        return float(quantity.value), quantity.code or quantity.unit, None
    if value.valueInteger is not None:
        return float(value.valueInteger), None, None
    if value.valueBoolean is not None:
        return None, None, "true" if value.valueBoolean else "false"
    coded = value.valueCodeableConcept
    if coded is not None:
        # The words of a code, never the text beside it: that is free.
        words = next((coding.display or coding.code for coding in coded.coding), None)
        return None, None, words
    return None, None, None
