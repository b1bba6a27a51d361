"""ingest(): what is promised of running it twice, of broken files, of full disks, of two writers."""

import errno
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest import pipeline
from ingest.progress import Progress, Stage
from ingest.sources import core as core_source
from ingest.sources.fhir import SOURCE as FHIR
from ingest.sources.hpo import HpoSource
from ingest.sources.medquad import SOURCE as MEDQUAD
from ingest.sources.text import SOURCE as TEXT
from knowledge_graph.domain.errors import (
    InvalidInput,
    QualityGateFailed,
    StorageFull,
    WriterBusy,
)
from knowledge_graph.publication import Draft
from tests.support import fhir_bundles as fhir
from tests.support.ingesting import Workplace, medquad_row, write_lines, write_texts
from tests.support.small_core import small_core

ALWAYS = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path / "var")


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    return write_texts(tmp_path / "texts", {"a.md": "A cough.", "b.md": "Fever, no cough."})


def test_the_first_run_puts_everything_in(place: Workplace, texts: Path) -> None:
    summary = place.ingest(TEXT, texts)
    assert (summary.read, summary.added, summary.passages) == (2, 2, 2)
    assert (summary.unchanged, summary.changed, summary.removed, summary.failed) == (0, 0, 0, ())
    assert summary.is_published
    assert summary.version == place.library.current_version()


def test_the_same_command_again_changes_nothing_and_says_so(place: Workplace, texts: Path) -> None:
    first = place.ingest(TEXT, texts)
    before = place.export()
    again = place.ingest(TEXT, texts)
    assert (again.read, again.added, again.changed, again.unchanged) == (2, 0, 0, 2)
    assert not again.is_published
    assert again.version == first.version
    assert place.export() == before


def test_only_what_changed_is_written_again(place: Workplace, texts: Path) -> None:
    place.ingest(TEXT, texts)
    write_texts(texts, {"b.md": "Chest pain now."})
    summary = place.ingest(TEXT, texts)
    assert (summary.added, summary.changed, summary.unchanged) == (0, 1, 1)
    exported = "\n".join(place.export())
    assert "Chest pain now." in exported
    assert "Fever" not in exported


def test_a_part_of_a_source_removes_nothing(place: Workplace, texts: Path) -> None:
    place.ingest(TEXT, texts)
    (texts / "a.md").unlink()
    summary = place.ingest(TEXT, texts)
    assert summary.removed == 0
    assert place.library.manifest().sources == {"text": 2}


def test_a_whole_source_removes_what_it_no_longer_has(tmp_path: Path) -> None:
    core = small_core()
    place = Workplace(tmp_path, core)
    place.ingest(core_source.CoreSource(core))
    del core.conditions["angina"]
    summary = place.ingest(core_source.CoreSource(core))
    assert summary.removed == 1
    assert "core:angina" not in "\n".join(place.export())


def test_the_core_and_an_ontology_again_change_nothing(tmp_path: Path) -> None:
    ontology = Path(tmp_path / "hpo")
    ontology.mkdir()
    (ontology / "hp.obo").write_text(
        "x\n\n[Term]\nid: HP:0000118\nname: Phenotypic abnormality\n\n"
        "[Term]\nid: HP:0100749\nname: Chest pain\nis_a: HP:0000118 ! x\n"
    )
    (ontology / "phenotype.hpoa").write_text("#\n")
    place = Workplace(tmp_path / "var")
    whole = [core_source.CoreSource(place.core), HpoSource(ontology)]
    assert [place.ingest(source).is_published for source in whole] == [True, True]
    assert [place.ingest(source).is_published for source in whole] == [False, False]


def test_a_broken_file_is_named_and_the_rest_goes_in(place: Workplace, texts: Path) -> None:
    (texts / "c.md").write_bytes(b"---\ntitle: c\n---\n\xff")
    (texts / "d.md").write_text("no header")
    summary = place.ingest(TEXT, texts)
    assert (summary.read, summary.added) == (4, 2)
    assert sorted((f.where, f.why.split(":")[0]) for f in summary.failed) == [
        ("c.md, byte 17", "it is not UTF-8"),
        ("d.md, line 1", "a header should stand here"),
    ]


def test_two_documents_with_one_id_are_not_mixed_up(place: Workplace, tmp_path: Path) -> None:
    rows = [medquad_row(), medquad_row(), medquad_row(answer="Something else.")]
    summary = place.ingest(MEDQUAD, write_lines(tmp_path / "q.jsonl", rows))
    assert (summary.read, summary.added, summary.unchanged) == (3, 1, 1)
    assert [fault.where for fault in summary.failed] == ["q.jsonl, line 3"]


def test_a_changed_vocabulary_reads_literature_again(tmp_path: Path, texts: Path) -> None:
    core = small_core()
    place = Workplace(tmp_path / "var", core)
    place.ingest(TEXT, texts)
    words = core.findings["cough"].words.model_copy(update={"en": ("barking", "hacking", "hem")})
    core.findings["cough"] = core.findings["cough"].model_copy(update={"words": words})
    assert place.ingest(TEXT, texts).changed == 2
    assert place.ingest(TEXT, texts).changed == 0


def test_records_and_knowledge_come_together(place: Workplace, tmp_path: Path) -> None:
    path = fhir.write_bundle(
        tmp_path / "in" / "v.json", fhir.bundle(fhir.encounter(), fhir.note("A cough."))
    )
    place.ingest(FHIR, path)
    (encounter,) = place.records.encounters(*ALWAYS)
    assert encounter.department == "general_practice"
    assert place.library.manifest().sources == {"fhir": 1}
    again = place.ingest(FHIR, path)
    assert (again.unchanged, again.is_published) == (1, False)


def test_lost_records_are_read_again(place: Workplace, tmp_path: Path) -> None:
    path = fhir.write_bundle(tmp_path / "in" / "v.json", fhir.bundle(fhir.encounter()))
    place.ingest(FHIR, path)
    (document_id,) = place.records.document_hashes()
    place.records.remove_document(document_id)
    assert place.ingest(FHIR, path).changed == 1
    assert len(list(place.records.encounters(*ALWAYS))) == 1


@pytest.mark.parametrize(
    ("source", "path"), [(TEXT, None), (TEXT, Path("/no/such/file")), (core_source.SOURCE, Path())]
)
def test_a_wrong_path_is_refused_before_anything_is_done(
    place: Workplace, source: object, path: Path | None
) -> None:
    with pytest.raises(InvalidInput):
        place.ingest(source, path)  # type: ignore[arg-type]
    assert place.library.current_version() is None


def test_a_second_writer_is_told(place: Workplace, texts: Path) -> None:
    place.ingest(TEXT, texts)
    before = place.export()
    with place.library.write(), pytest.raises(WriterBusy):
        place.ingest(TEXT, texts)
    assert place.export() == before


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def full_database(*_: object, **__: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize(
    ("edge", "fault"),
    [
        ("shutil.copyfile", full_disk),
        ("knowledge_graph.passages.PassageStore.write", full_database),
        ("knowledge_graph.passages.PassageStore.save", full_disk),
        ("knowledge_graph.publication.write_whole", full_disk),
        ("ingest.result_cache.ResultCache._insert", full_database),
    ],
)
def test_a_full_disk_has_its_name_and_the_old_version_stays(
    place: Workplace, texts: Path, monkeypatch: pytest.MonkeyPatch, edge: str, fault: object
) -> None:
    place.ingest(TEXT, texts)
    version, before = place.library.current_version(), place.export()
    write_texts(texts, {"c.md": "More cough."})
    with monkeypatch.context() as patched:
        patched.setattr(edge, fault)
        with pytest.raises(StorageFull):
            place.ingest(TEXT, texts)
    assert place.library.current_version() == version
    assert place.export() == before
    assert place.ingest(TEXT, texts).added == 1


def test_what_was_finished_before_a_crash_is_not_done_again(
    place: Workplace, texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = Workplace(place.folder.parent / "other")
    undisturbed.ingest(TEXT, texts)

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Draft, "publish", killed)
        with pytest.raises(Killed):
            place.ingest(TEXT, texts)
    assert place.library.current_version() is None
    embedded: list[int] = []
    embed = place.embedder.embed
    monkeypatch.setattr(place.embedder, "embed", lambda t: (embedded.append(len(t)), embed(t))[1])
    assert place.ingest(TEXT, texts).added == 2
    assert sum(embedded) == 0
    assert place.export() == undisturbed.export()
    assert place.library.current_version() == undisturbed.library.current_version()
    assert list(place.cache_folder.iterdir()) == []


def test_a_damaged_cache_is_worked_out_again(
    place: Workplace, texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.cache_folder.mkdir()
    (place.cache_folder / "text.sqlite").write_bytes(b"this is no database at all" * 100)
    assert place.ingest(TEXT, texts).added == 2


def test_the_gate_keeps_back_a_version_that_lost_documents(
    place: Workplace, texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.ingest(TEXT, texts)
    version = place.library.current_version()
    write_texts(texts, {"c.md": "More cough."})
    with monkeypatch.context() as patched:
        patched.setattr(Draft, "write", lambda *_: None)
        with pytest.raises(QualityGateFailed):
            place.ingest(TEXT, texts)
    assert place.library.current_version() == version


def test_the_gate_keeps_back_a_note_that_still_names_somebody(
    place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fhir.write_bundle(
        tmp_path / "in" / "v.json", fhir.bundle(fhir.encounter(), fhir.note("Vera coughs."))
    )
    monkeypatch.setattr("ingest.extract.deidentified", lambda reading: reading)
    summary = place.ingest(FHIR, path)
    assert [fault.where for fault in summary.failed] == ["v.json"]
    assert "names a person" in summary.failed[0].why
    assert "Vera" not in "\n".join(place.export())
    assert not list(place.records.encounters(*ALWAYS))


def test_progress_is_told_stage_by_stage(place: Workplace, texts: Path) -> None:
    told: list[Progress] = []
    place.ingest(TEXT, texts, told.append)
    stages = [p.stage for p in told]
    assert stages == sorted(stages, key=list(Stage).index)
    assert set(stages) == set(Stage)
    last = [p for p in told if p.stage is Stage.WRITING][-1]
    assert (last.done, last.total) == (2, 2)


def test_what_a_watcher_raises_ends_the_run_unpublished(place: Workplace, texts: Path) -> None:
    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.ingest(TEXT, texts, stop)
    assert place.library.current_version() is None
    assert place.ingest(TEXT, texts).added == 2


def test_more_documents_than_a_batch_all_go_in(
    place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_WRITE", 100)
    rows = [medquad_row(f"1-{n}", answer=f"Answer {n} about cough.") for n in range(250)]
    summary = place.ingest(MEDQUAD, write_lines(tmp_path / "q.jsonl", rows))
    assert (summary.read, summary.added, summary.passages) == (250, 250, 250)
    assert place.library.manifest().counts["Document"] == 250


def test_the_order_of_sources_does_not_matter_once_each_has_seen_the_other(
    tmp_path: Path, texts: Path
) -> None:
    rows = write_lines(tmp_path / "q.jsonl", [medquad_row()])
    one, other = Workplace(tmp_path / "one"), Workplace(tmp_path / "other")
    one.ingest(TEXT, texts)
    one.ingest(MEDQUAD, rows)
    other.ingest(MEDQUAD, rows)
    other.ingest(TEXT, texts)
    assert one.export() == other.export()
    assert one.library.current_version() == other.library.current_version()


def test_the_summary_as_a_job_keeps_it(place: Workplace, texts: Path) -> None:
    (texts / "d.md").write_text("no header")
    summary = place.ingest(TEXT, texts).as_json()
    assert {k: summary[k] for k in ("read", "added", "unchanged")} == {
        "read": 3,
        "added": 2,
        "unchanged": 0,
    }
    assert [fault["where"] for fault in summary["failed"]] == ["d.md, line 1"]
    assert summary["version"] == place.library.current_version()
