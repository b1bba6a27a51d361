"""Reads the answers to closed questions from free text, in any loaded language."""

import re
import unicodedata
from functools import cache

from assistant.dialogue.consultation import Subject
from knowledge_graph.domain.case import OLDEST_AGE_YEARS, Sex
from knowledge_graph.domain.errors import InvalidInput
from knowledge_graph.language import languages

_SEXES: dict[str, Sex | None] = {"female": Sex.FEMALE, "male": Sex.MALE, "unknown": None}
_UNITS = {
    "day": 1 / 365, "week": 7 / 365, "month": 1 / 12, "year": 1.0,
    "天": 1 / 365, "日": 1 / 365, "周": 7 / 365, "星期": 7 / 365, "个月": 1 / 12, "月": 1 / 12,
}  # fmt: skip
_UP_TO_NINETEEN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: value for value, word in enumerate(_UP_TO_NINETEEN.split())} | {
    word: value * 10 for value, word in enumerate(_TENS.split(), start=2)
}
_IDEOGRAPHS = {"〇": 0, "零": 0, "两": 2} | {
    c: n for n, c in enumerate("一二三四五六七八九", start=1)
}
_AGE = re.compile(
    r"(?<![\d.])([-−–]?\s*\d+(?:\.\d+)?)\s*(?:-|个)?\s*"
    r"(days?|weeks?|months?|years?|天|日|周(?!岁)|星期|个月|月)?"
)
_SPELT = re.compile(rf"\b(?:{'|'.join(_WORDS)})(?:[\s-]+(?:{'|'.join(_WORDS)}))?\b")
_CHINESE_NUMBER = re.compile(
    r"[〇零一二两三四五六七八九十百]+(?=\s*(?:岁|周岁|个月|个多月|月|周|天|$))"
)


def read_age(text: str) -> float | None:
    """An age in years ("35", "six months", "三十五岁"), or None when the text holds none.

    Raises InvalidInput for an age that cannot be true.
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = _SPELT.sub(lambda match: str(_spelt(match[0])), folded)
    folded = _CHINESE_NUMBER.sub(lambda match: str(_chinese(match[0])), folded)
    found = _AGE.search(folded)
    if found is None:
        return None
    number, unit = found.groups()
    value = float(re.sub(r"\s|−|–", lambda match: "" if match[0].isspace() else "-", number))
    years = value * _UNITS[unit.rstrip("s") if unit.isascii() else unit] if unit else value
    if not 0 <= years <= OLDEST_AGE_YEARS:
        raise InvalidInput(f"An age of {years:g} years cannot be true")
    return years


def read_subject(text: str) -> Subject | None:
    """Whom the text says the consultation is about, or None."""
    answer = _longest_answer(text, "subject")
    return Subject(answer) if answer else None


def read_sex(text: str) -> tuple[bool, Sex | None]:
    """Whether the text answers the question for the sex, and the sex ("rather not say": None)."""
    answer = _longest_answer(text, "sex")
    return (answer is not None, _SEXES[answer] if answer else None)


def _spelt(words: str) -> int:
    return sum(_WORDS[word] for word in re.split(r"[\s-]+", words))


def _chinese(characters: str) -> int:
    """二 → 2, 十五 → 15, 三十 → 30, 一百零二 → 102, 二八 → 28."""
    total, digit, placed = 0, 0, False
    for character in characters:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit, placed = 0, True
        else:
            digit = _IDEOGRAPHS[character] if placed else digit * 10 + _IDEOGRAPHS[character]
    return total + digit


def _longest_answer(text: str, question: str) -> str | None:
    """The answer whose longest word is in the text: "my wife" says more than "my"."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    best, answer = 0, None
    for word, value, pattern in _answer_words(question):
        if len(word) > best and pattern.search(folded):
            best, answer = len(word), value
    return answer


@cache
def _answer_words(question: str) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    prefix = f"{question}_"
    return tuple(
        (word, key.removeprefix(prefix), _whole(word))
        for language in languages().values()
        for key, words in language.answers.items()
        if key.startswith(prefix)
        for word in words
    )


def _whole(word: str) -> re.Pattern[str]:
    """The word as it stands by itself; Chinese has no spaces to go by."""
    edge = r"\b" if word.isascii() else ""
    return re.compile(f"{edge}{re.escape(word.lower())}{edge}")
