"""extract(): one raw document → everything it gives. A function of its arguments, run anywhere."""

import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

from ingest.deidentify import deidentified
from ingest.discovery import source_named
from ingest.pseudonym import pseudonym
from ingest.quality import fault_of
from ingest.relate import sentence_facts, topic_facts
from ingest.source import Fact, Fault, RawDocument, Reading, ReadingTools, Section, Source
from ingest.split import Piece, passage_id, split
from ingest.vocabulary import Vocabulary
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.errors import InvalidInput, UnreadableDocument
from knowledge_graph.domain.evidence import (
    Assertion,
    Document,
    DocumentId,
    EvidenceClass,
    Extract,
    Mention,
    Passage,
    PassageMention,
    Provenance,
    Relation,
)

EXTRACTION = "1"
"""Raise it when the same document must give something else than before: all are read again."""


@dataclass(frozen=True)
class Extraction:
    """How the documents of one source are extracted. Small enough to send to another process."""

    source_name: str
    vocabulary: Vocabulary
    pseudonym_key: bytes

    @property
    def source(self) -> Source:
        """The source itself."""
        return source_named(self.source_name)

    @cached_property
    def finder(self) -> ConceptFinder:
        """Made at first use: a run that finds nothing new never needs it."""
        return self.vocabulary.finder()

    @cached_property
    def tools(self) -> ReadingTools:
        """What the source reads with."""
        return ReadingTools(self.vocabulary, self.pseudonym_key, self._find)

    def _find(self, text: str) -> tuple[Mention, ...]:
        return self.finder.find(text)

    def document_id(self, raw: RawDocument) -> DocumentId:
        """The public id of a document: of records, a pseudonym of the source's own id."""
        key = raw.key
        if self.source.evidence is EvidenceClass.RECORDS:
            key = pseudonym(self.pseudonym_key, "document", key)
        return f"{self.source_name}:{key}"

    def content_hash(self, raw: RawDocument) -> str:
        """Changes with the document, with the vocabulary and with the way of extracting."""
        recipe = f"{EXTRACTION}\n{self.source_name}\n{self.vocabulary.stamp}\n{raw.digest}"
        if self.source.evidence is EvidenceClass.RECORDS:
            # Keyed, so that nobody can test a guess of what a record says against its hash.
            return hmac.new(self.pseudonym_key, recipe.encode(), sha256).hexdigest()[:32]
        return sha256(recipe.encode()).hexdigest()[:32]


def extract(raw: RawDocument, extraction: Extraction) -> Extract | Fault:
    """Everything one document gives, or why it cannot be read."""
    try:
        reading = extraction.source.read(raw, extraction.tools)
        if extraction.source.evidence is EvidenceClass.RECORDS:
            reading = deidentified(reading)
        result = _extract(raw, reading, extraction)
    except UnreadableDocument as error:
        return Fault(error.where, error.why)
    except InvalidInput as error:
        return Fault(raw.where, str(error))
    why = fault_of(result, reading)
    return Fault(raw.where, why) if why else result


def _extract(raw: RawDocument, reading: Reading, extraction: Extraction) -> Extract:
    source = extraction.source
    document = Document(
        id=extraction.document_id(raw),
        source=source.name,
        title=reading.title,
        content_hash=extraction.content_hash(raw),
        evidence=source.evidence,
        language=reading.language,
        url=reading.url,
        published=reading.published,
        licence=reading.licence,
    )
    found = list(_searched(document, reading, extraction))
    relations = _stated(document, reading, found)
    if source.evidence is EvidenceClass.LITERATURE:
        relations |= _read_by_rule(document, reading, found, extraction)
    return Extract(
        document=document,
        passages=tuple(part.passage for part in found),
        concepts=reading.concepts,
        mentions=tuple(_counted(found)),
        relations=tuple(relations.values()),
        patient_records=reading.patient_records,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A passage with the mentions found in its text."""

    passage: Passage
    mentions: tuple[Mention, ...]


def _searched(document: Document, reading: Reading, extraction: Extraction) -> Iterator[_Part]:
    ordinal = 0
    for section in reading.sections:
        language = section.language or reading.language
        for piece in split(section.text):
            text = section.text[piece.start : piece.end]
            key = passage_id(document.id, section.heading, text)
            passage = Passage(key, document.id, ordinal, section.heading, text, language)
            yield _Part(passage, tuple(_mentions(section, piece, text, language, extraction)))
            ordinal += 1


def _mentions(
    section: Section, piece: Piece, text: str, language: str, extraction: Extraction
) -> Iterator[Mention]:
    """What the source marked, then what the finder finds beside it."""
    marked = [
        Mention(mark.concept_id, start, end, text[start:end])
        for mark in section.annotations
        if (start := mark.start - piece.start) >= 0 and (end := mark.end - piece.start) <= len(text)
    ]
    yield from marked
    for concept_id in section.concept_ids:
        yield Mention(concept_id, 0, 0, "")
    if section.is_searched:
        for mention in extraction.finder.find(text, language):
            if not any(m.start < mention.end and mention.start < m.end for m in marked):
                yield mention


def _counted(parts: Iterable[_Part]) -> Iterator[PassageMention]:
    counts: dict[tuple[str, ConceptId, Assertion], int] = {}
    for part in parts:
        for mention in part.mentions:
            key = (part.passage.id, mention.concept_id, mention.assertion)
            counts[key] = counts.get(key, 0) + 1
    for (passage, concept_id, assertion), count in counts.items():
        yield PassageMention(passage, concept_id, assertion, count)


_Relations = dict[tuple[ConceptId, str, ConceptId], Relation]


def _stated(document: Document, reading: Reading, parts: Sequence[_Part]) -> _Relations:
    """The source's own facts, each with the first passage that names both ends."""
    named = [(part.passage.id, {m.concept_id for m in part.mentions}) for part in parts]
    relations: _Relations = {}
    for fact in reading.facts:
        both = next((key for key, ids in named if {fact.subject, fact.object} <= ids), None)
        first = named[0][0] if named else None
        _add(relations, document, fact, both or first)
    return relations


def _read_by_rule(
    document: Document, reading: Reading, parts: Sequence[_Part], extraction: Extraction
) -> _Relations:
    """Facts read out of the text; none where the source states its facts itself."""
    relations: _Relations = {}
    kinds = extraction.vocabulary.kinds
    for part in () if reading.facts else parts:
        if reading.subject is not None and reading.topic is not None:
            for fact in topic_facts(reading.subject, reading.topic, part.mentions, kinds):
                _add(relations, document, fact, part.passage.id)
        for fact in sentence_facts(part.passage.text, part.mentions, kinds):
            _add(relations, document, fact, part.passage.id)
    return relations


def _add(relations: _Relations, document: Document, fact: Fact, passage: str | None) -> None:
    """Keep a fact once for each document: as first stated, with the highest confidence."""
    if fact.subject == fact.object:
        return
    key = (fact.subject, fact.kind.value, fact.object)
    known = relations.get(key)
    if known is None:
        where = Provenance(document.id, document.evidence, passage)
        relations[key] = Relation(
            fact.subject,
            fact.kind,
            fact.object,
            where,
            fact.frequency,
            fact.strength,
            fact.confidence,
        )
    elif fact.confidence > known.confidence:
        relations[key] = replace(known, confidence=fact.confidence)
