"""Knowledge: one published version, opened once and handed to everyone."""

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge_graph.concept_finder import ConceptFinder, core_names, core_parents, graph_names
from knowledge_graph.core.load import Core, shipped_core
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.errors import KnowledgeInvalid
from knowledge_graph.embedding import Embedder
from knowledge_graph.language import languages
from knowledge_graph.passages import PassageStore
from knowledge_graph.publication import Library, Manifest
from knowledge_graph.spelling import Speller
from knowledge_graph.store import GraphStore


@dataclass(frozen=True)
class Knowledge:
    """One version of everything known. `finder` and `speller` know the names of core and graph."""

    version: str
    manifest: Manifest
    graph: GraphStore
    passages: PassageStore
    embedder: Embedder
    core: Core
    finder: ConceptFinder
    speller: Speller

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
        names = (*core_names(core), *graph_names(graph))
    except BaseException:
        passages.close()
        raise
    return Knowledge(
        version=manifest.version,
        manifest=manifest,
        graph=graph,
        passages=passages,
        embedder=embedder,
        core=core,
        finder=_finder(core, names),
        speller=Speller(name for name, _ in names),
    )


def build_finder(core: Core, graph: GraphStore | None = None) -> ConceptFinder:
    """A finder of the core's names and, when given, of all names the graph holds."""
    return _finder(core, (*core_names(core), *(graph_names(graph) if graph else ())))


def _finder(core: Core, names: Iterable[tuple[str, ConceptId]]) -> ConceptFinder:
    curated = frozenset(core.findings) | frozenset(core.conditions)
    return ConceptFinder(
        names,
        languages(),
        preferred=curated,
        parents=core_parents(core),
        findings=frozenset(core.findings),
    )
