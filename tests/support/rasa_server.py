"""The service's API and a real Rasa server on loopback, for tests of whole conversations."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

from api import rasa_commands
from api.app import create_app
from api.settings import Settings
from api.wiring import Services

ROOT = Path(__file__).parents[2]
_START_SECONDS = 180


def missing() -> str | None:
    """What this machine lacks to run Rasa, or None."""
    python = ROOT / ".venv-rasa" / "bin" / "python"
    return None if python.exists() else "no Rasa environment (make setup)"


def trained_model() -> Path:
    """The model of the files as they are now: the one `medbrain run` uses, trained when needed."""
    settings = Settings(var=ROOT / "var", rasa_python=_python(), _env_file=None)
    if rasa_commands.needs_training(settings):
        rasa_commands.train(settings)
    return rasa_commands.model_path(settings)


@dataclass
class Rasa:
    """A Rasa server process that can be killed and started again."""

    settings: Settings
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        log = self.settings.log_folder / "rasa.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                rasa_commands.server_command(self.settings),
                env={**os.environ, **rasa_commands.server_variables(self.settings)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        _wait_for(self.settings.rasa_url, self.process, log)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def rasa_server(settings: Settings) -> Iterator[Rasa]:
    """A server with the trained model, calling back to the API of the settings."""
    model = trained_model()
    settings.rasa_folder.mkdir(parents=True, exist_ok=True)
    rasa_commands.model_path(settings).symlink_to(model)
    server = Rasa(settings)
    try:
        server.start()
        yield server
    finally:
        server.kill()


@contextmanager
def api_server(services: Services) -> Iterator[str]:
    """The API in this process, on the port of its settings."""
    config = uvicorn.Config(
        create_app(services=services),
        host="127.0.0.1",
        port=services.settings.port,
        log_config=None,
        access_log=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        _wait_for(f"{services.settings.api_url}/health/live", None, None)
        yield services.settings.api_url
    finally:
        server.should_exit = True
        thread.join(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _python() -> Path:
    return ROOT / ".venv-rasa" / "bin" / "python"


def _wait_for(url: str, process: "subprocess.Popen[bytes] | None", log: Path | None) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            raise AssertionError(
                f"it ended while starting:\n{log.read_text()[-3000:] if log else ''}"
            )
        try:
            if httpx.get(url, timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"{url} did not answer")
