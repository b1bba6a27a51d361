"""HPO: findings keep their identity with the core, diseases keep how often a finding occurs."""

from pathlib import Path

import pytest

from ingest.hpo_files import share_of
from ingest.source import Fault, RawDocument
from ingest.sources.hpo import HpoSource
from knowledge_graph.domain.concepts import ConceptKind
from knowledge_graph.domain.evidence import Extract, RelationKind
from tests.support.ingesting import extracted

OBO = """\
format-version: 1.2

[Term]
id: HP:0000001
name: All

[Term]
id: HP:0000118
name: Phenotypic abnormality
is_a: HP:0000001 ! All

[Term]
id: HP:0012531
name: Pain
def: "An \\"unpleasant\\" feeling." [ref:1]
is_a: HP:0000118 ! Phenotypic abnormality

[Term]
id: HP:0100749
name: Chest pain
synonym: "Chest discomfort" RELATED []
synonym: "Thoracic pain" EXACT []
xref: SNOMEDCT_US:29857009
xref: UMLS:C0008031
is_a: HP:0012531 ! Pain

[Term]
id: HP:0002090
name: Pneumonia
is_a: HP:0000118 ! Phenotypic abnormality

[Term]
id: HP:0000002
name: Gone
is_a: HP:0000118 ! Phenotypic abnormality
is_obsolete: true

[Term]
id: HP:0000005
name: Mode of inheritance
is_a: HP:0000001 ! All

[Typedef]
id: part_of
name: part of
"""


def row(term: str, frequency: str = "", *, key: str = "OMIM:100000", qualifier: str = "",
        aspect: str = "P") -> str:  # fmt: skip
    fields = (
        key,
        "A syndrome",
        qualifier,
        term,
        "PMID:1",
        "PCS",
        "",
        frequency,
        "",
        "",
        aspect,
        "x",
    )
    return "\t".join(fields)


def source(folder: Path, *rows: str) -> HpoSource:
    (folder / "hp.obo").write_text(OBO)
    (folder / "phenotype.hpoa").write_text("#v\ndatabase_id\tdisease_name\n" + "\n".join(rows))
    return HpoSource(folder)


def extracts(folder: Path, *rows: str) -> dict[str, Extract]:
    hpo = source(folder, *rows)
    raws = [item for item in hpo.documents(None) if isinstance(item, RawDocument)]
    return {raw.key: extracted(hpo, raw) for raw in raws}


def test_terms_below_phenotypic_abnormality_and_no_others(tmp_path: Path) -> None:
    assert list(extracts(tmp_path)) == ["HP:0000118", "HP:0002090", "HP:0012531", "HP:0100749"]


def test_a_term_of_the_core_is_the_cores_concept_with_more_names(tmp_path: Path) -> None:
    extract = extracts(tmp_path)["HP:0100749"]
    (concept,) = extract.concepts
    assert concept.id == "chest_pain"
    assert concept.names == {"en": ("Chest pain", "Thoracic pain")}
    assert [str(code) for code in concept.codes] == ["HP:0100749", "UMLS:C0008031"]
    assert [(r.subject, r.kind, r.object) for r in extract.relations] == [
        ("chest_pain", RelationKind.IS_A, "HP:0012531")
    ]
    assert extract.passages == ()


def test_a_definition_is_a_passage_that_speaks_of_its_term(tmp_path: Path) -> None:
    extract = extracts(tmp_path)["HP:0012531"]
    assert [p.text for p in extract.passages] == ['An "unpleasant" feeling.']
    assert [m.concept_id for m in extract.mentions] == ["HP:0012531"]
    assert extract.document.url == "https://hpo.jax.org/browse/term/HP:0012531"


def test_a_disease_with_its_findings_and_how_often_they_occur(tmp_path: Path) -> None:
    extract = extracts(
        tmp_path,
        row("HP:0012531", "1/10"),
        row("HP:0012531", "8/10"),
        row("HP:0100749", "HP:0040281"),
        row("HP:0002090"),
        row("HP:0000118", "5/5", qualifier="NOT"),
        row("HP:0000005", aspect="I"),
    )["OMIM:100000"]
    assert {(r.object, r.frequency) for r in extract.relations} == {
        ("HP:0012531", 0.45),  # nine of twenty patients
        ("chest_pain", 0.895),
        ("pneumonia", None),
    }
    assert {r.kind for r in extract.relations} == {RelationKind.HAS_FINDING}
    (concept,) = extract.concepts
    assert (concept.id, concept.kind) == ("OMIM:100000", ConceptKind.CONDITION)
    (passage,) = extract.passages
    assert passage.text == (
        "Findings reported in people with A syndrome.\nIn nearly all: Chest pain.\n"
        "In many (30 to 79 of 100): Pain.\nHow often is not known: Pneumonia."
    )
    assert {m.concept_id for m in extract.mentions} == {
        "OMIM:100000", "HP:0012531", "chest_pain", "pneumonia",
    }  # fmt: skip


def test_a_disease_named_like_a_curated_condition_is_that_condition(tmp_path: Path) -> None:
    named = row("HP:0012531").replace("A syndrome", "Pneumonia")
    assert extracts(tmp_path, named)["OMIM:100000"].concepts[0].id == "pneumonia"


def test_diseases_without_findings_or_of_other_registries_are_left_out(tmp_path: Path) -> None:
    rows = (row("HP:0000005", aspect="I"), row("HP:0012531", key="DECIPHER:1"))
    assert not [key for key in extracts(tmp_path, *rows) if not key.startswith("HP:")]


def test_a_row_of_the_wrong_length_is_named(tmp_path: Path) -> None:
    faults = [
        item
        for item in source(tmp_path, "OMIM:100000\tA syndrome").documents(None)
        if isinstance(item, Fault)
    ]
    assert [fault.where for fault in faults] == ["phenotype.hpoa, OMIM:100000"]


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("", None),
        ("3/4", (0.75, 4)),
        ("0/5", (0.0, 5)),
        ("0/0", None),
        ("12.5%", (0.125, 1)),
        ("HP:0040283", (0.17, 1)),
    ],
)
def test_frequencies(text: str, share: tuple[float, int] | None) -> None:
    assert share_of(text) == share


def test_the_shipped_ontology_is_whole() -> None:
    keys = [item.key for item in HpoSource().documents(None) if isinstance(item, RawDocument)]
    terms = sum(key.startswith("HP:") for key in keys)
    assert len(keys) == len(set(keys))
    assert terms > 18_000
    assert len(keys) - terms > 10_000
