"""The service's own keys: made once, readable by their owner only, the same for everyone."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from api.secret_files import Secrets, read_or_make
from api.settings import Settings, SettingsInvalid


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, _env_file=None)
    first, second = Secrets(settings), Secrets(settings)
    assert first.signing_key == second.signing_key
    assert len(first.signing_key) >= 32
    assert first.engine_key() == second.engine_key()
    assert second.transcript_cipher.decrypt(first.transcript_cipher.encrypt(b"x")) == b"x"
    keys = list((tmp_path / "secrets").iterdir())
    assert len(keys) == 3
    assert all(stat.S_IMODE(key.stat().st_mode) == 0o600 for key in keys)
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_the_settings_overrule_the_files(tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()
    settings = Settings(var=tmp_path, secret="s" * 32, transcript_key=key, _env_file=None)
    secrets = Secrets(settings)
    assert secrets.signing_key == b"s" * 32
    assert Fernet(key).decrypt(secrets.transcript_cipher.encrypt(b"x")) == b"x"
    assert not (tmp_path / "secrets").exists()


def test_many_starting_at_once_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "key"
    with ThreadPoolExecutor(16) as pool:
        texts = set(pool.map(lambda n: read_or_make(path, f"made by {n}"), range(64)))
    assert len(texts) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]


def test_an_empty_key_file_is_not_silently_replaced(tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    with pytest.raises(SettingsInvalid, match="is empty"):
        read_or_make(tmp_path / "key", "new")


def test_a_broken_transcript_key_says_what_is_at_stake(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "transcript_key").write_text("broken")
    with pytest.raises(SettingsInvalid, match="backup"):
        _ = Secrets(Settings(var=tmp_path, _env_file=None)).transcript_cipher
