"""PubTator: PubMed abstracts with marked chemicals and diseases, and which causes which.

Blocks between blank lines: `id|t|title`, `id|a|abstract`, then tab-separated marks
(id, start, end, text, type, MeSH) and relations (id, CID, chemical, disease). Positions count in
title + one blank + abstract. Wei et al., Nucleic Acids Res 2013;41:W518; Li et al., Database 2016.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.reading import files_at, lines_of, text_of
from ingest.source import (
    Annotation,
    Fact,
    Fault,
    RawDocument,
    Reading,
    ReadingTools,
    Section,
    SourceItem,
)
from knowledge_graph.domain.codes import MeshCode
from knowledge_graph.domain.concepts import Concept, ConceptId, ConceptKind
from knowledge_graph.domain.errors import InvalidInput, UnreadableDocument
from knowledge_graph.domain.evidence import EvidenceClass, RelationKind

_PATTERNS = ("*.PubTator.txt", "*.pubtator", "*.PubTator")
_KINDS = {"Chemical": ConceptKind.DRUG, "Disease": ConceptKind.CONDITION}
_UNLINKED = "-1"
_LICENCE = "NCBI/NLM: public domain in the United States; abstracts may be their authors'"


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    text: str
    kind: str
    mesh: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Abstract:
    pmid: str
    title: str
    text: str
    marks: tuple[_Mark, ...]
    causes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PubtatorSource:
    """Marked abstracts, one document each."""

    name: str = "pubtator"
    evidence: EvidenceClass = EvidenceClass.LITERATURE
    needs_path: bool = True
    is_whole: bool = False

    def documents(self, path: Path | None) -> Iterator[SourceItem]:
        """Every block of the files."""
        for file in files_at(path, _PATTERNS):
            try:
                for first, block in _blocks(file):
                    yield _item(block, f"{file.name}, line {first}")
            except UnreadableDocument as error:
                yield Fault(error.where, error.why)

    def read(self, raw: RawDocument, tools: ReadingTools) -> Reading:
        """Title and abstract, the marked concepts, and which chemical causes which disease."""
        abstract = _parsed(raw)
        ids = {
            code: tools.vocabulary.resolve([MeshCode(code)]) or f"MESH:{code}"
            for code in _codes(abstract)
        }
        return Reading(
            title=abstract.title.strip(),
            sections=(_section(abstract, ids),),
            url=f"https://pubmed.ncbi.nlm.nih.gov/{abstract.pmid}/",
            licence=_LICENCE,
            concepts=tuple(_concepts(abstract, ids)),
            facts=tuple(
                Fact(ids[chemical], RelationKind.CAUSES, ids[disease])
                for chemical, disease in abstract.causes
            ),
        )


SOURCE = PubtatorSource()


def _blocks(file: Path) -> Iterator[tuple[int, list[bytes]]]:
    """Blocks with the number of their first line."""
    block: list[bytes] = []
    first = 1
    for number, line in lines_of(file):
        if line.strip():
            first = first if block else number
            block.append(line)
        elif block:
            yield first, block
            block = []
    if block:
        yield first, block


def _item(block: list[bytes], where: str) -> SourceItem:
    raw = RawDocument(block[0].split(b"|")[0].decode("ascii", "replace"), b"\n".join(block), where)
    try:
        _parsed(raw)
    except UnreadableDocument as error:
        return Fault(error.where, error.why)
    return raw


def _parsed(raw: RawDocument) -> _Abstract:
    """The block, checked line by line. Raises UnreadableDocument naming file and line."""
    name, _, first = raw.where.rpartition(", line ")
    lines = text_of(raw.content, raw.where).split("\n")

    def fault(offset: int, why: str) -> UnreadableDocument:
        return UnreadableDocument(f"{name}, line {int(first) + offset}", why)

    pmid, title = _text_line(lines, 0, "t", fault)
    other, text = _text_line(lines, 1, "a", fault)
    if not pmid.isdigit() or other != pmid:
        raise fault(0, "title and abstract must begin with the same PubMed number")
    whole = f"{title} {text}"
    marks: list[_Mark] = []
    causes: list[tuple[str, str]] = []
    for offset, line in enumerate(lines[2:], 2):
        fields = line.split("\t")
        if fields[0] != pmid:
            raise fault(offset, f"the line does not begin with {pmid}")
        try:
            if len(fields) == 4 and fields[1] == "CID":
                causes.append((MeshCode(fields[2]).value, MeshCode(fields[3]).value))
            else:
                marks.extend(_marks(fields, whole))
        except (ValueError, InvalidInput) as error:
            raise fault(offset, str(error)) from error
    return _Abstract(pmid, title, text, tuple(marks), tuple(causes))


def _text_line(
    lines: Sequence[str], at: int, letter: str, fault: Callable[[int, str], UnreadableDocument]
) -> tuple[str, str]:
    parts = lines[at].split("|", 2) if at < len(lines) else []
    if len(parts) != 3 or parts[1] != letter:
        what = "title (id|t|…)" if letter == "t" else "abstract (id|a|…)"
        raise fault(at, f"a {what} should stand here")
    return parts[0], parts[2]


def _marks(fields: Sequence[str], whole: str) -> Iterator[_Mark]:
    if len(fields) not in (6, 7):
        raise ValueError(f"a mark has 6 or 7 fields, this line has {len(fields)}")
    start, end = int(fields[1]), int(fields[2])
    if fields[4] not in _KINDS:
        raise ValueError(f"{fields[4]!r} is neither Chemical nor Disease")
    if whole[start:end] != fields[3]:
        raise ValueError(f"the text at {start} to {end} is not what the mark says")
    if fields[5] != _UNLINKED:
        codes = tuple(MeshCode(code).value for code in fields[5].split("|") if code != _UNLINKED)
        yield _Mark(start, end, fields[3], fields[4], codes)


def _codes(abstract: _Abstract) -> Iterator[str]:
    for mark in abstract.marks:
        yield from mark.mesh
    for pair in abstract.causes:
        yield from pair


def _section(abstract: _Abstract, ids: dict[str, ConceptId]) -> Section:
    """The abstract; what the title names belongs to it as a whole."""
    offset = len(abstract.title) + 1
    if not abstract.text.strip():
        return Section("", abstract.title, concept_ids=tuple(dict.fromkeys(ids.values())))
    in_title = [ids[code] for mark in abstract.marks if mark.end < offset for code in mark.mesh]
    marks = tuple(
        Annotation(ids[code], mark.start - offset, mark.end - offset)
        for mark in abstract.marks
        if mark.start >= offset
        for code in mark.mesh
    )
    return Section("", abstract.text, concept_ids=tuple(in_title), annotations=marks)


def _concepts(abstract: _Abstract, ids: dict[str, ConceptId]) -> Iterator[Concept]:
    """The marked concepts that no vocabulary has, by the name the abstract uses most."""
    names: dict[str, Counter[str]] = {}
    kinds: dict[str, ConceptKind] = {}
    for mark in abstract.marks:
        if len(mark.mesh) == 1:
            names.setdefault(mark.mesh[0], Counter())[_plain(mark.text)] += 1
        for code in mark.mesh:
            kinds[code] = _KINDS[mark.kind]
    for code, kind in kinds.items():
        if ids[code] == f"MESH:{code}":
            known = names.get(code)
            best = {"en": (min(known, key=lambda name: (-known[name], name)),)} if known else {}
            yield Concept(ids[code], kind, best, (MeshCode(code),))


def _plain(name: str) -> str:
    """Without the capital that begins a sentence; abbreviations stay."""
    return name.lower() if name[1:].islower() else name
