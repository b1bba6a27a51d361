"""Documents' extracts as rows of the graph's tables, checked and freed of repetitions."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge_graph import schema
from knowledge_graph.domain.codes import parse_code
from knowledge_graph.domain.concepts import Concept, ConceptId, ConceptKind
from knowledge_graph.domain.errors import InvalidInput
from knowledge_graph.domain.evidence import (
    Document,
    DocumentId,
    EvidenceClass,
    Extract,
    PassageMention,
    Relation,
)

Row = tuple[Any, ...]
Statement = tuple[str, str, str]
"""What is said of a concept: kind, names as JSON, codes as JSON."""

ABSENT = ""
"""An absent text in a row: Ladybug's bulk load is not to be trusted with many absent texts."""
_RANKS = {evidence.value: rank for rank, evidence in enumerate(EvidenceClass)}


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of several documents, by table, in the order of each table's columns."""

    documents: list[Row] = field(default_factory=list)
    passages: list[Row] = field(default_factory=list)
    relations: dict[str, list[Row]] = field(default_factory=dict)
    concept_ids: dict[ConceptId, None] = field(default_factory=dict)

    def relate(self, table: schema.RelationTable, *row: Any) -> None:
        """Add one row to a relation table."""
        self.relations.setdefault(table.name, []).append(row)


def batch_of(extracts: Iterable[Extract]) -> Batch:
    """The rows of the extracts; the last of several extracts of one document counts.

    Raises InvalidInput when a part of an extract names another document or a foreign passage.
    """
    batch = Batch()
    for extract in {extract.document.id: extract for extract in extracts}.values():
        _check(extract)
        document = extract.document
        batch.documents.append(document_row(document))
        for passage_id in dict.fromkeys(passage.id for passage in extract.passages):
            batch.passages.append((passage_id,))
            batch.relate(schema.PART_OF, passage_id, document.id)
        for concept in _described_once(extract.concepts):
            batch.concept_ids[concept.id] = None
            batch.relate(schema.DESCRIBES, document.id, concept.id, *statement_of(concept))
        for (passage_id, concept_id, assertion), count in _counted(extract.mentions).items():
            batch.concept_ids[concept_id] = None
            batch.relate(schema.MENTIONS, passage_id, concept_id, assertion, count)
        for relation in dict.fromkeys(extract.relations):
            batch.concept_ids[relation.subject] = None
            batch.concept_ids[relation.object] = None
            batch.relate(schema.FACTS[relation.kind], *_fact_row(relation))
    return batch


def _check(extract: Extract) -> None:
    key = extract.document.id
    own = {passage.id for passage in extract.passages}
    named = {mention.passage_id for mention in extract.mentions}
    named |= {
        relation.provenance.passage_id
        for relation in extract.relations
        if relation.provenance.passage_id is not None
    }
    foreign = {passage.document_id for passage in extract.passages}
    foreign |= {relation.provenance.document_id for relation in extract.relations}
    if foreign - {key}:
        raise InvalidInput(f"The extract of {key} holds parts of {sorted(foreign - {key})}")
    if named - own:
        raise InvalidInput(f"The extract of {key} names passages it does not have")


def _described_once(concepts: Iterable[Concept]) -> Iterable[Concept]:
    by_id: dict[ConceptId, list[Statement]] = {}
    for concept in concepts:
        by_id.setdefault(concept.id, []).append(statement_of(concept))
    for key, statements in by_id.items():
        merged = merged_statement(statements)
        yield concept_of(key, *merged)


def _counted(mentions: Iterable[PassageMention]) -> dict[tuple[str, str, str], int]:
    counts: dict[tuple[str, str, str], int] = {}
    for mention in mentions:
        key = (mention.passage_id, mention.concept_id, mention.assertion.value)
        counts[key] = counts.get(key, 0) + mention.count
    return counts


def _fact_row(relation: Relation) -> Row:
    provenance = relation.provenance
    return (
        relation.subject,
        relation.object,
        provenance.document_id,
        provenance.passage_id or ABSENT,
        provenance.evidence.value,
        relation.frequency,
        relation.strength,
        relation.confidence,
    )


def document_row(document: Document) -> Row:
    """A document as a row of its table."""
    return (
        document.id,
        document.source,
        document.title,
        document.content_hash,
        document.evidence.value,
        document.language,
        document.url or ABSENT,
        document.published.isoformat() if document.published else ABSENT,
        document.licence or ABSENT,
    )


def statement_of(concept: Concept) -> Statement:
    """What a concept says of itself, in a form that is equal for equal concepts."""
    names = {language: list(concept.names[language]) for language in sorted(concept.names)}
    codes = [str(code) for code in concept.codes]
    return concept.kind.value, _json(names), _json(codes)


def concept_of(concept_id: ConceptId, kind: str, names: str, codes: str) -> Concept:
    """The concept of a row."""
    return Concept(
        id=concept_id,
        kind=ConceptKind(kind),
        names={language: tuple(own) for language, own in json.loads(names).items()},
        codes=tuple(parse_code(code) for code in json.loads(codes)),
    )


def merged_statement(statements: Sequence[Statement]) -> Statement:
    """One statement of several: the first decides kind and preferred names, all add to the rest."""
    names: dict[str, dict[str, None]] = {}
    codes: dict[str, None] = {}
    for _, own_names, own_codes in statements:
        for language, words in json.loads(own_names).items():
            names.setdefault(language, {}).update(dict.fromkeys(words))
        codes.update(dict.fromkeys(json.loads(own_codes)))
    ordered = {language: list(names[language]) for language in sorted(names)}
    return statements[0][0], _json(ordered), _json(list(codes))


def in_order_of_weight(
    described: Iterable[tuple[DocumentId, str, Statement]],
) -> list[Statement]:
    """Statements, weightiest evidence first, then by document id.

    `described`: (document id, evidence, statement). The order does not depend on what was
    written first, so a graph is the same whatever the order of its documents was.
    """
    ranked = sorted(described, key=lambda entry: (_RANKS[entry[1]], entry[0]))
    return [statement for _, _, statement in ranked]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
