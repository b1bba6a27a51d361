"""MedQuAD: answered questions become cited passages about their focus."""

import gzip
import json
from pathlib import Path

import pytest

from ingest.source import Fault, RawDocument
from ingest.sources.medquad import SOURCE, tidy_answer, tidy_question
from knowledge_graph.domain.concepts import ConceptKind
from knowledge_graph.domain.errors import InvalidInput
from knowledge_graph.domain.evidence import RelationKind
from tests.support.ingesting import extracted, medquad_row, write_lines


def only(path: Path) -> RawDocument:
    (item,) = SOURCE.documents(path)
    assert isinstance(item, RawDocument), item
    return item


def test_an_answer_becomes_a_document_with_its_source(tmp_path: Path) -> None:
    raw = only(write_lines(tmp_path / "q.jsonl", [medquad_row()]))
    extract = extracted(SOURCE, raw)
    document = extract.document
    assert document.id == "medquad:1_Test_QA/1-1/pneumonia"
    assert document.title == "What are the symptoms of Pneumonia?"
    assert (document.url, document.licence) == ("https://questions.example/1", "CC BY 4.0")
    (passage,) = extract.passages
    assert passage.section == "symptoms"
    assert passage.text == (
        "People with pneumonia often have\n- a high fever\n- a cough. They may smoke."
    )


def test_concepts_are_mentioned_and_related_to_the_focus(tmp_path: Path) -> None:
    extract = extracted(SOURCE, only(write_lines(tmp_path / "q.jsonl", [medquad_row()])))
    assert {m.concept_id for m in extract.mentions} >= {"pneumonia", "fever", "cough"}
    facts = {(r.subject, r.kind, r.object) for r in extract.relations}
    assert facts == {
        ("pneumonia", RelationKind.HAS_FINDING, "fever"),
        ("pneumonia", RelationKind.HAS_FINDING, "cough"),
    }
    assert {r.provenance.passage_id for r in extract.relations} == {extract.passages[0].id}


def test_a_focus_that_no_vocabulary_has_gets_a_concept_of_its_own(tmp_path: Path) -> None:
    row = medquad_row(focus="Gout", cui=["C0018099"], question="What is (are) Gout ?")
    extract = extracted(SOURCE, only(write_lines(tmp_path / "q.jsonl", [row])))
    (concept,) = extract.concepts
    assert (concept.id, concept.kind, concept.name()) == (
        "UMLS:C0018099",
        ConceptKind.CONDITION,
        "Gout",
    )


@pytest.mark.parametrize("cui", [[], [None], ["none"]])
def test_a_focus_without_a_real_code_is_still_read(tmp_path: Path, cui: list[str | None]) -> None:
    row = medquad_row(focus="Something rare", cui=cui)
    extract = extracted(SOURCE, only(write_lines(tmp_path / "q.jsonl", [row])))
    assert extract.concepts == ()
    assert extract.passages


def test_a_broken_line_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    extra = medquad_row("1-3", surprise=1)
    rows = [medquad_row(), '{"id": ', medquad_row("1-2"), extra]
    items = list(SOURCE.documents(write_lines(tmp_path / "q.jsonl", rows)))
    assert [type(item) for item in items] == [RawDocument, Fault, RawDocument, Fault]
    assert [item.where for item in items if isinstance(item, Fault)] == [
        "q.jsonl, line 2",
        "q.jsonl, line 4",
    ]
    assert "surprise" in items[3].why  # type: ignore[union-attr]


def test_packed_files_and_folders_are_read_and_a_cut_one_is_named(tmp_path: Path) -> None:
    lines = b"".join(json.dumps(medquad_row(f"1-{n}")).encode() + b"\n" for n in range(500))
    packed = gzip.compress(lines, mtime=0)
    (tmp_path / "whole.jsonl.gz").write_bytes(packed)
    assert len(list(SOURCE.documents(tmp_path))) == 500
    (tmp_path / "whole.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    items = list(SOURCE.documents(tmp_path))
    fault = items[-1]
    assert isinstance(fault, Fault)
    assert fault.where.startswith("whole.jsonl.gz, after line")
    assert "damaged" in fault.why


def test_a_folder_without_such_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"\*\.jsonl"):
        list(SOURCE.documents(tmp_path))


def test_words_are_tidied() -> None:
    assert tidy_question("What is (are) Gout ?") == "What is Gout?"
    assert tidy_question("what  causes Stroke? ?") == "What causes Stroke?"
    assert tidy_question(" ?") == ""
    assert tidy_answer("A:  - one    - two\n\n   More.\r\n") == "A:\n- one\n- two\nMore."
    assert tidy_answer("beta - blocker and follow-up") == "beta - blocker and follow-up"


def test_all_16407_real_answers_are_read(data_folder: Path) -> None:
    keys = [
        item.key if isinstance(item, RawDocument) else item
        for item in SOURCE.documents(data_folder / "medquad")
    ]
    assert len(keys) == len(set(keys)) == 16_407
    assert not [key for key in keys if isinstance(key, Fault)]
