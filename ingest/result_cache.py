"""Finished extractions by content, so that an ingest that was killed goes on where it was.

One SQLite file for each source in `var/ingest/`; erased as soon as the source is published.
"""

import pickle
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import numpy as np

from knowledge_graph.domain.evidence import DocumentId, Extract
from knowledge_graph.embedding import Vectors

Result = tuple[Extract, Vectors]
_TABLE = "CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, result BLOB, vectors BLOB)"


class ResultCache:
    """Extracts with their vectors, by document id, content hash and embedder."""

    def __init__(self, folder: Path, source: str, embedder_name: str, dimensions: int) -> None:
        self._path = folder / f"{source}.sqlite"
        self._embedder_name = embedder_name
        self._dimensions = dimensions
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def get(self, wanted: Mapping[DocumentId, str]) -> dict[DocumentId, Result]:
        """Those of the documents (id → content hash) that were finished before."""
        if not self._path.exists():
            return {}
        keys = {self._key(*item): item[0] for item in wanted.items()}
        marks = ",".join("?" * len(keys))
        query = f"SELECT key, result, vectors FROM results WHERE key IN ({marks})"  # noqa: S608
        try:
            with closing(sqlite3.connect(self._path)) as database:
                rows = database.execute(query, list(keys)).fetchall()
            return {keys[key]: self._unpacked(*values) for key, *values in rows}
        except (sqlite3.DatabaseError, zlib.error, pickle.UnpicklingError, EOFError):
            self.clear()  # damaged: what was in it is worked out again
            return {}

    def put(self, extracts: Sequence[Extract], vectors: Vectors) -> None:
        """Keep finished documents. `vectors`: one row for each passage of them, in order."""
        rows, start = [], 0
        for extract in extracts:
            end = start + len(extract.passages)
            own = np.ascontiguousarray(vectors[start:end], dtype=np.float32)
            key = self._key(extract.document.id, extract.document.content_hash)
            rows.append((key, zlib.compress(pickle.dumps(extract), 1), own.tobytes()))
            start = end
        self._insert(rows)

    def clear(self) -> None:
        """Erase everything kept for this source."""
        for suffix in ("", "-journal", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _insert(self, rows: Iterable[tuple[str, bytes, bytes]]) -> None:
        with closing(sqlite3.connect(self._path)) as database, database:
            # Whole or not at all when the process is killed; a crash of the machine may damage it.
            database.execute("PRAGMA synchronous = OFF")
            database.execute(_TABLE)
            database.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", rows)

    def _unpacked(self, result: bytes, vectors: bytes) -> Result:
        # Written by this class into a folder that only the service writes.
        extract = pickle.loads(zlib.decompress(result))  # noqa: S301
        return extract, np.frombuffer(vectors, np.float32).reshape(-1, self._dimensions)

    def _key(self, document_id: DocumentId, content_hash: str) -> str:
        text = f"{document_id}\n{content_hash}\n{self._embedder_name}"
        return sha256(text.encode()).hexdigest()
