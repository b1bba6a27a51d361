"""`medbrain run`: which steps are needed, and what is said."""

import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from api import running
from api.running import addresses, missing_sources, run_everything, service_processes
from api.settings import PREFIX, SettingsInvalid
from tests.support.extracts import article
from tests.support.services import make_services, publish, settings_in


def test_with_nothing_published_everything_is_loaded(tmp_path: Path) -> None:
    assert missing_sources(settings_in(tmp_path)) == ("core", "hpo")


def test_what_is_there_is_not_loaded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = make_services(tmp_path)
    settings = services.settings
    monkeypatch.setattr(running, "shipped_core", lambda: services.core)
    assert missing_sources(settings) == ("core", "hpo")
    (settings.knowledge_folder / "core-version").write_text(services.core.version)
    assert missing_sources(settings) == ("hpo",)
    publish(services, article("hpo:HP:0000001", "All."))
    assert missing_sources(settings) == ()
    monkeypatch.setattr(running, "shipped_core", lambda: SimpleNamespace(version="newer"))
    assert missing_sources(settings) == ("core",)
    services.close()


def test_a_port_in_use_is_named_before_anything_is_done(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingsInvalid, match=f"port {port}.*MEDBRAIN_PORT"):
            run_everything(settings_in(tmp_path, port=port))
    assert not (tmp_path / "var").exists()


def test_rasa_is_given_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDBRAIN_SECRET", "s" * 32)
    python = tmp_path / "python"
    python.touch()
    children = {c.name: c for c in service_processes(settings_in(tmp_path, rasa_python=python))}
    assert set(children) == {"API", "Rasa server", "worker"}
    rasa = children["Rasa server"].environment()
    ours = {name for name in rasa if name.startswith(PREFIX)}
    assert ours == set(children["Rasa server"].variables) & ours
    assert "MEDBRAIN_SECRET" not in ours
    assert children["API"].environment()["MEDBRAIN_SECRET"] == "s" * 32


def test_the_addresses_and_the_notice_are_told(tmp_path: Path) -> None:
    told = addresses(settings_in(tmp_path, port=8123))
    for part in ("http://127.0.0.1:8123/dashboard", "token --role doctor", "/docs", "diagnosis"):
        assert part in told
