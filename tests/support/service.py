"""The real service as a user starts it: `medbrain run` in a folder and on ports of its own."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
MEDBRAIN = ROOT / ".venv" / "bin" / "medbrain"
_START_SECONDS = 900


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Service:
    """`var`: where it writes. Use as a context manager; it ends by the same signal as Ctrl-C."""

    var: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    rasa_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes and its commands get."""
        return {
            **os.environ,
            "MEDBRAIN_VAR": str(self.var),
            "MEDBRAIN_PORT": str(self.port),
            "MEDBRAIN_RASA_URL": f"http://127.0.0.1:{self.rasa_port}",
            **self.settings,
        }

    def command(self, *words: str, timeout: float = 900) -> subprocess.CompletedProcess[str]:
        """Run `medbrain …` with the service's settings."""
        return subprocess.run(
            [str(MEDBRAIN), *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self) -> float:
        """Start everything; returns the seconds until it was ready."""
        self.var.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with (self.var / "run.log").open("wb") as log:
            self.process = subprocess.Popen(
                [str(MEDBRAIN), "run"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        while time.monotonic() - began < _START_SECONDS:
            if self.process.poll() is not None:
                raise AssertionError((self.var / "run.log").read_text("utf-8")[-3000:])
            if "Everything is up" in (self.var / "run.log").read_text("utf-8", "replace"):
                return time.monotonic() - began
            time.sleep(0.2)
        self.stop()
        raise AssertionError(f"not up after {_START_SECONDS} s, see {self.var / 'run.log'}")

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
        self.process = None

    def token(self, role: str) -> str:
        """A bearer token for a role."""
        return self.command("token", "--role", role).stdout.strip()

    def client(self, role: str | None = None) -> httpx.Client:
        """A client of its API, as a member of staff or as nobody."""
        headers = {"Authorization": f"Bearer {self.token(role)}"} if role else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)

    def processes(self) -> dict[int, str]:
        """Process id and command line of the service and all its descendants."""
        assert self.process is not None
        return descendants(self.process.pid)


def descendants(root: int) -> dict[int, str]:
    """A process and everything started below it, by id, with its command line."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
            commands[int(folder.name)] = command.strip()
    family = {root}
    while True:
        more = {child for child, parent in parents.items() if parent in family} - family
        if not more:
            return {pid: commands.get(pid, "") for pid in family}
        family |= more
