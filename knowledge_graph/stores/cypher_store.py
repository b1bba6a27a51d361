"""What both graph databases do alike: everything, given three ways to run Cypher."""

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from knowledge_graph import schema
from knowledge_graph.domain.concepts import Concept, ConceptId, ConceptKind
from knowledge_graph.domain.evidence import (
    Document,
    DocumentId,
    EvidenceClass,
    Extract,
    PassageId,
    Provenance,
    Relation,
    RelationKind,
)
from knowledge_graph.stores import cypher
from knowledge_graph.stores.rows import (
    Batch,
    Row,
    Statement,
    batch_of,
    concept_of,
    in_order_of_weight,
    merged_statement,
)

Description = tuple[DocumentId, str, Statement]
"""Who says it, on what evidence, and what."""

_UNDESCRIBED: Statement = ("", "{}", "[]")


class CypherStore(ABC):
    """A graph store that speaks Cypher. Its state depends on the documents in it, not on history.

    A concept's node is the sum of what documents describe of it; a concept that is only named by
    facts or mentions has a node without a kind, which no question returns.
    """

    @abstractmethod
    def _run(self, query: str, **parameters: Any) -> list[Row]:
        """All rows of one query."""

    @abstractmethod
    def _insert(self, table: schema.NodeTable | schema.RelationTable, rows: Sequence[Row]) -> None:
        """Put rows into one table; nodes are new, ends of relations exist."""

    @abstractmethod
    def _transaction(self) -> AbstractContextManager[None]:
        """All or nothing of what runs inside."""

    def write(self, extracts: Sequence[Extract]) -> None:
        """Put documents in, each replacing what an earlier version stated; one transaction."""
        batch = batch_of(extracts)
        if not batch.documents:
            return
        with self._transaction():
            ids = [row[0] for row in batch.documents]
            replaced = [row[0] for row in self._run(cypher.KNOWN_DOCUMENTS, ids=ids)]
            stale = self._delete(replaced) if replaced else set[ConceptId]()
            self._insert_batch(batch, stale)

    def remove(self, document_ids: Collection[DocumentId]) -> None:
        """Take documents out with everything that only they supported."""
        if not document_ids:
            return
        with self._transaction():
            wanted = list(document_ids)
            known = [row[0] for row in self._run(cypher.KNOWN_DOCUMENTS, ids=wanted)]
            if known:
                self._redescribe(self._delete(known))

    def _insert_batch(self, batch: Batch, stale: set[ConceptId]) -> None:
        named = list(batch.concept_ids)
        known = {
            row[0]: (row[1], row[2], row[3])
            for row in (self._run(cypher.KNOWN_CONCEPTS, ids=named) if named else ())
        }
        described = _descriptions(batch)
        fresh = [(key, *_summed(described.get(key, ()))) for key in named if key not in known]
        self._insert(schema.DOCUMENT, batch.documents)
        self._insert(schema.PASSAGE, batch.passages)
        self._insert(schema.CONCEPT, fresh)
        for table in schema.RELATIONS:
            self._insert(table, batch.relations.get(table.name, ()))
        # A description that says what is known already changes nothing, in whatever order.
        changed = {
            key
            for key, entries in described.items()
            if key in known and any(statement != known[key] for _, _, statement in entries)
        }
        self._redescribe(changed | stale)

    def _delete(self, known: list[DocumentId]) -> set[ConceptId]:
        """Delete documents with what they state; the concepts that this may leave changed."""
        touched = {row[0] for row in self._run(cypher.DESCRIBED_BY, ids=known)}
        touched |= {row[0] for row in self._run(cypher.MENTIONED_BY, ids=known)}
        for kind in schema.FACTS:
            ends = self._run(cypher.ends_of_facts(kind.value), ids=known)
            if ends:
                touched |= {end for row in ends for end in row}
                self._run(cypher.delete_facts(kind.value), ids=known)
        self._run(cypher.DELETE_PASSAGES, ids=known)
        self._run(cypher.DELETE_DOCUMENTS, ids=known)
        return touched

    def _redescribe(self, concept_ids: set[ConceptId]) -> None:
        """Sum up again what documents describe; concepts that nothing names any more go."""
        if not concept_ids:
            return
        ids = sorted(concept_ids)
        described: dict[ConceptId, list[Description]] = {}
        for key, document_id, evidence, kind, names, codes in self._run(
            cypher.DESCRIPTIONS_OF, ids=ids
        ):
            described.setdefault(key, []).append((document_id, evidence, (kind, names, codes)))
        rows = []
        for key in ids:
            kind, names, codes = _summed(described.get(key, ()))
            rows.append({"id": key, "kind": kind, "names": names, "codes": codes})
        self._run(cypher.SET_CONCEPTS, rows=rows)
        bare = [key for key in ids if key not in described]
        if bare:
            self._run(cypher.DELETE_UNUSED_CONCEPTS, ids=bare)

    def document_hashes(self, source: str | None = None) -> Mapping[DocumentId, str]:
        """Content hash of every document (of one source)."""
        return {row[0]: row[1] for row in self._run(cypher.HASHES, source=source or "")}

    def document(self, document_id: DocumentId) -> Document | None:
        """One document's own data, or None."""
        rows = self._run(cypher.DOCUMENT, id=document_id)
        return _document(rows[0]) if rows else None

    def concept(self, concept_id: ConceptId) -> Concept | None:
        """One concept with its names and codes, or None."""
        rows = self._run(cypher.CONCEPT, id=concept_id)
        return concept_of(*rows[0]) if rows else None

    def concepts(self, kind: ConceptKind | None = None) -> Iterator[Concept]:
        """Every concept (of one kind), ordered by id."""
        rows = self._run(cypher.CONCEPTS, kind=kind or "")
        return (concept_of(*row) for row in sorted(rows))

    def relations(
        self,
        kind: RelationKind | None = None,
        evidence: EvidenceClass | None = None,
        subject: ConceptId | None = None,
        object: ConceptId | None = None,
    ) -> Iterator[Relation]:
        """Every fact that fits, ordered by subject, kind, object, document."""
        wanted = {"subject": subject or "", "object": object or "", "evidence": evidence or ""}
        found: list[tuple[Any, ...]] = []
        for one in [kind] if kind else list(RelationKind):
            rows = self._run(cypher.facts(one.value, filtered=True), **wanted)
            found.extend((row[0], one.value, *row[1:]) for row in rows)
        return (_relation(row) for row in sorted(found, key=_fact_order))

    def passages_mentioning(
        self, concept_ids: Collection[ConceptId], limit: int
    ) -> tuple[tuple[PassageId, int], ...]:
        """Passages that mention any of the concepts, with how many of them; best first."""
        if not concept_ids:
            return ()
        ids = sorted(set(concept_ids))
        rows = self._run(cypher.PASSAGES_MENTIONING, ids=ids, limit=limit)
        return tuple((passage_id, concepts) for passage_id, concepts in rows)

    def counts(self) -> Mapping[str, int]:
        """Number of nodes and relations by kind; concepts that are only named do not count."""
        found = {table.name: self._number(cypher.count_nodes(table.name)) for table in schema.NODES}
        found[schema.CONCEPT.name] = self._number(cypher.COUNT_CONCEPTS)
        for table in schema.RELATIONS:
            found[table.name] = self._number(cypher.count_relations(table))
        return found

    def export(self) -> Iterator[str]:
        """The whole graph as JSON lines in a fixed order: equal graphs give equal bytes."""
        tables = [
            (schema.DOCUMENT.name, cypher.DOCUMENTS),
            (schema.CONCEPT.name, cypher.ALL_CONCEPTS),
            (schema.PART_OF.name, cypher.PARTS),
            (schema.DESCRIBES.name, cypher.DESCRIPTIONS),
            (schema.MENTIONS.name, cypher.MENTIONS),
        ]
        tables += [(kind.value, cypher.facts(kind.value, filtered=False)) for kind in schema.FACTS]
        for name, query in tables:
            rows = self._run(query)
            yield from sorted(json.dumps([name, *row], ensure_ascii=False) for row in rows)

    def _number(self, query: str) -> int:
        return int(self._run(query)[0][0])


def _descriptions(batch: Batch) -> dict[ConceptId, list[Description]]:
    evidence = {row[0]: row[4] for row in batch.documents}
    described: dict[ConceptId, list[Description]] = {}
    for row in batch.relations.get(schema.DESCRIBES.name, ()):
        document_id, concept_id, kind, names, codes = row
        entry = (document_id, evidence[document_id], (kind, names, codes))
        described.setdefault(concept_id, []).append(entry)
    return described


def _summed(descriptions: Sequence[Description]) -> Statement:
    ranked = in_order_of_weight(descriptions)
    return merged_statement(ranked) if ranked else _UNDESCRIBED


def _document(row: Row) -> Document:
    key, source, title, content_hash, evidence, language, url, published, licence = row
    return Document(
        id=key,
        source=source,
        title=title,
        content_hash=content_hash,
        evidence=EvidenceClass(evidence),
        language=language,
        url=url or None,
        published=date.fromisoformat(published) if published else None,
        licence=licence or None,
    )


def _fact_order(row: Row) -> tuple[Any, ...]:
    """Subject, kind, object, document, then whatever tells two facts of one document apart."""
    subject, kind, end, document_id, passage_id, evidence, *numbers = row
    return (
        (subject, kind, end, document_id, passage_id, evidence),
        [(number is not None, number or 0.0) for number in numbers],
    )


def _relation(row: Row) -> Relation:
    subject, kind, end, document_id, passage_id, evidence, frequency, strength, confidence = row
    return Relation(
        subject=subject,
        kind=RelationKind(kind),
        object=end,
        provenance=Provenance(document_id, EvidenceClass(evidence), passage_id or None),
        frequency=frequency,
        strength=strength,
        confidence=confidence,
    )
