"""The records database, on SQLite and on a real PostgreSQL server.

It replaces by document, keeps the clock, and forgets what has expired.
"""

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from knowledge_graph.domain.assessment import Urgency
from knowledge_graph.domain.case import Sex
from knowledge_graph.domain.codes import Icd10Code, LoincCode, SnomedCode
from knowledge_graph.domain.encounter import Encounter, Observation, Patient, PatientRecord
from knowledge_graph.domain.errors import DependencyDown, InvalidInput, NotFound, StorageFull
from knowledge_graph.domain.job import JobState
from knowledge_graph.records import Records
from tests.conftest import unavailable
from tests.support.postgres_server import postgres_server, programs

BEIJING = timezone(timedelta(hours=8))
MORNING = datetime(2024, 5, 2, 7, 30, tzinfo=BEIJING)
VISIT = Encounter(
    id="e1",
    patient_id="p1",
    source="fhir",
    started=MORNING,
    ended=MORNING + timedelta(minutes=20),
    department="cardiology",
    encounter_class="EMER",
    urgency=Urgency.EMERGENCY,
    codes=(SnomedCode("50849002"), Icd10Code("I21.9")),
    concept_ids=("heart_attack",),
)
PRESSURE = Observation("o1", "p1", "e1", LoincCode("8480-6"), MORNING, value=182.5, unit="mm[Hg]")
SMOKING = Observation("o2", "p1", None, LoincCode("72166-2"), date(2024, 5, 1), value_text="never")
RECORD = PatientRecord(Patient("p1", Sex.FEMALE, 1950), (VISIT,), (PRESSURE, SMOKING))
ALWAYS = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    if programs() is None:
        unavailable("PostgreSQL is not installed (apt-get install postgresql)")
    with postgres_server() as url:
        yield url


def sqlite_records(tmp_path: Path) -> Records:
    return Records(f"sqlite:///{tmp_path / 'records.sqlite'}")


@pytest.fixture(params=["sqlite", "postgresql"])
def records(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Records]:
    if request.param == "sqlite":
        made = sqlite_records(tmp_path)
    else:
        made = Records(request.getfixturevalue("postgres_url"))
        with made._engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    made.prepare()
    yield made
    made.close()


def test_what_goes_in_comes_out_unchanged(records: Records) -> None:
    records.save_patient_records("fhir:a", [RECORD])
    assert list(records.encounters(*ALWAYS)) == [VISIT]
    assert records.patient("p1") == RECORD.patient
    assert records.observations("p1") == (SMOKING, PRESSURE)
    assert records.patient("nobody") is None


def test_the_clock_where_it_happened_is_kept(records: Records) -> None:
    records.save_encounter(VISIT)
    (found,) = records.encounters(*ALWAYS)
    assert (found.started.hour, found.started.utcoffset()) == (7, timedelta(hours=8))


def test_the_same_document_twice_changes_nothing(records: Records) -> None:
    for _ in range(2):
        records.save_patient_records("fhir:a", [RECORD], "h1")
    assert len(list(records.encounters(*ALWAYS))) == 1
    assert len(records.observations("p1")) == 2
    assert records.document_hashes() == {"fhir:a": "h1"}


def test_a_new_version_of_a_document_replaces_the_old_one(records: Records) -> None:
    records.save_patient_records("fhir:a", [RECORD])
    other = replace(VISIT, id="e2")
    records.save_patient_records("fhir:a", [replace(RECORD, encounters=(other,), observations=())])
    assert [e.id for e in records.encounters(*ALWAYS)] == ["e2"]
    assert records.observations("p1") == ()


def test_removing_a_document_removes_only_what_it_said(records: Records) -> None:
    records.save_patient_records("fhir:a", [RECORD])
    records.save_encounter(replace(VISIT, id="chat", source="chat"))
    records.remove_document("fhir:a")
    records.remove_document("fhir:unknown")
    assert [e.id for e in records.encounters(*ALWAYS)] == ["chat"]
    assert records.patient("p1") is None
    assert records.observations("p1") == ()


def test_an_encounter_stated_by_two_documents_is_counted_once(records: Records) -> None:
    records.save_patient_records("fhir:a", [RECORD])
    records.save_patient_records("fhir:b", [RECORD])
    assert len(list(records.encounters(*ALWAYS))) == 1


def test_a_period_begins_included_and_ends_excluded_whatever_the_zone(records: Records) -> None:
    records.save_encounter(VISIT)  # 23:30 UTC of the day before
    start = datetime(2024, 5, 1, 23, 30, tzinfo=UTC)
    assert len(list(records.encounters(start, start + timedelta(minutes=1)))) == 1
    assert not list(records.encounters(start - timedelta(days=1), start))
    with pytest.raises(InvalidInput):
        list(records.encounters(datetime(2024, 1, 1), start))  # noqa: DTZ001


def test_encounters_of_one_department_in_order_of_time(records: Records) -> None:
    later = replace(VISIT, id="later", started=MORNING + timedelta(hours=3))
    elsewhere = replace(VISIT, id="elsewhere", department="neurology")
    for encounter in (later, elsewhere, VISIT):
        records.save_encounter(encounter)
    assert [e.id for e in records.encounters(*ALWAYS, department="cardiology")] == ["e1", "later"]


def test_a_failed_write_leaves_what_was_there(records: Records) -> None:
    records.save_patient_records("fhir:a", [RECORD])
    naive = replace(VISIT, started=datetime(2024, 1, 1))  # noqa: DTZ001
    with pytest.raises(InvalidInput):
        records.save_patient_records("fhir:a", [replace(RECORD, encounters=(naive,))])
    assert list(records.encounters(*ALWAYS)) == [VISIT]


def test_audit_entries_come_newest_first(records: Records) -> None:
    records.record_audit("a", "doctor", "read", "p1")
    records.record_audit("b", "administrator", "read", "report:x", datetime(2024, 1, 1, tzinfo=UTC))
    entries = records.audit_entries(5)
    assert [(e["actor"], e["role"], e["action"], e["target"]) for e in entries] == [
        ("b", "administrator", "read", "report:x"),
        ("a", "doctor", "read", "p1"),
    ]
    assert entries[0]["at"].startswith("2024-01-01T00:00:00")
    assert len(records.audit_entries(1)) == 1


def test_a_job_from_queued_to_done(records: Records) -> None:
    job = records.create_job("ingest", "admin", {"source": "text"}, total=3)
    assert (job.state, job.done, job.total) == (JobState.QUEUED, 0, 3)
    assert records.unfinished_jobs() == (job,)
    running = records.update_job(job.id, state=JobState.RUNNING, done=2)
    assert (running.state, running.done, running.payload) == (
        JobState.RUNNING,
        2,
        {"source": "text"},
    )
    assert len(records.unfinished_jobs()) == 1
    records.update_job(job.id, state=JobState.DONE, summary={"added": 3, "failed": [{"why": "痛"}]})
    found = records.job(job.id)
    assert found is not None
    assert found.summary == {"added": 3, "failed": [{"why": "痛"}]}
    assert found.updated >= found.created
    assert records.unfinished_jobs() == ()


def test_an_unknown_job(records: Records) -> None:
    assert records.job("none") is None
    with pytest.raises(NotFound):
        records.update_job("none", done=1)


def test_a_consultation_is_kept_replaced_erased_and_forgotten_in_time(records: Records) -> None:
    now = datetime.now(UTC)
    records.save_consultation("c", b"sealed", now + timedelta(hours=1))
    records.save_consultation("c", b"sealed again", now + timedelta(hours=1))
    assert records.consultation("c") == b"sealed again"
    records.delete_consultation("c")
    assert records.consultation("c") is None
    records.save_consultation("old", b"x", now - timedelta(seconds=1))
    assert records.consultation("old") is None


def test_expired_consultations_are_erased_from_the_file(tmp_path: Path) -> None:
    records = sqlite_records(tmp_path)
    records.prepare()
    now = datetime.now(UTC)
    records.save_consultation("old", b"marked-bytes-of-old", now - timedelta(seconds=1))
    records.save_consultation("new", b"y", now + timedelta(hours=1))
    with sqlite3.connect(tmp_path / "records.sqlite") as database:
        assert database.execute("SELECT id FROM consultations").fetchall() == [("new",)]
    database.close()
    records.close()


def test_threads_write_at_the_same_time(records: Records) -> None:
    job = records.create_job("ingest", "admin", {})

    def work(number: int) -> None:
        for turn in range(10):
            records.record_audit("a", "doctor", "read", f"{number}-{turn}")
            records.update_job(job.id, message=str(turn))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(records.audit_entries(100)) == 40


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(DependencyDown):
        Records("postgresql+psycopg://nobody@127.0.0.1:1/nothing").prepare()
    with pytest.raises(DependencyDown):
        Records(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite'}").prepare()


def test_a_full_disk_has_its_own_name_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    records = Records(f"sqlite:///{path}")
    records.prepare()
    records.save_patient_records("fhir:a", [RECORD])
    with records._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    many = tuple(replace(PRESSURE, id=f"x{n}") for n in range(5000))
    with pytest.raises(StorageFull):
        records.save_patient_records("fhir:b", [replace(RECORD, observations=many)])
    assert len(records.observations("p1")) == 2
