"""The hospital's records: coded patients, encounters and observations, jobs, audit, transcripts.

SQLite by default, PostgreSQL by address. Transcripts arrive sealed; nothing here can read them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    create_engine,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.exc import InterfaceError, OperationalError

from knowledge_graph import records_rows as rows
from knowledge_graph import records_tables as tables
from knowledge_graph.domain.encounter import Encounter, Observation, Patient, PatientRecord
from knowledge_graph.domain.errors import DependencyDown, NotFound, StorageFull
from knowledge_graph.domain.evidence import DocumentId
from knowledge_graph.domain.job import Job, JobState
from knowledge_graph.storage import is_full

_WAIT_FOR_WRITER_MS = 10_000
_AT_A_TIME = 500
"""Keys in one statement: databases limit the number of parameters."""


class Records:
    """One records database. Safe to use from several threads and processes.

    Every method raises DependencyDown when the database does not answer and StorageFull when its
    disk is full; what was written before stays.
    """

    def __init__(self, url: str) -> None:
        """`url`: 'sqlite:///path' or 'postgresql+psycopg://user:password@host/name'."""
        self._engine = _engine(url)
        self._writing = self._engine.execution_options(medbrain_writes=True)
        # Threads of one process take turns here: SQLite's own waiting sleeps ever longer.
        self._turn = Lock() if url.startswith("sqlite") else nullcontext()

    def prepare(self) -> None:
        """Make the tables that are missing."""
        with self._changing() as connection:
            tables.METADATA.create_all(connection)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    # Records of the hospital

    def save_patient_records(
        self,
        document_id: DocumentId,
        patient_records: Sequence[PatientRecord],
        content_hash: str = "",
    ) -> None:
        """Put in what one document says, replacing what it said before; all of it or nothing."""
        patients = [rows.patient_row(r.patient, document_id) for r in patient_records]
        encounters = [
            rows.encounter_row(e, document_id) for r in patient_records for e in r.encounters
        ]
        observations = [
            rows.observation_row(o, document_id) for r in patient_records for o in r.observations
        ]
        with self._changing() as connection:
            _remove_document(connection, document_id)
            own = {"id": document_id, "content_hash": content_hash}
            connection.execute(insert(tables.DOCUMENTS), own)
            _insert(connection, tables.PATIENTS, patients)
            _replace(connection, tables.ENCOUNTERS, encounters)
            _replace(connection, tables.OBSERVATIONS, observations)

    def remove_document(self, document_id: DocumentId) -> None:
        """Take out what one document said; an unknown one changes nothing."""
        with self._changing() as connection:
            _remove_document(connection, document_id)

    def document_hashes(self) -> Mapping[DocumentId, str]:
        """Content hash of every document whose records are in."""
        return {row["id"]: row["content_hash"] for row in self._all(select(tables.DOCUMENTS))}

    def save_encounter(self, encounter: Encounter) -> None:
        """Put in one finished chat, replacing an encounter of the same id."""
        with self._changing() as connection:
            _replace(connection, tables.ENCOUNTERS, [rows.encounter_row(encounter, None)])

    def encounters(
        self, since: datetime, until: datetime, department: str | None = None
    ) -> Iterator[Encounter]:
        """Encounters that started in [since, until), in order of time. Both carry their zone."""
        table = tables.ENCOUNTERS
        query = (
            select(table)
            .where(table.c.started_utc >= rows.utc_text(since))
            .where(table.c.started_utc < rows.utc_text(until))
            .order_by(table.c.started_utc, table.c.id)
        )
        if department is not None:
            query = query.where(table.c.department == department)
        with self._reading() as connection:
            result = connection.execution_options(yield_per=_AT_A_TIME).execute(query)
            for row in result.mappings():
                yield rows.encounter_of(dict(row))

    def patient(self, patient_id: str) -> Patient | None:
        """One patient, or None."""
        table = tables.PATIENTS
        query = select(table).where(table.c.id == patient_id).order_by(table.c.document_id)
        found = self._all(query)
        return rows.patient_of(found[0]) if found else None

    def observations(self, patient_id: str) -> tuple[Observation, ...]:
        """A patient's observations in order of time."""
        table = tables.OBSERVATIONS
        query = select(table).where(table.c.patient_id == patient_id)
        found = self._all(query.order_by(table.c.observed_utc, table.c.id))
        return tuple(rows.observation_of(row) for row in found)

    # Audit

    def record_audit(
        self, actor: str, role: str, action: str, target: str, at: datetime | None = None
    ) -> None:
        """Note who did what to what. Ids only, never what a record says."""
        entry = {
            "at": rows.utc_text(at or datetime.now(UTC)),
            "actor": actor,
            "role": role,
            "action": action,
            "target": target,
        }
        with self._changing() as connection:
            connection.execute(insert(tables.AUDIT), entry)

    def audit_entries(self, limit: int) -> tuple[Mapping[str, Any], ...]:
        """The last entries, newest first: at (ISO 8601, UTC), actor, role, action, target."""
        table = tables.AUDIT
        query = select(table).order_by(table.c.number.desc()).limit(limit)
        return tuple({k: v for k, v in row.items() if k != "number"} for row in self._all(query))

    # Jobs

    def create_job(
        self, kind: str, created_by: str, payload: Mapping[str, Any], total: int = 0
    ) -> Job:
        """Keep a new job, queued. It outlives the process."""
        now = datetime.now(UTC)
        job = Job(uuid4().hex, kind, created_by, now, now, payload=dict(payload), total=total)
        with self._changing() as connection:
            connection.execute(insert(tables.JOBS), rows.job_row(job))
        return job

    def job(self, job_id: str) -> Job | None:
        """One job, or None."""
        found = self._all(select(tables.JOBS).where(tables.JOBS.c.id == job_id))
        return rows.job_of(found[0]) if found else None

    def update_job(self, job_id: str, **changes: Any) -> Job:
        """Change what is given: state, done, total, message, summary, payload; the job as it is now.

        Raises NotFound for an unknown job.
        """
        with self._changing() as connection:
            query = select(tables.JOBS).where(tables.JOBS.c.id == job_id).with_for_update()
            row = connection.execute(query).mappings().first()
            if row is None:
                raise NotFound(f"There is no job {job_id}")
            job = replace(rows.job_of(dict(row)), updated=datetime.now(UTC), **changes)
            connection.execute(
                update(tables.JOBS).where(tables.JOBS.c.id == job_id), rows.job_row(job)
            )
        return job

    def unfinished_jobs(self) -> tuple[Job, ...]:
        """Jobs that are neither done nor failed, oldest first."""
        table = tables.JOBS
        open_states = [state.value for state in JobState if not state.is_final]
        query = select(table).where(table.c.state.in_(open_states))
        return tuple(rows.job_of(r) for r in self._all(query.order_by(table.c.created, table.c.id)))

    # Consultations: sealed transcripts

    def save_consultation(self, consultation_id: str, sealed: bytes, expires_at: datetime) -> None:
        """Keep a sealed consultation until it expires, replacing its earlier state."""
        table = tables.CONSULTATIONS
        row = {
            "id": consultation_id,
            "sealed": sealed,
            "expires_at": rows.utc_text(expires_at),
        }
        with self._changing() as connection:
            connection.execute(delete(table).where(table.c.expires_at <= _now()))
            connection.execute(delete(table).where(table.c.id == consultation_id))
            connection.execute(insert(table), row)

    def consultation(self, consultation_id: str) -> bytes | None:
        """The sealed consultation, or None when there is none or it has expired."""
        table = tables.CONSULTATIONS
        query = select(table).where(table.c.id == consultation_id, table.c.expires_at > _now())
        found = self._all(query)
        return bytes(found[0]["sealed"]) if found else None

    def delete_consultation(self, consultation_id: str) -> None:
        """Erase a consultation; an unknown one changes nothing."""
        table = tables.CONSULTATIONS
        with self._changing() as connection:
            connection.execute(delete(table).where(table.c.id == consultation_id))

    def _all(self, query: Any) -> list[Mapping[str, Any]]:
        with self._reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _faults_named(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with _faults_named(), self._turn, self._writing.begin() as connection:
            yield connection


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: object) -> None:
        # No BEGIN by the driver: ours, below, takes the write lock before anything is read.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {_WAIT_FOR_WRITER_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("medbrain_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _faults_named() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        if is_full(error):
            raise StorageFull(
                "The disk of the records database is full; free some room and try again"
            ) from error
        raise DependencyDown(
            "The records database", "Check MEDBRAIN_RECORDS_URL and that the server is up."
        ) from error


def _now() -> str:
    return rows.utc_text(datetime.now(UTC))


def _remove_document(connection: Connection, document_id: DocumentId) -> None:
    connection.execute(delete(tables.DOCUMENTS).where(tables.DOCUMENTS.c.id == document_id))


def _insert(connection: Connection, table: Table, new: Sequence[rows.Row]) -> None:
    if new:
        connection.execute(insert(table), list(new))


def _replace(connection: Connection, table: Table, new: Sequence[rows.Row]) -> None:
    """Insert rows whose ids may be there already, from another document; the last one counts."""
    last = {row["id"]: row for row in new}
    keys = list(last)
    for start in range(0, len(keys), _AT_A_TIME):
        wanted = keys[start : start + _AT_A_TIME]
        connection.execute(delete(table).where(table.c.id.in_(wanted)))
    _insert(connection, table, list(last.values()))
