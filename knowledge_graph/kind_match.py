"""Kinds of a finding said apart from it: "abdominal pain. It is sharp and radiates to the back".

People name what troubles them once and then describe it. The words that turn a general finding into
one of its kinds ("radiates to the back") are looked for in the clause that names it and in what
follows, until something else with kinds of its own is named. English only: Chinese descriptions
repeat the site.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.loose_match import EMPTY, TIMES, Hit, clauses, stand_close
from knowledge_graph.normal_form import Token, is_ideograph, stem

_SENTENCES_CARRIED = 2
# A word in a third of a general finding's names stands for the finding itself.
_HEAD_SHARE = 0.3
_LONGEST = 6
# Alone they say where or when, but not that it is this finding they are said of.
_NEVER_ALONE = frozenset(
    stem(word)
    for word in (
        "left right side sided both bad new old big small day night morning evening back front head "
        "arm leg hand foot feet face neck chest eye ear body skin blood water eating food work sleep "
        "sudden suddenly constant one two all other same worse better mild moderate"
    ).split()
)
# "Radiating to …", "worse when …": words that describe whatever was named before.
_DESCRIBING = frozenset(stem(word) for word in ("spread", "worse", "better"))
_SENTENCE_END = re.compile(r"[.;!?\n]")


@dataclass(frozen=True, slots=True)
class _Kind:
    rest: tuple[str, ...]
    concept_id: ConceptId


class KindMatcher:
    """Finds kinds of findings that the text names before. `parents`: kind → general finding."""

    def __init__(
        self,
        names: Iterable[tuple[tuple[str, ...], ConceptId]],
        parents: Mapping[ConceptId, ConceptId],
    ) -> None:
        """`names`: the token forms of each name and its concept."""
        by_concept: dict[ConceptId, list[tuple[str, ...]]] = {}
        for forms, concept_id in names:
            if not any(is_ideograph(form) for form in forms):
                by_concept.setdefault(concept_id, []).append(forms)
        self._parents = parents
        self._descriptions: set[tuple[str, ...]] = set()
        self._kinds: dict[ConceptId, dict[str, list[_Kind]]] = {}
        heads = {key: _heads(found) for key, found in by_concept.items()}
        for concept_id, found in by_concept.items():
            for general in self._generals(concept_id):
                for forms in found:
                    rest = _rest(forms, heads.get(general, frozenset()))
                    if rest is None and forms[0] in _DESCRIBING:
                        self._descriptions.add(forms)
                        rest = tuple(form for form in forms if form not in EMPTY) or None
                    if rest:
                        by_word = self._kinds.setdefault(general, {})
                        by_word.setdefault(rest[0], []).append(_Kind(rest, concept_id))

    def only_describes(self, forms: tuple[str, ...]) -> bool:
        """Whether a name says nothing of what it is about: "radiating to the back"."""
        return forms in self._descriptions

    def find(self, text: str, tokens: Sequence[Token], hits: Sequence[Hit]) -> Iterator[Hit]:
        """Hits on kinds of what `hits` found, in words that no hit took."""
        taken = {at for hit in hits for at in hit.positions}
        topic: Hit | None = None
        carried = 0
        ended = 0
        for first, last in clauses(text, tokens):
            if first and _SENTENCE_END.search(text[tokens[ended].end : tokens[first].start]):
                carried += 1
            ended = last - 1
            own = [hit for hit in hits if first <= hit.positions[0] < last and self._has_kinds(hit)]
            for hit in own or ([topic] if topic and carried <= _SENTENCES_CARRIED else []):
                yield from self._in_clause(tokens, first, last, hit, taken)
            if own:
                topic, carried = own[-1], 0

    def _in_clause(
        self, tokens: Sequence[Token], first: int, last: int, topic: Hit, taken: set[int]
    ) -> Iterator[Hit]:
        clause = [
            "" if first + at in taken else token.form for at, token in enumerate(tokens[first:last])
        ]
        there = set(clause)
        for general in (topic.concept_id, *self._generals(topic.concept_id)):
            kinds = self._kinds.get(general, {})
            for form in there:
                for kind in kinds.get(form, ()):
                    if kind.concept_id != topic.concept_id and there.issuperset(kind.rest):
                        found = stand_close(clause, kind.rest)
                        if found:
                            yield Hit(tuple(first + at for at in found), kind.concept_id)

    def _has_kinds(self, hit: Hit) -> bool:
        generals = (hit.concept_id, *self._generals(hit.concept_id))
        return any(general in self._kinds for general in generals)

    def _generals(self, concept_id: ConceptId) -> tuple[ConceptId, ...]:
        found: list[ConceptId] = []
        parent = self._parents.get(concept_id)
        while parent is not None and parent not in found:
            found.append(parent)
            parent = self._parents.get(parent)
        return tuple(found)


def _heads(names: Sequence[tuple[str, ...]]) -> frozenset[str]:
    """The words that stand for a finding itself in its names."""
    counted = Counter(form for forms in names for form in set(forms) if form not in EMPTY)
    enough = max(2.0, _HEAD_SHARE * len(names))
    return frozenset(form for form, number in counted.items() if number >= enough)


def _rest(forms: tuple[str, ...], heads: frozenset[str]) -> tuple[str, ...] | None:
    """What a kind's name says beyond the general finding, or None when that is nothing to go by."""
    telling = [form for form in forms if form not in EMPTY]
    rest = tuple(dict.fromkeys(form for form in telling if form not in heads))
    if not rest or len(rest) == len(telling) or len(rest) > _LONGEST:
        return None
    if any(form in TIMES for form in rest):
        return None
    if len(rest) == 1 and (rest[0] in _NEVER_ALONE or len(rest[0]) < 4):
        return None
    return rest
