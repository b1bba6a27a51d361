"""Every named error of the inner layers. `api/errors.py` alone turns them into answers.

Messages say what happened, to what, and what to do next. They never hold patient text.
"""


class MedbrainError(Exception):
    """The root of every error this project raises on purpose. `code` is stable for callers."""

    code = "medbrain_error"


class InvalidInput(MedbrainError):
    """Something a caller sent cannot be true or cannot be read; the caller can mend it."""

    code = "invalid_input"


class UnknownCode(InvalidInput):
    """A code or concept id that the loaded knowledge does not have."""

    code = "unknown_code"


class UnreadableDocument(MedbrainError):
    """One document of a source cannot be read. `where` names the file and the position."""

    code = "unreadable_document"

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class KnowledgeInvalid(MedbrainError):
    """A knowledge or language file breaks its schema; names file and entry."""

    code = "knowledge_invalid"


class KnowledgeMissing(MedbrainError):
    """No published knowledge where the settings say it should be."""

    code = "knowledge_missing"


class WriterBusy(MedbrainError):
    """Another process is writing the knowledge; one writer at a time."""

    code = "writer_busy"


class StorageFull(MedbrainError):
    """The disk has no room; what was published before stays in use."""

    code = "storage_full"


class DependencyDown(MedbrainError):
    """A server this part needs (graph, dialogue engine, broker, database) does not answer."""

    code = "dependency_down"

    def __init__(self, dependency: str, what_to_do: str) -> None:
        super().__init__(f"{dependency} does not answer. {what_to_do}")
        self.dependency = dependency


class QualityGateFailed(MedbrainError):
    """The next knowledge version did not pass its checks and was not published."""

    code = "quality_gate_failed"


class NotFound(MedbrainError):
    """The thing asked for does not exist, or not for this principal."""

    code = "not_found"


class NotAuthenticated(MedbrainError):
    """No valid token came with the request."""

    code = "not_authenticated"


class NotAllowed(MedbrainError):
    """The principal is known but its role may not do this."""

    code = "not_allowed"
