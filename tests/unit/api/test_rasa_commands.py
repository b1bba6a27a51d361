"""How Rasa is trained and started; the training itself is in tests/e2e."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api import rasa_commands
from api.settings import Settings, SettingsInvalid
from knowledge_graph.domain.errors import DependencyDown, KnowledgeInvalid
from tests.support.services import settings_in


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """With a stand-in for Rasa's Python that leaves a model where it is told to."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nmkdir -p model && echo trained > model/dialogue.tar.gz\n")
    python.chmod(0o700)
    return settings_in(tmp_path, rasa_python=python)


def test_the_server_listens_on_loopback_and_knows_where_to_call_back(settings: Settings) -> None:
    command = rasa_commands.server_command(settings)
    assert command[command.index("--interface") + 1] == "127.0.0.1"
    assert command[command.index("--port") + 1] == "5005"
    assert "--enable-api" not in command
    variables = rasa_commands.server_variables(settings)
    assert variables["RASA_TELEMETRY_ENABLED"] == "false"
    assert variables["MEDBRAIN_ACTIONS_URL"] == "http://127.0.0.1:8000/internal/rasa/actions"
    # A key in the command line would be seen by everybody on the machine.
    assert variables["MEDBRAIN_ENGINE_KEY"] not in " ".join(command)


def test_a_server_elsewhere_is_not_started_here(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, rasa_url="http://rasa.example:5005")
    with pytest.raises(SettingsInvalid, match=r"rasa\.example"):
        rasa_commands.server_command(settings)


def test_without_rasa_the_fix_is_named(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, rasa_python=tmp_path / "nowhere")
    for act in (rasa_commands.train, rasa_commands.server_command):
        with pytest.raises(DependencyDown, match="make setup"):
            act(settings)


def test_training_happens_once_for_the_same_files(settings: Settings) -> None:
    assert rasa_commands.needs_training(settings)
    ticks: list[int] = []
    model = rasa_commands.train(settings, tick=lambda: ticks.append(1))
    assert model.read_text() == "trained\n"
    assert ticks
    assert not rasa_commands.needs_training(settings)
    assert sorted(path.name for path in settings.rasa_folder.iterdir()) == [
        "dialogue.tar.gz",
        "trained-on.sha256",
    ]


def test_changed_files_are_trained_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rasa_commands.train(settings)
    changed = tmp_path / "project"
    changed.mkdir()
    (changed / "components").mkdir()
    for name in (
        "config.yml",
        "conversation.yml",
        "requirements.txt",
        "components/tokenizer.py",
    ):
        (changed / name).write_text((rasa_commands.PROJECT / name).read_text() + "\n# changed")
    monkeypatch.setattr(rasa_commands, "PROJECT", changed)
    assert rasa_commands.needs_training(settings)


def test_a_training_that_fails_leaves_the_old_model(settings: Settings) -> None:
    rasa_commands.train(settings)
    settings.rasa_python.write_text("#!/bin/sh\necho no; exit 3\n")
    with pytest.raises(KnowledgeInvalid, match=r"rasa-train\.log"):
        rasa_commands.train(settings)
    assert rasa_commands.model_path(settings).read_text() == "trained\n"
    assert not rasa_commands.needs_training(settings)


def test_the_command_says_what_it_did(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rasa_commands, "load_settings", lambda: settings)
    first = CliRunner().invoke(rasa_commands.rasa_app, ["train"])
    assert first.exit_code == 0 and "Trained" in first.output
    assert "up to date" in CliRunner().invoke(rasa_commands.rasa_app, ["train"]).output
    forced = CliRunner().invoke(rasa_commands.rasa_app, ["train", "--force"])
    assert "Trained" in forced.output
