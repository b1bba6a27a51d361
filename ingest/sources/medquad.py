"""MedQuAD: questions of patients, answered by sites of the US National Institutes of Health.

JSON lines, packed or not: one answered question each. Ben Abacha and Demner-Fushman, BMC
Bioinformatics 2019;20:511. Licence CC BY 4.0.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.reading import files_at, first_fault, lines_of
from ingest.source import Fault, RawDocument, Reading, ReadingTools, Section, SourceItem
from knowledge_graph.domain.codes import UmlsCode
from knowledge_graph.domain.concepts import Concept, ConceptKind
from knowledge_graph.domain.errors import InvalidInput, UnreadableDocument
from knowledge_graph.domain.evidence import EvidenceClass

_PATTERNS = ("*.jsonl", "*.jsonl.gz")
_LICENCE = "CC BY 4.0"
_TOPICS = {
    "symptoms": "symptoms",
    "susceptibility": "risk_factors",
    "treatment": "treatment",
    "exams and tests": "tests",
}
_FINDING_TYPES = {"T033", "T184"}
"""UMLS semantic types 'finding' and 'sign or symptom'; all others of MedQuAD are conditions."""
_BULLET = re.compile(r"\s*\n?\s{2,}-\s+")
_BLANKS = re.compile(r"[ \t\u00a0]+")
_LINES = re.compile(r" ?\n[ \n]*")


class _Row(BaseModel):
    """One answered question."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    collection: str
    source: str
    url: str
    focus: str
    cui: tuple[str | None, ...]
    semtype: tuple[str | None, ...]
    qtype: str
    question: str
    answer: str


@dataclass(frozen=True)
class MedquadSource:
    """Answered questions, one document each."""

    name: str = "medquad"
    evidence: EvidenceClass = EvidenceClass.LITERATURE
    needs_path: bool = True
    is_whole: bool = False

    def documents(self, path: Path | None) -> Iterator[SourceItem]:
        """Every line of the files."""
        for file in files_at(path, _PATTERNS):
            try:
                for number, line in lines_of(file):
                    if line.strip():
                        yield _item(line, f"{file.name}, line {number}")
            except UnreadableDocument as error:
                yield Fault(error.where, error.why)

    def read(self, raw: RawDocument, tools: ReadingTools) -> Reading:
        """The question as title, the answer as text, its focus as subject."""
        row = _row(raw.content, raw.where)
        subject, concepts = _subject(row, tools)
        return Reading(
            title=tidy_question(row.question),
            sections=(
                Section(
                    row.qtype, tidy_answer(row.answer), concept_ids=(subject,) if subject else ()
                ),
            ),
            url=row.url or None,
            licence=_LICENCE,
            concepts=concepts,
            subject=subject,
            topic=_TOPICS.get(row.qtype),
        )


SOURCE = MedquadSource()


def _item(line: bytes, where: str) -> SourceItem:
    try:
        row = _row(line, where)
    except UnreadableDocument as error:
        return Fault(error.where, error.why)
    # Ids are given anew for each focus of a page.
    focus = re.sub(r"[^a-z0-9]+", "-", row.focus.lower()).strip("-")
    return RawDocument(f"{row.collection}/{row.id}/{focus}", line, where)


def _row(line: bytes, where: str) -> _Row:
    try:
        return _Row.model_validate_json(line)
    except ValidationError as error:
        raise UnreadableDocument(where, first_fault(error)) from error


def _subject(row: _Row, tools: ReadingTools) -> tuple[str | None, tuple[Concept, ...]]:
    """The concept the question is about; described here only when no vocabulary has it."""
    codes = []
    for value in row.cui:
        try:
            codes.append(UmlsCode(value or ""))
        except InvalidInput:
            continue  # some rows hold a placeholder instead of a code
    focus = row.focus.strip().rstrip("?").strip()
    known = tools.vocabulary.resolve(codes, focus)
    if known is not None or not codes or not focus:
        return known, ()
    is_finding = bool(_FINDING_TYPES.intersection(row.semtype)) and len(set(row.semtype)) == 1
    kind = ConceptKind.FINDING if is_finding else ConceptKind.CONDITION
    concept = Concept(str(codes[0]), kind, {"en": (focus,)}, (codes[0],))
    return concept.id, (concept,)


def tidy_question(question: str) -> str:
    """'What is (are) Gout ?' → 'What is Gout?'."""
    text = _BLANKS.sub(" ", question.replace("(are)", "").replace("\n", " ")).strip()
    text = re.sub(r"[\s?]+$", "", text)
    return f"{text[:1].upper()}{text[1:]}?" if text else ""


def tidy_answer(answer: str) -> str:
    """The answer with list items on lines of their own and no runs of blanks."""
    text = _BULLET.sub("\n- ", answer.replace("\r", ""))
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()
