"""Files that are whole or not there, and a full disk under its own name."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge_graph.domain.errors import StorageFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def write_whole(path: Path, text: str) -> None:
    """Replace a file's text at once: a reader, or a crash, sees the old text or the new one."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    sync(fresh)
    fresh.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Bring a file or a folder's entries to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def full_disk_named() -> Iterator[None]:
    """Raise StorageFull for whatever a part of the storage calls a full disk."""
    try:
        yield
    except (OSError, sqlite3.OperationalError, RuntimeError) as error:
        if is_full(error):
            raise StorageFull(
                "The disk is full. What was published before stays in use; free some room and "
                "ingest again"
            ) from error
        raise


def is_full(error: Exception) -> bool:
    """Whether an error means that the disk has no room, from the system, SQLite or a library.

    Libraries written in C++ raise RuntimeError with the system's words, and no number.
    """
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    words = str(error)
    return "No space left on device" in words or "database or disk is full" in words
