"""The service for the journeys: started once, as a user starts it, in a folder of the tests."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.service import ROOT, Service

DOCUMENTS = Path(__file__).parent / "documents"
CHROMIUM = Path("/usr/bin/chromium")


def skip_or_fail(reason: str) -> None:
    """Skip in one line; where nothing may be skipped, fail."""
    if os.environ.get("MEDBRAIN_TEST_ALLOW_NO_SKIP"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    if not (ROOT / ".venv-rasa" / "bin" / "python").exists():
        skip_or_fail("needs the Rasa environment: deploy/environments.sh test")
    # The curated core alone: the journeys need no rare diseases, and HPO takes minutes to load.
    running = Service(ROOT / "var" / "e2e", {"MEDBRAIN_STARTER": "core"})
    running.start()
    try:
        ingested = running.command("ingest", "text", str(DOCUMENTS))
        assert ingested.returncode == 0, ingested.stdout + ingested.stderr
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def chromium() -> str:
    found = (
        CHROMIUM if CHROMIUM.exists() else shutil.which("chromium") or shutil.which("google-chrome")
    )
    if not found:
        skip_or_fail("needs Chromium: apt-get install chromium fonts-noto-cjk")
    return str(found)
