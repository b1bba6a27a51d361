"""A doctor's question → ranked passages with citations."""

from collections.abc import Sequence

from knowledge_graph.domain.errors import InvalidInput
from knowledge_graph.knowledge import Knowledge
from knowledge_graph.search import Hit, search


def find_literature(
    question: str,
    language: str,
    knowledge: Knowledge,
    limit: int = 10,
    sources: Sequence[str] | None = None,
) -> tuple[Hit, ...]:
    """Passages that bear on a question, best first; empty when nothing does.

    Raises InvalidInput for an empty question.
    """
    if not question.strip():
        raise InvalidInput("The question is empty; write what you want to know.")
    return search(knowledge, question, language, limit=limit, sources=sources)
