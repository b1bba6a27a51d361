"""Keeps the service's processes together: started in order, stopped together, none left behind.

Each child leads a process group. When the supervisor ends in an ordinary way it stops the groups
itself. When it is killed, the kernel signals its children (PR_SET_PDEATHSIG), and the guard, a
small process that waits for its pipe to close, kills the groups with all their grandchildren.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any, Self

from knowledge_graph.domain.errors import DependencyDown, MedbrainError

_PR_SET_PDEATHSIG = 1
_GRACE_SECONDS = 10.0
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LIBC = ctypes.CDLL(None, use_errno=True)

_GUARD = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
groups = set()
for line in sys.stdin:
    sign, group = line[0], int(line[1:])
    (groups.add if sign == "+" else groups.discard)(group)
for sent, pause in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 0.0)):
    for group in groups:
        try:
            os.killpg(group, sent)
        except ProcessLookupError:
            pass
    time.sleep(pause if groups else 0.0)
"""


@dataclass(frozen=True, slots=True)
class Child:
    """One process to run. `is_up` says whether it answers; `variables` are added to its own.

    `log`: the file its output goes to; None leaves it on the terminal. `hidden_prefix`: variables
    of ours that start so are kept from it.
    """

    name: str
    command: Sequence[str]
    log: Path | None = None
    is_up: Callable[[], bool] = lambda: True
    variables: Mapping[str, str] = field(default_factory=dict)
    wait_seconds: float = 120.0
    hidden_prefix: str | None = None

    def environment(self) -> dict[str, str]:
        """The variables it starts with."""
        inherited = {**os.environ}
        if self.hidden_prefix is not None:
            inherited = {k: v for k, v in inherited.items() if not k.startswith(self.hidden_prefix)}
        return {**inherited, **self.variables}


class Stopped(Exception):
    """The user asked for the end (Ctrl-C or a terminate signal)."""


class StepFailed(MedbrainError):
    """A step that must be done before the service can start was not done."""

    code = "step_failed"


class Supervisor:
    """Runs children; use it as a context manager, so that they end however the block ends."""

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._children: dict[str, Child] = {}
        self._guard: subprocess.Popen[str] | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._guard = subprocess.Popen(  # noqa: S603 - our own code, no shell
            [sys.executable, "-c", _GUARD],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._before = {number: signal.signal(number, _stop) for number in _ENDING}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A second Ctrl-C must not interrupt the stopping.
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
        self.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def start(self, child: Child) -> None:
        """Start a child."""
        with _output(child.log) as output:
            process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
                list(child.command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                env=child.environment(),
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()),
            )
        self._processes[child.name] = process
        self._children[child.name] = child
        self._tell_guard("+", process.pid)

    def wait_until_up(self, name: str, tick: Callable[[], None] = lambda: None) -> None:
        """Wait for a child to answer. Raises DependencyDown when it ends or takes too long."""
        child = self._children[name]
        deadline = time.monotonic() + child.wait_seconds
        while not child.is_up():
            if self._processes[name].poll() is not None:
                raise DependencyDown(name, f"It ended while starting; see {child.log}")
            if time.monotonic() > deadline:
                raise DependencyDown(
                    name, f"It was not up within {child.wait_seconds:g} s; see {child.log}"
                )
            tick()
            time.sleep(0.2)

    def run_to_end(self, child: Child) -> None:
        """Run a child that does one thing and ends. Raises StepFailed when it ends with a fault."""
        self.start(child)
        status = self._processes[child.name].wait()
        self._forget(child.name)
        if status != 0:
            where = f"; see {child.log}" if child.log else "; the reason stands above"
            raise StepFailed(f"{child.name} ended with status {status}{where}")

    def watch(self) -> None:
        """Wait for the user's end; a child that ends is started again.

        Raises Stopped, or DependencyDown when a child ends again and again.
        """
        restarts: dict[str, list[float]] = {}
        while True:
            for name, process in list(self._processes.items()):
                if process.poll() is not None:
                    self._restart(name, restarts.setdefault(name, []))
            time.sleep(0.5)

    def _restart(self, name: str, times: list[float]) -> None:
        now = time.monotonic()
        times[:] = [moment for moment in times if now - moment < 300] + [now]
        child = self._children[name]
        if len(times) > 3:
            raise DependencyDown(name, f"It ended four times in five minutes; see {child.log}")
        self._forget(name)
        self.start(child)

    def stop(self) -> None:
        """End every child with all its descendants; first politely, then not."""
        for process in self._processes.values():
            _signal_group(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE_SECONDS
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        for name in list(self._processes):
            self._forget(name)
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None

    def _forget(self, name: str) -> None:
        """Kill what is left of a child's group."""
        process = self._processes.pop(name)
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()
        self._tell_guard("-", process.pid)

    def _tell_guard(self, sign: str, group: int) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            with suppress(BrokenPipeError):
                self._guard.stdin.write(f"{sign}{group}\n")
                self._guard.stdin.flush()


@contextmanager
def _output(log: Path | None) -> Iterator[IO[bytes] | None]:
    if log is None:
        yield None
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        yield file


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _die_with(parent: int) -> Callable[[], None]:
    """Runs in the child before its program: the kernel ends it when the parent ends."""

    def prepare() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # the parent ended before the kernel was asked
            os._exit(1)

    return prepare
