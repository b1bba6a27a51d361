"""Finds the document sources: every module in `sources/` defines one constant, SOURCE."""

import importlib
import pkgutil
from functools import cache

from ingest import sources
from ingest.source import Source
from knowledge_graph.domain.errors import InvalidInput, KnowledgeInvalid

_PARTS = ("name", "evidence", "needs_path", "is_whole", "documents", "read")


@cache
def discover_sources() -> dict[str, Source]:
    """Every source by name. Raises KnowledgeInvalid naming the file that defines none."""
    found: dict[str, Source] = {}
    for module in sorted(pkgutil.iter_modules(sources.__path__), key=lambda info: info.name):
        file = f"ingest/sources/{module.name}.py"
        source = getattr(
            importlib.import_module(f"{sources.__name__}.{module.name}"), "SOURCE", None
        )
        if source is None or not all(hasattr(source, part) for part in _PARTS):
            raise KnowledgeInvalid(f"{file} must define SOURCE, a Source (see ingest/source.py)")
        if source.name in found:
            raise KnowledgeInvalid(f"{file}: there is already a source named {source.name!r}")
        found[source.name] = source
    return found


def source_named(name: str) -> Source:
    """One source. Raises InvalidInput naming those there are."""
    found = discover_sources()
    if name not in found:
        raise InvalidInput(f"There is no source {name!r}; choose one of: {', '.join(found)}")
    return found[name]
