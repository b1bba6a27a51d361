"""A small FHIR bundle of one patient, to be changed by tests."""

import base64
import json
from pathlib import Path
from typing import Any

PATIENT = "urn:uuid:patient"
VISIT = "urn:uuid:visit"


def coded(system: str, code: str, display: str | None = None) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def snomed(code: str, display: str | None = None) -> dict[str, Any]:
    return coded("http://snomed.info/sct", code, display)


def loinc(code: str) -> dict[str, Any]:
    return coded("http://loinc.org", code)


def patient(**changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": "p-1",
        "identifier": [{"system": "http://hospital.example", "value": "MR-778899"}],
        "name": [{"family": "Spinka", "given": ["Vera", "Anne"]}],
        "address": [{"line": ["12 Long Meadow"], "city": "Hopedale"}],
        "telecom": [{"value": "555-0147"}],
        "gender": "female",
        "birthDate": "1987-05-06",
    } | changes


def encounter(**changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": "visit",
        "status": "finished",
        "class": {"code": "AMB"},
        "type": [snomed("185345009", "Encounter for symptom")],
        "subject": {"reference": PATIENT},
        "period": {"start": "2019-03-14T23:30:00-05:00", "end": "2019-03-14T23:45:00-05:00"},
    } | changes


def condition(display: str, code: str = "233604007") -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "code": snomed(code, display),
        "subject": {"reference": PATIENT},
        "encounter": {"reference": VISIT},
    }


def observation(**changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "o-1",
        "status": "final",
        "code": loinc("8310-5"),
        "subject": {"reference": PATIENT},
        "encounter": {"reference": VISIT},
        "effectiveDateTime": "2019-03-14T23:31:00-05:00",
        "valueQuantity": {"value": 39.1, "unit": "C", "code": "Cel"},
    } | changes


def note(text: str, **changes: Any) -> dict[str, Any]:
    data = base64.b64encode(text.encode()).decode()
    attachment = {"contentType": "text/plain; charset=utf-8", "data": data} | changes
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": {"text": "Visit note"},
        "content": [{"attachment": attachment}],
    }


def bundle(*resources: dict[str, Any], who: dict[str, Any] | None = None) -> dict[str, Any]:
    """A bundle of a patient and more; the first encounter can be referred to as VISIT."""
    entries: list[dict[str, Any]] = [{"fullUrl": PATIENT, "resource": who or patient()}]
    for resource in resources:
        own = {"fullUrl": VISIT} if resource["resourceType"] == "Encounter" else {}
        entries.append({**own, "resource": resource})
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def write_bundle(path: Path, content: dict[str, Any] | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return path
