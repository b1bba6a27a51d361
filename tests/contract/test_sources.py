"""What every discovered document source keeps; a new source file is tested by being there."""

import pickle
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

import pytest

from ingest import discovery, sources
from ingest.discovery import discover_sources, source_named
from ingest.extract import extract
from ingest.source import Fault, RawDocument, Reading, Source
from knowledge_graph.domain.errors import InvalidInput, KnowledgeInvalid
from knowledge_graph.domain.evidence import EvidenceClass, Extract
from tests.support import fhir_bundles as fhir
from tests.support.ingesting import (
    Workplace,
    extraction_of,
    medquad_row,
    tools,
    write_lines,
    write_texts,
)

ABSTRACT = "{0}|t|Cough.\n{0}|a|Naloxone and cough.\n{0}\t7\t14\tNaloxone\tChemical\tD009270\n"


def _pubtator(folder: Path) -> Path:
    text = "\n".join(ABSTRACT.format(n).replace("\t7\t14\t", "\t7\t15\t") for n in (1, 2, 3))
    (folder / "a.PubTator.txt").write_text(text)
    return folder


def _fhir(folder: Path) -> Path:
    for n in ("1", "2", "3"):
        who = fhir.patient(identifier=[{"value": f"MR-{n}"}])
        content = fhir.bundle(fhir.encounter(), fhir.note(f"Cough {n}."), who=who)
        fhir.write_bundle(folder / f"{n}.json", content)
    return folder


EXAMPLES: dict[str, Callable[[Path], Path]] = {
    "fhir": _fhir,
    "medquad": lambda f: (
        write_lines(
            f / "q.jsonl", [medquad_row(f"1-{n}", answer=f"Cough {n}.") for n in range(3)]
        ).parent
    ),
    "pubtator": _pubtator,
    "text": lambda f: write_texts(f, {f"{n}.md": f"Cough {n}." for n in range(3)}),
}
"""A folder of three documents for each source that reads files."""
FIRST = 40
"""Documents looked at of a source that brings its own; the vocabularies have tens of thousands."""


def for_each(sources: Iterable[Source]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("source", list(sources), ids=lambda source: source.name)


every_source = for_each(discover_sources().values())
sources_of_files = for_each(s for s in discover_sources().values() if s.needs_path)
published_sources = for_each(
    s
    for s in discover_sources().values()
    # The texts of a hospital bring their own licence, and its records have none.
    if s.evidence is not EvidenceClass.RECORDS and s.name != "text"
)


def path_for(source: Source, folder: Path) -> Path | None:
    if not source.needs_path:
        return None
    assert source.name in EXAMPLES, f"give {source.name} three example documents in this file"
    folder.mkdir(parents=True, exist_ok=True)
    return EXAMPLES[source.name](folder)


def raws(source: Source, folder: Path) -> list[RawDocument]:
    found = []
    for item in source.documents(path_for(source, folder)):
        assert isinstance(item, RawDocument), item
        found.append(item)
        if len(found) == FIRST:
            break
    return found


@every_source
def test_its_name_is_one_word_of_its_file(source: Source) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", source.name)
    module = type(source).__module__
    assert module == f"ingest.sources.{source.name}"
    assert sys.modules[module].__doc__
    assert isinstance(source.evidence, EvidenceClass)


@every_source
def test_documents_come_with_key_content_and_place_twice_alike(
    source: Source, tmp_path: Path
) -> None:
    found = raws(source, tmp_path)
    assert len(found) >= 3
    assert all(raw.key and raw.content and raw.where for raw in found)
    assert len({raw.key for raw in found}) == len(found)
    assert raws(source, tmp_path) == found


@every_source
def test_reading_is_a_function_and_travels_to_another_process(
    source: Source, tmp_path: Path
) -> None:
    for raw in raws(source, tmp_path):
        reading = source.read(raw, tools())
        assert isinstance(reading, Reading)
        assert reading.title.strip()
        copied = pickle.loads(pickle.dumps(raw))
        assert source.read(copied, tools()) == reading


@every_source
def test_extracts_hold_together(source: Source, tmp_path: Path) -> None:
    extraction = extraction_of(source)
    for raw in raws(source, tmp_path):
        result = extract(raw, extraction)
        assert isinstance(result, Extract), result
        document = result.document
        assert document.id.startswith(f"{source.name}:")
        assert (document.source, document.evidence) == (source.name, source.evidence)
        assert document.content_hash == extraction.content_hash(raw)
        own = {passage.id for passage in result.passages}
        assert {mention.passage_id for mention in result.mentions} <= own
        assert {r.provenance.passage_id for r in result.relations} <= own | {None}
        assert [p.ordinal for p in result.passages] == list(range(len(result.passages)))
        assert bool(result.patient_records) == (source.evidence is EvidenceClass.RECORDS)


@published_sources
def test_licences_are_named_for_what_is_not_the_hospitals_own(
    source: Source, tmp_path: Path
) -> None:
    for raw in raws(source, tmp_path):
        assert source.read(raw, tools()).licence


@sources_of_files
def test_rubbish_is_a_fault_and_never_a_crash(source: Source, tmp_path: Path) -> None:
    folder = path_for(source, tmp_path)
    assert folder is not None
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for rubbish in (b"\x00\xff\xfe rubbish \x80", b"{", b"\n\n\n", b"<x/>", b"\xef\xbb\xbf"):
        for file in files:
            file.write_bytes(rubbish)
        for item in source.documents(folder):
            outcome = item if isinstance(item, Fault) else extract(item, extraction_of(source))
            assert isinstance(outcome, Fault)
            assert any(file.name in outcome.where for file in files)
            assert outcome.why


@sources_of_files
def test_running_twice_changes_nothing(source: Source, tmp_path: Path) -> None:
    path = path_for(source, tmp_path / "in")
    place = Workplace(tmp_path / "var")
    first, again = place.ingest(source, path), place.ingest(source, path)
    assert (first.added, first.failed) == (3, ())
    assert (again.unchanged, again.is_published) == (3, False)
    assert again.version == first.version


@every_source
def test_a_path_is_asked_for_where_one_is_needed(source: Source, tmp_path: Path) -> None:
    place = Workplace(tmp_path / "var")
    wrong = None if source.needs_path else tmp_path
    with pytest.raises(InvalidInput):
        place.ingest(source, wrong)


def test_an_unknown_source_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="medquad"):
        source_named("nothing")


@pytest.mark.parametrize("content", [{}, {"SOURCE": None}, {"SOURCE": object()}])
def test_a_file_without_a_source_stops_the_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, content: dict[str, object]
) -> None:
    class Info:
        name = "broken"

    module = ModuleType("ingest.sources.broken")
    module.__dict__.update(content)
    monkeypatch.setitem(sys.modules, "ingest.sources.broken", module)
    monkeypatch.setattr(sources, "broken", module, raising=False)
    monkeypatch.setattr(discovery.pkgutil, "iter_modules", lambda _: [Info])
    with pytest.raises(KnowledgeInvalid, match=r"ingest/sources/broken\.py must define SOURCE"):
        discover_sources.__wrapped__()
