"""The graph store on a Neo4j server, reached by Bolt."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import local
from typing import Any

from knowledge_graph import schema
from knowledge_graph.domain.errors import DependencyDown
from knowledge_graph.stores import cypher
from knowledge_graph.stores.cypher_store import CypherStore
from knowledge_graph.stores.rows import Row

_ROWS_AT_ONCE = 5_000
_PATIENCE_SECONDS = 5.0


class Neo4jStore(CypherStore):
    """A graph in one database of a Neo4j server. Safe to use from several threads."""

    def __init__(
        self,
        url: str,
        user: str | None = None,
        password: str | None = None,
        database: str | None = None,
    ) -> None:
        """Connect. `database`: None is the server's default one. Raises DependencyDown."""
        import neo4j

        self._url = url
        self._database = database
        self._current = local()
        with self._down_named():
            self._driver = neo4j.GraphDatabase.driver(
                url,
                auth=(user, password or "") if user else None,
                connection_timeout=_PATIENCE_SECONDS,
                connection_acquisition_timeout=_PATIENCE_SECONDS,
                max_transaction_retry_time=_PATIENCE_SECONDS,
                notifications_min_severity="OFF",
            )
        try:
            with self._down_named():
                self._driver.verify_connectivity()
        except BaseException:
            self._driver.close()
            raise

    def prepare(self) -> None:
        """Create the constraints and indexes that are missing."""
        for statement in cypher.neo4j_constraints():
            self._run(statement)

    def close(self) -> None:
        """Close all connections."""
        self._driver.close()

    def _run(self, query: str, **parameters: Any) -> list[Row]:
        transaction = getattr(self._current, "transaction", None)
        with self._down_named():
            if transaction is not None:
                return [tuple(record.values()) for record in transaction.run(query, parameters)]
            records, _, _ = self._driver.execute_query(
                query,
                parameters,
                database_=self._database,
            )
            return [tuple(record.values()) for record in records]

    def _insert(self, table: schema.NodeTable | schema.RelationTable, rows: Sequence[Row]) -> None:
        query = (
            cypher.neo4j_create_nodes(table)
            if isinstance(table, schema.NodeTable)
            else cypher.neo4j_create_relations(table)
        )
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = rows[start : start + _ROWS_AT_ONCE]
            self._run(query, rows=[dict(zip(table.columns, row, strict=True)) for row in part])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with (
            self._down_named(),
            self._driver.session(database=self._database) as session,
            session.begin_transaction() as transaction,
        ):
            self._current.transaction = transaction
            try:
                yield
            finally:
                self._current.transaction = None
            transaction.commit()

    @contextmanager
    def _down_named(self) -> Iterator[None]:
        from neo4j.exceptions import AuthError, DriverError, TransientError

        try:
            yield
        except AuthError as error:
            raise DependencyDown("Neo4j", "It refuses user and password; check them.") from error
        except (DriverError, TransientError) as error:
            what_to_do = f"Start the server at {self._url} or set another address."
            raise DependencyDown("Neo4j", what_to_do) from error
