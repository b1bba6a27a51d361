"""FHIR R4 bundles, one patient each: coded encounters for the records, notes for the index."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.fhir.bundle import parse_bundle
from ingest.fhir.coded_records import patient_record
from ingest.fhir.notes import identifiers, notes
from ingest.reading import files_at
from ingest.source import Fault, RawDocument, Reading, ReadingTools, SourceItem
from knowledge_graph.domain.errors import UnreadableDocument
from knowledge_graph.domain.evidence import EvidenceClass
from knowledge_graph.language import detect_language

_PATTERNS = ("*.json",)


@dataclass(frozen=True)
class FhirSource:
    """Bundles of patients, one document each; its public id is a pseudonym."""

    name: str = "fhir"
    evidence: EvidenceClass = EvidenceClass.RECORDS
    needs_path: bool = True
    is_whole: bool = False

    def documents(self, path: Path | None) -> Iterator[SourceItem]:
        """Every file."""
        for file in files_at(path, _PATTERNS):
            raw = RawDocument("", file.read_bytes(), file.name)
            try:
                yield RawDocument(parse_bundle(raw).key, raw.content, raw.where)
            except UnreadableDocument as error:
                yield Fault(error.where, error.why)

    def read(self, raw: RawDocument, tools: ReadingTools) -> Reading:
        """The patient's record in codes; the notes, with what has to be taken out of them."""
        bundle = parse_bundle(raw)
        sections = tuple(notes(bundle))
        return Reading(
            title="Notes of a hospital record",
            sections=sections,
            language=detect_language(" ".join(section.text for section in sections)),
            identifiers=identifiers(bundle),
            patient_records=(patient_record(bundle, tools),),
        )


SOURCE = FhirSource()
