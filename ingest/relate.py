"""Relations that a text states between the concepts found in it.

Two cautious readings: a document that answers one question about one subject ("what are the
symptoms of gout?") relates the subject to what it names; and a sentence with an unmistakable cue
("… is characterised by …") relates the one condition in it to its findings. Both are marked with
less than full confidence: they are read by rule, not stated outright.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.source import Fact
from knowledge_graph.domain.concepts import ConceptId, ConceptKind
from knowledge_graph.domain.evidence import Assertion, Mention, RelationKind

TOPIC_CONFIDENCE = 0.6
SENTENCE_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class _Topic:
    relation: RelationKind
    kinds: frozenset[ConceptKind]
    is_subject_last: bool = False


_FINDINGS = frozenset({ConceptKind.FINDING})
TOPICS: Mapping[str, _Topic] = {
    "symptoms": _Topic(RelationKind.HAS_FINDING, _FINDINGS),
    "risk_factors": _Topic(RelationKind.HAS_RISK_FACTOR, frozenset({ConceptKind.RISK_FACTOR})),
    "treatment": _Topic(
        RelationKind.TREATS,
        frozenset({ConceptKind.DRUG, ConceptKind.PROCEDURE}),
        is_subject_last=True,
    ),
    "tests": _Topic(RelationKind.DIAGNOSED_BY, frozenset({ConceptKind.TEST})),
}
"""What a whole document may be about, and what that says of the concepts it names."""

_CUES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"\b(?:symptoms?|signs?|presents? with|presenting with|characteri[sz]ed by|"
            r"manifests? (?:as|with)|features include)\b|症状|表现为|特征",
            re.I,
        ),
        "symptoms",
    ),
    (re.compile(r"\brisk factors?\b|危险因素", re.I), "risk_factors"),
)
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？；\n]")


def topic_facts(
    subject: ConceptId,
    topic: str,
    mentions: Iterable[Mention],
    kinds: Mapping[ConceptId, ConceptKind],
) -> Iterator[Fact]:
    """What a document on one topic says of its subject by what it names."""
    meaning = TOPICS[topic]
    for concept_id in _present(mentions, kinds, meaning.kinds):
        if concept_id == subject:
            continue
        ends = (concept_id, subject) if meaning.is_subject_last else (subject, concept_id)
        yield Fact(ends[0], meaning.relation, ends[1], confidence=TOPIC_CONFIDENCE)


def sentence_facts(
    text: str, mentions: Sequence[Mention], kinds: Mapping[ConceptId, ConceptKind]
) -> Iterator[Fact]:
    """What sentences with a cue say of the one condition they name."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    sentences: dict[int, list[Mention]] = {}
    for mention in mentions:
        sentences.setdefault(bisect_right(ends, mention.start), []).append(mention)
    for index, found in sentences.items():
        conditions = _present(found, kinds, frozenset({ConceptKind.CONDITION}))
        if len(conditions) != 1 or len(found) == 1:
            continue
        start = ends[index - 1] if index else 0
        end = ends[index] if index < len(ends) else len(text)
        for cue, topic in _CUES:
            if cue.search(text, start, end):
                for fact in topic_facts(next(iter(conditions)), topic, found, kinds):
                    yield Fact(fact.subject, fact.kind, fact.object, confidence=SENTENCE_CONFIDENCE)


def _present(
    mentions: Iterable[Mention],
    kinds: Mapping[ConceptId, ConceptKind],
    wanted: frozenset[ConceptKind],
) -> dict[ConceptId, None]:
    """Concepts of the wanted kinds that are said to be there, in the order of the text."""
    return {
        mention.concept_id: None
        for mention in mentions
        if mention.assertion is Assertion.PRESENT and kinds.get(mention.concept_id) in wanted
    }
