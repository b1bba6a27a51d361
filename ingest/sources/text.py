"""Plain text and Markdown with a small header between two lines of three hyphens.

---
title: Gout in primary care
language: en
---
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.reading import files_at, first_fault, text_of
from ingest.source import Fault, RawDocument, Reading, ReadingTools, Section, SourceItem
from knowledge_graph.domain.errors import UnreadableDocument
from knowledge_graph.domain.evidence import EvidenceClass
from knowledge_graph.language import detect_language, languages

_PATTERNS = ("*.md", "*.txt")
_HEADER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_ID = r"[\w][\w.\-/ ]{0,200}"


class _Header(BaseModel):
    """What the header may say. `id`: the same for every version; else the file's path is taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[str, Field(min_length=1)]
    id: Annotated[str, Field(pattern=f"^{_ID}$")] | None = None
    language: str | None = None
    url: str | None = None
    published: date | None = None
    licence: str | None = None


@dataclass(frozen=True)
class TextSource:
    """Text files, one document each."""

    name: str = "text"
    evidence: EvidenceClass = EvidenceClass.LITERATURE
    needs_path: bool = True
    is_whole: bool = False

    def documents(self, path: Path | None) -> Iterator[SourceItem]:
        """Every file."""
        for file in files_at(path, _PATTERNS):
            name = file.name if path == file else file.relative_to(path or file).as_posix()
            raw = RawDocument(name, file.read_bytes(), name)
            try:
                header, _ = _parsed(raw)
            except UnreadableDocument as error:
                yield Fault(error.where, error.why)
                continue
            yield RawDocument(header.id or name, raw.content, name)

    def read(self, raw: RawDocument, tools: ReadingTools) -> Reading:
        """Header and sections; a Markdown heading begins a section."""
        header, body = _parsed(raw)
        return Reading(
            title=header.title.strip(),
            sections=tuple(_sections(body)),
            language=header.language or detect_language(body),
            url=header.url,
            published=header.published,
            licence=header.licence,
        )


SOURCE = TextSource()


def _parsed(raw: RawDocument) -> tuple[_Header, str]:
    text = text_of(raw.content, raw.where).replace("\r\n", "\n")
    match = _HEADER.match(text)
    if match is None:
        raise UnreadableDocument(
            f"{raw.where}, line 1", "a header should stand here: ---, title: …, ---"
        )
    try:
        header = _Header.model_validate(yaml.safe_load(match.group(1)) or {})
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise UnreadableDocument(f"{raw.where}, line {line}", "the header is not YAML") from error
    except ValidationError as error:
        raise UnreadableDocument(f"{raw.where}, header", first_fault(error)) from error
    if header.language is not None and header.language not in languages():
        known = ", ".join(languages())
        raise UnreadableDocument(f"{raw.where}, header", f"language: must be one of {known}")
    body = text[match.end() :]
    if not body.strip():
        raise UnreadableDocument(raw.where, "there is no text below the header")
    return header, body


def _sections(body: str) -> Iterator[Section]:
    heading, start = "", 0
    for match in _HEADING.finditer(body):
        if body[start : match.start()].strip():
            yield Section(heading, body[start : match.start()].strip())
        heading, start = match.group(1), match.end()
    if body[start:].strip():
        yield Section(heading, body[start:].strip())
