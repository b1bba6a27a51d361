"""PubTator: what is marked is linked, what causes what is a fact, a bad line is named."""

from pathlib import Path

import pytest

from ingest.source import Fault, RawDocument
from ingest.sources.pubtator import SOURCE
from knowledge_graph.domain.concepts import ConceptKind
from knowledge_graph.domain.evidence import RelationKind
from tests.support.ingesting import extracted

BLOCK = """\
10|t|Naloxone and pneumonia.
10|a|Naloxone caused pneumonia in rats; lung infection and cough followed. Clonidine too.
10\t0\t8\tNaloxone\tChemical\tD009270
10\t13\t22\tpneumonia\tDisease\tD011014
10\t24\t32\tNaloxone\tChemical\tD009270
10\t40\t49\tpneumonia\tDisease\tD011014
10\t59\t73\tlung infection\tDisease\tD011014|D007239\tlung|infection
10\t94\t103\tClonidine\tChemical\t-1
10\tCID\tD009270\tD011014
"""


def write(path: Path, *blocks: str) -> Path:
    path.write_text("\n".join(blocks), encoding="utf-8")
    return path


def items(path: Path, *blocks: str) -> list[RawDocument | Fault]:
    return list(SOURCE.documents(write(path / "a.PubTator.txt", *blocks)))


def test_an_abstract_with_its_marks_and_its_causes(tmp_path: Path) -> None:
    (raw,) = items(tmp_path, BLOCK)
    assert isinstance(raw, RawDocument)
    extract = extracted(SOURCE, raw)
    assert extract.document.id == "pubtator:10"
    assert extract.document.title == "Naloxone and pneumonia."
    assert extract.document.url == "https://pubmed.ncbi.nlm.nih.gov/10/"
    (passage,) = extract.passages
    (fact,) = extract.relations
    assert (fact.subject, fact.kind, fact.object) == (
        "MESH:D009270",
        RelationKind.CAUSES,
        "pneumonia",
    )
    assert (fact.provenance.passage_id, fact.confidence) == (passage.id, 1.0)
    # Title and text: once each; the composite mark counts for both its codes; cough was found.
    assert {m.concept_id: m.count for m in extract.mentions} == {
        "MESH:D009270": 2,
        "pneumonia": 3,
        "MESH:D007239": 1,
        "cough": 1,
    }


def test_only_concepts_that_no_vocabulary_has_are_described(tmp_path: Path) -> None:
    (raw,) = items(tmp_path, BLOCK)
    assert isinstance(raw, RawDocument)
    described = {c.id: (c.kind, dict(c.names)) for c in extracted(SOURCE, raw).concepts}
    assert described == {
        "MESH:D009270": (ConceptKind.DRUG, {"en": ("naloxone",)}),
        "MESH:D007239": (ConceptKind.CONDITION, {}),
    }


def test_an_abstract_without_text_is_its_title(tmp_path: Path) -> None:
    (raw,) = items(tmp_path, "10|t|Naloxone.\n10|a|\n10\t0\t8\tNaloxone\tChemical\tD009270\n")
    assert isinstance(raw, RawDocument)
    extract = extracted(SOURCE, raw)
    assert [p.text for p in extract.passages] == ["Naloxone."]
    assert [m.concept_id for m in extract.mentions] == ["MESH:D009270"]


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("10|a|", "10|x|", 2, "abstract"),
        ("10|t|", "10", 1, "title"),
        ("10|a|", "11|a|", 1, "same PubMed number"),
        ("10\t0\t8\tNaloxone", "10\t1\t8\tNaloxone", 3, "not what the mark says"),
        ("10\t0\t8\tNaloxone", "10\tx\t8\tNaloxone", 3, "invalid literal"),
        ("\tChemical\tD009270\n10\t13", "\tGene\tD009270\n10\t13", 3, "Gene"),
        ("\tD009270\n10\t13", "\tX9\n10\t13", 3, "MeshCode"),
        ("CID\tD009270\tD011014", "CID\tD009270", 9, "fields"),
        ("10\tCID", "12\tCID", 9, "does not begin with 10"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_read(
    tmp_path: Path, old: str, new: str, line: int, why: str
) -> None:
    assert old in BLOCK
    good = BLOCK.replace("10|", "20|").replace("10\t", "20\t")
    found = items(tmp_path, BLOCK.replace(old, new, 1), good)
    fault, raw = found
    assert isinstance(fault, Fault) and isinstance(raw, RawDocument)
    assert fault.where == f"a.PubTator.txt, line {line}"
    assert why in fault.why
    assert raw.key == "20"


def test_bytes_that_are_no_utf8_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.PubTator.txt"
    path.write_bytes(b"10|t|A \xff title\n10|a|Text\n")
    (fault,) = SOURCE.documents(path)
    assert isinstance(fault, Fault)
    assert fault.where == "a.PubTator.txt, line 1, byte 7"


def test_all_1000_real_abstracts_are_read(data_folder: Path) -> None:
    found = list(SOURCE.documents(data_folder / "bc5cdr"))
    assert len(found) == 1_000
    assert not [item for item in found if isinstance(item, Fault)]
