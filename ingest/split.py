"""Sections → passages of about 200 words, cut where a sentence or paragraph ends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from knowledge_graph.domain.evidence import DocumentId, PassageId

PASSAGE_WORDS = 200
_SHORTEST_REST = 40
"""A shorter rest goes to the passage before it."""
LONGEST_WORDS = PASSAGE_WORDS + _SHORTEST_REST

_BOUNDARY = re.compile(r"(?<=[.!?])[\"')\]]?\s+|(?<=[。！？；])\s*|\n+")
_WORD = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a section's text: text[start:end]."""

    start: int
    end: int


def passage_id(document_id: DocumentId, section: str, text: str) -> PassageId:
    """The id that content gives: equal passages of one section have one id."""
    return sha256(f"{document_id}\n{section}\n{text}".encode()).hexdigest()[:32]


def words_in(text: str) -> float:
    """Length in words; a Chinese ideograph counts as half of one."""
    ideographs = len(_IDEOGRAPH.findall(text))
    if not ideographs:
        return float(len(_WORD.findall(text)))
    return ideographs / 2 + len(_WORD.findall(_IDEOGRAPH.sub(" ", text)))


def split(text: str) -> tuple[Piece, ...]:
    """Pieces that cover all of a text but the blanks between them; none when it is blank."""
    pieces: list[tuple[Piece, float]] = []
    start, length, end = -1, 0.0, 0
    for sentence in _sentences(text):
        words = words_in(text[sentence.start : sentence.end])
        if start >= 0 and length + words > PASSAGE_WORDS:
            pieces.append((Piece(start, end), length))
            start, length = -1, 0.0
        if start < 0:
            start = sentence.start
        length += words
        end = sentence.end
    if start >= 0:
        pieces.append((Piece(start, end), length))
    if len(pieces) > 1 and pieces[-1][1] < _SHORTEST_REST:
        (before, words), (rest, more) = pieces[-2:]
        if words + more <= LONGEST_WORDS:
            pieces[-2:] = [(Piece(before.start, rest.end), words + more)]
    return tuple(piece for piece, _ in pieces)


def _sentences(text: str) -> Iterator[Piece]:
    """Sentences without blanks around them; one that is too long for a passage comes in parts."""
    at = 0
    for boundary in [*(match.span() for match in _BOUNDARY.finditer(text)), (len(text), len(text))]:
        yield from _parts(text, *_trimmed(text, at, boundary[0]))
        at = boundary[1]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _parts(text: str, start: int, end: int) -> Iterator[Piece]:
    while start < end and words_in(text[start:end]) > PASSAGE_WORDS:
        cut = _cut(text, start, end)
        yield Piece(*_trimmed(text, start, cut))
        start, end = _trimmed(text, cut, end)
    if start < end:
        yield Piece(start, end)


def _cut(text: str, start: int, end: int) -> int:
    """Where the passage that starts at `start` is full."""
    units = 0.0
    for match in re.finditer(r"[\u3400-\u9fff]|[^\W_]+(?:['’\-.][^\W_]+)*", text[start:end]):
        units += 0.5 if _IDEOGRAPH.match(match.group()) else 1.0
        if units > PASSAGE_WORDS:
            return start + match.start()
    return end
