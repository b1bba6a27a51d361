"""Files are whole or not there; a full disk has one name."""

import errno
import sqlite3
from pathlib import Path

import pytest

from knowledge_graph.domain.errors import StorageFull
from knowledge_graph.storage import full_disk_named, write_whole


def test_a_file_is_replaced_and_nothing_else_stays(tmp_path: Path) -> None:
    path = tmp_path / "current"
    write_whole(path, "one")
    write_whole(path, "二")
    assert path.read_text(encoding="utf-8") == "二"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        sqlite3.OperationalError("database or disk is full"),
        RuntimeError("IO exception: Cannot write: No space left on device"),
    ],
)
def test_a_full_disk_by_any_name(error: Exception) -> None:
    with pytest.raises(StorageFull) as raised, full_disk_named():
        raise error
    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    "error", [OSError(errno.EACCES, "Permission denied"), RuntimeError("x"), KeyError("full")]
)
def test_other_errors_pass(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, full_disk_named():
        raise error
    assert raised.value is error
