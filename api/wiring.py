"""Builds everything long-lived once, from the settings, and hands it to the routes.

Nothing here must be up for the service to start: what is down is named, asked again later, and the
emergency screen works without any of it.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Request

from api.auth import Principal, Tokens
from api.dialogue_wiring import build_dialogue
from api.secret_files import Secrets
from api.settings import Settings
from assistant.decision_support.advise import citing
from assistant.dialogue.engine import DialogueEngine
from assistant.dialogue.services import DialogueServices
from assistant.symptom_check.model import ClinicalModel, build_model
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import Core, shipped_core
from knowledge_graph.domain.errors import KnowledgeMissing, MedbrainError
from knowledge_graph.domain.evidence import EvidenceClass
from knowledge_graph.embedding import Embedder, MiniLmEmbedder
from knowledge_graph.knowledge import Knowledge, build_finder, open_knowledge
from knowledge_graph.normal_form import forms_of
from knowledge_graph.publication import Library
from knowledge_graph.records import Records

logger = logging.getLogger(__name__)

_LOOK_AGAIN_SECONDS = 2.0
"""How often the pointer to the current version is read while requests come in."""
_RETRY_SECONDS = 10.0
"""How long a failed opening is not tried again."""


class Opened:
    """One version of the knowledge with the clinical model and the citations made from it."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        curated = tuple(knowledge.graph.relations(evidence=EvidenceClass.CURATED))
        # A library into which the core was never ingested still gets the core's own facts.
        self.model = build_model(knowledge.core, curated or None)
        _ = self.model.wording  # made now: no request waits for it
        knowledge.finder.find("cough", "en", as_people_type=True)
        forms_of.cache_clear()  # finder and wording have read every name
        self.cite = citing(knowledge)


class CurrentKnowledge:
    """The published version, opened anew when another one is published.

    Requests under way keep the version they started with: it is closed only when the version after
    the next is opened.
    """

    def __init__(self, library: Library, open_current: Callable[[], Knowledge]) -> None:
        self._library = library
        self._open_current = open_current
        self._lock = threading.Lock()
        self._opened: Opened | None = None
        self._before: Opened | None = None
        self._looked_at: float | None = None
        self._fault: MedbrainError | None = None

    def opened(self) -> Opened:
        """The current version. Raises what keeps it from opening (KnowledgeMissing …).

        Only the first call waits for the opening. Later ones go on with what there is while a
        thread looks, so that no conversation waits for a new version.
        """
        if self._looked_at is None:
            with self._lock:
                if self._looked_at is None:
                    self._look()
        elif self._is_due(self._looked_at) and self._lock.acquire(blocking=False):
            threading.Thread(target=self._look_aside, daemon=True).start()
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

    def _is_due(self, looked_at: float) -> bool:
        wait = _RETRY_SECONDS if self._fault else _LOOK_AGAIN_SECONDS
        return time.monotonic() - looked_at > wait

    def _look_aside(self) -> None:
        try:
            self._look()
        finally:
            self._lock.release()

    def _look(self) -> None:
        """Open the current version if it is another one; the lock is held."""
        try:
            version = self._library.current_version()
            held = self._opened.knowledge.version if self._opened else None
            if version is None or version != held:
                self._switch(Opened(self._open_current()))
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

    def __init__(
        self,
        settings: Settings,
        make_embedder: Callable[[], Embedder] | None = None,
        core: Core | None = None,
        engine: DialogueEngine | None = None,
    ) -> None:
        """`make_embedder`, `core`, `engine`: others than the shipped ones, for tests."""
        self.settings = settings
        self._core = core
        self._engine = engine
        self.secrets = Secrets(settings)
        self._make_embedder = make_embedder or self._shipped_embedder
        self.library = library_of(settings)
        self._current = CurrentKnowledge(self.library, self._open)
        self._records: Records | None = None
        self._records_lock = threading.Lock()

    @cached_property
    def core(self) -> Core:
        """The curated core: always there, it ships with the code."""
        return self._core or shipped_core()

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

    def opened(self) -> Opened:
        """The current knowledge with its model. Raises what `knowledge` raises."""
        return self._current.opened()

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

    @cached_property
    def dialogue(self) -> DialogueServices:
        """What a conversation needs; its emergency screen needs only the core."""
        return build_dialogue(self, self._engine)

    def audit(self, principal: Principal, action: str, target: str) -> None:
        """Note who read or did what. Called before a record is read: no note, no reading.

        Raises DependencyDown when the records database does not answer.
        """
        self.records().record_audit(
            actor=principal.id,
            role=principal.role.value,
            action=action,
            target=target,
            at=datetime.now(UTC),
        )

    def warm_up(self) -> None:
        """Load what the first request would wait for. What is down is logged, not raised."""
        self.core_finder.find("warm up", "en", as_people_type=True)
        for part, load in (("knowledge", self.knowledge), ("records", self.records)):
            try:
                load()
            except MedbrainError as fault:
                logger.warning("starting without a part", extra={"part": part, "code": fault.code})

    def close(self) -> None:
        """Let go of knowledge and records."""
        self._current.close()
        with self._records_lock:
            if self._records is not None:
                self._records.close()
                self._records = None

    def _open(self) -> Knowledge:
        return open_knowledge(self.library, self.embedder, self.core)

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


async def services_of(request: Request) -> Services:
    """What the application shares with its routes."""
    services: Services = request.app.state.services
    return services


SharedServices = Annotated[Services, Depends(services_of)]
