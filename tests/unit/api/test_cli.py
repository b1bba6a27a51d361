"""The command line: named errors as sentences, tokens that work, knowledge in numbers."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.auth import Role, Tokens
from api.cli import app
from api.secret_files import Secrets
from api.settings import PREFIX, Settings
from tests.support.services import make_services, settings_in

run = CliRunner().invoke


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEDBRAIN_VAR", str(tmp_path / "var"))


@pytest.mark.parametrize("role", ["doctor", "administrator"])
def test_a_token_is_issued_for_staff(tmp_path: Path, role: str) -> None:
    result = run(app, ["token", "--role", role, "--name", "dr-wu"])
    assert result.exit_code == 0
    principal = Tokens(Secrets(settings_in(tmp_path)).signing_key).read(result.output.strip())
    assert (principal.id, principal.role) == ("dr-wu", Role(role))


@pytest.mark.parametrize("role", ["patient", "dialogue_engine", "king"])
def test_no_token_is_issued_for_others(role: str) -> None:
    result = run(app, ["token", "--role", role])
    assert result.exit_code != 0
    assert "ey" not in result.output.split()[0]


def test_a_named_error_is_a_sentence_without_a_traceback() -> None:
    result = run(app, ["knowledge", "stats"])
    assert result.exit_code == 1
    assert result.output.startswith("error: Nothing is published")
    assert "Traceback" not in result.output


def test_a_bad_setting_stops_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDBRAIN_PORT", "abc")
    for words in (["serve"], ["worker"], ["run"], ["knowledge", "stats"]):
        result = run(app, words)
        assert result.exit_code == 1
        assert result.output.startswith("error: MEDBRAIN_PORT: ")


def test_the_knowledge_is_told_in_numbers(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    version = services.library.current_version()
    services.close()
    spoken = run(app, ["knowledge", "stats"])
    assert f"version {version}" in spoken.output
    assert "medquad" in spoken.output
    numbers = json.loads(run(app, ["knowledge", "stats", "--json"]).output)
    assert numbers["version"] == version
    assert numbers["sources"] == {"core": 2, "medquad": 2}


@pytest.mark.parametrize(
    "word", ["run", "serve", "worker", "token", "ingest", "knowledge", "rasa", "openapi"]
)
def test_every_command_explains_itself(word: str) -> None:
    assert run(app, [word, "--help"]).exit_code == 0
