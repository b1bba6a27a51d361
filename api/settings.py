"""Every setting, and the only place that reads the environment.

All defaults work with an empty environment. Read once at each composition root (app, command line,
worker); everything else receives values.
"""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from knowledge_graph.domain.errors import MedbrainError

PREFIX = "MEDBRAIN_"
_SECRET_LENGTH = 32


class SettingsInvalid(MedbrainError):
    """A setting cannot be used; the message names it and says what to write instead."""

    code = "settings_invalid"


class Settings(BaseSettings):
    """The service's settings; each is read from MEDBRAIN_<NAME> or the file .env."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="forbid", frozen=True
    )

    var: Path = Field(default=Path("var"), description="folder for everything the service writes")
    data: Path = Field(
        default=Path("../shared/data"), description="folder of public data sets to ingest"
    )
    inbox: Path | None = Field(
        default=None,
        description="folder administrators may ingest from by path (default: inbox in MEDBRAIN_VAR)",
    )

    host: str = Field(default="127.0.0.1", description="address the API listens on")
    port: int = Field(default=8000, ge=1, le=65535, description="port the API listens on")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="web origins that may call the API, separated by commas"
    )
    largest_body_bytes: int = Field(
        default=1_000_000, ge=1_000, description="longest request body; longer ones get a 413"
    )
    largest_upload_bytes: int = Field(
        default=32_000_000, ge=1_000, description="longest request body of POST /v1/ingest"
    )
    time_zone: str = Field(
        default="UTC", description="the hospital's time zone, as in Europe/Paris"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="how much is logged"
    )

    graph_url: str | None = Field(
        default=None, description="a Neo4j server, bolt://host:7687 (default: the embedded graph)"
    )
    graph_user: str = Field(default="neo4j", description="user of the Neo4j server")
    graph_password: SecretStr | None = Field(
        default=None, description="password of the Neo4j server"
    )
    records_url: str | None = Field(
        default=None,
        description="the records database, postgresql+psycopg://user:password@host/name"
        " (default: SQLite in MEDBRAIN_VAR)",
    )
    broker_url: str | None = Field(
        default=None,
        description="the queue, redis://host:6379/0 or amqp://host (default: files in MEDBRAIN_VAR)",
    )

    starter: Literal["core", "core,hpo"] = Field(
        default="core,hpo",
        description="what medbrain run loads first: the curated core, or HPO with it",
    )

    rasa_url: str = Field(default="http://127.0.0.1:5005", description="the Rasa server")
    rasa_python: Path = Field(
        default=Path(".venv-rasa/bin/python"), description="the Python that has Rasa installed"
    )
    rasa_wait_seconds: float = Field(
        default=4.0, gt=0, le=30, description="how long one answer of Rasa may take"
    )

    secret: SecretStr | None = Field(
        default=None,
        description="key that signs tokens, 32 characters or more (default: made once, kept in"
        " MEDBRAIN_VAR)",
    )
    transcript_key: SecretStr | None = Field(
        default=None,
        description="Fernet key that seals transcripts (default: made once, kept in MEDBRAIN_VAR)",
    )
    token_hours: float = Field(default=12.0, gt=0, description="how long a staff token is valid")
    consultation_hours: float = Field(
        default=24.0, gt=0, description="how long a patient's session and transcript are kept"
    )

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(origin)
            if (
                parts.scheme not in ("http", "https")
                or origin != f"{parts.scheme}://{parts.netloc}"
            ):
                raise ValueError(
                    f"{origin!r} is not an origin; write scheme and host only, as in"
                    " https://clinic.example"
                )
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("no such time zone; write one like Europe/Paris or UTC") from error
        return value

    @field_validator("graph_url")
    @classmethod
    def _is_graph(cls, value: str | None) -> str | None:
        return _with_scheme(value, ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"))

    @field_validator("broker_url")
    @classmethod
    def _is_broker(cls, value: str | None) -> str | None:
        return _with_scheme(value, ("redis", "rediss", "amqp", "amqps"))

    @field_validator("rasa_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        return (_with_scheme(value, ("http", "https")) or "").rstrip("/")

    @field_validator("records_url")
    @classmethod
    def _is_database(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            backend = make_url(value).get_backend_name()
        except ArgumentError:
            backend = ""
        if backend not in ("sqlite", "postgresql"):
            raise ValueError(
                "not a database address; write postgresql+psycopg://user:password@host/name"
                " or sqlite:///path"
            )
        return value

    @field_validator("secret")
    @classmethod
    def _is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < _SECRET_LENGTH:
            raise ValueError(f"too short to sign with; write {_SECRET_LENGTH} characters or more")
        return value

    @field_validator("transcript_key")
    @classmethod
    def _is_fernet(cls, value: SecretStr | None) -> SecretStr | None:
        from cryptography.fernet import Fernet

        if value is not None:
            try:
                Fernet(value.get_secret_value())
            except ValueError:
                raise ValueError(
                    "not a Fernet key; make one with: python -c"
                    ' "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
                ) from None
        return value

    @property
    def imported_models_folder(self) -> Path:
        """Models built from benchmark data sets (medbrain import)."""
        return self.var / "imported_models"

    @property
    def model_folder(self) -> Path:
        """The embedding model: ONNX file and tokenizer."""
        return self.var / "models" / "minilm"

    @property
    def knowledge_folder(self) -> Path:
        """Versions of the knowledge and the pointer to the current one."""
        return self.var / "knowledge"

    @property
    def ingest_folder(self) -> Path:
        """Extraction results by content hash: what lets a killed run resume."""
        return self.var / "ingest"

    @property
    def spool_folder(self) -> Path:
        """Documents waiting for their job."""
        return self.var / "spool"

    @property
    def inbox_folder(self) -> Path:
        """The only folder that ingest jobs may read by path."""
        return self.inbox or self.var / "inbox"

    @property
    def queue_folder(self) -> Path:
        """The file queue, used when there is no broker."""
        return self.var / "celery"

    @property
    def rasa_folder(self) -> Path:
        """Trained dialogue models with the stamp of what they were trained on."""
        return self.var / "rasa"

    @property
    def secrets_folder(self) -> Path:
        """Keys made by the service itself."""
        return self.var / "secrets"

    @property
    def log_folder(self) -> Path:
        """Logs of the processes that `medbrain run` starts."""
        return self.var / "logs"

    @property
    def records_address(self) -> str:
        """The records database's address, the default included."""
        return self.records_url or f"sqlite:///{self.var / 'records.sqlite'}"

    @property
    def api_url(self) -> str:
        """Where the API answers on this computer."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def _with_scheme(value: str | None, schemes: tuple[str, ...]) -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"not such an address; write {schemes[0]}://host:port")
    return value


def load_settings() -> Settings:
    """The settings of this process. Raises SettingsInvalid naming each bad one and its fix."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsInvalid("\n".join(_faults(error))) from None


def _faults(error: ValidationError) -> list[str]:
    """One sentence for each fault. Values are left out: some are secrets."""
    faults = []
    for fault in error.errors(include_input=False, include_url=False):
        field = str(fault["loc"][0]) if fault["loc"] else ""
        name = field.upper() if field.lower().startswith(PREFIX.lower()) else PREFIX + field.upper()
        if fault["type"] == "extra_forbidden":
            faults.append(f"{name} is no setting; correct its name in .env (see .env.example)")
            continue
        why = fault["msg"].removeprefix("Value error, ")
        info = Settings.model_fields.get(field)
        default = f" or leave it out to use {info.default}" if info and info.default else ""
        faults.append(f"{name}: {why}. Correct it in the environment or in .env{default}.")
    return faults
