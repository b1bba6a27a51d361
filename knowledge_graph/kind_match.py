"""Kinds of a finding said apart from it: "abdominal pain. It is sharp and radiates to the back".

People name what troubles them once and then describe it. The words that turn a general finding into
one of its kinds ("radiates to the back") are looked for in the clause that names it and in what
follows, until something else with kinds of its own is named. Chinese records describe each finding
in the clauses after it ("腹痛2天，以右上腹为主"): there the words must stand together, and the clause
must hold nothing else.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.loose_match import EMPTY, NEVER_BETWEEN, TIMES, Hit, clauses, stand_close
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
_SENTENCE_END = re.compile(r"[.;!?\n。；！？]")
_ANY_TAKEN = "\n"
# Only a clause that describes makes a kind: "以右上腹为主", not "既往子宫肌瘤".
_DESCRIBES = re.compile(
    "为主|为著|为甚|明显|显著|呈|位于|主要|向|放射|加重|尤其|最|在|以|是|样|性|处|时"
)
_LONGEST_CHINESE = 6
# What a general finding's Chinese names end in: 右上腹|痛, 右下腹|不适.
_CHINESE_ENDINGS = ("疼痛", "疼", "痛", "不适", "不舒服")
# They say when or how much of anything: only beside the finding itself do they make it a kind.
_ANYTHINGS = frozenset(
    "反复 经常 总是 老是 一直 长期 持续 突发 突然 夜间 夜里 晚上 半夜 早上 早晨 晨起 清晨 凌晨 活动 活动后 运动 "
    "劳累 休息 休息时 一侧 单侧 双侧 一边 左侧 右侧 左边 右边 两边 全身 浑身 局部 剧烈 严重 轻微 慢性 急性 "
    "间断 进食 进食后 饭后 餐后 吃饭 吃完饭 吃东西 厉害 什么 走路 起床 睡觉 身上 下面 前面 后面 里面 上面 检查 手术".split()
)


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
        chinese: dict[ConceptId, list[str]] = {}
        for forms, concept_id in names:
            if not any(is_ideograph(form) for form in forms):
                by_concept.setdefault(concept_id, []).append(forms)
            elif all(is_ideograph(form) for form in forms):
                chinese.setdefault(concept_id, []).append("".join(forms))
        self._parents = parents
        self._descriptions: set[tuple[str, ...]] = set()
        self._chinese = self._chinese_kinds(chinese)
        self._kinds: dict[ConceptId, dict[str, list[_Kind]]] = {}
        heads = {key: _heads(found) for key, found in by_concept.items()}
        for concept_id, found in by_concept.items():
            for general in self._generals(concept_id):
                self._add_kinds(concept_id, general, found, heads.get(general, frozenset()))

    def _add_kinds(
        self,
        concept_id: ConceptId,
        general: ConceptId,
        names: Sequence[tuple[str, ...]],
        heads: frozenset[str],
    ) -> None:
        for forms in names:
            rest = _rest(forms, heads)
            if rest is None and forms[0] in _DESCRIBING:
                self._descriptions.add(forms)
                rest = tuple(form for form in forms if form not in EMPTY) or None
            if rest:
                by_word = self._kinds.setdefault(general, {})
                by_word.setdefault(rest[0], []).append(_Kind(rest, concept_id))

    def only_describes(self, forms: tuple[str, ...]) -> bool:
        """Whether a name says nothing of what it is about: "radiating to the back"."""
        return forms in self._descriptions

    def _chinese_kinds(
        self, names: Mapping[ConceptId, Sequence[str]]
    ) -> dict[ConceptId, dict[str, ConceptId]]:
        """For each general finding, what its kinds' names say beyond it; not what several say."""
        kinds: dict[ConceptId, dict[str, ConceptId]] = {}
        several: set[tuple[ConceptId, str]] = set()
        for concept_id, found in names.items():
            for general in self._generals(concept_id):
                own = kinds.setdefault(general, {})
                for rest in {_chinese_rest(name, names.get(general, ())) for name in found}:
                    if rest and own.setdefault(rest, concept_id) != concept_id:
                        several.add((general, rest))
        for general, rest in several:
            kinds[general].pop(rest)
        return kinds

    def find(self, text: str, tokens: Sequence[Token], hits: Sequence[Hit]) -> Iterator[Hit]:
        """Hits on kinds of what `hits` found, in words that no hit took."""
        pieces = list(clauses(text, tokens)) if hits else []
        if any(is_ideograph(token.form) for token in tokens):
            yield from self._find_chinese(text, tokens, hits, pieces)
        if any(not is_ideograph(token.form) for token in tokens):
            yield from self._find_english(text, tokens, hits, pieces)

    def _find_english(
        self,
        text: str,
        tokens: Sequence[Token],
        hits: Sequence[Hit],
        pieces: Sequence[tuple[int, int]],
    ) -> Iterator[Hit]:
        taken = {at for hit in hits for at in hit.positions}
        topic: Hit | None = None
        carried = 0
        ended = 0
        for first, last in pieces:
            if first and _SENTENCE_END.search(text[tokens[ended].end : tokens[first].start]):
                carried += 1
            ended = last - 1
            own = [hit for hit in hits if first <= hit.positions[0] < last and self._has_kinds(hit)]
            for hit in own or ([topic] if topic and carried <= _SENTENCES_CARRIED else []):
                yield from self._in_clause(tokens, first, last, hit, taken)
            if own:
                topic, carried = own[-1], 0

    def _find_chinese(
        self,
        text: str,
        tokens: Sequence[Token],
        hits: Sequence[Hit],
        pieces: Sequence[tuple[int, int]],
    ) -> Iterator[Hit]:
        """Hits on kinds of what was named in this clause, or before it in the last sentences."""
        topics: dict[ConceptId, tuple[Hit, int]] = {}
        sentence = ended = 0
        for first, last in pieces:
            if first and _SENTENCE_END.search(text[tokens[ended].end : tokens[first].start]):
                sentence += 1
            ended = last - 1
            own = [hit for hit in hits if first <= hit.positions[0] < last]
            describes = _DESCRIBES.search(text, tokens[first].start, tokens[ended].end)
            for general, (hit, when) in topics.items():
                if not own and describes and sentence - when <= _SENTENCES_CARRIED:
                    yield from self._in_chinese_clause(tokens, (first, last), hit, general, own)
            for hit in own:
                for general in self._family(hit.concept_id):
                    topics[general] = (hit, sentence)
                    yield from self._in_chinese_clause(tokens, (first, last), hit, general, own)

    def _family(self, concept_id: ConceptId) -> tuple[ConceptId, ...]:
        chain = (concept_id, *self._generals(concept_id))
        return tuple(general for general in chain if general in self._chinese)

    def _in_chinese_clause(
        self,
        tokens: Sequence[Token],
        clause: tuple[int, int],
        topic: Hit,
        general: ConceptId,
        own: Sequence[Hit],
    ) -> Iterator[Hit]:
        """`own`: what the clause names itself; its words are taken."""
        first, last = clause
        taken = {at for hit in own for at in hit.positions}
        said = "".join(
            _ANY_TAKEN if at in taken or not is_ideograph(tokens[at].form) else tokens[at].form
            for at in range(first, last)
        )
        for rest, concept_id in self._chinese[general].items():
            at = said.find(rest)
            if at < 0 or concept_id == topic.concept_id or (rest in _ANYTHINGS and not own):
                continue
            positions = tuple(range(first + at, first + at + len(rest)))
            yield Hit(positions, concept_id, topic=topic.positions[0])

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
                            positions = tuple(first + at for at in found)
                            yield Hit(positions, kind.concept_id, topic=topic.positions[0])

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


def _chinese_rest(name: str, generals: Sequence[str]) -> str | None:
    """What a kind's Chinese name says before or after the general finding, or None."""
    rest = None
    for general in sorted(generals, key=len, reverse=True):
        if general in name:
            before, _, after = name.partition(general)
            rest = None if before and after else before or after
            break
    else:
        ends = [end for end in _CHINESE_ENDINGS if any(own.endswith(end) for own in generals)]
        ending = next((end for end in ends if name.endswith(end)), None)
        rest = name.removesuffix(ending) if ending else None
    if rest is None or not 2 <= len(rest) <= _LONGEST_CHINESE:
        return None
    return None if any(form in NEVER_BETWEEN for form in rest) else rest
