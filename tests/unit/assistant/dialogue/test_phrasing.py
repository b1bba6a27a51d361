"""Assessments as messages: every level, both languages, with sources."""

from dataclasses import replace

import pytest

from assistant.dialogue import phrasing
from assistant.dialogue.consultation import Consultation, Exchange, from_json, to_json
from assistant.dialogue.messages import Ask, Choice, Problem, Text, Understood, UnderstoodItem
from assistant.symptom_check.check import check
from assistant.symptom_check.model import build_model
from assistant.symptom_check.red_flags import screen
from knowledge_graph.domain.assessment import Assessment, Urgency
from knowledge_graph.domain.case import Case, Finding, Presence
from knowledge_graph.domain.evidence import Citation, Document, EvidenceClass, Passage
from knowledge_graph.language import languages
from knowledge_graph.search import Hit
from tests.support.dialogue import BEGAN
from tests.support.small_core import small_core

CORE = small_core()
MODEL = build_model(CORE)
CODES = tuple(languages())


def assess(code: str, *present: str) -> Assessment:
    findings = tuple(Finding(key, Presence.PRESENT) for key in present)
    return check(Case(35, findings=findings, language=code), MODEL)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("urgency", Urgency)
def test_every_urgency_has_its_words(code: str, urgency: Urgency) -> None:
    outcome = phrasing.outcome(replace(assess(code, "cough"), urgency=urgency), code)
    assert outcome.title and outcome.text and outcome.disclaimer
    number = languages()[code].emergency_number
    assert outcome.call == (number if urgency.is_emergency else None)
    assert "{" not in outcome.title + outcome.text


@pytest.mark.parametrize("code", CODES)
def test_an_outcome_gives_reasons_sources_and_when_to_come_back(code: str) -> None:
    outcome = phrasing.outcome(assess(code, "cough", "fever"), code)
    leading = outcome.conditions[0]
    assert leading.reasons_for
    assert leading.advice
    assert leading.sources == outcome.sources
    assert outcome.return_sooner == getattr(CORE.conditions["pneumonia"].return_sooner, code)
    assert outcome.knowledge_version == CORE.version
    probabilities = [condition.probability for condition in outcome.conditions]
    assert probabilities == sorted(probabilities, reverse=True)


def test_with_no_condition_there_is_still_a_warning() -> None:
    outcome = phrasing.outcome(replace(assess("en", "cough"), candidates=()), "en")
    assert "911" in outcome.return_sooner[0]


@pytest.mark.parametrize("code", CODES)
def test_an_emergency_says_whom_to_call_and_why(code: str) -> None:
    case = Case(
        findings=tuple(Finding(key, Presence.PRESENT) for key in ("chest_pain", "breathlessness")),
        language=code,
    )
    message = phrasing.emergency(screen(case, CORE), code)
    number = languages()[code].emergency_number
    assert message.call == number and number in message.call_label and number in message.text
    assert message.reasons == (getattr(CORE.red_flags["chest_pain_breathless"].reason, code),)
    assert not message.crisis


@pytest.mark.parametrize("code", CODES)
def test_a_crisis_alone_gives_the_crisis_line_and_with_more_the_ambulance(code: str) -> None:
    case = Case(
        findings=tuple(Finding(key, Presence.PRESENT) for key in ("chest_pain", "breathlessness")),
        language=code,
    )
    (flag,) = screen(case, CORE)
    crisis = replace(flag, is_crisis=True, urgency=Urgency.EMERGENCY)
    language = languages()[code]
    message = phrasing.emergency((crisis,), code)
    assert message.crisis and message.call == language.crisis_line
    assert language.emergency_number in message.text
    both = phrasing.emergency((flag, crisis), code)
    assert not both.crisis and both.call == language.emergency_number


def test_an_ambulance_card_gives_no_lesser_advice() -> None:
    case = Case(
        findings=tuple(Finding(key, Presence.PRESENT) for key in ("chest_pain", "breathlessness"))
    )
    (flag,) = screen(case, CORE)
    lesser = replace(flag, urgency=Urgency.EMERGENCY, advice="Go to the hospital.")
    message = phrasing.emergency((flag, lesser), "en")
    assert message.advice == (flag.advice,)
    crisis = replace(lesser, is_crisis=True, advice="Talk to somebody.")
    assert phrasing.emergency((flag, crisis), "en").advice == (flag.advice, crisis.advice)


def hit(text: str, language: str = "en") -> Hit:
    document = Document("medquad:1", "medquad", "What is X?", "hash", EvidenceClass.LITERATURE)
    passage = Passage("p1", "medquad:1", 0, "", text, language)
    return Hit(passage, document, 1.0, Citation("medquad:1", "What is X?", "medquad"))


def test_an_answer_is_whole_sentences_of_the_best_passage() -> None:
    sentence = "X is a thing that many people have. "
    answer = phrasing.answer([hit(sentence * 40), hit("Y.")], "en")
    assert answer.text.startswith("What is X?: X is a thing")
    assert answer.text.endswith("have.")
    assert len(answer.text) < 800
    assert len(answer.citations) == 2


def test_an_answer_in_another_language_says_so() -> None:
    assert "英文" in phrasing.answer([hit("X is a thing.")], "zh").text


@pytest.mark.parametrize(
    ("passage", "longest", "kept"),
    [
        ("One. Two. Three.", 9, "One. Two."),
        ("一二三。四五六。七八九。", 8, "一二三。四五六。"),
        ("A very long sentence without an end", 10, "A very lo…"),
        ("Short", 10, "Short"),
    ],
)
def test_the_opening_of_a_passage(passage: str, longest: int, kept: str) -> None:
    assert phrasing.opening(passage, longest) == kept


def test_a_consultation_survives_being_stored() -> None:
    item = UnderstoodItem("cough", "Cough", "present")
    replies = (
        Text("a"),
        Ask("q", "b", (Choice("yes", "Yes"),), why="c", asked=1, at_most=16),
        Understood("confirm", "d", (item,), (Choice("confirm", "Yes"),)),
        phrasing.outcome(assess("en", "cough"), "en"),
        phrasing.answer([hit("X.")], "en"),
        phrasing.problem("en"),
    )
    consultation = Consultation("c", "en", BEGAN).with_exchange(Exchange("m", "hi", replies))
    assert from_json(to_json(consultation)) == consultation
    assert isinstance(consultation.transcript[0].replies[-1], Problem)
