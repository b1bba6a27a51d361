"""The service's own keys: from the settings, else made once and kept in files only it can read."""

import os
import secrets
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from cryptography.fernet import Fernet

from api.settings import Settings, SettingsInvalid
from knowledge_graph.storage import full_disk_named

_OWNER_ONLY = 0o600


class Secrets:
    """The keys of one installation, read or made at first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _folder(self) -> Path:
        folder = self._settings.secrets_folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    @cached_property
    def signing_key(self) -> bytes:
        """The key that signs tokens."""
        given = self._settings.secret
        if given is not None:
            return given.get_secret_value().encode()
        return read_or_make(self._folder / "signing_key", secrets.token_hex(32)).encode()

    @cached_property
    def transcript_cipher(self) -> Fernet:
        """Seals and opens transcripts."""
        given = self._settings.transcript_key
        if given is not None:
            return Fernet(given.get_secret_value())
        made = Fernet.generate_key().decode()
        try:
            return Fernet(read_or_make(self._folder / "transcript_key", made))
        except ValueError:
            raise SettingsInvalid(
                f"{self._folder / 'transcript_key'} is no Fernet key. Put the key back from your"
                " backup; without it the sealed transcripts cannot be read."
            ) from None

    @cached_property
    def pseudonym_key(self) -> bytes:
        """The key that turns a source's patient identifiers into pseudonyms."""
        return read_or_make(self._folder / "pseudonym_key", secrets.token_hex(32)).encode()

    def engine_key(self) -> str:
        """What the dialogue engine shows when it calls back."""
        return self._engine_key

    @cached_property
    def _engine_key(self) -> str:
        return read_or_make(self._folder / "engine_key", secrets.token_urlsafe(32))


def read_or_make(path: Path, made: str) -> str:
    """The text of a secret file, written first with `made` when there is none.

    Two processes starting at once end with the same secret: a hard link appears whole or not at
    all, and only one of them wins.
    """
    if not path.exists():
        with full_disk_named():
            _make(path, made)
    text = path.read_text().strip()
    if not text:
        raise SettingsInvalid(f"{path} is empty; delete it so that a new key is made")
    return text


def _make(path: Path, made: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
