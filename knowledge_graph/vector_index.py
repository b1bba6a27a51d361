"""Vectors by number, searched by cosine: one FAISS file. Used by the passage store alone."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge_graph.embedding import Vectors


class VectorIndex:
    """Exact search: flat inner product over unit vectors. 40,000 vectors take a few ms."""

    def __init__(self, file: Path, dimensions: int) -> None:
        """Read the file if it is there, else begin empty."""
        import faiss

        # One query is fastest on one thread, and conversations already run side by side.
        faiss.omp_set_num_threads(1)
        self._file = file
        self._numbers: frozenset[int] | None = None
        self._index: Any = (
            faiss.read_index(str(file))
            if file.is_file()
            else faiss.IndexIDMap2(faiss.IndexFlatIP(dimensions))
        )

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def replace(self, removed: Sequence[int], added: Sequence[int], vectors: Vectors) -> None:
        """Take numbers out, then put one vector in per added number; rows of zeros stay out."""
        self._numbers = None
        if removed:
            self._index.remove_ids(np.array(removed, dtype=np.int64))
        real = np.flatnonzero(np.any(vectors, axis=1)) if len(vectors) else np.array([], np.int64)
        if real.size:
            self._index.add_with_ids(
                np.ascontiguousarray(vectors[real], dtype=np.float32),
                np.array(added, dtype=np.int64)[real],
            )

    def search(
        self, vector: Vectors, limit: int, among: Collection[int] | None = None
    ) -> dict[int, float]:
        """Cosine of the nearest numbers (among some); nothing for a vector of zeros."""
        import faiss

        if limit < 1 or not len(self) or not np.any(vector):
            return {}
        parameters = None
        if among is not None:
            allowed = np.fromiter(among, dtype=np.int64, count=len(among))
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
        scores, numbers = self._index.search(
            np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1),
            min(limit, len(self)),
            params=parameters,
        )
        # FAISS fills a row that has too few answers with the number -1.
        pairs = zip(numbers[0], scores[0], strict=True)
        return {int(number): float(score) for number, score in pairs if number >= 0}

    def cosines(self, vector: Vectors, numbers: Sequence[int]) -> dict[int, float]:
        """The cosine with each of the numbers that have a vector."""
        known = [number for number in numbers if number in self.numbers()]
        if not known:
            return {}
        rows = self._index.reconstruct_batch(np.array(known, dtype=np.int64))
        return dict(zip(known, (rows @ vector).tolist(), strict=True))

    def numbers(self) -> frozenset[int]:
        """Every number that has a vector."""
        if self._numbers is None:
            import faiss

            self._numbers = frozenset(faiss.vector_to_array(self._index.id_map).tolist())
        return self._numbers

    def save(self) -> None:
        """Write the file; a reader sees the old one or the new one."""
        import faiss

        fresh = self._file.with_suffix(".new")
        faiss.write_index(self._index, str(fresh))
        fresh.replace(self._file)
