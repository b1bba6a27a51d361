"""What Rasa is trained on, made from the language files and the conversation table."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from assistant.dialogue.actions import ACTIONS
from assistant.dialogue.consultation import Stage
from assistant.dialogue.masking import fill
from knowledge_graph.domain.errors import KnowledgeInvalid
from knowledge_graph.language import Language

PROJECT = Path(__file__).parent.parent / "rasa_project"
FALLBACK_INTENT = "nlu_fallback"
SESSION_START = "action_session_start"
_ANY_STAGE = "any"

Table = Mapping[str, Mapping[str, str]]


def read_conversation(path: Path = PROJECT / "conversation.yml") -> Table:
    """The conversation table: stage → intent → action.

    Raises KnowledgeInvalid when it names a stage or an action that does not exist.
    """
    table: Table = yaml.safe_load(path.read_text(encoding="utf-8"))
    stages = {stage.value for stage in Stage}
    for stage, row in table.items():
        if stage != _ANY_STAGE and stage not in stages:
            raise KnowledgeInvalid(f"{path.name}: there is no stage {stage!r}")
        unknown = sorted(set(row.values()) - set(ACTIONS))
        if unknown:
            raise KnowledgeInvalid(f"{path.name}: {stage}: no such action: {', '.join(unknown)}")
    return table


def action_for(table: Table, stage: Stage, intent: str) -> str | None:
    """The action that the table gives for a stage and an intent."""
    return table.get(stage.value, {}).get(intent) or table[_ANY_STAGE].get(intent)


def domain(table: Table, intents: Sequence[str]) -> dict[str, Any]:
    """Rasa's domain: names only, no responses, two slots."""
    return {
        "version": "3.1",
        "intents": [*intents],
        "actions": [SESSION_START, *ACTIONS],
        "slots": {
            "stage": {
                "type": "categorical",
                "values": [stage.value for stage in Stage],
                "influence_conversation": True,
                "mappings": [{"type": "custom"}],
            },
            "language": {
                "type": "text",
                "influence_conversation": False,
                "mappings": [{"type": "custom"}],
            },
        },
        "session_config": {"session_expiration_time": 0, "carry_over_slots_to_new_session": True},
    }


def rules(table: Table) -> dict[str, Any]:
    """One rule for each cell of the table; those of `any` have no condition, and yield to others."""
    made: list[dict[str, Any]] = []
    for stage, row in table.items():
        condition = [{"slot_was_set": [{"stage": stage}]}]
        for intent, action in row.items():
            rule: dict[str, Any] = {"rule": f"{stage}: {intent}"}
            if stage != _ANY_STAGE:
                rule["condition"] = condition
            made.append(rule | {"steps": [{"intent": intent}, {"action": action}]})
    return {"version": "3.1", "rules": made}


def examples(languages: Mapping[str, Language]) -> dict[str, tuple[str, ...]]:
    """The examples of each intent over all languages, placeholders as the engine will see them."""
    found: dict[str, list[str]] = {}
    for language in languages.values():
        for intent, sentences in language.intents.items():
            found.setdefault(intent, []).extend(fill(sentence) for sentence in sentences)
    return {intent: tuple(dict.fromkeys(said)) for intent, said in found.items()}


def nlu(languages: Mapping[str, Language]) -> dict[str, Any]:
    """Rasa's NLU file."""
    return {
        "version": "3.1",
        "nlu": [
            {"intent": intent, "examples": "".join(f"- {text}\n" for text in said)}
            for intent, said in examples(languages).items()
        ],
    }


def write_training_data(folder: Path, languages: Mapping[str, Language], table: Table) -> None:
    """Write domain.yml, rules.yml and nlu.yml into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    intents = tuple(next(iter(languages.values())).intents)
    files = {
        "domain.yml": domain(table, intents),
        "rules.yml": rules(table),
        "nlu.yml": nlu(languages),
    }
    for name, content in files.items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)
        (folder / name).write_text(text, encoding="utf-8")
