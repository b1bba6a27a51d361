"""How well free text is understood: sentences labelled by hand against what was read of them.

A pair is a finding with its polarity (present or absent). Two ways of counting are reported:

- strict: a pair is right only when the very finding was labelled with that polarity;
- lenient: a found general parent of a labelled finding, or a child of it, of the same polarity
  counts as half: for recall of the labelled pair, and for precision of the found one.

Measurements, age and sex are right or wrong among those said or read, so an invented one costs
too. Durations are judged among the labelled ones whose finding was found, because a label gives
a duration only where the sentence does, and only of what is present.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from assistant.evaluation.labelled_sentences import Pair, Reading, Sentence
from assistant.evaluation.shares import Share
from assistant.symptom_check.understand import Understanding, understand
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import Core
from knowledge_graph.domain.case import Presence
from knowledge_graph.domain.concepts import ConceptId

Parents = Mapping[ConceptId, ConceptId | None]
_HALF = 0.5
# "Two months" may be 60 or 61 days; an age of 4 weeks 0.077 or 0.08 years; 102 F is 38.89 °C.
_NEAR = 0.05


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence and what was read of it."""

    sentence: Sentence
    read: Reading

    @property
    def missed(self) -> frozenset[Pair]:
        """What was meant and not read."""
        return self.sentence.meant.pairs - self.read.pairs

    @property
    def invented(self) -> frozenset[Pair]:
        """What was read and not meant."""
        return self.read.pairs - self.sentence.meant.pairs


@dataclass(frozen=True, slots=True)
class Measure:
    """Precision and recall. The two numerators differ where halves count."""

    of_found: float
    found: int
    of_meant: float
    meant: int

    @property
    def precision(self) -> float:
        """How much of what was found is right; 0 of nothing is 0."""
        return self.of_found / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """How much of what was meant was found; 0 of nothing is 0."""
        return self.of_meant / self.meant if self.meant else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __str__(self) -> str:
        return f"P {self.precision:.3f}, R {self.recall:.3f}, F1 {self.f1:.3f}"


@dataclass(frozen=True, slots=True)
class Score:
    """Every figure of one set of sentences."""

    sentences: int
    pairs: Measure
    pairs_lenient: Measure
    findings: Measure
    findings_lenient: Measure
    polarity: Share
    measurements: Share
    ages: Share
    sexes: Share
    durations: Share


def judge(sentences: Iterable[Sentence], finder: ConceptFinder, core: Core) -> Iterator[Judged]:
    """Read each sentence as the symptom check would read a message."""
    for sentence in sentences:
        read = understand(sentence.text, sentence.language, finder, core)
        yield Judged(sentence, reading_of(read))


def parents_of(core: Core) -> dict[ConceptId, ConceptId | None]:
    """The more general finding of each finding of the core."""
    return {entry.id: entry.parent for entry in core.findings.values()}


def reading_of(read: Understanding) -> Reading:
    """What the symptom check understood, in the shape of a label."""
    findings = {f.concept_id: f.presence for f in read.findings}
    days = {f.concept_id: f.days for f in read.findings if f.days is not None}
    measurements = {m.vital_sign: m.value for m in read.measurements}
    return Reading(findings, days, measurements, read.age_years, read.sex)


def score(judged: Sequence[Judged], parents: Parents) -> Score:
    """Micro figures over all sentences. `parents`: the more general finding of each finding."""
    pairs = [(one.sentence.meant.pairs, one.read.pairs) for one in judged]
    # Findings alone are pairs that all have the same polarity.
    alone = [(_alone(meant), _alone(read)) for meant, read in pairs]
    return Score(
        sentences=len(judged),
        pairs=_measure(pairs, {}),
        pairs_lenient=_measure(pairs, parents),
        findings=_measure(alone, {}),
        findings_lenient=_measure(alone, parents),
        polarity=_share(right for one in judged for right in _polarities(one)),
        measurements=_share(right for one in judged for right in _measurements(one)),
        ages=_share(right for one in judged for right in _ages(one)),
        sexes=_share(right for one in judged for right in _sexes(one)),
        durations=_share(right for one in judged for right in _durations(one)),
    )


def by_language(judged: Sequence[Judged], parents: Parents) -> dict[str, Score]:
    """A score for each language there is."""
    languages = sorted({one.sentence.language for one in judged})
    return {
        language: score([one for one in judged if one.sentence.language == language], parents)
        for language in languages
    }


def rows(scores: Iterable[Score]) -> list[tuple[str, ...]]:
    """A table of the scores: the name of each figure, then its value in each score."""
    columns = tuple(scores)
    named: list[tuple[str, Callable[[Score], object]]] = [
        ("sentences", lambda one: one.sentences),
        ("findings with polarity, strict", lambda one: one.pairs),
        ("findings with polarity, lenient", lambda one: one.pairs_lenient),
        ("findings alone, strict", lambda one: one.findings),
        ("findings alone, lenient", lambda one: one.findings_lenient),
        ("polarity right", lambda one: one.polarity),
        ("measurements right", lambda one: one.measurements),
        ("ages right", lambda one: one.ages),
        ("sexes right", lambda one: one.sexes),
        ("durations right", lambda one: one.durations),
    ]
    return [(name, *(str(value(one)) for one in columns)) for name, value in named]


def worst(judged: Sequence[Judged], limit: int) -> tuple[Judged, ...]:
    """The sentences with the most pairs missed or invented, the worst first."""
    wrong = [one for one in judged if one.missed or one.invented]
    return tuple(sorted(wrong, key=lambda one: -len(one.missed) - len(one.invented))[:limit])


def _alone(pairs: frozenset[Pair]) -> frozenset[Pair]:
    return frozenset((finding, Presence.PRESENT) for finding, _ in pairs)


def _measure(pairs: Sequence[tuple[frozenset[Pair], frozenset[Pair]]], parents: Parents) -> Measure:
    return Measure(
        of_found=sum(_worth(pair, meant, parents) for meant, read in pairs for pair in read),
        found=sum(len(read) for _, read in pairs),
        of_meant=sum(_worth(pair, read, parents) for meant, read in pairs for pair in meant),
        meant=sum(len(meant) for meant, _ in pairs),
    )


def _worth(pair: Pair, others: frozenset[Pair], parents: Parents) -> float:
    """1 when the others hold the pair, a half when they hold one more or less general."""
    if pair in others:
        return 1.0
    finding, presence = pair
    same_polarity = (other for other, its in others if its is presence)
    return _HALF if any(_is_kin(finding, other, parents) for other in same_polarity) else 0.0


def _is_kin(one: ConceptId, other: ConceptId, parents: Parents) -> bool:
    return other in _above(one, parents) or one in _above(other, parents)


def _above(finding: ConceptId, parents: Parents) -> Iterator[ConceptId]:
    """Its parent, the parent of that, and so on."""
    while parent := parents.get(finding):
        yield parent
        finding = parent


def _polarities(one: Judged) -> Iterator[bool]:
    for finding, presence in one.sentence.meant.findings.items():
        if finding in one.read.findings:
            yield one.read.findings[finding] is presence


def _measurements(one: Judged) -> Iterator[bool]:
    meant, read = one.sentence.meant.measurements, one.read.measurements
    for vital_sign in meant.keys() | read.keys():
        yield _is_near(meant.get(vital_sign), read.get(vital_sign), most=_NEAR)


def _ages(one: Judged) -> Iterator[bool]:
    meant, read = one.sentence.meant.age, one.read.age
    if meant is not None or read is not None:
        yield _is_near(meant, read, most=_NEAR)


def _sexes(one: Judged) -> Iterator[bool]:
    meant, read = one.sentence.meant.sex, one.read.sex
    if meant is not None or read is not None:
        yield meant is read


def _durations(one: Judged) -> Iterator[bool]:
    for finding, days in one.sentence.meant.days.items():
        if finding in one.read.findings:
            yield _is_near(days, one.read.days.get(finding))


def _is_near(one: float | None, other: float | None, most: float = inf) -> bool:
    """Whether two numbers are within 5 % of each other, and no further apart than `most`."""
    if one is None or other is None:
        return False
    return abs(one - other) <= min(_NEAR * max(abs(one), abs(other)), most)


def _share(answers: Iterable[bool]) -> Share:
    given = list(answers)
    return Share(sum(given), len(given))
