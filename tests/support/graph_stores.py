"""The graph stores that the contract tests run on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from uuid import uuid4

from knowledge_graph.stores import cypher
from knowledge_graph.stores.cypher_store import CypherStore
from knowledge_graph.stores.ladybug import LadybugStore
from knowledge_graph.stores.neo4j import Neo4jStore

STORES = ("ladybug", "neo4j")


@contextmanager
def empty_ladybug(folder: Path) -> Iterator[CypherStore]:
    store = LadybugStore(folder / "graph.lbug", read_only=False)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def empty_neo4j(url: str) -> Iterator[CypherStore]:
    store = Neo4jStore(url)
    try:
        store.prepare()
        clear(store)
        yield store
    finally:
        store.close()


@contextmanager
def after_failure(store: CypherStore, folder: Path) -> Iterator[CypherStore]:
    """The store as the next one to open it finds it: Ladybug's file is copied and opened."""
    if not isinstance(store, LadybugStore):
        yield store
        return
    copy = folder / f"{uuid4().hex}.lbug"
    for path in store._path.parent.glob(f"{store._path.name}*"):
        copyfile(path, copy.with_name(path.name.replace(store._path.name, copy.name)))
    reopened = LadybugStore(copy, read_only=False)
    try:
        yield reopened
    finally:
        reopened.close()


def clear(store: CypherStore) -> None:
    """Take every document out; this leaves nothing, which is asserted."""
    store.remove(list(store.document_hashes()))
    assert nodes(store) == 0


def nodes(store: CypherStore) -> int:
    """All nodes, those included that no question returns."""
    names = ("Document", "Passage", "Concept")
    return sum(int(store._run(cypher.count_nodes(name))[0][0]) for name in names)
