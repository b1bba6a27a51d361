"""Small extracts for tests of the stores."""

from hashlib import sha256

from knowledge_graph.domain.codes import parse_code
from knowledge_graph.domain.concepts import Concept, ConceptKind
from knowledge_graph.domain.evidence import (
    Assertion,
    Document,
    EvidenceClass,
    Extract,
    Passage,
    PassageMention,
    Provenance,
    Relation,
    RelationKind,
)


def passage_id(document_id: str, section: str, text: str) -> str:
    return sha256(f"{document_id}\n{section}\n{text}".encode()).hexdigest()[:32]


def document(
    document_id: str,
    *,
    title: str = "A title",
    content_hash: str = "1",
    evidence: EvidenceClass = EvidenceClass.LITERATURE,
    language: str = "en",
    url: str | None = None,
) -> Document:
    source = document_id.split(":")[0]
    return Document(document_id, source, title, content_hash, evidence, language, url)


def passages(owner: Document, *texts: str, section: str = "") -> tuple[Passage, ...]:
    return tuple(
        Passage(passage_id(owner.id, section, text), owner.id, at, section, text, owner.language)
        for at, text in enumerate(texts)
    )


def concept(
    concept_id: str,
    *names: str,
    kind: ConceptKind = ConceptKind.FINDING,
    zh: tuple[str, ...] = (),
    codes: tuple[str, ...] = (),
) -> Concept:
    named = {language: own for language, own in (("en", names), ("zh", zh)) if own}
    return Concept(concept_id, kind, named, tuple(parse_code(code) for code in codes))


def mention(passage: Passage, concept_id: str, count: int = 1) -> PassageMention:
    return PassageMention(passage.id, concept_id, Assertion.PRESENT, count)


def relation(
    owner: Document,
    subject: str,
    kind: RelationKind,
    end: str,
    *,
    passage: Passage | None = None,
    frequency: float | None = None,
    strength: float | None = None,
) -> Relation:
    where = Provenance(owner.id, owner.evidence, passage.id if passage else None)
    return Relation(subject, kind, end, where, frequency, strength)


def article(
    document_id: str,
    *texts: str,
    title: str = "A title",
    content_hash: str = "1",
    language: str = "en",
    mentions: dict[str, int] | None = None,
    evidence: EvidenceClass = EvidenceClass.LITERATURE,
    url: str | None = None,
) -> Extract:
    """A document with one passage per text; `mentions`: concepts spoken of in every passage."""
    owner = document(
        document_id,
        title=title,
        content_hash=content_hash,
        language=language,
        evidence=evidence,
        url=url,
    )
    own = passages(owner, *texts)
    spoken = [mention(item, key, n) for item in own for key, n in (mentions or {}).items()]
    return Extract(owner, own, mentions=tuple(spoken))
