"""kill -9 at any moment of an ingest, run again: the same result as an undisturbed run."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.sources.fhir import SOURCE as FHIR
from ingest.sources.medquad import SOURCE as MEDQUAD
from tests.conftest import ROOT
from tests.support import fhir_bundles as fhir
from tests.support.ingesting import Workplace, medquad_row, write_lines

pytestmark = pytest.mark.e2e

ROUNDS = 3
MOST_ROUNDS = 12  # a run may end before it is killed: then one more is tried
ALWAYS = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
SCRIPT = """
import sys
from pathlib import Path
from ingest import pipeline
from ingest.discovery import source_named
from tests.support.ingesting import Workplace

if __name__ == "__main__":
    pipeline._BATCH, pipeline._WRITE = 8, 32
    name, path, folder = sys.argv[1:]
    print("ready", flush=True)
    Workplace(Path(folder)).ingest(source_named(name), Path(path))
"""


def start(script: Path, *words: object) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, str(script), *map(str, words)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def finish(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    with process.stdout:
        return process.wait(timeout=120)


def corpus(folder: Path, name: str) -> Path:
    if name == "medquad":
        rows = [
            medquad_row(f"1-{n}", answer=f"Cough and fever, case {n}. " * 9) for n in range(150)
        ]
        return write_lines(folder / "q.jsonl", rows)
    for n in range(40):
        who = fhir.patient(identifier=[{"value": f"MR-{n}"}])
        content = fhir.bundle(fhir.encounter(), fhir.note(f"Cough {n}."), who=who)
        fhir.write_bundle(folder / f"{n}.json", content)
    return folder


@pytest.mark.parametrize("source", [MEDQUAD, FHIR], ids=lambda s: s.name)
def test_killed_at_random_moments_and_run_again(tmp_path: Path, source: object) -> None:
    name = source.name  # type: ignore[attr-defined]
    path = corpus(tmp_path / "in", name)
    script = tmp_path / "run.py"
    script.write_text(SCRIPT)
    undisturbed = Workplace(tmp_path / "undisturbed")
    process = start(script, name, path, undisturbed.folder)
    began = time.monotonic()
    assert finish(process) == 0
    seconds = time.monotonic() - began

    chance = random.Random(20240502)
    killed = 0
    for turn in range(MOST_ROUNDS):
        if killed >= ROUNDS:
            break
        place = Workplace(tmp_path / f"killed-{turn}")
        for _ in range(1 + turn % 2):  # a run that takes up another one's leavings is killed too
            process = start(script, name, path, place.folder)
            time.sleep(chance.uniform(0, seconds))
            process.send_signal(signal.SIGKILL)
            killed += finish(process) == -signal.SIGKILL
            version = place.library.current_version()
            assert version in (None, undisturbed.library.current_version())
        assert finish(start(script, name, path, place.folder)) == 0
        assert place.export() == undisturbed.export()
        assert place.library.current_version() == undisturbed.library.current_version()
        assert records_of(place) == records_of(undisturbed)
        assert not list((place.folder / "knowledge" / "drafts").glob("*"))
    assert killed >= ROUNDS, "nothing was tested"


def records_of(place: Workplace) -> str:
    return json.dumps([repr(encounter) for encounter in place.records.encounters(*ALWAYS)])
