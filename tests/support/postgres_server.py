"""A real PostgreSQL server for the tests, from the machine's own package, on loopback."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.service import free_port

_NOBODY = "postgres"
"""The server refuses to run as root; the package makes this user."""


def programs() -> Path | None:
    """The folder of the newest installed server's programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextmanager
def postgres_server() -> Iterator[str]:
    """Runs one; gives the URL of its empty database."""
    # Not in a folder of pytest's: those are closed to the user that the server runs as.
    with TemporaryDirectory(prefix="medbrain-postgres-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, _NOBODY)
        yield from _serve(Path(folder))


def _serve(folder: Path) -> Iterator[str]:
    bin_folder = programs()
    assert bin_folder is not None
    port = free_port()
    data = folder / "data"
    _run([bin_folder / "initdb", "-D", data, "-U", "medbrain", "-A", "trust", "-E", "UTF8", "-N"])
    options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off"
    _run([bin_folder / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"])
    try:
        yield f"postgresql+psycopg://medbrain@127.0.0.1:{port}/postgres"
    finally:
        _run([bin_folder / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop"])


def _run(words: list[object]) -> None:
    user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run(
        [str(word) for word in words],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        timeout=60,
        **user,  # type: ignore[call-overload]
    )
