"""Trains the dialogue engine when what it learns from has changed, and says how to start it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

import assistant
from api.secret_files import Secrets
from api.settings import Settings, SettingsInvalid, load_settings
from knowledge_graph.domain.errors import DependencyDown, KnowledgeInvalid
from knowledge_graph.language import languages

PROJECT = Path(assistant.__file__).parent / "rasa_project"
"""Rasa's own files."""
ACTIONS_PATH = "/internal/rasa/actions"
"""Where Rasa calls back; see rasa_actions.py."""
_MODEL = "dialogue.tar.gz"
_STAMP = "trained-on.sha256"
_TRAIN_SECONDS = 1_200
_TICK_SECONDS = 0.5
_LOCAL = ("127.0.0.1", "::1", "localhost")

rasa_app = typer.Typer(help="The dialogue engine.", no_args_is_help=True)


@rasa_app.callback()
def _about() -> None:
    """The dialogue engine."""


@rasa_app.command("train")
def train_command(
    force: Annotated[bool, typer.Option(help="Train even when nothing has changed.")] = False,
) -> None:
    """Train the dialogue model, unless it has learned from these files already."""
    from rich.console import Console

    settings = load_settings()
    console = Console()
    if not force and not needs_training(settings):
        console.print("The dialogue model is up to date.")
        return
    with console.status("Training the dialogue model (about half a minute)"):
        model = train(settings)
    console.print(f"Trained: {model} ({model.stat().st_size / 1e6:.1f} MB)")


def model_path(settings: Settings) -> Path:
    """The trained model."""
    return settings.rasa_folder / _MODEL


def needs_training(settings: Settings) -> bool:
    """Whether there is no model, or one that has learned from other files than those of now."""
    stamp = settings.rasa_folder / _STAMP
    if not (model_path(settings).exists() and stamp.exists()):
        return True
    with tempfile.TemporaryDirectory() as folder:
        return stamp.read_text() != _write_inputs(Path(folder))


def train(settings: Settings, tick: Callable[[], None] = lambda: None) -> Path:
    """Train, and put the model and its stamp in their place. `tick` is called while waiting.

    Raises DependencyDown when Rasa's Python is missing, KnowledgeInvalid when training fails.
    """
    python = _rasa_python(settings)
    settings.rasa_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.rasa_folder, prefix="training-") as name:
        folder = Path(name)
        stamp = _write_inputs(folder)
        _run_training(python, folder, settings, tick)
        (settings.rasa_folder / _STAMP).unlink(missing_ok=True)
        shutil.move(folder / "model" / _MODEL, model_path(settings))
        (settings.rasa_folder / _STAMP).write_text(stamp)
    return model_path(settings)


def server_command(settings: Settings) -> tuple[str, ...]:
    """The command line of the server, on loopback only.

    Raises DependencyDown when Rasa is not installed, SettingsInvalid for an address elsewhere.
    """
    address = urlsplit(settings.rasa_url)
    if address.hostname not in _LOCAL:
        raise SettingsInvalid(
            f"MEDBRAIN_RASA_URL is {settings.rasa_url}; only a server on this computer is started"
            " here. Start it there yourself, or set http://127.0.0.1:5005"
        )
    return (
        str(_rasa_python(settings)),
        *("-m", "rasa", "run", "--quiet"),
        *("--model", str(model_path(settings).absolute())),
        *("--endpoints", str(PROJECT / "endpoints.yml")),
        *("--credentials", str(PROJECT / "credentials.yml")),
        *("--interface", str(address.hostname), "--port", str(address.port or 5005)),
    )


def server_variables(settings: Settings) -> Mapping[str, str]:
    """The variables of the server's process: where it calls back, and with which key."""
    return {
        **rasa_environment(),
        "MEDBRAIN_ACTIONS_URL": f"{settings.api_url}{ACTIONS_PATH}",
        "MEDBRAIN_ENGINE_KEY": Secrets(settings).engine_key(),
    }


def _rasa_python(settings: Settings) -> Path:
    python = settings.rasa_python.absolute()
    if not python.exists():
        raise DependencyDown(f"Rasa's Python ({python})", "Install it with: make setup")
    return python


def rasa_environment() -> dict[str, str]:
    """What every process of Rasa is started with."""
    return {
        "PYTHONPATH": str(PROJECT),
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
        "TQDM_DISABLE": "1",
    }


def _write_inputs(folder: Path) -> str:
    """Write all that Rasa learns from into a folder; returns its digest."""
    from assistant.dialogue.training_data import read_conversation, write_training_data

    data = folder / "data"
    write_training_data(data, languages(), read_conversation(PROJECT / "conversation.yml"))
    shutil.copy(PROJECT / "config.yml", folder / "config.yml")
    digest = sha256()
    own = (PROJECT / "components" / "tokenizer.py", PROJECT / "requirements.txt")
    for path in (folder / "config.yml", *sorted(data.iterdir()), *own):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _run_training(python: Path, folder: Path, settings: Settings, tick: Callable[[], None]) -> None:
    settings.log_folder.mkdir(parents=True, exist_ok=True)
    log = settings.log_folder / "rasa-train.log"
    command = (
        str(python),
        *("-m", "rasa", "train", "--force", "--skip-validation"),
        *("--config", "config.yml", "--domain", "data/domain.yml"),
        *("--data", "data/rules.yml", "data/nlu.yml"),
        *("--out", "model", "--fixed-model-name", _MODEL.removesuffix(".tar.gz")),
    )
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            command,
            cwd=folder,
            env={**os.environ, **rasa_environment()},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, tick)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if process.returncode != 0 or not (folder / "model" / _MODEL).exists():
        raise KnowledgeInvalid(f"Training the dialogue model failed; see {log}")


def _wait(process: "subprocess.Popen[bytes]", tick: Callable[[], None]) -> None:
    for _ in range(int(_TRAIN_SECONDS / _TICK_SECONDS)):
        tick()
        try:
            process.wait(_TICK_SECONDS)
            return
        except subprocess.TimeoutExpired:
            continue
