"""Health questions: answered from passages with citations, or honestly not at all."""

from collections.abc import Iterator

import pytest

from api.wiring import Services
from assistant.dialogue.messages import Answer, Ask, Text
from knowledge_graph.language import language_of
from tests.support.dialogue import make_talk
from tests.support.services import ANGINA_ADDRESS, make_services

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    made = make_services(tmp_path_factory.mktemp("questions"))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("language", "question"), [("en", "what is angina?"), ("zh", "什么是心绞痛？")]
)
async def test_a_question_is_answered_with_citations_and_the_interview_goes_on(
    services: Services, language: str, question: str
) -> None:
    talk = make_talk(language, knowledge=services.knowledge)
    await talk.to_interview({"en": "I have a cough", "zh": "我咳嗽"}[language])
    open_question = (await talk.now()).open_question
    answer, again = await talk.say(question, "ask_question")
    assert isinstance(answer, Answer)
    assert "heart muscle" in answer.text
    assert answer.citations[0].url == ANGINA_ADDRESS
    assert isinstance(again, Ask) and again.id == open_question


async def test_nothing_found_is_said_honestly(services: Services) -> None:
    talk = make_talk(knowledge=services.knowledge)
    await talk.to_complaint()
    said, again = await talk.say("what is the price of coal in spring?", "ask_question")
    assert said == Text(language_of("en").say("question_nothing_found"))
    assert isinstance(again, Ask)


async def test_with_the_knowledge_down_the_question_waits() -> None:
    talk = make_talk()
    await talk.to_complaint()
    said, again = await talk.say("what is angina?", "ask_question")
    assert isinstance(said, Text) and "911" in said.text
    assert isinstance(again, Ask) and again.id == "complaint"


async def test_a_question_asked_before_consent_is_answered_after_it(services: Services) -> None:
    talk = make_talk(knowledge=services.knowledge)
    await talk.open()
    await talk.say("what is angina?", "ask_question")
    answer, again = await talk.choose("consent", "yes")
    assert isinstance(answer, Answer)
    assert isinstance(again, Ask) and again.id == "subject"


async def test_a_question_after_the_end_is_answered(services: Services) -> None:
    talk = make_talk(knowledge=services.knowledge)
    await talk.to_complaint()
    await talk.say("stop", "stop")
    (answer,) = await talk.say("what is angina?", "ask_question")
    assert isinstance(answer, Answer)
