"""Fetches the jars of a Neo4j Community server: `python -m tests.support.neo4j_jars`.

They go to var/neo4j/lib (about 130 MB) through Maven. Tests against a real server use them.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
POM = Path(__file__).parent / "neo4j" / "pom.xml"
LIB = ROOT / "var" / "neo4j" / "lib"
_STAMP = LIB.parent / "pom.stamp"


def missing() -> str | None:
    """Why no server can be started here, in one line; None when one can."""
    if shutil.which("java") is None:
        return "no Java on this machine (Neo4j needs Java 17 or newer)"
    if not _is_fetched():
        return "no Neo4j jars in var/neo4j/lib (python -m tests.support.neo4j_jars fetches them)"
    return None


def fetch() -> None:
    """Fetch the jars that pom.xml names, unless they are there."""
    if _is_fetched():
        return
    maven = shutil.which("mvn")
    if maven is None:
        raise SystemExit("Maven (mvn) is not installed; install it to fetch the Neo4j jars")
    shutil.rmtree(LIB, ignore_errors=True)
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={LIB}"]
    subprocess.run([maven, "-q", "-B", "-f", str(POM), *goal], check=True)
    _STAMP.write_text(POM.read_text(encoding="utf-8"), encoding="utf-8")


def _is_fetched() -> bool:
    # Written last: a fetch that was interrupted, or of another version, does not count.
    return _STAMP.is_file() and _STAMP.read_text(encoding="utf-8") == POM.read_text(
        encoding="utf-8"
    )


if __name__ == "__main__":
    fetch()
    print(f"{len(list(LIB.glob('*.jar')))} jars in {LIB.relative_to(ROOT)}", file=sys.stderr)
