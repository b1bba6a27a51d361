"""The API's shape is pinned: a change shows as a changed golden file, reviewed as text."""

import json
import os
from pathlib import Path

from fastapi.testclient import TestClient

from api.app import create_app
from tests.support.services import make_services

GOLDEN = Path(__file__).parents[1] / "golden" / "openapi.json"


def test_the_api_is_the_one_in_the_golden_file(tmp_path: Path) -> None:
    client = TestClient(create_app(services=make_services(tmp_path, published=False)))
    written = json.dumps(client.get("/openapi.json").json(), indent=1, sort_keys=True) + "\n"
    if os.environ.get("MEDBRAIN_WRITE_GOLDEN") == "1":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(written, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == written, "run `make golden` and review the change"
