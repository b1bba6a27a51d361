"""Chooses the graph store by address."""

from pathlib import Path

from knowledge_graph.store import GraphStore
from knowledge_graph.stores.ladybug import LadybugStore


def open_store(
    address: str | Path,
    user: str | None = None,
    password: str | None = None,
    *,
    read_only: bool = True,
) -> GraphStore:
    """The graph at an address: 'bolt://…' or 'neo4j://…' is a server, a path a Ladybug file.

    Raises DependencyDown, KnowledgeMissing or WriterBusy.
    """
    if isinstance(address, str) and "://" in address:
        from knowledge_graph.stores.neo4j import Neo4jStore

        store = Neo4jStore(address, user, password)
        if not read_only:
            store.prepare()
        return store
    return LadybugStore(Path(address), read_only)
