"""A real Neo4j Community server on loopback, for the tests of the graph stores."""

import ctypes
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.neo4j_jars import LIB

_READY_SECONDS = 90
_OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.lang", "java.util.concurrent")
_LOG = """<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="ERROR">
  <Appenders><File name="file" fileName="{file}"><PatternLayout pattern="%d %p %m%n%ex"/></File></Appenders>
  <Loggers><Root level="WARN"><AppenderRef ref="file"/></Root></Loggers>
</Configuration>
"""
_SETTINGS = """
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.security.auth_enabled=false
dbms.usage_report.enabled=false
server.memory.heap.initial_size=256m
server.memory.heap.max_size=512m
server.memory.pagecache.size=64m
db.tx_log.rotation.retention_policy=1 files
"""
_PR_SET_PDEATHSIG = 1


@dataclass
class Neo4jServer:
    """A running server: its Bolt address, and its process."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the server's own process and wait for it."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextmanager
def neo4j_server(home: Path) -> Iterator[Neo4jServer]:
    """Start a server with its files in `home` on a free port; stop it at the end."""
    port = _free_port()
    _configure(home, port)
    command = [
        shutil.which("java") or "java",
        *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED),
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        f"{LIB}/*",
        "org.neo4j.server.CommunityEntryPoint",
        f"--home-dir={home}",
        f"--config-dir={home / 'conf'}",
    ]
    with (home / "console.txt").open("wb") as console:
        process = subprocess.Popen(
            command, stdout=console, stderr=subprocess.STDOUT, preexec_fn=_die_with_parent
        )
    server = Neo4jServer(f"bolt://127.0.0.1:{port}", process)
    try:
        _wait_until_ready(server, home)
        yield server
    finally:
        server.stop()


def _configure(home: Path, port: int) -> None:
    conf = home / "conf"
    conf.mkdir(parents=True)
    (conf / "neo4j.conf").write_text(_SETTINGS.format(port=port), encoding="utf-8")
    for name in ("server-logs.xml", "user-logs.xml"):
        text = _LOG.format(file=home / f"{name}.log")
        (conf / name).write_text(text, encoding="utf-8")


def _wait_until_ready(server: Neo4jServer, home: Path) -> None:
    import neo4j

    deadline = time.monotonic() + _READY_SECONDS
    while True:
        if server.process.poll() is not None:
            raise RuntimeError(f"Neo4j ended: {(home / 'console.txt').read_text()[-2000:]}")
        try:
            with neo4j.GraphDatabase.driver(server.url) as driver:
                driver.verify_connectivity()
                return
        except neo4j.exceptions.DriverError as error:
            if time.monotonic() > deadline:
                raise RuntimeError(f"Neo4j was not ready in {_READY_SECONDS} s") from error
            time.sleep(0.3)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """Linux: end this child when the test run ends, however it ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
