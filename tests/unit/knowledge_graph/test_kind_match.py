"""Kinds of a finding that are described apart from it."""

import pytest

from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.language import languages

PARENTS = {"back_spread": "belly", "upper": "belly", "cramping": "belly", "thunderclap": "head"}
NAMES = [
    ("abdominal pain", "belly"),
    ("belly pain", "belly"),
    ("stomach ache", "belly"),
    ("abdominal pain radiating to the back", "back_spread"),
    ("upper abdominal pain", "upper"),
    ("cramping stomach pain", "cramping"),
    ("headache", "head"),
    ("thunderclap headache", "thunderclap"),
    ("fever", "fever"),
]


@pytest.fixture(scope="module")
def finder() -> ConceptFinder:
    return ConceptFinder(NAMES, languages(), parents=PARENTS)


def found(finder: ConceptFinder, text: str) -> dict[str, str]:
    mentions = finder.find(text, "en", as_people_type=True)
    return {mention.concept_id: mention.assertion.value for mention in mentions}


@pytest.mark.parametrize(
    "text",
    [
        "Abdominal pain, constant, radiates to his back.",
        "He has abdominal pain and a fever. It is radiating to the back",
        "I have belly pain. It started today. It radiates to my back.",
    ],
)
def test_what_is_said_of_a_finding_later_makes_it_a_kind(finder: ConceptFinder, text: str) -> None:
    assert found(finder, text)["back_spread"] == "present"


def test_a_kind_that_is_denied_is_absent(finder: ConceptFinder) -> None:
    assert found(finder, "Stomach ache. No cramping.")["cramping"] == "negated"


@pytest.mark.parametrize(
    "text",
    [
        "My car radiates to the back",  # nothing with kinds was named
        "Belly pain. Fine. Fine. Fine. It radiates to the back",  # too long ago
        "Belly pain, then a thunderclap outside",  # no kind of what was named
        "A headache that radiates to the back",  # the kind of another finding
    ],
)
def test_words_that_belong_to_nothing_named_are_left_alone(
    finder: ConceptFinder, text: str
) -> None:
    assert not found(finder, text).keys() & {"back_spread", "thunderclap"}


def test_literature_is_read_to_the_letter(finder: ConceptFinder) -> None:
    mentions = finder.find("Abdominal pain. It radiates to the back.", "en")
    assert [mention.concept_id for mention in mentions] == ["belly"]
