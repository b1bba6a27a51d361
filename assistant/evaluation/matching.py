"""Whether a candidate is the condition a case was written about.

Names are compared, not codes: cases name their diagnosis in words. Two names are the same when
their telling words are, whatever the order, number, spelling variant or possessive; words that say
nothing of which condition is meant ("disease", "syndrome") are left out unless nothing else is left.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from knowledge_graph.normal_form import fold, stem

_EMPTY = frozenset("disease syndrome disorder condition the a an of with due to and s".split())
# Spellings of the two sides of the Atlantic, and Greek endings, brought to one form.
_SPELLINGS = (
    (re.compile(r"ae(?=[a-z])|oe(?=[a-z])"), "e"),
    (re.compile(r"our\b"), "or"),
    (re.compile(r"isation\b"), "ization"),
    (re.compile(r"ised\b"), "ized"),
)
_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


@lru_cache(maxsize=20_000)
def name_key(name: str) -> frozenset[str]:
    """The telling words of a condition's name, as stems; what stands in brackets is left out."""
    folded = re.sub(r"\([^)]*\)|（[^）]*）", " ", fold(name)).replace("'s", "")
    for pattern, plain in _SPELLINGS:
        folded = pattern.sub(plain, folded)
    words = _WORD.findall(folded)
    telling = [word for word in words if word not in _EMPTY] or words
    return frozenset(stem(word) for word in telling)


def is_same_condition(wanted: str, names: Iterable[str]) -> bool:
    """Whether one of a condition's names is the wanted one."""
    key = name_key(wanted)
    return bool(key) and any(name_key(name) == key for name in names)
