"""A disk that is really full: its own name, nothing lost, and the rest goes in once there is room."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.sources.medquad import SOURCE as MEDQUAD
from ingest.sources.text import SOURCE as TEXT
from knowledge_graph.domain.errors import StorageFull
from tests.support.ingesting import Workplace, medquad_row, write_lines, write_texts

pytestmark = pytest.mark.e2e

MEGABYTES = (3, 5, 7)
"""The disk fills at another place with each of them: cache, graph, passages, copy."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def resize(folder: Path, megabytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={megabytes}m", str(folder)], check=True)


def test_a_full_disk_loses_nothing(tmp_path: Path, disk: Path) -> None:
    resize(disk, 2)
    place = Workplace(disk / "var")
    place.ingest(TEXT, write_texts(tmp_path / "texts", {"a.md": "A cough."}))
    version, before = place.library.current_version(), place.export()
    rows = [medquad_row(f"1-{n}", answer=f"Cough and fever, case {n}. " * 60) for n in range(700)]
    path = write_lines(tmp_path / "q.jsonl", rows)
    for megabytes in MEGABYTES:
        resize(disk, megabytes)
        with pytest.raises(StorageFull):
            place.ingest(MEDQUAD, path)
        assert place.library.current_version() == version
        assert place.export() == before
    resize(disk, 200)
    assert place.ingest(MEDQUAD, path).added == len(rows)
    place.records.close()
