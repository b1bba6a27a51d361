"""What every kind of test shares: paths, a real Neo4j server, and the rule about skips."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # for `tests.support` when pytest is called by its own name


def unavailable(reason: str) -> None:
    """Skip because this machine lacks something; where nothing may lack, fail instead."""
    if os.environ.get("MEDBRAIN_TEST_ALLOW_NO_SKIP") == "1":
        pytest.fail(f"must not be skipped here: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Real public data, where this machine has it."""
    folder = Path(os.environ.get("MEDBRAIN_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no folder of real data (MEDBRAIN_DATA)")
    return folder


@pytest.fixture(scope="session")
def neo4j_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Bolt address of a real, empty Neo4j server that lives as long as the test run."""
    from tests.support import neo4j_jars
    from tests.support.neo4j_server import neo4j_server

    reason = neo4j_jars.missing()
    if reason:
        unavailable(reason)
    with neo4j_server(tmp_path_factory.mktemp("neo4j") / "home") as server:
        yield server.url
