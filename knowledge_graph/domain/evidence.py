"""Where knowledge comes from: documents, passages, and what each of them states."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge_graph.domain.concepts import Concept, ConceptId
from knowledge_graph.domain.encounter import PatientRecord
from knowledge_graph.domain.errors import InvalidInput

DocumentId = str
"""'<source>:<the source's own id>', e.g. 'pubtator:227508', 'medquad:0000001_1-1'."""
PassageId = str
"""The first 32 hex digits of the SHA-256 of document id, section and text."""


class EvidenceClass(StrEnum):
    """Which kind of knowledge a fact belongs to; the three are never mixed silently."""

    CURATED = "curated"
    VOCABULARY = "vocabulary"
    LITERATURE = "literature"
    RECORDS = "records"


class RelationKind(StrEnum):
    """How two concepts relate. The subject comes first: condition HAS_FINDING finding."""

    IS_A = "IS_A"
    HAS_FINDING = "HAS_FINDING"
    HAS_RISK_FACTOR = "HAS_RISK_FACTOR"
    TREATED_IN = "TREATED_IN"
    DIAGNOSED_BY = "DIAGNOSED_BY"
    TREATS = "TREATS"
    CAUSES = "CAUSES"
    CO_OCCURS = "CO_OCCURS"


class Assertion(StrEnum):
    """What a text says of a concept it mentions."""

    PRESENT = "present"
    NEGATED = "negated"
    UNCERTAIN = "uncertain"
    HISTORICAL = "historical"
    SOMEONE_ELSE = "someone_else"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Document:
    """One document as its source gave it. `content_hash` decides whether it has changed."""

    id: DocumentId
    source: str
    title: str
    content_hash: str
    evidence: EvidenceClass
    language: str = "en"
    url: str | None = None
    published: date | None = None
    licence: str | None = None

    def __post_init__(self) -> None:
        if not self.id.startswith(f"{self.source}:"):
            raise InvalidInput(
                f"document id {self.id!r} must start with its source {self.source!r}"
            )


@dataclass(frozen=True, slots=True)
class Passage:
    """About 200 words of one section of one document: the unit that is searched and cited."""

    id: PassageId
    document_id: DocumentId
    ordinal: int
    section: str
    text: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept found in a text: half-open character span [start, end) and what is said of it."""

    concept_id: ConceptId
    start: int
    end: int
    text: str
    assertion: Assertion = Assertion.PRESENT


@dataclass(frozen=True, slots=True)
class PassageMention:
    """A concept mentioned in a passage, for the graph: no text, only how often."""

    passage_id: PassageId
    concept_id: ConceptId
    assertion: Assertion
    count: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where one fact was read."""

    document_id: DocumentId
    evidence: EvidenceClass
    passage_id: PassageId | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """One fact as one document states it.

    `frequency`: share of those with the subject who have the object, 0 to 1, when stated.
    `strength`: for HAS_RISK_FACTOR the odds ratio, when stated. `confidence`: 0 to 1.
    """

    subject: ConceptId
    kind: RelationKind
    object: ConceptId
    provenance: Provenance
    frequency: float | None = None
    strength: float | None = None
    confidence: float = 1.0

    def __post_init__(self) -> None:
        for name, value in (("frequency", self.frequency), ("confidence", self.confidence)):
            if value is not None and not 0.0 <= value <= 1.0:
                raise InvalidInput(
                    f"{name} of {self.subject} → {self.object} is {value}, not 0 to 1"
                )


@dataclass(frozen=True, slots=True)
class Extract:
    """Everything one document gives: what is written to graph, passages and records at once."""

    document: Document
    passages: tuple[Passage, ...] = ()
    concepts: tuple[Concept, ...] = ()
    mentions: tuple[PassageMention, ...] = ()
    relations: tuple[Relation, ...] = ()
    patient_records: tuple[PatientRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A source a person can open: what advice must carry."""

    document_id: DocumentId
    title: str
    source: str
    url: str | None = None
    year: int | None = None
    passage_id: PassageId | None = None
    quote: str | None = None
