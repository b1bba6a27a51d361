"""Passage texts, their word index and their vectors: `passages.sqlite` and `passages.faiss`.

Written only inside a draft folder; a published folder is opened for reading and never changes.
"""

import json
import math
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from threading import RLock
from typing import Any, Self

import numpy as np

from knowledge_graph import passage_sql as sql
from knowledge_graph.domain.errors import InvalidInput, KnowledgeMissing
from knowledge_graph.domain.evidence import (
    Document,
    DocumentId,
    EvidenceClass,
    Extract,
    Passage,
    PassageId,
)
from knowledge_graph.embedding import Vectors
from knowledge_graph.lexical import indexed_form, match_expression, query_terms
from knowledge_graph.vector_index import VectorIndex

DIMENSIONS = 384
TEXTS_FILE = "passages.sqlite"
VECTORS_FILE = "passages.faiss"
_MEMORY_LENGTH = 10_000
_ALL = -1
_SURPLUS = 5
_NO_VECTORS = np.zeros((0, DIMENSIONS), dtype=np.float32)


class PassageStore:
    """Passages of all documents with a word index (BM25) and a vector index (cosine).

    Safe to read from several threads. Opened by `PassageStore.open`.
    """

    def __init__(self, database: sqlite3.Connection, index: VectorIndex) -> None:
        self._database = database
        self._index = index
        self._lock = RLock()
        self._memory: dict[tuple[object, ...], list[Any]] = {}

    @classmethod
    def open(cls, folder: Path, read_only: bool = True, dimensions: int = DIMENSIONS) -> Self:
        """Open a folder's passages; for writing, make what is missing.

        Raises KnowledgeMissing when there is nothing to read.
        """
        texts, vectors = folder / TEXTS_FILE, folder / VECTORS_FILE
        if read_only:
            if not (texts.is_file() and vectors.is_file()):
                raise KnowledgeMissing(f"No passages in {folder}; ingest a source first")
            address = f"{texts.absolute().as_uri()}?mode=ro&immutable=1"
            database = sqlite3.connect(address, uri=True, check_same_thread=False)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(texts, check_same_thread=False)
            database.executescript(sql.TABLES)
        return cls(database, VectorIndex(vectors, dimensions))

    def write(self, extracts: Sequence[Extract], vectors: Vectors) -> None:
        """Put documents in, each replacing its earlier version; all of them or none.

        `vectors`: one row per passage of the extracts, in order; a row of zeros is not indexed.
        The last of several extracts of one document counts. Raises InvalidInput when rows and
        passages differ in number, or a passage belongs to another document.
        """
        wanted = sum(len(extract.passages) for extract in extracts)
        if len(vectors) != wanted:
            raise InvalidInput(f"{wanted} passages came with {len(vectors)} vectors")
        last = {extract.document.id: at for at, extract in enumerate(extracts)}
        row, rows, numbers = 0, list[int](), list[int]()
        with self._lock, self._database:
            removed = self._delete(tuple(last))
            for at, extract in enumerate(extracts):
                if last[extract.document.id] == at:
                    for offset, number in self._insert(extract):
                        rows.append(row + offset)
                        numbers.append(number)
                row += len(extract.passages)
            self._index.replace(removed, numbers, vectors[rows])
            self._memory.clear()

    def remove(self, document_ids: Collection[DocumentId]) -> None:
        """Take documents out with their passages and vectors; unknown ids change nothing."""
        with self._lock, self._database:
            self._index.replace(self._delete(tuple(document_ids)), (), _NO_VECTORS)

    def passage(self, passage_id: PassageId) -> Passage | None:
        """One passage, or None."""
        return self.passages_of([passage_id]).get(passage_id)

    def passages_of(self, passage_ids: Collection[PassageId]) -> dict[PassageId, Passage]:
        """Those of the passages that exist, by id."""
        return {row[0]: Passage(*row) for row in self._rows(sql.PASSAGES, _listed(passage_ids))}

    def document(self, document_id: DocumentId) -> Document | None:
        """One document's own data, or None."""
        rows = self._rows(sql.DOCUMENT, document_id)
        return _document(rows[0]) if rows else None

    def documents(self, source: str | None = None) -> Iterator[Document]:
        """Every document (of one source), ordered by id."""
        return (_document(row) for row in self._rows(sql.DOCUMENTS, source))

    def document_hashes(self, source: str | None = None) -> dict[DocumentId, str]:
        """Content hash of every document (of one source)."""
        return dict(self._rows(sql.HASHES, source))

    def sources(self) -> dict[str, tuple[EvidenceClass, int]]:
        """Every source with the class of its evidence and its number of documents."""
        rows = self._remembered(sql.SOURCES)
        return {source: (EvidenceClass(evidence), count) for source, evidence, count in rows}

    def search_text(
        self,
        query: str,
        limit: int,
        language: str | None = None,
        sources: Collection[str] | None = None,
    ) -> list[tuple[PassageId, float]]:
        """Passages that hold any term of the query, best first, with their BM25 score (positive)."""
        terms = query_terms(query)
        if not terms:
            return []
        expression = match_expression(terms)
        if self._is_every(sources):
            # Without the joins on every match; a surplus makes up for those in other languages.
            return self._rows(sql.SEARCH, expression, language, _SURPLUS * limit, limit)
        listed = _listed(sources or ())
        among_first = (_SURPLUS * limit, limit)
        found = self._rows(sql.SEARCH_IN_SOURCES, expression, language, listed, *among_first)
        if len(found) < limit:  # the best matches are mostly of other sources: look at all
            found = self._rows(sql.SEARCH_IN_SOURCES, expression, language, listed, _ALL, limit)
        return found

    def search_vector(
        self, vector: Vectors, limit: int, sources: Collection[str] | None = None
    ) -> list[tuple[PassageId, float]]:
        """The passages whose vectors are nearest, best first, with the cosine; [] for zeros."""
        if self._is_every(sources):
            scores = self._index.search(vector, limit)
            rows = self._rows(sql.IDS_OF_NUMBERS, _listed(scores))
        else:
            listed = _listed(sources or ())
            scores = self._index.search(vector, _SURPLUS * limit)
            rows = self._rows(sql.IDS_OF_NUMBERS_IN_SOURCES, _listed(scores), listed)
            if len(rows) < limit:  # the nearest are mostly of other sources: look at all of these
                numbers = self._remembered(sql.NUMBERS_OF_SOURCES, listed)
                scores = self._index.search(vector, limit, [row[0] for row in numbers])
                rows = self._rows(sql.IDS_OF_NUMBERS, _listed(scores))
        found = [(passage_id, scores[number]) for passage_id, number in rows]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def cosines(
        self, vector: Vectors, passage_ids: Collection[PassageId]
    ) -> dict[PassageId, float]:
        """The cosine of a vector with those of the passages that have one; {} for zeros."""
        if not np.any(vector):
            return {}
        rows = self._rows(sql.NUMBERS_OF_IDS, _listed(passage_ids))
        scores = self._index.cosines(vector, [number for number, _ in rows])
        return {key: scores[number] for number, key in rows if number in scores}

    def term_weights(self, query: str) -> dict[str, float]:
        """The query's terms with their weights: rare terms say more (inverse document frequency)."""
        passages = self.count()
        return {
            term: math.log(1 + passages / (1 + rows[0][0]))
            for term in query_terms(query)
            for rows in [self._remembered(sql.TERM_FREQUENCY, match_expression((term,)))]
        }

    def count(self) -> int:
        """Number of passages."""
        return int(self._remembered(sql.COUNT)[0][0])

    def vector_count(self) -> int:
        """Number of passages that have a vector."""
        return len(self._index)

    def export(self) -> Iterator[str]:
        """Documents, then passages and whether each has a vector, as JSON lines in a fixed order.

        Equal content gives equal bytes, whatever was written and removed before. The vectors'
        values are left out: their last digits depend on how the texts were batched.
        """
        for row in self._rows(sql.DOCUMENTS, None):
            yield json.dumps(["document", *row], ensure_ascii=False)
        indexed = self._index.numbers()
        for number, *row in self._rows(sql.ALL_PASSAGES):
            yield json.dumps(["passage", *row, number in indexed], ensure_ascii=False)

    def save(self) -> None:
        """Bring everything written to its files; the vector file is replaced atomically."""
        with self._lock:
            self._database.commit()
            self._index.save()

    def close(self) -> None:
        """Let go of the files. What was not saved of the vectors is lost."""
        with self._lock:
            self._database.close()

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            return self._database.execute(query, values).fetchall()

    def _is_every(self, sources: Collection[str] | None) -> bool:
        return sources is None or set(sources) >= set(self.sources())

    def _remembered(self, query: str, *values: object) -> list[Any]:
        """Rows of a query that is asked again and again; forgotten when something is written."""
        key = (query, *values)
        if key not in self._memory:
            if len(self._memory) >= _MEMORY_LENGTH:
                self._memory.clear()
            self._memory[key] = self._rows(query, *values)
        return self._memory[key]

    def _delete(self, document_ids: Sequence[DocumentId]) -> list[int]:
        """Delete documents; the numbers of their passages, for the vector index."""
        self._memory.clear()
        documents = _listed(document_ids)
        numbers = [row[0] for row in self._rows(sql.NUMBERS_OF_DOCUMENTS, documents)]
        if numbers:
            self._database.execute(sql.DELETE_WORDS, (_listed(numbers),))
            self._database.execute(sql.DELETE_PASSAGES, (_listed(numbers),))
        self._database.execute(sql.DELETE_DOCUMENTS, (documents,))
        return numbers

    def _insert(self, extract: Extract) -> Iterator[tuple[int, int]]:
        """The (offset, number) of each passage put in; of equal passages only the first is."""
        self._database.execute(sql.INSERT_DOCUMENT, _document_row(extract.document))
        known: set[PassageId] = set()
        for offset, item in enumerate(extract.passages):
            if item.document_id != extract.document.id:
                raise InvalidInput(f"{extract.document.id} has a passage of {item.document_id}")
            if item.id in known:
                continue
            known.add(item.id)
            row = (item.id, item.document_id, item.ordinal, item.section, item.text, item.language)
            number = int(self._database.execute(sql.INSERT_PASSAGE, row).lastrowid or 0)
            texts = (extract.document.title, item.section, item.text)
            words = (number, *(indexed_form(text) for text in texts))
            self._database.execute(sql.INSERT_WORDS, words)
            yield offset, number


def _listed(values: Collection[Any]) -> str:
    """Values as one JSON parameter: SQLite limits the number of parameters, not their size."""
    return json.dumps(list(values))


def _document_row(document: Document) -> tuple[str | None, ...]:
    return (
        document.id,
        document.source,
        document.title,
        document.content_hash,
        document.evidence.value,
        document.language,
        document.url,
        document.published.isoformat() if document.published else None,
        document.licence,
    )


def _document(row: Sequence[Any]) -> Document:
    key, source, title, content_hash, evidence, language, url, published, licence = row
    return Document(
        id=key,
        source=source,
        title=title,
        content_hash=content_hash,
        evidence=EvidenceClass(evidence),
        language=language,
        url=url,
        published=date.fromisoformat(published) if published else None,
        licence=licence,
    )
