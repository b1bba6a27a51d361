"""Knowledge: one published version, opened once and handed to everyone."""

from dataclasses import dataclass

from knowledge_graph.concept_finder import ConceptFinder, core_names, graph_names
from knowledge_graph.core.load import Core, shipped_core
from knowledge_graph.domain.errors import KnowledgeInvalid
from knowledge_graph.embedding import Embedder
from knowledge_graph.language import languages
from knowledge_graph.passages import PassageStore
from knowledge_graph.publication import Library, Manifest
from knowledge_graph.store import GraphStore


@dataclass(frozen=True)
class Knowledge:
    """One version of everything known. `finder` knows the names of the core and of the graph."""

    version: str
    manifest: Manifest
    graph: GraphStore
    passages: PassageStore
    embedder: Embedder
    core: Core
    finder: ConceptFinder

    def close(self) -> None:
        """Let go of graph and passages."""
        self.graph.close()
        self.passages.close()


def open_knowledge(library: Library, embedder: Embedder, core: Core | None = None) -> Knowledge:
    """Open the current version for reading.

    Raises KnowledgeMissing when nothing is published, DependencyDown when the graph server does
    not answer, KnowledgeInvalid when another embedder made the vectors.
    """
    manifest = library.manifest()
    if manifest.embedder != embedder.name:
        raise KnowledgeInvalid(
            f"Knowledge {manifest.version} was embedded with {manifest.embedder}, not with "
            f"{embedder.name}; ingest it again into an empty folder"
        )
    core = core or shipped_core()
    passages = library.open_passages(manifest.version)
    try:
        graph = library.open_graph(manifest.version)
        finder = build_finder(core, graph)
    except BaseException:
        passages.close()
        raise
    return Knowledge(manifest.version, manifest, graph, passages, embedder, core, finder)


def build_finder(core: Core, graph: GraphStore | None = None) -> ConceptFinder:
    """A finder of the core's names and, when given, of all names the graph holds."""
    names = list(core_names(core))
    if graph is not None:
        names.extend(graph_names(graph))
    curated = frozenset(core.findings) | frozenset(core.conditions)
    return ConceptFinder(names, languages(), preferred=curated)
