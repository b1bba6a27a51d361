"""What must hold before anything is published. A document that fails is reported, not put in."""

from collections.abc import Mapping

from ingest.deidentify import literal_pattern
from ingest.source import Reading
from ingest.split import LONGEST_WORDS, words_in
from knowledge_graph.domain.errors import QualityGateFailed
from knowledge_graph.domain.evidence import DocumentId, EvidenceClass, Extract
from knowledge_graph.publication import Draft


def fault_of(extract: Extract, reading: Reading) -> str | None:
    """Why one document must not go in, as a sentence without its text; None when it may."""
    document = extract.document
    if not document.title.strip():
        return "it has no title"
    if document.evidence is EvidenceClass.LITERATURE and not extract.passages:
        return "it has no text"
    if any(words_in(passage.text) > LONGEST_WORDS for passage in extract.passages):
        return f"a passage is longer than {LONGEST_WORDS} words"
    if document.evidence is EvidenceClass.RECORDS and _tells_who(extract, reading):
        return "its text still names a person after de-identification"
    return None


def _tells_who(extract: Extract, reading: Reading) -> bool:
    pattern = literal_pattern(reading.identifiers)
    if pattern is None:
        return False
    texts = [extract.document.title, extract.document.id]
    for passage in extract.passages:
        texts += [passage.section, passage.text]
    return any(pattern.search(text) for text in texts)


def check_written(draft: Draft, source: str, written: Mapping[DocumentId, str]) -> None:
    """Check that graph and passages both hold what was written, by content hash.

    Raises QualityGateFailed; what was published before stays in use.
    """
    held = draft.document_hashes(source)
    lost = sum(held.get(key) != value for key, value in written.items())
    if lost or draft.passages.vector_count() > draft.passages.count():
        raise QualityGateFailed(
            f"{lost} of {len(written)} documents of {source} are not wholly in the next version, "
            "so it was not published. Run the same command again; if this stays, ingest "
            "everything into an empty folder"
        )
