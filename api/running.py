"""`medbrain run`: what is missing is set up, then API, Rasa and worker run until Ctrl-C."""

import socket
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api import rasa_commands
from api.queue_address import READY_FILE
from api.settings import PREFIX, Settings, SettingsInvalid
from api.supervisor import Child, Stopped, Supervisor
from api.wiring import library_of
from knowledge_graph.core.load import shipped_core
from knowledge_graph.domain.errors import KnowledgeMissing
from knowledge_graph.embedding_model import build_model


def run_everything(settings: Settings) -> None:
    """Prepare and run until the user ends it; returns with no process left."""
    console = Console()
    try:
        with Supervisor() as supervisor:
            _check_port(settings)
            _prepare(settings, supervisor, console)
            _start(settings, supervisor, console)
            console.print(addresses(settings), soft_wrap=True, highlight=False)
            supervisor.watch()
    except Stopped:
        console.print("Stopped; no process is left.")


def _check_port(settings: Settings) -> None:
    host = "127.0.0.1" if settings.api_url.startswith("http://127.") else settings.host
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((host, settings.port)) == 0:
            raise SettingsInvalid(
                f"Something already listens on port {settings.port}. Stop it, or set MEDBRAIN_PORT"
                " to another one."
            )


def _prepare(settings: Settings, supervisor: Supervisor, console: Console) -> None:
    """Each step only when its result is missing or out of date."""
    with console.status("Building the embedding model"):
        build_model(settings.model_folder)
    for source in missing_sources(settings):
        console.print(f"Loading the starter knowledge: {source}")
        supervisor.run_to_end(Child(f"medbrain ingest {source}", _medbrain("ingest", source)))
        if source == "core":
            _core_stamp(settings).write_text(shipped_core().version)
    if rasa_commands.needs_training(settings):
        console.print("Training the dialogue engine")
        supervisor.run_to_end(Child("medbrain rasa train", _medbrain("rasa", "train")))


def missing_sources(settings: Settings) -> tuple[str, ...]:
    """The starter sources that the published knowledge lacks or has in another version.

    The manifest names the core that the latest ingest of any source read, not the one that was
    loaded; so a stamp of our own says which one that is.
    """
    wanted = tuple(settings.starter.split(","))
    try:
        held = {n for n, count in library_of(settings).manifest().sources.items() if count}
    except KnowledgeMissing:
        return wanted
    stamp = _core_stamp(settings)
    is_current = stamp.exists() and stamp.read_text() == shipped_core().version
    return tuple(name for name in wanted if name not in held or (name == "core" and not is_current))


def _core_stamp(settings: Settings) -> Path:
    return settings.knowledge_folder / "core-version"


def _start(settings: Settings, supervisor: Supervisor, console: Console) -> None:
    children = service_processes(settings)
    worker_is_ready(settings).unlink(missing_ok=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Starting", total=len(children))
        for child in children:
            supervisor.start(child)
        for child in children:
            progress.update(task, description=f"Waiting for the {child.name}")
            supervisor.wait_until_up(child.name)
            progress.advance(task)
        progress.update(task, description="Everything is up")


def service_processes(settings: Settings) -> tuple[Child, ...]:
    """The processes of the service."""
    ready = worker_is_ready(settings)
    logs = settings.log_folder
    return (
        Child(
            "API",
            _medbrain("serve"),
            logs / "api.log",
            _answers(f"{settings.api_url}/health/live"),
        ),
        Child(
            "Rasa server",
            rasa_commands.server_command(settings),
            logs / "rasa.log",
            _answers(settings.rasa_url),
            rasa_commands.server_variables(settings),
            hidden_prefix=PREFIX,
        ),
        Child("worker", _medbrain("worker"), logs / "worker.log", ready.exists),
    )


def worker_is_ready(settings: Settings) -> Path:
    """The file a worker writes when it takes jobs."""
    return settings.queue_folder / READY_FILE


def _medbrain(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "api.cli", *words)


def _answers(url: str) -> Callable[[], bool]:
    def is_up() -> bool:
        try:
            return httpx.get(url, timeout=2, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    return is_up


def addresses(settings: Settings) -> str:
    """What to open and how to get a token."""
    base = settings.api_url
    return (
        f"\nPatients       {base}/\n"
        f"Doctors        {base}/console      token: .venv/bin/medbrain token --role doctor\n"
        f"Administrators {base}/dashboard    token: .venv/bin/medbrain token --role administrator\n"
        f"API reference  {base}/docs\n"
        f"Logs           {settings.log_folder}/\n\n"
        "Not a diagnosis and not a certified medical device. Ctrl-C stops everything.\n"
    )
