"""The questions we ask a graph, whichever database answers them. See stores/ for the answers."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from knowledge_graph.domain.concepts import Concept, ConceptId, ConceptKind
from knowledge_graph.domain.evidence import (
    Document,
    DocumentId,
    EvidenceClass,
    Extract,
    PassageId,
    Relation,
    RelationKind,
)


class GraphStore(Protocol):
    """Concepts, documents, passages, and what relates them. Writing is idempotent by document.

    Every method raises DependencyDown when the database does not answer.
    """

    def prepare(self) -> None:
        """Create what is missing of the schema (tables, constraints, indexes)."""

    def write(self, extracts: Sequence[Extract]) -> None:
        """Put documents in, each replacing what an earlier version of it stated; one transaction."""

    def remove(self, document_ids: Collection[DocumentId]) -> None:
        """Take documents out with everything that only they supported."""

    def document_hashes(self, source: str | None = None) -> Mapping[DocumentId, str]:
        """Content hash of every document (of one source): what has already been read."""

    def document(self, document_id: DocumentId) -> Document | None:
        """One document's own data, or None."""

    def concept(self, concept_id: ConceptId) -> Concept | None:
        """One concept with its names and codes, or None."""

    def concepts(self, kind: ConceptKind | None = None) -> Iterator[Concept]:
        """Every concept (of one kind), ordered by id."""

    def relations(
        self,
        kind: RelationKind | None = None,
        evidence: EvidenceClass | None = None,
        subject: ConceptId | None = None,
        object: ConceptId | None = None,
    ) -> Iterator[Relation]:
        """Every fact that fits, ordered by subject, kind, object, document."""

    def passages_mentioning(
        self, concept_ids: Collection[ConceptId], limit: int
    ) -> tuple[tuple[PassageId, int], ...]:
        """Passages that mention any of the concepts, with how many of them; best first."""

    def counts(self) -> Mapping[str, int]:
        """Number of nodes and relations by kind: {'Concept': …, 'Document': …, 'HAS_FINDING': …}."""

    def export(self) -> Iterator[str]:
        """The whole graph as JSON lines in a fixed order: equal graphs give equal bytes."""

    def close(self) -> None:
        """Let go of the database."""
