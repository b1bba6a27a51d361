"""One message in, replies out: emergencies first, and an answer whatever is down."""

import asyncio
import logging
from collections.abc import Iterator

import pytest

from assistant.dialogue import turn
from assistant.dialogue.consultation import Incoming, Stage
from assistant.dialogue.messages import Ask, Emergency, Outcome, Problem, Text
from assistant.symptom_check.model import ClinicalModel
from knowledge_graph.domain.assessment import Urgency
from knowledge_graph.domain.encounter import Encounter
from knowledge_graph.domain.errors import DependencyDown, InvalidInput, NotFound
from tests.support.dialogue import Talk, make_talk, with_engine_of

pytestmark = pytest.mark.anyio

EMERGENCIES = {"en": "chest pain and I can't breathe", "zh": "胸痛，还气短"}
NUMBERS = {"en": "911", "zh": "120"}


@pytest.fixture(params=["en", "zh"])
def talk(request: pytest.FixtureRequest) -> Iterator[Talk]:
    yield make_talk(request.param)


def ids(replies: tuple[object, ...]) -> list[str]:
    return [reply.id for reply in replies if isinstance(reply, Ask)]


async def test_consent_comes_first_and_the_complaint_is_kept(talk: Talk) -> None:
    opened = await talk.open()
    assert ids(opened) == ["consent"]
    said = {"en": "I have a cough", "zh": "我咳嗽"}[talk.language]
    replies = await talk.say(said, "inform")
    assert ids(replies) == ["consent"]
    assert (await talk.now()).progress.findings == ()
    assert ids(await talk.choose("consent", "yes")) == ["subject"]
    assert [f.concept_id for f in (await talk.now()).progress.findings] == ["cough"]
    await talk.choose("subject", "self")
    await talk.say("35", "choose")
    # The complaint is known already: it is shown, not asked for again.
    replies = await talk.choose("sex", "male")
    assert replies[-1].kind == "understood"


async def test_without_consent_nothing_is_kept(talk: Talk) -> None:
    await talk.open()
    await talk.say({"en": "I have a cough", "zh": "我咳嗽"}[talk.language], "inform")
    replies = await talk.choose("consent", "no")
    assert isinstance(replies[0], Text)
    now = await talk.now()
    assert (now.stage, now.kept, now.progress.findings) == (Stage.STOPPED, (), ())
    assert ids(await talk.say("again", "start_over")) == ["consent"]


async def test_an_emergency_needs_neither_consent_nor_the_engine(talk: Talk) -> None:
    await talk.open()
    talk.engine.is_down = True
    replies = await talk.say(EMERGENCIES[talk.language])
    (emergency,) = replies
    assert isinstance(emergency, Emergency)
    assert emergency.call == NUMBERS[talk.language]
    assert emergency.urgency == "emergency_ambulance"
    assert emergency.sources
    assert talk.engine.heard == []


async def test_an_emergency_in_the_other_language_counts(talk: Talk) -> None:
    await talk.open()
    other = {"en": "zh", "zh": "en"}[talk.language]
    replies = await talk.say(EMERGENCIES[other])
    assert isinstance(replies[0], Emergency)


async def test_an_emergency_of_someone_else_counts() -> None:
    talk = make_talk()
    await talk.open()
    replies = await talk.say("my father has chest pain and he can't breathe")
    assert isinstance(replies[0], Emergency)


async def test_findings_of_several_turns_make_an_emergency_together() -> None:
    talk = make_talk()
    await talk.to_complaint()
    assert (await talk.say("I have chest pain", "inform"))[-1].kind == "understood"
    replies = await talk.say("and I am short of breath", "inform")
    assert isinstance(replies[0], Emergency)
    now = await talk.now()
    assert (now.stage, now.urgency) == (Stage.EMERGENCY, Urgency.EMERGENCY_AMBULANCE)
    assert [e.concept_ids for e in talk.encounters] == [("chest_pain", "breathlessness")]


async def test_a_denied_danger_is_none() -> None:
    talk = make_talk()
    await talk.to_complaint()
    replies = await talk.say("I have a cough but no chest pain and no breathlessness", "inform")
    assert replies[-1].kind == "understood"


async def test_a_yes_button_can_be_an_emergency_with_the_engine_down() -> None:
    talk = make_talk()
    await talk.to_complaint()
    await talk.say("I have chest pain", "inform")
    replies = await talk.choose("confirm", "confirm")
    while isinstance(replies[-1], Ask) and replies[-1].id != "finding:breathlessness":
        replies = await talk.choose(replies[-1].id, "no")
    talk.engine.is_down = True
    (emergency,) = await talk.choose("finding:breathlessness", "yes")
    assert isinstance(emergency, Emergency)


async def test_after_an_emergency_its_advice_stays(talk: Talk) -> None:
    await talk.open()
    await talk.choose("consent", "yes")
    await talk.say(EMERGENCIES[talk.language])
    replies = await talk.say("I feel fine", "inform")
    assert NUMBERS[talk.language] in replies[0].text
    again = await talk.say(EMERGENCIES[talk.language])
    assert isinstance(again[0], Emergency)
    assert ids(await talk.say("start over", "start_over")) == ["subject"]


async def test_with_the_engine_down_the_patient_gets_a_safe_sentence(talk: Talk) -> None:
    await talk.to_complaint()
    before = await talk.now()
    talk.engine.is_down = True
    (problem,) = await talk.say("I have a cough")
    assert isinstance(problem, Problem)
    assert NUMBERS[talk.language] in problem.text
    after = await talk.now()
    assert (after.stage, after.progress) == (before.stage, before.progress)
    assert after.transcript[-1].replies == (problem,)
    talk.engine.is_down = False
    assert (await talk.say("I have a cough", "inform"))[-1].kind == "understood"


async def test_an_answer_lost_on_the_way_back_is_found() -> None:
    talk = make_talk()
    await talk.open()
    talk.engine.answers_lost = True
    assert ids(await talk.choose("consent", "yes")) == ["subject"]
    # The engine may have missed the new stage: it is asked under a new name from now on.
    assert (await talk.now()).round == 1


async def test_an_engine_that_runs_no_action_is_a_fault() -> None:
    talk = make_talk()
    await talk.open()

    class Silent:
        async def decide(self, engine_id: str, words: str) -> None:
            """Nothing."""

        async def is_up(self) -> bool:
            return True

    talk = with_engine_of(talk, engine=Silent())
    assert isinstance((await talk.choose("consent", "yes"))[0], Problem)


async def test_a_late_action_of_a_failed_turn_is_refused() -> None:
    talk = make_talk()
    await talk.open()
    engine_id = (await talk.now()).engine_id
    talk.engine.is_down = True
    await talk.choose("consent", "yes")
    for late in (engine_id, (await talk.now()).engine_id):
        with pytest.raises(NotFound):
            await turn.perform(late, "action_accept_notice", talk.services)
    assert (await talk.now()).consented is False


async def test_a_second_action_in_one_turn_is_refused() -> None:
    talk = make_talk()
    await talk.open()
    refused: list[NotFound] = []

    class Twice:
        async def decide(self, engine_id: str, words: str) -> None:
            await turn.perform(engine_id, "action_accept_notice", talk.services)
            try:
                await turn.perform(engine_id, "action_stop", talk.services)
            except NotFound as error:
                refused.append(error)

        async def is_up(self) -> bool:
            return True

    talk = with_engine_of(talk, engine=Twice())
    assert ids(await talk.choose("consent", "yes")) == ["subject"]
    assert len(refused) == 1


async def test_an_action_asked_for_twice_runs_once() -> None:
    talk = make_talk()
    await talk.open()

    class Stuttering:
        async def decide(self, engine_id: str, words: str) -> None:
            first = await turn.perform(engine_id, "action_accept_notice", talk.services)
            assert await turn.perform(engine_id, "action_accept_notice", talk.services) is first

        async def is_up(self) -> bool:
            return True

    talk = with_engine_of(talk, engine=Stuttering())
    assert ids(await talk.choose("consent", "yes")) == ["subject"]


async def test_two_messages_at_once_are_answered_one_after_the_other() -> None:
    talk = make_talk()
    await talk.open()
    await asyncio.gather(talk.choose("consent", "yes"), talk.choose("subject", "self"))
    now = await talk.now()
    assert now.stage is Stage.AGE
    assert len(now.transcript) == 3


async def test_whatever_breaks_is_a_safe_sentence_and_is_recorded(
    caplog: pytest.LogCaptureFixture,
) -> None:
    talk = make_talk()
    await talk.to_complaint()

    def broken() -> ClinicalModel:
        raise ZeroDivisionError("canary words of a patient")

    talk = with_engine_of(talk, model=broken)
    await talk.say("I have a cough, canary", "inform")
    with caplog.at_level(logging.DEBUG, logger="assistant"):
        (problem,) = await talk.choose("confirm", "confirm")
    assert isinstance(problem, Problem)
    assert (await talk.now()).transcript[-1].replies == (problem,)
    assert [record.code for record in caplog.records] == ["ZeroDivisionError"]  # type: ignore[attr-defined]
    assert "canary" not in "".join(record.getMessage() for record in caplog.records)


async def test_with_the_store_down_an_emergency_is_still_one(talk: Talk) -> None:
    await talk.open()
    talk.store.is_down = True
    assert isinstance((await talk.say(EMERGENCIES[talk.language]))[0], Emergency)
    assert isinstance((await talk.say("hello"))[0], Problem)
    talk.store.is_down = False
    assert len((await talk.now()).transcript) == 1


async def test_a_record_that_cannot_be_kept_costs_no_answer() -> None:
    talk = make_talk()

    async def down(encounter: Encounter) -> None:
        raise DependencyDown("The records database", "Start it")

    talk = with_engine_of(talk, record=down)
    await talk.open()
    await talk.choose("consent", "yes")
    assert isinstance((await talk.say(EMERGENCIES["en"]))[0], Emergency)
    assert (await talk.now()).stage is Stage.EMERGENCY


async def test_an_empty_message_is_answered(talk: Talk) -> None:
    await talk.open()
    for empty in ("", "  \n ", "\u3000"):
        (reply,) = await talk.say(empty)
        assert isinstance(reply, Text)
    assert talk.engine.heard == []


async def test_a_very_long_message_is_refused_politely_but_screened(talk: Talk) -> None:
    await talk.open()
    (reply,) = await talk.say("hello " * 2_000)
    assert "4000" in reply.text
    assert isinstance((await talk.say("x " * 150_000 + EMERGENCIES["en"]))[0], Emergency)
    assert len((await talk.now()).transcript[-1].said or "") <= turn.LONGEST_TEXT


async def test_the_same_message_is_answered_once(talk: Talk) -> None:
    await talk.open()
    incoming = Incoming("same", question_id="consent", values=("yes",))
    first = await talk.send(incoming)
    assert await talk.send(incoming) == first
    assert talk.engine.heard == ["/affirm"]
    assert len((await talk.now()).transcript) == 2


async def test_the_engine_sees_no_command_no_choice_and_no_names() -> None:
    talk = make_talk()
    await talk.to_complaint()
    await talk.say("/restart I have a cough", "inform")
    await talk.say("//", "inform")
    assert talk.engine.heard[:4] == ["/affirm", "/choose", "35", "/choose"]
    assert talk.engine.heard[-2:] == ["restart I have a  zname", "?"]


async def test_a_long_conversation_begins_anew_at_the_engine() -> None:
    talk = make_talk()
    await talk.open()
    for _ in range(61):
        await talk.say("what a nice day", "out_of_scope")
    assert (await talk.now()).round == 1


async def test_an_erased_conversation_is_gone(talk: Talk) -> None:
    await talk.open()
    await turn.erase(talk.id, talk.services)
    with pytest.raises(NotFound):
        await talk.say("hello", "greet")
    assert talk.store.kept == {}


async def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(InvalidInput):
        await make_talk("tlh").open()


async def test_a_finished_conversation_leaves_one_coded_encounter(talk: Talk) -> None:
    await talk.to_interview({"en": "I have a cough", "zh": "我咳嗽"}[talk.language])
    replies = (await talk.now()).transcript[-1].replies
    while isinstance(replies[-1], Ask):
        replies = await talk.choose(replies[-1].id, "no")
    assert any(isinstance(reply, Outcome) for reply in replies)
    await talk.say("thanks", "thanks")
    (encounter,) = talk.encounters
    assert encounter.source == "chat"
    assert encounter.concept_ids == ("cough",)
    assert encounter.department
    assert encounter.urgency is not None
    assert encounter.ended is not None and encounter.ended > encounter.started
    assert talk.id not in repr(encounter)


async def test_the_transcript_shows_what_the_buttons_said(talk: Talk) -> None:
    await talk.open()
    await talk.choose("consent", "yes")
    await talk.choose("subject", "child")
    said = [exchange.said for exchange in (await talk.now()).transcript]
    expected = {"en": ["I agree", "My child"], "zh": ["同意", "我的孩子"]}
    assert said == [None, *expected[talk.language]]
