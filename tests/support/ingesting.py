"""A library, records and a way to ingest into them, on real embedded stores in one folder."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ingest.engines.local import LocalEngine
from ingest.extract import Extraction, extract
from ingest.pipeline import ingest
from ingest.progress import ProgressWatcher, Summary, unwatched
from ingest.source import RawDocument, ReadingTools, Source
from ingest.vocabulary import build_vocabulary
from knowledge_graph.core.load import Core
from knowledge_graph.domain.evidence import Extract
from knowledge_graph.publication import Library
from knowledge_graph.records import Records
from tests.support.embedder import WordEmbedder
from tests.support.small_core import small_core

KEY = b"a key for tests, not a secret...."


class Workplace:
    """Everything one installation writes, under one folder."""

    def __init__(self, folder: Path, core: Core | None = None) -> None:
        self.folder = folder
        self.core = core or small_core()
        self.library = Library(folder / "knowledge")
        self.cache_folder = folder / "ingest"
        self.embedder = WordEmbedder()
        folder.mkdir(parents=True, exist_ok=True)
        self.records = Records(f"sqlite:///{folder / 'records.sqlite'}")
        self.records.prepare()

    def ingest(
        self, source: Source, path: Path | None = None, watch: ProgressWatcher = unwatched
    ) -> Summary:
        return ingest(
            source,
            path,
            self.library,
            self.embedder,
            self.records,
            LocalEngine(1),
            watch,
            cache_folder=self.cache_folder,
            pseudonym_key=KEY,
            core=self.core,
        )

    def export(self) -> list[str]:
        """Graph and passages of the published version as lines."""
        version = self.library.current_version()
        assert version is not None
        graph, passages = self.library.open_graph(version), self.library.open_passages(version)
        try:
            return [*graph.export(), *passages.export()]
        finally:
            graph.close()
            passages.close()


def extraction_of(source: Source, core: Core | None = None) -> Extraction:
    return Extraction(source.name, build_vocabulary(core or small_core()), KEY)


def tools() -> ReadingTools:
    extraction = Extraction("text", build_vocabulary(small_core()), KEY)
    return extraction.tools


def extracted(source: Source, raw: RawDocument) -> Extract:
    result = extract(raw, extraction_of(source))
    assert isinstance(result, Extract), result
    return result


def write_texts(folder: Path, texts: dict[str, str]) -> Path:
    """Text files with a header; `texts`: file name to body."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in texts.items():
        (folder / name).write_text(f"---\ntitle: About {name}\n---\n{body}\n", encoding="utf-8")
    return folder


def medquad_row(key: str = "1-1", **changes: Any) -> dict[str, Any]:
    return {
        "id": key,
        "collection": "1_Test_QA",
        "source": "Test",
        "url": "https://questions.example/1",
        "focus": "Pneumonia",
        "cui": ["C0032285"],
        "semtype": ["T047"],
        "qtype": "symptoms",
        "question": "What are the symptoms of Pneumonia ?",
        "answer": "People with pneumonia often have     - a high fever    - a cough. They may smoke.",
    } | changes


def write_lines(path: Path, rows: Sequence[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
