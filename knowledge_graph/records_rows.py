"""Records as rows of their tables, and back. Times: see records_tables."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from knowledge_graph.domain.assessment import Urgency
from knowledge_graph.domain.case import Sex
from knowledge_graph.domain.codes import parse_code
from knowledge_graph.domain.encounter import Encounter, Observation, Patient
from knowledge_graph.domain.errors import InvalidInput
from knowledge_graph.domain.job import Job, JobState

Row = dict[str, Any]


def utc_text(moment: datetime | date) -> str:
    """A moment as text that sorts by time; a bare date counts from its midnight, UTC.

    Raises InvalidInput for a time without its offset from UTC.
    """
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), UTC)
    if moment.tzinfo is None:
        raise InvalidInput(
            f"{moment.isoformat()} has no offset from UTC; write one, such as +00:00"
        )
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def patient_row(patient: Patient, document_id: str) -> Row:
    """A patient as one document describes it."""
    return {
        "id": patient.id,
        "document_id": document_id,
        "sex": patient.sex.value if patient.sex else None,
        "birth_year": patient.birth_year,
    }


def patient_of(row: Mapping[str, Any]) -> Patient:
    """The patient of a row."""
    return Patient(row["id"], Sex(row["sex"]) if row["sex"] else None, row["birth_year"])


def encounter_row(encounter: Encounter, document_id: str | None) -> Row:
    """An encounter; finished chats have no document."""
    return {
        "id": encounter.id,
        "document_id": document_id,
        "patient_id": encounter.patient_id,
        "source": encounter.source,
        "started": encounter.started.isoformat(),
        "started_utc": utc_text(encounter.started),
        "ended": encounter.ended.isoformat() if encounter.ended else None,
        "department": encounter.department,
        "encounter_class": encounter.encounter_class,
        "urgency": encounter.urgency.value if encounter.urgency else None,
        "codes": json.dumps([str(code) for code in encounter.codes]),
        "concept_ids": json.dumps(encounter.concept_ids),
    }


def encounter_of(row: Mapping[str, Any]) -> Encounter:
    """The encounter of a row."""
    return Encounter(
        id=row["id"],
        patient_id=row["patient_id"],
        source=row["source"],
        started=datetime.fromisoformat(row["started"]),
        ended=datetime.fromisoformat(row["ended"]) if row["ended"] else None,
        department=row["department"],
        encounter_class=row["encounter_class"],
        urgency=Urgency(row["urgency"]) if row["urgency"] else None,
        codes=tuple(parse_code(code) for code in json.loads(row["codes"])),
        concept_ids=tuple(json.loads(row["concept_ids"])),
    )


def observation_row(observation: Observation, document_id: str) -> Row:
    """An observation."""
    return {
        "id": observation.id,
        "document_id": document_id,
        "patient_id": observation.patient_id,
        "encounter_id": observation.encounter_id,
        "code": str(observation.code),
        "observed": observation.observed.isoformat(),
        "observed_utc": utc_text(observation.observed),
        "value": observation.value,
        "unit": observation.unit,
        "value_text": observation.value_text,
    }


def observation_of(row: Mapping[str, Any]) -> Observation:
    """The observation of a row."""
    text = row["observed"]
    return Observation(
        id=row["id"],
        patient_id=row["patient_id"],
        encounter_id=row["encounter_id"],
        code=parse_code(row["code"]),
        observed=datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text),
        value=row["value"],
        unit=row["unit"],
        value_text=row["value_text"],
    )


def job_row(job: Job) -> Row:
    """A job."""
    return {
        "id": job.id,
        "kind": job.kind,
        "created_by": job.created_by,
        "created": utc_text(job.created),
        "updated": utc_text(job.updated),
        "state": job.state.value,
        "payload": json.dumps(dict(job.payload), ensure_ascii=False),
        "done": job.done,
        "total": job.total,
        "message": job.message,
        "summary": json.dumps(dict(job.summary), ensure_ascii=False),
    }


def job_of(row: Mapping[str, Any]) -> Job:
    """The job of a row."""
    return Job(
        id=row["id"],
        kind=row["kind"],
        created_by=row["created_by"],
        created=datetime.fromisoformat(row["created"]),
        updated=datetime.fromisoformat(row["updated"]),
        state=JobState(row["state"]),
        payload=json.loads(row["payload"]),
        done=row["done"],
        total=row["total"],
        message=row["message"],
        summary=json.loads(row["summary"]),
    )
