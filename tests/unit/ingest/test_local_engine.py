"""The pool of processes gives what this process gives, in order, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from ingest.engines.local import LocalEngine
from ingest.source import Fault, RawDocument
from ingest.sources.medquad import SOURCE
from tests.conftest import ROOT
from tests.support.ingesting import extraction_of, medquad_row


def batches(number: int, size: int) -> list[list[RawDocument]]:
    raws = [
        RawDocument(
            f"k{n}",
            b"{broken" if n == 7 else json.dumps(medquad_row(answer=f"Cough {n}.")).encode(),
            f"q.jsonl, line {n}",
        )
        for n in range(number)
    ]
    return [raws[start : start + size] for start in range(0, number, size)]


def test_a_pool_gives_the_same_as_one_process_in_the_same_order() -> None:
    extraction = extraction_of(SOURCE)
    given = batches(260, 50)
    alone = list(LocalEngine(1).run(extraction, given))
    assert list(LocalEngine(2).run(extraction, given)) == alone
    assert isinstance(alone[0][7], Fault)
    assert [len(batch) for batch in alone] == [50, 50, 50, 50, 50, 10]


def test_no_batches_give_no_outcomes() -> None:
    assert list(LocalEngine(2).run(extraction_of(SOURCE), [])) == []
    assert list(LocalEngine(2).run(extraction_of(SOURCE), [[], []])) == [[], []]


SCRIPT = """
import multiprocessing, sys, time
from tests.unit.ingest.test_local_engine import batches
from tests.support.ingesting import extraction_of
from ingest.engines.local import LocalEngine
from ingest.sources.medquad import SOURCE

if __name__ == "__main__":
    outcomes = LocalEngine(2).run(extraction_of(SOURCE), batches(400, 50))
    next(outcomes)
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    time.sleep(60)
"""


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_a_killed_parent_leaves_no_worker_behind(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(SCRIPT)
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert parent.stdout is not None
    with parent.stdout:
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(workers) == 2
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    deadline = time.monotonic() + 20
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in workers if is_running(pid)]
