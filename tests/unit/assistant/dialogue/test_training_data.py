"""What the dialogue engine is trained on."""

from pathlib import Path

import pytest
import yaml

from assistant.dialogue.actions import ACTIONS
from assistant.dialogue.consultation import Stage
from assistant.dialogue.masking import mask
from assistant.dialogue.training_data import (
    FALLBACK_INTENT,
    SESSION_START,
    action_for,
    examples,
    read_conversation,
    rules,
    write_training_data,
)
from knowledge_graph.domain.errors import KnowledgeInvalid
from knowledge_graph.knowledge import build_finder
from knowledge_graph.language import languages
from tests.support.small_core import small_core

INTENTS = tuple(languages()["en"].intents)
TABLE = read_conversation()
HELD_OUT = Path(__file__).parents[3] / "e2e" / "held_out_phrases.yml"


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("intent", [*INTENTS, FALLBACK_INTENT])
def test_every_intent_calls_for_an_action_at_every_stage(stage: Stage, intent: str) -> None:
    assert action_for(TABLE, stage, intent) in ACTIONS


def test_every_action_is_called_for_somewhere() -> None:
    assert {action for row in TABLE.values() for action in row.values()} == set(ACTIONS)


def test_stopping_works_before_consent() -> None:
    assert action_for(TABLE, Stage.CONSENT, "stop") == "action_stop"


@pytest.mark.parametrize(
    ("text", "fault"), [("any: {stop: action_fly}", "action_fly"), ("moon: {}", "moon")]
)
def test_a_table_with_a_wrong_name_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "conversation.yml").write_text(text)
    with pytest.raises(KnowledgeInvalid, match=fault):
        read_conversation(tmp_path / "conversation.yml")


def test_there_is_one_rule_for_each_cell_of_the_table() -> None:
    made = rules(TABLE)["rules"]
    assert len({rule["rule"] for rule in made}) == len(made) == sum(map(len, TABLE.values()))
    general = [rule for rule in made if "condition" not in rule]
    assert len(general) == len(TABLE["any"])


def test_the_files_are_written_the_same_each_time(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write_training_data(tmp_path / folder, languages(), TABLE)
    for name in ("domain.yml", "rules.yml", "nlu.yml"):
        text = (tmp_path / "a" / name).read_bytes()
        assert text == (tmp_path / "b" / name).read_bytes()
    domain = yaml.safe_load((tmp_path / "a" / "domain.yml").read_text())
    assert set(domain["slots"]) == {"stage", "language"}
    assert domain["actions"][0] == SESSION_START
    assert "responses" not in domain


def test_no_example_teaches_two_intents() -> None:
    owners: dict[str, str] = {}
    for intent, said in examples(languages()).items():
        for text in said:
            assert owners.setdefault(text.lower(), intent) == intent, text


def test_no_held_out_sentence_is_an_example() -> None:
    taught = {text.lower() for said in examples(languages()).values() for text in said}
    held_out = yaml.safe_load(HELD_OUT.read_text(encoding="utf-8"))
    for said in held_out.values():
        assert not taught & {text.lower() for text in said}


def test_each_language_has_examples_of_each_intent() -> None:
    for language in languages().values():
        for intent, said in language.intents.items():
            assert len(said) >= 15, f"{language.code} {intent}"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("I have a cough and a fever", "I have a  zname  and a  zname"),
        ("what is pneumonia?", "what is  zname ?"),
        ("我咳嗽，什么是肺炎", "我 zname ，什么是 zname"),
        ("good morning", "good morning"),
        ("", ""),
    ],
)
def test_names_are_masked_as_in_the_examples(text: str, masked: str) -> None:
    assert mask(text, build_finder(small_core())) == masked
    assert any("zname" in said for said in examples(languages())["inform"])
