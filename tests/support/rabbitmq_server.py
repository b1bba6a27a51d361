"""A real RabbitMQ server for the tests, from the machine's own package, on loopback."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.service import free_port

# The package's command changes to another user and folder; the server's own script does not.
_SCRIPT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_START_SECONDS = 60


def program() -> Path | None:
    """The server's script, or None."""
    if _SCRIPT.exists():
        return _SCRIPT
    found = shutil.which("rabbitmq-server")
    return Path(found) if found else None


@contextmanager
def rabbitmq_server(folder: Path) -> Iterator[str]:
    """Runs one with its data in `folder`; gives its AMQP URL."""
    script = program()
    assert script is not None
    folder.mkdir(parents=True, exist_ok=True)
    port, names_port = free_port(), free_port()
    environment = {
        **os.environ,
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"medbrain{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "ERL_EPMD_PORT": str(names_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
    }
    with (folder / "output").open("wb") as output:
        server = subprocess.Popen(
            [str(script)],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
        )
    try:
        _wait(server, folder / "output")
        yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
        # The name server is started beside it and would stay behind.
        subprocess.run(
            ["epmd", "-port", str(names_port), "-kill"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=10,
        )


def _wait(server: subprocess.Popen[bytes], output: Path) -> None:
    """Until it says that it has started."""
    deadline = time.monotonic() + _START_SECONDS
    while "completed with" not in output.read_text("utf-8", "replace"):
        if server.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(output.read_text("utf-8", "replace")[-2000:])
        time.sleep(0.2)
