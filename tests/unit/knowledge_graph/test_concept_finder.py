"""What the concept finder understands, sentence by sentence."""

import pytest

from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.language import languages

NAMES = [
    ("chest pain", "chest_pain"),
    ("crushing chest pain", "chest_pain_crushing"),
    ("fever", "fever"),
    ("cough", "cough"),
    ("rash", "rash"),
    ("headache", "headache"),
    ("can't breathe", "breathlessness_severe"),
    ("no appetite", "loss_of_appetite"),
    ("发热", "fever"),
    ("发烧", "fever"),
    ("咳嗽", "cough"),
    ("胸痛", "chest_pain"),
    ("头痛", "headache"),
    ("喘不上气", "breathlessness_severe"),
    ("没胃口", "loss_of_appetite"),
    ("cold", "common_cold"),
    ("cold", "feeling_cold"),
]


@pytest.fixture(scope="module")
def finder() -> ConceptFinder:
    return ConceptFinder(NAMES, languages())


def read(finder: ConceptFinder, text: str) -> list[tuple[str, str]]:
    found = finder.find(text, as_people_type=True)
    return [(mention.concept_id, mention.assertion.value) for mention in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My chest really hurts", [("chest_pain", "present")]),
        ("I have pain in my chest", [("chest_pain", "present")]),
        ("crushing chest pain", [("chest_pain_crushing", "present")]),
        ("I can not breathe", [("breathlessness_severe", "present")]),
        (
            "no fever, cough or rash",
            [("fever", "negated"), ("cough", "negated"), ("rash", "negated")],
        ),
        ("no fever but I have a cough", [("fever", "negated"), ("cough", "present")]),
        ("not only fever but cough", [("fever", "present"), ("cough", "present")]),
        (
            "Denies headache, fever, chest pain. Has rash.",
            [
                ("headache", "negated"),
                ("fever", "negated"),
                ("chest_pain", "negated"),
                ("rash", "present"),
            ],
        ),
        (
            "no chest pain, headache started suddenly",
            [("chest_pain", "negated"), ("headache", "present")],
        ),
        ("the fever won't stop", [("fever", "present")]),
        ("the chest pain is gone", [("chest_pain", "negated")]),
        ("no appetite and fever", [("loss_of_appetite", "present"), ("fever", "present")]),
        ("2 day history of fever", [("fever", "present")]),
        (
            "chest pain years ago? no, history of headache",
            [
                ("chest_pain", "present"),
                ("headache", "historical"),
            ],
        ),
        ("my mother has a fever", [("fever", "someone_else")]),
        ("maybe a fever", [("fever", "uncertain")]),
        ("bad hedache", [("headache", "present")]),
        ("无发热、咳嗽", [("fever", "negated"), ("cough", "negated")]),
        ("没有发烧，咳嗽三天", [("fever", "negated"), ("cough", "present")]),
        ("不发烧", [("fever", "negated")]),
        (
            "没胃口，喘不上气",
            [("loss_of_appetite", "present"), ("breathlessness_severe", "present")],
        ),
        (
            "头痛伴发热，无咳嗽",
            [("headache", "present"), ("fever", "present"), ("cough", "negated")],
        ),
        ("nothing of the kind here", []),
        ("", []),
    ],
)
def test_reads(finder: ConceptFinder, text: str, expected: list[tuple[str, str]]) -> None:
    assert read(finder, text) == expected


def test_a_name_of_two_concepts_is_left_unlinked(finder: ConceptFinder) -> None:
    assert read(finder, "I have a cold") == []


def test_a_curated_concept_wins_over_another_vocabulary() -> None:
    names = [("fever", "fever"), ("fever", "HP:0001945")]
    finder = ConceptFinder(names, languages(), preferred=frozenset({"fever"}))
    assert read(finder, "fever") == [("fever", "present")]


def test_spans_point_into_the_original_text(finder: ConceptFinder) -> None:
    text = "Since Monday: “Crushing  chest pain” and 发烧"
    assert [text[m.start : m.end] for m in finder.find(text)] == ["Crushing  chest pain", "发烧"]


def test_literature_is_read_as_spelt(finder: ConceptFinder) -> None:
    assert finder.find("bad hedache") == ()
