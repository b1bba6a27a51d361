"""The doors' services on real embedded stores, with a small core and a few passages."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from api.auth import Role
from api.settings import Settings
from api.wiring import Services
from knowledge_graph.core.load import Core
from knowledge_graph.domain.concepts import Concept, ConceptKind
from knowledge_graph.domain.evidence import EvidenceClass, Extract, RelationKind
from knowledge_graph.embedding import embed_passages
from tests.support.embedder import WordEmbedder
from tests.support.extracts import article, document, relation
from tests.support.small_core import small_core

ANGINA_ADDRESS = "https://encyclopedia.example/angina"


def settings_in(folder: Path, **changes: Any) -> Settings:
    return Settings(var=folder / "var", _env_file=None, **changes)


def make_services(folder: Path, *, published: bool = True, **changes: Any) -> Services:
    """Services that write under the folder only."""
    settings = settings_in(folder, **changes)
    if published and not settings.knowledge_folder.exists():
        shutil.copytree(_published(), settings.knowledge_folder)
    return Services(settings, WordEmbedder, small_core())


@cache
def _published() -> Path:
    """A knowledge folder made once for each test run, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="medbrain-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    services = Services(settings_in(folder), WordEmbedder, small_core())
    publish(services, *core_extracts(services.core), *articles())
    services.close()
    return services.settings.knowledge_folder


def publish(services: Services, *extracts: Extract) -> str:
    """Put documents in and publish; gives the version."""
    with services.library.write() as draft:
        draft.write(extracts, embed_passages(services.embedder, extracts))
        return draft.publish(services.embedder.name, services.core.version).version


def articles() -> tuple[Extract, ...]:
    return (
        article(
            "medquad:angina",
            "Angina is chest pain that comes when the heart muscle gets too little blood.",
            title="What is angina?",
            url=ANGINA_ADDRESS,
            mentions={"angina": 1, "chest_pain": 1},
        ),
        article(
            "medquad:pneumonia",
            "Pneumonia is an infection of the lungs with fever and cough.",
            title="What is pneumonia?",
            mentions={"pneumonia": 1, "fever": 1, "cough": 1},
        ),
    )


def core_extracts(core: Core) -> tuple[Extract, ...]:
    """The core's facts as documents, one for each condition."""
    return tuple(_condition_extract(core, key) for key in core.conditions)


def _condition_extract(core: Core, key: str) -> Extract:
    entry = core.conditions[key]
    owner = document(f"core:{key}", title=entry.name.en, evidence=EvidenceClass.CURATED)
    facts = [
        relation(owner, key, RelationKind.HAS_FINDING, finding, frequency=percent / 100)
        for finding, percent in entry.findings.items()
    ]
    facts += [
        relation(owner, key, RelationKind.HAS_RISK_FACTOR, factor, strength=odds)
        for factor, odds in entry.risk_factors.items()
    ]
    findings = [
        Concept(name, ConceptKind.FINDING, {"en": (core.findings[name].name.en,)})
        for name in (*entry.findings, *entry.risk_factors)
    ]
    own = Concept(key, ConceptKind.CONDITION, {"en": (entry.name.en,), "zh": (entry.name.zh,)})
    return Extract(owner, concepts=(own, *findings), relations=tuple(facts))


def headers(services: Services, role: Role, name: str = "someone") -> dict[str, str]:
    return {"Authorization": f"Bearer {services.tokens.issue(name, role, 1)}"}
