"""A small knowledge for tests: published into a folder, opened with the stand-in embedder."""

from pathlib import Path

from knowledge_graph.core.load import Core
from knowledge_graph.domain.evidence import Extract
from knowledge_graph.embedding import Embedder, embed_passages
from knowledge_graph.knowledge import Knowledge, open_knowledge
from knowledge_graph.publication import Library
from tests.support.embedder import WordEmbedder

EMPTY_CORE = Core({}, {}, {}, (), (), {}, {}, "empty")


def published(
    folder: Path,
    *extracts: Extract,
    core: Core = EMPTY_CORE,
    embedder: Embedder | None = None,
    graph_url: str | None = None,
) -> Knowledge:
    """Publish the extracts into a folder and open them; the caller closes the knowledge."""
    embedder = embedder or WordEmbedder()
    library = Library(folder, graph_url=graph_url)
    with library.write() as draft:
        draft.write(extracts, embed_passages(embedder, extracts))
        draft.publish(embedder.name, core.version)
    return open_knowledge(library, embedder, core)
