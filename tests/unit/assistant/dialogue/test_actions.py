"""What each action does at each stage, in both languages."""

from collections.abc import Iterator

import pytest

from assistant.dialogue.actions import ACTIONS, perform_action
from assistant.dialogue.consultation import Consultation, Incoming, Stage, Subject
from assistant.dialogue.messages import Ask, Message, Outcome, Text, Understood
from assistant.symptom_check.ask import MOST_QUESTIONS
from knowledge_graph.domain.case import Presence, Sex
from knowledge_graph.domain.errors import NotFound
from knowledge_graph.language import language_of
from tests.support.dialogue import BEGAN, Talk, make_talk

pytestmark = pytest.mark.anyio

COUGH = {"en": "I have a cough", "zh": "我咳嗽"}
COUGH_AND_FEVER = {"en": "I have a cough and a fever", "zh": "我咳嗽，还发热"}
NO_FEVER = {"en": "no fever", "zh": "没有发热"}
CHILD = {"en": "it is for my child", "zh": "我女儿"}
NONSENSE = {"en": "purple elephants", "zh": "紫色的大象"}


@pytest.fixture(params=["en", "zh"])
def talk(request: pytest.FixtureRequest) -> Iterator[Talk]:
    yield make_talk(request.param)


def phrase(talk: Talk, key: str, **values: object) -> str:
    return language_of(talk.language).say(key, **values)


def open_id(replies: tuple[Message, ...]) -> str:
    last = replies[-1]
    assert isinstance(last, Ask | Understood), replies
    return last.id


async def test_a_whole_consultation_in_words(talk: Talk) -> None:
    await talk.open()
    assert open_id(await talk.say("ok", "affirm")) == "subject"
    assert open_id(await talk.say(CHILD[talk.language], "choose")) == "age"
    assert open_id(await talk.say("14", "choose")) == "sex"
    assert open_id(await talk.say({"en": "girl", "zh": "女孩"}[talk.language], "choose")) == (
        "pregnancy"
    )
    assert open_id(await talk.say("no", "deny")) == "complaint"
    (understood,) = await talk.say(COUGH_AND_FEVER[talk.language], "inform")
    assert isinstance(understood, Understood)
    assert [(item.id, item.presence) for item in understood.items] == [
        ("cough", "present"),
        ("fever", "present"),
    ]
    replies = await talk.say("right", "affirm")
    for _ in range(16):
        if not isinstance(replies[-1], Ask):
            break
        assert replies[-1].why
        assert replies[-1].at_most == 16
        replies = await talk.say("dunno", "dont_know")
    outcome, after = replies
    assert isinstance(outcome, Outcome)
    assert outcome.conditions[0].name == {"en": "Pneumonia", "zh": "肺炎"}[talk.language]
    assert outcome.conditions[0].reasons_for
    assert outcome.sources
    assert isinstance(after, Text)
    now = await talk.now()
    assert (now.progress.subject, now.progress.age_years, now.progress.sex) == (
        Subject.CHILD,
        14,
        Sex.FEMALE,
    )
    assert now.progress.pregnant is Presence.ABSENT


async def test_men_children_and_old_women_are_not_asked_for_pregnancy(talk: Talk) -> None:
    for age, sex in (("35", "male"), ("8", "female"), ("70", "female"), ("35", "unknown")):
        await talk.open()
        await talk.choose("consent", "yes")
        await talk.choose("subject", "self")
        await talk.say(age, "choose")
        assert open_id(await talk.choose("sex", sex)) == "complaint"


@pytest.mark.parametrize("age", ["-3", "400"])
async def test_an_impossible_age_is_asked_again(talk: Talk, age: str) -> None:
    await talk.open()
    await talk.choose("consent", "yes")
    await talk.choose("subject", "self")
    replies = await talk.say(age, "choose")
    assert replies[0] == Text(phrase(talk, "age_impossible"))
    assert open_id(replies) == "age"


async def test_details_that_are_not_understood_are_asked_again(talk: Talk) -> None:
    await talk.open()
    await talk.choose("consent", "yes")
    for stage, answer in (("subject", "self"), ("age", "30"), ("sex", "male")):
        replies = await talk.say(NONSENSE[talk.language], "inform")
        assert replies[0] == Text(phrase(talk, "not_understood_answer"))
        assert open_id(replies) == stage
        await talk.choose(stage, answer)
    assert (await talk.now()).stage is Stage.COMPLAINT


async def test_a_complaint_without_a_symptom_gets_help_step_by_step(talk: Talk) -> None:
    await talk.to_complaint()
    replies = [await talk.say(NONSENSE[talk.language], "inform") for _ in range(3)]
    assert replies[0][0] == Text(phrase(talk, "not_understood_complaint"))
    number = language_of(talk.language).emergency_number
    assert replies[2][0] == Text(phrase(talk, "not_understood_help", number=number))
    assert open_id(replies[2]) == "complaint"


async def test_a_risk_factor_alone_is_no_complaint() -> None:
    talk = make_talk()
    await talk.to_complaint()
    assert open_id(await talk.say("I am a smoker", "inform")) == "complaint"
    (understood,) = await talk.say("I have a cough", "inform")
    assert isinstance(understood, Understood)
    assert [item.id for item in understood.items] == ["smoking", "cough"]


async def test_what_is_unticked_is_taken_out(talk: Talk) -> None:
    await talk.to_complaint()
    await talk.say(COUGH_AND_FEVER[talk.language], "inform")
    await talk.choose("confirm", "confirm", "fever")
    assert [f.concept_id for f in (await talk.now()).progress.findings] == ["fever"]


async def test_the_confirm_button_alone_keeps_everything(talk: Talk) -> None:
    await talk.to_complaint()
    await talk.say(COUGH_AND_FEVER[talk.language], "inform")
    await talk.choose("confirm", "confirm")
    assert {f.concept_id for f in (await talk.now()).progress.findings} == {"cough", "fever"}


async def test_more_can_be_added_before_confirming(talk: Talk) -> None:
    await talk.to_complaint()
    await talk.say(COUGH[talk.language], "inform")
    (more,) = await talk.choose("confirm", "add", "cough")
    assert isinstance(more, Ask)
    (understood,) = await talk.say({"en": "a fever too", "zh": "还发热"}[talk.language], "inform")
    assert isinstance(understood, Understood)
    assert {item.id for item in understood.items} == {"cough", "fever"}


async def test_what_was_misunderstood_is_forgotten(talk: Talk) -> None:
    await talk.to_complaint()
    await talk.say(COUGH[talk.language], "inform")
    replies = await talk.choose("confirm", "reject")
    assert open_id(replies) == "complaint"
    assert (await talk.now()).progress.findings == ()


async def test_a_correction_in_words_is_read(talk: Talk) -> None:
    await talk.to_complaint()
    await talk.say(COUGH_AND_FEVER[talk.language], "inform")
    (understood,) = await talk.say(NO_FEVER[talk.language], "deny")
    assert isinstance(understood, Understood)
    assert {(item.id, item.presence) for item in understood.items} == {
        ("cough", "present"),
        ("fever", "absent"),
    }


async def test_age_and_sex_in_the_first_message_are_confirmed_and_not_asked() -> None:
    talk = make_talk()
    await talk.open()
    await talk.say("my 3-year-old boy has a cough", "inform")
    await talk.choose("consent", "yes")
    (understood,) = await talk.choose("subject", "child")
    assert isinstance(understood, Understood)
    assert [(item.id, item.name) for item in understood.items] == [
        ("about:age", "Age: 3 years"),
        ("about:sex", "Sex: Male"),
        ("cough", "Cough"),
    ]
    replies = await talk.choose("confirm", "confirm", "about:sex", "cough")
    assert open_id(replies) == "age"


async def test_measurements_are_shown_and_can_be_unticked() -> None:
    talk = make_talk()
    await talk.to_complaint()
    (understood,) = await talk.say("cough, temperature 39.2", "inform")
    assert isinstance(understood, Understood)
    assert ("vital:temperature_c", "Temperature 39.2 °C") in [
        (item.id, item.name) for item in understood.items
    ]
    await talk.choose("confirm", "confirm", "cough")
    assert (await talk.now()).progress.measurements == ()


async def test_answers_may_say_more_than_was_asked(talk: Talk) -> None:
    await talk.to_interview(COUGH[talk.language])
    asked = (await talk.now()).open_question or ""
    concept = asked.removeprefix("finding:")
    other = next(key for key in ("fever", "chest_pain") if key != concept)
    said = {
        "fever": {"en": "no, but I have a fever", "zh": "没有，但是发热"},
        "chest_pain": {"en": "no, but I have chest pain", "zh": "没有，但是胸痛"},
    }[other][talk.language]
    await talk.say(said, "deny")
    case = (await talk.now()).case
    assert case.presence(concept) is Presence.ABSENT
    assert case.presence(other) is Presence.PRESENT


async def test_naming_the_finding_answers_the_question(talk: Talk) -> None:
    await talk.to_interview(COUGH[talk.language])
    now = await talk.now()
    concept = (now.open_question or "").removeprefix("finding:")
    name = getattr(talk.services.core.findings[concept].name, talk.language)
    await talk.say({"en": f"I have {name}", "zh": f"有{name}"}[talk.language], "inform")
    now = await talk.now()
    assert now.case.presence(concept) is Presence.PRESENT
    assert concept in now.progress.asked


async def test_why_is_answered_and_the_question_stays(talk: Talk) -> None:
    await talk.open()
    replies = await talk.say("why?", "why")
    assert replies[0] == Text(phrase(talk, "why_consent"))
    await talk.choose("consent", "yes")
    replies = await talk.say("why?", "why")
    assert replies[0] == Text(phrase(talk, "why_subject"))
    assert open_id(replies) == "subject"
    await talk.to_interview(COUGH[talk.language])
    asked = (await talk.now()).transcript[-1].replies[-1]
    assert isinstance(asked, Ask)
    assert await talk.say("why?", "why") == (Text(asked.why or ""), asked)


async def test_going_back_undoes_one_answer_at_a_time(talk: Talk) -> None:
    await talk.to_interview(COUGH[talk.language])
    asked = (await talk.now()).transcript[-1].replies[-1]
    assert isinstance(asked, Ask)
    await talk.choose(asked.id, "yes")
    replies = await talk.say("back", "correct")
    assert replies == (Text(phrase(talk, "back_done")), asked)
    stages = [open_id(await talk.say("back", "correct")) for _ in range(6)]
    assert stages == ["confirm", "complaint", "pregnancy", "sex", "age", "subject"]
    replies = await talk.say("back", "correct")
    assert replies[0] == Text(phrase(talk, "back_at_start"))


async def test_after_the_outcome_an_answer_can_be_changed(talk: Talk) -> None:
    replies = await talk.to_interview(COUGH[talk.language])
    for _ in range(MOST_QUESTIONS + 1):
        if not isinstance(replies[-1], Ask):
            break
        last = replies[-1].id
        replies = await talk.choose(last, "no")
    replies = await talk.say("back", "correct")
    assert open_id(replies) == last
    assert (await talk.now()).urgency is None


async def test_starting_over_forgets_answers_but_not_consent(talk: Talk) -> None:
    await talk.to_interview(COUGH[talk.language])
    replies = await talk.say("start over", "start_over")
    assert open_id(replies) == "subject"
    now = await talk.now()
    assert (now.consented, now.progress.findings, now.earlier) == (True, (), ())


async def test_stopping_stops_and_says_what_to_do(talk: Talk) -> None:
    await talk.to_interview(COUGH[talk.language])
    (stopped,) = await talk.say("stop", "stop")
    assert language_of(talk.language).emergency_number in stopped.text
    (reminder,) = await talk.say("yes", "affirm")
    assert isinstance(reminder, Text)
    assert talk.encounters == []


@pytest.mark.parametrize(
    ("intent", "key"),
    [("greet", "greeting_back"), ("thanks", "thanks_back"), ("out_of_scope", "off_topic")],
)
async def test_small_talk_is_answered_and_the_question_stays(
    talk: Talk, intent: str, key: str
) -> None:
    await talk.to_complaint()
    replies = await talk.say(NONSENSE[talk.language], intent)
    assert replies[0] == Text(phrase(talk, key))
    assert open_id(replies) == "complaint"


@pytest.mark.parametrize("intent", ["stop", "greet", "thanks", "out_of_scope", "correct", "why"])
async def test_findings_outweigh_small_talk(talk: Talk, intent: str) -> None:
    await talk.to_complaint()
    said = {"en": "hello, I can't stop coughing", "zh": "你好，我咳嗽停不下来"}[talk.language]
    assert open_id(await talk.say(said, intent)) == "confirm"


async def test_a_button_of_an_earlier_question_changes_nothing(talk: Talk) -> None:
    await talk.to_complaint()
    before = (await talk.now()).progress
    replies = await talk.choose("sex", "male")
    assert replies[0] == Text(phrase(talk, "late_answer"))
    assert open_id(replies) == "complaint"
    assert (await talk.now()).progress == before


async def test_values_that_no_button_has_are_not_understood(talk: Talk) -> None:
    await talk.open()
    await talk.choose("consent", "yes")
    assert open_id(await talk.choose("subject", "martian")) == "subject"
    assert open_id(await talk.choose("subject")) == "subject"


@pytest.mark.parametrize("name", ACTIONS)
@pytest.mark.parametrize("stage", Stage)
def test_no_action_breaks_at_any_stage(name: str, stage: Stage) -> None:
    """Whatever the engine decides, also against the table, there is an answer."""
    talk = make_talk()
    for consented in (True, False):
        for text in ("I have a cough", "35", "female", "yes", "?"):
            consultation = Consultation("c", "en", BEGAN, stage, consented)
            reached, replies = perform_action(
                name, consultation, Incoming("m", text=text), talk.services
            )
            assert replies
            assert reached.consented in (consented, name == "action_accept_notice")
            if not consented and not reached.consented:
                assert reached.progress.findings == ()


def test_an_unknown_action_is_named() -> None:
    talk = make_talk()
    with pytest.raises(NotFound, match="action_dance"):
        perform_action(
            "action_dance", Consultation("c", "en", BEGAN), Incoming("m", "x"), talk.services
        )
