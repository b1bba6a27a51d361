"""The supervisor with real, small processes: in order, stopped together, none left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from api.supervisor import Child, Stopped, Supervisor
from knowledge_graph.domain.errors import DependencyDown

ROOT = Path(__file__).parents[3]

# A child that starts a grandchild of its own and writes both process ids.
FAMILY = """
import os, subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open(sys.argv[1] + ".new", "w") as file:
    file.write(f"{os.getpid()} {grandchild.pid}")
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(600)
"""
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FAMILY
PARENT = """
import sys
from pathlib import Path
from api.supervisor import Child, Stopped, Supervisor
folder, source = Path(sys.argv[1]), sys.argv[2]
try:
    with Supervisor() as supervisor:
        for name in ("one", "two"):
            ids = folder / name
            supervisor.start(Child(name, (sys.executable, "-c", source, str(ids)),
                                   folder / "log", ids.exists))
            supervisor.wait_until_up(name)
        (folder / "ready").touch()
        supervisor.watch()
except Stopped:
    print("stopped")
"""


def wait_for(is_so: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return is_so()


def is_alive(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def processes_of(folder: Path) -> list[int]:
    return [int(word) for name in ("one", "two") for word in (folder / name).read_text().split()]


def start_parent(folder: Path, source: str = FAMILY) -> subprocess.Popen[str]:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder), source],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert wait_for((folder / "ready").exists)
    return parent


def child(folder: Path, source: str, name: str = "child", **more: object) -> Child:
    command = (sys.executable, "-c", source)
    return Child(name, command, folder / "logs" / "log", lambda: False, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("source", [FAMILY, STUBBORN], ids=["polite", "stubborn"])
def test_a_killed_supervisor_leaves_no_process(tmp_path: Path, source: str) -> None:
    parent = start_parent(tmp_path, source)
    ids = processes_of(tmp_path)
    assert len(ids) == 4
    assert all(map(is_alive, ids))
    parent.kill()
    parent.communicate()
    assert wait_for(lambda: not any(map(is_alive, ids)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_in_order(tmp_path: Path, number: signal.Signals) -> None:
    parent = start_parent(tmp_path)
    ids = processes_of(tmp_path)
    parent.send_signal(number)
    output, _ = parent.communicate(timeout=20)
    assert (parent.returncode, output) == (0, "stopped\n")
    assert not any(map(is_alive, ids))


def test_a_second_ctrl_c_does_not_interrupt_the_stopping(tmp_path: Path) -> None:
    parent = start_parent(tmp_path)
    ids = processes_of(tmp_path)
    for _ in range(5):
        parent.send_signal(signal.SIGINT)
        time.sleep(0.02)
    parent.communicate(timeout=20)
    assert not any(map(is_alive, ids))


def test_a_killed_child_takes_no_grandchild_along_unseen(tmp_path: Path) -> None:
    ids = tmp_path / "ids"
    family = Child("family", (sys.executable, "-c", FAMILY, str(ids)), tmp_path / "log", ids.exists)
    with Supervisor() as supervisor:
        supervisor.start(family)
        supervisor.wait_until_up("family")
        _, grandchild = map(int, ids.read_text().split())
        assert is_alive(grandchild)
    assert not is_alive(grandchild)


def test_a_child_that_ends_while_starting_is_named_with_its_log(tmp_path: Path) -> None:
    with Supervisor() as supervisor:
        supervisor.start(child(tmp_path, "print('no such port'); raise SystemExit(3)"))
        with pytest.raises(DependencyDown, match=r"child does not answer.*logs/log"):
            supervisor.wait_until_up("child")
    assert "no such port" in (tmp_path / "logs" / "log").read_text()


def test_a_child_that_is_never_up_is_given_up(tmp_path: Path) -> None:
    ticks = []
    with Supervisor() as supervisor:
        supervisor.start(child(tmp_path, "import time; time.sleep(60)", wait_seconds=0.5))
        with pytest.raises(DependencyDown, match="not up within"):
            supervisor.wait_until_up("child", lambda: ticks.append(1))
    assert ticks


def test_a_child_that_ends_is_started_again_but_not_for_ever(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    source = f"open({str(starts)!r}, 'a').write('x')"
    with Supervisor() as supervisor:
        supervisor.start(child(tmp_path, source))
        with pytest.raises(DependencyDown, match="ended four times"):
            supervisor.watch()
    assert starts.read_text() == "xxxx"


def test_a_child_gets_its_variables_and_keeps_the_others(tmp_path: Path) -> None:
    source = "import os; print(os.environ['MINE'], 'PATH' in os.environ)"
    with Supervisor() as supervisor:
        supervisor.start(child(tmp_path, source, variables={"MINE": "yes"}))
        log = tmp_path / "logs" / "log"
        assert wait_for(lambda: log.exists() and log.read_text() == "yes True\n")


def test_afterwards_signals_do_what_they_did_before() -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    with Supervisor():
        assert [signal.getsignal(number) for number in numbers] != before
    assert [signal.getsignal(number) for number in numbers] == before


def test_the_end_can_be_asked_for_while_waiting(tmp_path: Path) -> None:
    with pytest.raises(Stopped), Supervisor() as supervisor:
        supervisor.start(child(tmp_path, "import time; time.sleep(60)"))
        supervisor.wait_until_up("child", lambda: os.kill(os.getpid(), signal.SIGTERM))
