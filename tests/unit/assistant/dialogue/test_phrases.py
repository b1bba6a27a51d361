"""The language files: every sentence the dialogue can say is there, in every language."""

import re
import string

import pytest

from assistant.dialogue.consultation import Stage
from knowledge_graph.domain.assessment import Urgency
from knowledge_graph.domain.case import VitalSign
from knowledge_graph.language import languages
from tests.conftest import ROOT

CODES = tuple(languages())
MADE_KEYS = [
    *(f"ask_{stage.value}" for stage in Stage if not stage.is_over and stage != "interview"),
    *(f"why_{stage.value}" for stage in Stage if not stage.is_over and stage != "interview"),
    *(f"after_{stage.value}" for stage in Stage if stage.is_over),
    *(f"outcome_title_{urgency.value}" for urgency in Urgency),
    *(f"outcome_text_{urgency.value}" for urgency in Urgency),
    *(f"vital_{sign.value}" for sign in VitalSign),
]


def placeholders(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("key", MADE_KEYS)
def test_keys_that_are_put_together_exist(code: str, key: str) -> None:
    assert languages()[code].phrases[key]


def test_languages_fill_the_same_placeholders() -> None:
    english = languages()["en"].phrases
    for language in languages().values():
        for key, phrase in language.phrases.items():
            assert placeholders(phrase) == placeholders(english[key]), f"{language.code} {key}"


@pytest.mark.parametrize("code", CODES)
def test_the_safe_sentences_give_the_emergency_number(code: str) -> None:
    language = languages()[code]
    for key in ("error_safe", "stopped", "after_emergency", "notice", "emergency_text_crisis"):
        assert "{number}" in language.phrases[key], key


@pytest.mark.parametrize("code", CODES)
def test_the_clients_find_their_texts(code: str) -> None:
    asked = set()
    for path in (ROOT / "api" / "clients").glob("*/*"):
        if path.suffix in (".js", ".html") and path.parent.name in ("page", "widget"):
            text = path.read_text(encoding="utf-8")
            asked |= set(re.findall(r"texts\.(client_\w+)|\"(client_\w+)\"", text))
            asked |= {(f"client_{key}", "") for key in re.findall(r"data-text=\"(\w+)\"", text)}
    wanted = {key or other for key, other in asked}
    assert wanted
    assert wanted <= set(languages()[code].phrases)


def test_english_is_written_for_twelve_year_olds() -> None:
    """Flesch-Kincaid grade of what patients read, over all of it; 6 is a twelve-year-old's."""
    phrases = languages()["en"].phrases
    keys = ("ask_", "why_", "outcome_text_", "emergency_text_", "not_understood_", "after_")
    text = " ".join(p for key, p in phrases.items() if key.startswith(keys) and p != "{why}")
    sentences = max(1, len(re.findall(r"[.?!:]", text)))
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", word.lower()))) for word in words)
    grade = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    assert grade < 6.5, round(grade, 1)
