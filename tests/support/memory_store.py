"""The reference graph store: slow, obvious, in memory. The real stores must agree with it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from knowledge_graph.domain.codes import Code
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

_WEIGHT = ["curated", "vocabulary", "literature", "records"]


class MemoryStore:
    """Keeps the extracts as they came and works every answer out from all of them."""

    def __init__(self) -> None:
        self._extracts: dict[DocumentId, Extract] = {}

    def prepare(self) -> None:
        pass

    def close(self) -> None:
        pass

    def write(self, extracts: Sequence[Extract]) -> None:
        for extract in extracts:
            self._extracts[extract.document.id] = extract

    def remove(self, document_ids: Collection[DocumentId]) -> None:
        for document_id in document_ids:
            self._extracts.pop(document_id, None)

    def document_hashes(self, source: str | None = None) -> Mapping[DocumentId, str]:
        return {
            key: extract.document.content_hash
            for key, extract in self._extracts.items()
            if source in (None, extract.document.source)
        }

    def document(self, document_id: DocumentId) -> Document | None:
        extract = self._extracts.get(document_id)
        return extract.document if extract else None

    def concept(self, concept_id: ConceptId) -> Concept | None:
        described = [
            (_WEIGHT.index(extract.document.evidence), key, concept)
            for key, extract in self._extracts.items()
            for concept in extract.concepts
            if concept.id == concept_id
        ]
        described.sort(key=lambda entry: entry[:2])
        if not described:
            return None
        names: dict[str, list[str]] = {}
        codes: list[Code] = []
        for _, _, concept in described:
            for language, own in concept.names.items():
                known = names.setdefault(language, [])
                known.extend(name for name in dict.fromkeys(own) if name not in known)
            codes.extend(code for code in dict.fromkeys(concept.codes) if code not in codes)
        joined = {language: tuple(own) for language, own in names.items()}
        return Concept(concept_id, described[0][2].kind, joined, tuple(codes))

    def concepts(self, kind: ConceptKind | None = None) -> Iterator[Concept]:
        ids = {item.id for extract in self._extracts.values() for item in extract.concepts}
        for concept_id in sorted(ids):
            concept = self.concept(concept_id)
            if concept and kind in (None, concept.kind):
                yield concept

    def relations(
        self,
        kind: RelationKind | None = None,
        evidence: EvidenceClass | None = None,
        subject: ConceptId | None = None,
        object: ConceptId | None = None,
    ) -> Iterator[Relation]:
        found = [
            relation
            for extract in self._extracts.values()
            for relation in dict.fromkeys(extract.relations)
            if kind in (None, relation.kind)
            and evidence in (None, relation.provenance.evidence)
            and subject in (None, relation.subject)
            and object in (None, relation.object)
        ]
        yield from sorted(found, key=relation_order)

    def passages_mentioning(
        self, concept_ids: Collection[ConceptId], limit: int
    ) -> tuple[tuple[PassageId, int], ...]:
        kinds: dict[PassageId, set[ConceptId]] = {}
        times: Counter[PassageId] = Counter()
        for extract in self._extracts.values():
            for mention in extract.mentions:
                if mention.concept_id in concept_ids:
                    kinds.setdefault(mention.passage_id, set()).add(mention.concept_id)
                    times[mention.passage_id] += mention.count
        best = sorted(kinds, key=lambda key: (-len(kinds[key]), -times[key], key))
        return tuple((key, len(kinds[key])) for key in best[:limit])

    def counts(self) -> Mapping[str, int]:
        extracts = list(self._extracts.values())
        counts = Counter(relation.kind.value for relation in self.relations())
        for kind in RelationKind:
            counts[kind.value] += 0
        counts["Document"] = len(extracts)
        counts["Passage"] = len({p.id for extract in extracts for p in extract.passages})
        counts["PART_OF"] = counts["Passage"]
        counts["Concept"] = sum(1 for _ in self.concepts())
        counts["DESCRIBES"] = sum(len({c.id for c in item.concepts}) for item in extracts)
        mentions = {
            (m.passage_id, m.concept_id, m.assertion) for item in extracts for m in item.mentions
        }
        counts["MENTIONS"] = len(mentions)
        return counts

    def export(self) -> Iterator[str]:
        raise NotImplementedError("the real stores are compared with one another")


def relation_order(relation: Relation) -> tuple[object, ...]:
    """Subject, kind, object, document; then whatever tells facts of one document apart."""
    where = relation.provenance
    numbers = (relation.frequency, relation.strength, relation.confidence)
    return (
        (relation.subject, relation.kind.value, relation.object),
        (where.document_id, where.passage_id or "", where.evidence.value),
        [(number is not None, number or 0.0) for number in numbers],
    )
