"""The embedded graph store: one file, no server. One writing process; readers keep what they opened."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any

from knowledge_graph import schema
from knowledge_graph.domain.errors import KnowledgeMissing, StorageFull, WriterBusy
from knowledge_graph.storage import full_disk_named
from knowledge_graph.stores import cypher
from knowledge_graph.stores.cypher_store import CypherStore
from knowledge_graph.stores.rows import Row

_CACHE_BYTES = 1 << 30
_LARGEST_BYTES = 1 << 36
"""Address space set aside per open graph; a process may hold several versions at once."""
_PANDAS_TYPES = {"STRING": "object", "INT64": "int64", "DOUBLE": "float64"}


class LadybugStore(CypherStore):
    """A graph in one Ladybug file. Safe to use from several threads."""

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
            self._connection.close()
            self._database.close()

    def _run(self, query: str, **parameters: Any) -> list[Row]:
        with self._lock, full_disk_named():
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
            except BaseException:
                # A COMMIT that failed, as on a full disk, has rolled back already.
                with suppress(RuntimeError, StorageFull):
                    self._run(cypher.ROLLBACK)
                raise
            # Version 0.22 damages the file when a COPY is rolled back over rows that are only in
            # the log, so that nothing may be left there when the next transaction begins.
            self._run(cypher.CHECKPOINT)

    def _roll_back(self) -> None:
        try:
            self._run(cypher.ROLLBACK)
        except RuntimeError as error:
            # A statement that failed by itself has ended the transaction already.
            if "No active transaction" not in str(error):
                raise
