"""How alike the words of a description are to the words of what is known of each condition.

No list of names holds every way of saying a thing. What the description shares with the names of a
condition's findings and risk factors, word by word and pair by pair, is weak evidence that needs no
finding to be recognised: cosine of tf-idf weights (Salton & Buckley, Inf Process Manag 1988;24:513),
standardised over the conditions. It orders candidates; urgency never depends on it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from knowledge_graph.core.load import Core
from knowledge_graph.core.schema import ConditionEntry, FindingEntry
from knowledge_graph.cue_spans import Span, cue_spans, overlaps
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.evidence import Assertion, Mention
from knowledge_graph.language import Language
from knowledge_graph.loose_match import EMPTY, TIMES
from knowledge_graph.normal_form import fold, forms_of, tokens_of

Vector = NDArray[np.float64]

# A risk factor tells less of a condition than a finding that half of the people with it have.
_RISK_FACTOR_SHARE = 0.5
# Long entries hold more words; between no correction (0) and the full one (1).
_LENGTH_CORRECTION = 0.75
# A description of this many known words is believed half.
_HALF_BELIEVED = 10.0
_PAIR = " "
_WORD = re.compile(r"[A-Za-z']+")
_CLAUSE_END = re.compile(r"[,;!?\n，。；！？、]|\.(?=\s|$)")


def words_of_person(
    text: str, mentions: Sequence[Mention], named: Collection[ConceptId], language: Language
) -> tuple[str, ...]:
    """The words and pairs of words that a text says of the person, each once, sorted.

    Left out: what is denied, said of others or asked, and `named` conditions: what people believe
    they have is no evidence.
    """
    is_shut = np.zeros(len(text) + 1, dtype=np.bool_)
    for span in _denied(fold(text), language):
        is_shut[span.start : span.end] = True
    not_theirs = (Assertion.NEGATED, Assertion.SOMEONE_ELSE, Assertion.ASKED)
    for mention in mentions:
        is_theirs = mention.assertion not in not_theirs and mention.concept_id not in named
        is_shut[mention.start : mention.end] = not is_theirs
    forms = [token.form for token in tokens_of(text) if not is_shut[token.start]]
    return tuple(sorted(_terms(forms)))


def _denied(text: str, language: Language) -> Iterator[Span]:
    """From each negation to the end of its clause."""
    looks_alike = cue_spans(language.cues.negation_lookalikes, text)
    stops = [cue.start for cue in cue_spans(language.cues.scope_end, text)]
    for cue in cue_spans(language.cues.negation_before, text):
        if not overlaps(cue, looks_alike):
            end = _CLAUSE_END.search(text, cue.end)
            last = end.start() if end else len(text)
            yield Span(cue.start, min([last, *(stop for stop in stops if stop >= cue.end)]))


def _terms(forms: Sequence[str]) -> set[str]:
    return {*forms, *(_PAIR.join(pair) for pair in pairwise(forms))}


@dataclass(frozen=True, eq=False)
class Wording:
    """The words of the knowledge. For each term its conditions and weights, as slices of two arrays.

    `written`: how the knowledge writes a word whose normal form is a stem.
    """

    rows: Mapping[str, int]
    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    weights: Vector
    rarity: Vector
    lengths: Vector
    written: Mapping[str, str]

    def likeness(self, words: Iterable[str]) -> Vector:
        """Cosine with each condition in standard deviations over all of them; zeros for no word."""
        rows = self._known(words)
        if not rows:
            return np.zeros(len(self.lengths))
        slices = [slice(self.starts[row], self.starts[row + 1]) for row in rows]
        columns = np.concatenate([self.columns[part] for part in slices])
        weights = np.concatenate(
            [self.weights[part] * self.rarity[row] for part, row in zip(slices, rows, strict=True)]
        )
        alike = np.bincount(columns, weights, minlength=len(self.lengths)) / self.lengths
        spread = float(alike.std())
        return (alike - alike.mean()) / spread if spread > 0 else np.zeros(len(self.lengths))

    def belief(self, words: Iterable[str]) -> float:
        """How far a description is believed, 0 to 1: the more known words, the more."""
        known = sum(_PAIR not in word and word in self.rows for word in words)
        return known / (known + _HALF_BELIEVED)

    def shared(self, words: Iterable[str], column: int, most: int) -> tuple[str, ...]:
        """The single words that a description shares with a condition, the most telling first."""
        found: list[tuple[float, str]] = []
        for word in words:
            row = self.rows.get(word)
            if row is None or _PAIR in word or word in EMPTY or word in TIMES:
                continue
            part = slice(self.starts[row], self.starts[row + 1])
            at = np.flatnonzero(self.columns[part] == column)
            if len(at):
                weight = float(self.weights[part][at[0]] * self.rarity[row])
                found.append((-weight, word))
        return tuple(self.written.get(word, word) for _, word in sorted(found)[:most])

    def _known(self, words: Iterable[str]) -> list[int]:
        return [self.rows[word] for word in words if word in self.rows]


def build_wording(core: Core, conditions: Sequence[ConditionEntry]) -> Wording:
    """The words of each condition's findings and risk factors, by how often people have them."""
    rows: dict[str, int] = {}
    of_finding = {key: _rows_of(entry, rows) for key, entry in core.findings.items()}
    terms: list[NDArray[np.int64]] = []
    columns: list[NDArray[np.int64]] = []
    weights: list[Vector] = []
    for column, entry in enumerate(conditions):
        shares = {key: percent / 100 for key, percent in entry.findings.items()}
        shares |= dict.fromkeys(entry.risk_factors, _RISK_FACTOR_SHARE)
        own = [of_finding[key] for key in shares]
        term = np.concatenate(own)
        share = np.repeat(list(shares.values()), [len(found) for found in own])
        # Of several findings with a word the commonest counts: sorted last, kept first.
        order = np.lexsort((-share, term))
        term, share = term[order], share[order]
        first = np.flatnonzero(np.diff(term, prepend=-1))
        terms.append(term[first])
        weights.append(share[first])
        columns.append(np.full(len(first), column, dtype=np.int64))
    term, weight = np.concatenate(terms), np.concatenate(weights)
    found = np.bincount(term, minlength=len(rows))
    rarity = np.log(len(conditions) / np.maximum(found, 1))
    squares = np.bincount(
        np.concatenate(columns), (weight * rarity[term]) ** 2, minlength=len(conditions)
    )
    by_term = np.argsort(term, kind="stable")
    return Wording(
        rows=rows,
        starts=np.concatenate(([0], np.cumsum(found))),
        columns=np.concatenate(columns)[by_term],
        weights=weight[by_term],
        rarity=rarity,
        lengths=np.maximum(squares, 1e-12) ** (_LENGTH_CORRECTION / 2),
        written=_written(core),
    )


def _rows_of(entry: FindingEntry, rows: dict[str, int]) -> NDArray[np.int64]:
    """The rows of a finding's terms; new terms get a new row."""
    terms = {term for name in _names(entry) for term in _terms(forms_of(name))}
    return np.array(sorted({rows.setdefault(term, len(rows)) for term in terms}), dtype=np.int64)


def _names(entry: FindingEntry) -> tuple[str, ...]:
    return (entry.name.en, entry.name.zh, *entry.words.en, *entry.words.zh)


def _written(core: Core) -> dict[str, str]:
    """Each form as a word of the knowledge."""
    names = (name for entry in core.findings.values() for name in _names(entry))
    found = {word.lower() for name in names for word in _WORD.findall(name)}
    words = sorted(found, key=lambda word: (-len(word), word))  # of several the shortest stays
    return {forms[0]: word for word in words if len(forms := forms_of(word)) == 1}
