"""A FHIR R4 Bundle of one patient: parsed, checked, its references followed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError

from ingest.fhir.shapes import CodeableConcept, Part, Patient, Reference
from ingest.reading import first_fault, text_of
from ingest.source import RawDocument
from knowledge_graph.domain.codes import Code, code_from_uri
from knowledge_graph.domain.errors import InvalidInput, UnreadableDocument

Shape = TypeVar("Shape", bound=Part)


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource with its place in the file."""

    where: str
    kind: str
    resource: Mapping[str, Any]
    references: tuple[str, ...]

    def as_a(self, shape: type[Shape]) -> Shape:
        """The resource in its shape. Raises UnreadableDocument naming the field."""
        try:
            return shape.model_validate_json(json.dumps(self.resource))
        except ValidationError as error:
            raise UnreadableDocument(self.where, first_fault(error)) from error

    def fault(self, field: str, why: str) -> NoReturn:
        """Refuse the document because of one field."""
        raise UnreadableDocument(self.where, f"{field}: {why}")


@dataclass(frozen=True)
class Bundle:
    """All resources of one patient."""

    patient: Patient
    patient_entry: Entry
    entries: tuple[Entry, ...]
    key: str

    def of_type(self, *types: str) -> Iterator[Entry]:
        """The entries of some types, in order."""
        return (entry for entry in self.entries if entry.kind in types)

    def is_about_patient(self, entry: Entry, subject: Reference | None) -> None:
        """Check that a resource speaks of the bundle's patient. Raises UnreadableDocument."""
        named = subject.reference if subject else None
        if named is not None and named not in self.patient_entry.references:
            entry.fault("subject", "it is not the patient of this bundle")


def parse_bundle(raw: RawDocument) -> Bundle:
    """The bundle. Raises UnreadableDocument naming file, position and what is wrong."""
    content = _json(raw)
    if not isinstance(content, dict) or content.get("resourceType") != "Bundle":
        raise UnreadableDocument(raw.where, "it is not a FHIR Bundle (resourceType)")
    rows = content.get("entry")
    if not isinstance(rows, list) or not rows:
        raise UnreadableDocument(raw.where, "the bundle has no entries")
    entries = tuple(_entry(row, f"{raw.where}, entry[{at}]") for at, row in enumerate(rows))
    patients = [entry for entry in entries if entry.kind == "Patient"]
    if len(patients) != 1:
        raise UnreadableDocument(
            raw.where, f"it has {len(patients)} patients; give one bundle for each patient"
        )
    patient = patients[0].as_a(Patient)
    return Bundle(patient, patients[0], entries, _key(content, patient, patients[0]))


def _json(raw: RawDocument) -> Any:
    try:
        return json.loads(text_of(raw.content, raw.where), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = f"{raw.where}, line {error.lineno}, column {error.colno}"
        raise UnreadableDocument(where, f"not JSON: {error.msg}") from error
    except ValueError as error:
        raise UnreadableDocument(raw.where, f"not JSON: {error}") from error
    except RecursionError as error:
        raise UnreadableDocument(raw.where, "it is nested too deeply") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _entry(row: Any, where: str) -> Entry:
    resource = row.get("resource") if isinstance(row, dict) else None
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(resource, dict) or not isinstance(kind, str):
        raise UnreadableDocument(where, "it holds no resource with a resourceType")
    own = (row.get("fullUrl"), f"{kind}/{resource['id']}" if resource.get("id") else None)
    references = tuple(text for text in own if isinstance(text, str))
    return Entry(f"{where} {kind}", kind, resource, references)


def _key(content: Mapping[str, Any], patient: Patient, entry: Entry) -> str:
    """The patient's identifier, with the bundle's own where it has one: bundles may be parts."""
    own = content.get("identifier")
    number = own.get("value") if isinstance(own, dict) else None
    return f"{patient_key(patient, entry)}|{number or content.get('id') or ''}"


def patient_key(patient: Patient, entry: Entry) -> str:
    """What the source knows the patient by: the record number, else any number, else the id."""
    numbers = [n for n in patient.identifier if n.value]
    for number in numbers:
        if number.type and any(coding.code == "MR" for coding in number.type.coding):
            return f"{number.system or ''}|{number.value}"
    if numbers:
        return f"{numbers[0].system or ''}|{numbers[0].value}"
    return patient.id or entry.fault("identifier", "the patient has no identifier and no id")


def codes_of(entry: Entry, field: str, concept: CodeableConcept) -> tuple[Code, ...]:
    """The codes of systems that are kept. Raises UnreadableDocument for a code of wrong form."""
    found = []
    for coding in concept.coding:
        if coding.system is None or coding.code is None:
            continue
        try:
            code = code_from_uri(coding.system, coding.code)
        except InvalidInput:
            entry.fault(field, f"a code does not have the form of {coding.system}")
        if code is not None:
            found.append(code)
    return tuple(found)


def moment_of(entry: Entry, field: str, text: str) -> datetime:
    """A time of day with its offset from UTC. Raises UnreadableDocument."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        entry.fault(field, "it is not a date and time")
    if moment.tzinfo is None:
        entry.fault(field, "it needs a time of day with its offset from UTC")
    return moment


def moment_or_day_of(entry: Entry, field: str, text: str) -> datetime | date:
    """A time with its offset, or a whole day. Raises UnreadableDocument."""
    if len(text) == len("2024-01-31"):
        try:
            return date.fromisoformat(text)
        except ValueError:
            entry.fault(field, "it is not a date")
    return moment_of(entry, field, text)
