"""Where the cues of a language stand in a sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open piece [start, end) of a sentence."""

    start: int
    end: int


@lru_cache(maxsize=256)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for a list of cues, longest first; words of letters match whole only."""
    parts = []
    for phrase in sorted(phrases, key=len, reverse=True):
        escaped = re.escape(phrase).replace("'", "['’]?")
        if phrase[0].isascii() and phrase[0].isalpha():
            escaped = rf"\b{escaped}"
        if phrase[-1].isascii() and phrase[-1].isalpha():
            escaped = rf"{escaped}\b"
        parts.append(escaped)
    return re.compile("|".join(parts))


def cue_spans(phrases: tuple[str, ...], text: str) -> list[Span]:
    """Where any of the phrases stands, from left to right."""
    if not phrases:
        return []
    return [Span(*match.span()) for match in _pattern(phrases).finditer(text)]


def overlaps(span: Span, others: Sequence[Span]) -> bool:
    """Whether a span shares a character with any of the others."""
    return any(span.start < other.end and other.start < span.end for other in others)
