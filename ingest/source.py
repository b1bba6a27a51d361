"""What every document source keeps: where documents come from, and how one of them is read.

A source is one file in `sources/` with the constant `SOURCE`. It hands out original bytes, so that
reading can be done again, and reads them into a Reading; everything after that is the pipeline's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from ingest.vocabulary import Vocabulary
from knowledge_graph.domain.concepts import Concept, ConceptId
from knowledge_graph.domain.encounter import PatientRecord
from knowledge_graph.domain.evidence import EvidenceClass, Mention, RelationKind


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One document as its source holds it.

    `key`: the source's own id, the same for every version of the document. `where`: file and
    position, for a person who has to mend it. `metadata`: what stands beside the bytes.
    """

    key: str
    content: bytes
    where: str
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of content and metadata: equal documents have equal digests."""
        digest = sha256(self.content)
        for name in sorted(self.metadata):
            digest.update(f"\0{name}\0{self.metadata[name]}".encode())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Fault:
    """A document that cannot be read: where it is, and why."""

    where: str
    why: str


SourceItem = RawDocument | Fault


@dataclass(frozen=True, slots=True)
class Annotation:
    """A concept that the source itself marks in a section's text, span [start, end)."""

    concept_id: ConceptId
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document. Passages never reach from one section into the next.

    `concept_ids`: what the whole section speaks of, as the source says. `annotations`: marked spans.
    `is_searched`: whether the concept finder looks for more in its text.
    """

    heading: str
    text: str
    language: str | None = None
    concept_ids: tuple[ConceptId, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    is_searched: bool = True


@dataclass(frozen=True, slots=True)
class Fact:
    """A relation that the source states outright. See evidence.Relation for the numbers."""

    subject: ConceptId
    kind: RelationKind
    object: ConceptId
    frequency: float | None = None
    strength: float | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source reads out of one document, before it is split, searched and de-identified.

    `subject`: the concept the document is about. `topic`: what it says of it, one of
    relate.TOPICS. `identifiers`: names, addresses and numbers of people, to be taken out of texts.
    """

    title: str
    sections: tuple[Section, ...] = ()
    language: str = "en"
    url: str | None = None
    published: date | None = None
    licence: str | None = None
    concepts: tuple[Concept, ...] = ()
    facts: tuple[Fact, ...] = ()
    subject: ConceptId | None = None
    topic: str | None = None
    identifiers: tuple[str, ...] = ()
    patient_records: tuple[PatientRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingTools:
    """What a source may use to read: concept identity, the key of pseudonyms, the concept finder."""

    vocabulary: Vocabulary
    pseudonym_key: bytes
    find: Callable[[str], tuple[Mention, ...]]


class Source(Protocol):
    """Where documents come from."""

    @property
    def name(self) -> str:
        """The source's name: the command's word and the first part of its document ids."""

    @property
    def evidence(self) -> EvidenceClass:
        """Which kind of knowledge it gives."""

    @property
    def needs_path(self) -> bool:
        """Whether it reads files that the caller names; else its documents ship with the project."""

    @property
    def is_whole(self) -> bool:
        """Whether a run gives all its documents, so that those it no longer gives are removed."""

    def documents(self, path: Path | None) -> Iterator[SourceItem]:
        """Every document in a fixed order, with a Fault in place of each that cannot be read.

        Raises InvalidInput when there is nothing at the path that this source could read.
        """

    def read(self, raw: RawDocument, tools: ReadingTools) -> Reading:
        """What one document says. A function of its arguments. Raises UnreadableDocument."""
