"""The embedded graph store: one file, no server. One writing process; readers keep what they opened."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from knowledge_graph import schema
from knowledge_graph.domain.errors import KnowledgeInvalid, KnowledgeMissing, WriterBusy
from knowledge_graph.storage import full_disk_named
from knowledge_graph.stores import cypher
from knowledge_graph.stores.cypher_store import CypherStore
from knowledge_graph.stores.rows import Row

_CACHE_BYTES = 1 << 30
_LARGEST_BYTES = 1 << 36
"""Address space set aside per open graph; a process may hold several versions at once."""
_ABANDONED: list[object] = []
_PANDAS_TYPES = {"STRING": "object", "INT64": "int64", "DOUBLE": "float64"}


class LadybugStore(CypherStore):
    """A graph in one Ladybug file. Safe to use from several threads.

    After a write that failed, the file is as before it; the store itself must be opened again,
    at another path or by another process (a draft is thrown away then).
    """

    def __init__(self, path: Path, read_only: bool = True) -> None:
        """Open a file; for writing, make it and its tables when missing.

        Raises KnowledgeMissing when there is nothing to read, WriterBusy when another process
        writes it.
        """
        import ladybug

        if read_only and not path.is_file():
            raise KnowledgeMissing(f"No graph at {path}; ingest a source first")
        try:
            self._database = ladybug.Database(
                str(path),
                buffer_pool_size=_CACHE_BYTES,
                max_db_size=_LARGEST_BYTES,
                read_only=read_only,
            )
        except RuntimeError as error:
            if "lock" in str(error).lower():
                raise WriterBusy(f"Another process writes {path}; wait until it is done") from error
            raise
        self._connection = ladybug.Connection(self._database)
        self._lock = RLock()
        self._path = path
        self._is_abandoned = False
        self._run(cypher.LADYBUG_SETTINGS)
        if not read_only:
            self.prepare()

    def prepare(self) -> None:
        """Create the tables that are missing."""
        for statement in cypher.ladybug_tables():
            self._run(statement)
        self._run(cypher.CHECKPOINT)

    def close(self) -> None:
        """Write everything into the one file and let go of it."""
        with self._lock:
            if not self._is_abandoned:
                self._connection.close()
                self._database.close()

    def _run(self, query: str, **parameters: Any) -> list[Row]:
        with self._lock, full_disk_named():
            if self._is_abandoned:
                raise KnowledgeInvalid(
                    f"A write to {self._path} failed; begin again with a new draft"
                )
            result: Any = self._connection.execute(query, parameters)
            return [tuple(row) for row in result.get_all()]

    def _insert(self, table: schema.NodeTable | schema.RelationTable, rows: Sequence[Row]) -> None:
        import pandas

        if not rows:
            return
        types = {item.name: _PANDAS_TYPES[item.type] for item in table.properties}
        columns = zip(table.columns, zip(*rows, strict=True), strict=True)
        # Types are given, because a column of absent values alone would have none to go by.
        frame = pandas.DataFrame(
            {
                name: pandas.Series(values, dtype=types.get(name, "object"))
                for name, values in columns
            }
        )
        with self._lock, full_disk_named():
            self._connection.execute(cypher.ladybug_copy(table.name), {"rows": frame})

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._run(cypher.BEGIN)
            try:
                yield
                self._run(cypher.COMMIT)
                # What is in the file cannot be harmed by a later transaction that goes wrong.
                self._run(cypher.CHECKPOINT)
            except BaseException:
                self._abandon()
                raise

    def _abandon(self) -> None:
        """Give the graph up in the middle of a transaction: the file stays as last committed.

        In version 0.22 a rollback of bulk-loaded rows, also the one that closing does, leaves
        damaged indexes behind and may crash. So nothing is rolled back: the handles are kept
        unused until the process ends, as if it had been killed here.
        """
        _ABANDONED.append((self._connection, self._database))
        self._is_abandoned = True
