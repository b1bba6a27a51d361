"""The words of a description: which count, whom they resemble, and what they never change."""

from dataclasses import replace

import numpy as np
import pytest

from assistant.symptom_check.check import check
from assistant.symptom_check.explain import WORDING
from assistant.symptom_check.model import ClinicalModel, build_model
from assistant.symptom_check.rank import heed_words, rank
from assistant.symptom_check.understand import understand
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import shipped_core
from knowledge_graph.domain.case import Case, Sex
from knowledge_graph.knowledge import build_finder

GOUT = "Big toe went red and hot overnight after a feast, even the bed sheet on it is torture"


@pytest.fixture(scope="module")
def finder() -> ConceptFinder:
    return build_finder(shipped_core())


@pytest.fixture(scope="module")
def model() -> ClinicalModel:
    return build_model(shipped_core())


def read(text: str, finder: ConceptFinder) -> Case:
    language = "zh" if any(character > "\u3400" for character in text) else "en"
    read = understand(text, language, finder, shipped_core())
    return read.added_to(Case(age_years=50, sex=Sex.MALE, language=language))


@pytest.mark.parametrize(
    ("text", "held", "left_out"),
    [
        ("wheezing, no rash", {"wheez"}, {"rash"}),
        ("denies swelling but coughs", {"cough"}, {"swell"}),
        ("My sister has jaundice. I cough", {"cough"}, {"jaundic"}),
        ("I think it is gout, my toe hurts", {"toe"}, {"gout"}),
        ("没有皮疹，咳嗽", {"咳"}, {"疹"}),
    ],
)
def test_only_what_is_said_of_the_person_counts(
    finder: ConceptFinder, text: str, held: set[str], left_out: set[str]
) -> None:
    words = set(read(text, finder).words)
    assert held <= words
    assert not left_out & words


def test_a_description_resembles_what_it_describes(model: ClinicalModel) -> None:
    words = ("toe", "red", "hot", "joint")
    alike = model.wording.likeness(words)
    assert alike[model.condition_index["gout"]] > 2
    shared = model.wording.shared(words, model.condition_index["gout"], 2)
    assert len(shared) == 2


def test_unknown_words_say_nothing(model: ClinicalModel) -> None:
    assert not np.any(model.wording.likeness(("xyzzy", "plugh")))
    assert model.wording.belief(("xyzzy",)) == 0


def test_probabilities_stay_probabilities(finder: ConceptFinder, model: ClinicalModel) -> None:
    case = read(GOUT, finder)
    plain = rank(case, model)
    heeded = heed_words(plain, case, model)
    assert heeded.probabilities.sum() + heeded.other == pytest.approx(1)
    assert not np.any(heeded.probabilities[plain.probabilities == 0])
    assert heeded.other == plain.other


def test_words_never_change_urgency_or_question(
    finder: ConceptFinder, model: ClinicalModel
) -> None:
    case = read(GOUT, finder)
    with_words, without = check(case, model), check(replace(case, words=()), model)
    assert with_words.urgency is without.urgency
    assert with_words.red_flags == without.red_flags
    assert with_words.question == without.question


def test_the_reason_names_the_words(finder: ConceptFinder, model: ClinicalModel) -> None:
    first = check(read(GOUT, finder), model).candidates[0]
    assert first.condition_id == "gout"
    (reason,) = (r for r in first.reasons_for if r.concept_id == WORDING)
    assert "toe" in reason.name
