"""Builds everything long-lived once, from the settings, and hands it to the routes.

Nothing here must be up for the service to start: what is down is named, asked again later, and the
emergency screen works without any of it.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Request

from api.auth import Tokens
from api.secret_files import Secrets
from api.settings import Settings
from assistant.symptom_check.model import ClinicalModel, build_model
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import Core, shipped_core
from knowledge_graph.domain.errors import DependencyDown, KnowledgeMissing, MedbrainError
from knowledge_graph.domain.evidence import EvidenceClass
from knowledge_graph.embedding import Embedder, MiniLmEmbedder
from knowledge_graph.knowledge import Knowledge, build_finder, open_knowledge
from knowledge_graph.publication import Library
from knowledge_graph.records import Records

logger = logging.getLogger(__name__)

_LOOK_AGAIN_SECONDS = 2.0
"""How often the pointer to the current version is read while requests come in."""
_RETRY_SECONDS = 10.0
"""How long a failed opening is not tried again."""


class Opened:
    """One version of the knowledge with the clinical model made from it."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        curated = knowledge.graph.relations(evidence=EvidenceClass.CURATED)
        self.model = build_model(knowledge.core, curated)


class CurrentKnowledge:
    """The published version, opened anew when another one is published.

    Requests under way keep the version they started with: it is closed only when the version after
    the next is opened.
    """

    def __init__(self, library: Library, make_embedder: Callable[[], Embedder]) -> None:
        self._library = library
        self._make_embedder = make_embedder
        self._lock = threading.Lock()
        self._opened: Opened | None = None
        self._before: Opened | None = None
        self._looked_at = float("-inf")
        self._fault: MedbrainError | None = None

    def opened(self) -> Opened:
        """The current version. Raises what keeps it from opening (KnowledgeMissing …)."""
        if time.monotonic() - self._looked_at > self._patience():
            # While one request opens the next version, the others go on with the one before.
            if self._lock.acquire(blocking=self._opened is None):
                try:
                    self._look()
                finally:
                    self._lock.release()
        if self._opened is None:
            raise self._fault or KnowledgeMissing("No knowledge is published; run: medbrain run")
        return self._opened

    def close(self) -> None:
        """Let go of every version."""
        with self._lock:
            for opened in (self._before, self._opened):
                if opened is not None:
                    opened.knowledge.close()
            self._before = self._opened = None

    def _patience(self) -> float:
        return _RETRY_SECONDS if self._fault else _LOOK_AGAIN_SECONDS

    def _look(self) -> None:
        if time.monotonic() - self._looked_at <= self._patience():
            return
        try:
            version = self._library.current_version()
            held = self._opened.knowledge.version if self._opened else None
            if version is None or version != held:
                self._switch(Opened(open_knowledge(self._library, self._make_embedder())))
            self._fault = None
        except MedbrainError as fault:
            self._fault = fault
            logger.warning("knowledge did not open", extra={"code": fault.code})
        finally:
            self._looked_at = time.monotonic()

    def _switch(self, opened: Opened) -> None:
        if self._before is not None:
            self._before.knowledge.close()
        self._before, self._opened = self._opened, opened
        logger.info("knowledge opened", extra={"version": opened.knowledge.version})


class Services:
    """Everything the routes need. Made once for each process; see app.py."""

    def __init__(self, settings: Settings, make_embedder: Callable[[], Embedder] | None = None):
        """`make_embedder`: another embedder than the shipped one, for tests."""
        self.settings = settings
        self.secrets = Secrets(settings)
        self._make_embedder = make_embedder or self._shipped_embedder
        self.library = library_of(settings)
        self._current = CurrentKnowledge(self.library, lambda: self.embedder)
        self._records: Records | None = None
        self._records_lock = threading.Lock()

    @cached_property
    def core(self) -> Core:
        """The curated core: always there, it ships with the code."""
        return shipped_core()

    @cached_property
    def core_finder(self) -> ConceptFinder:
        """Finds the core's concepts; needs nothing but the core."""
        return build_finder(self.core)

    @cached_property
    def core_model(self) -> ClinicalModel:
        """The clinical model of the core's files, for when the graph is down."""
        return build_model(self.core)

    @cached_property
    def tokens(self) -> Tokens:
        """Issues and reads tokens."""
        return Tokens(self.secrets.signing_key)

    @cached_property
    def embedder(self) -> Embedder:
        """The embedding model. Raises KnowledgeMissing when it has not been built."""
        return self._make_embedder()

    def knowledge(self) -> Knowledge:
        """The current knowledge. Raises KnowledgeMissing, KnowledgeInvalid, DependencyDown."""
        return self._current.opened().knowledge

    def knowledge_or_none(self) -> Knowledge | None:
        """The current knowledge, or None when it cannot be opened."""
        with suppress(MedbrainError):
            return self.knowledge()
        return None

    def model(self) -> ClinicalModel:
        """The clinical model of the current knowledge, else of the core's files."""
        with suppress(MedbrainError):
            return self._current.opened().model
        return self.core_model

    def finder(self) -> ConceptFinder:
        """Finds all concepts the knowledge names, else those of the core."""
        knowledge = self.knowledge_or_none()
        return knowledge.finder if knowledge else self.core_finder

    def records(self) -> Records:
        """The records database, its tables made. Raises DependencyDown when it does not answer."""
        with self._records_lock:
            if self._records is None:
                self._records = open_records(self.settings)
            return self._records

    def warm_up(self) -> None:
        """Load what the first request would wait for. What is down is logged, not raised."""
        self.core_finder.find("warm up", "en", correct_spelling=True)
        for part, load in (("knowledge", self.knowledge), ("records", self.records)):
            try:
                load()
            except MedbrainError as fault:
                logger.warning(
                    "starting without a part", extra={"part": part, "code": fault.code}
                )

    def close(self) -> None:
        """Let go of everything."""
        self._current.close()

    def _shipped_embedder(self) -> Embedder:
        return MiniLmEmbedder(self.settings.model_folder)


def library_of(settings: Settings) -> Library:
    """The versions of the knowledge, where the settings say they are."""
    password = settings.graph_password
    return Library(
        settings.knowledge_folder,
        settings.graph_url,
        settings.graph_user,
        password.get_secret_value() if password else None,
    )


def open_records(settings: Settings) -> Records:
    """The records database, its tables made. Raises DependencyDown."""
    if settings.records_url is None:
        settings.var.mkdir(parents=True, exist_ok=True)
    records = Records(settings.records_address)
    records.prepare()
    return records


def services_of(request: Request) -> Services:
    """What the application shares with its routes."""
    services: Services = request.app.state.services
    return services


SharedServices = Annotated[Services, Depends(services_of)]
