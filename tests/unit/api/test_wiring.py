"""The long-lived parts: opened once, opened anew on a new version, missed without harm."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api import wiring
from api.auth import Principal, Role
from api.wiring import Services
from knowledge_graph.domain.errors import DependencyDown, KnowledgeMissing
from tests.support.embedder import WordEmbedder
from tests.support.extracts import article
from tests.support.services import articles, make_services, publish, settings_in
from tests.support.small_core import small_core


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "_LOOK_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(wiring, "_RETRY_SECONDS", 0.0)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = make_services(tmp_path)
    yield services
    services.close()


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_new_version_is_taken_up_and_the_old_one_still_reads(services: Services) -> None:
    before = services.knowledge()
    version = publish(services, article("medquad:gout", "Gout is a painful arthritis."))
    wait_for(lambda: services.knowledge().version == version)
    assert before.version != version
    assert before.graph.document("medquad:angina") is not None
    assert services.knowledge().graph.document("medquad:gout") is not None


def test_the_same_version_is_not_opened_again(services: Services) -> None:
    first = services.knowledge()
    publish(services, *articles())
    for _ in range(3):
        time.sleep(0.02)
        assert services.knowledge() is first


def test_without_knowledge_the_core_still_serves(tmp_path: Path) -> None:
    services = make_services(tmp_path, published=False)
    services.warm_up()
    with pytest.raises(KnowledgeMissing, match="ingest a source"):
        services.knowledge()
    assert services.finder() is services.core_finder
    assert services.model().condition_ids == ("pneumonia", "angina")
    services.close()


def test_knowledge_that_comes_later_is_taken_up(tmp_path: Path) -> None:
    services = make_services(tmp_path, published=False)
    assert services.knowledge_or_none() is None
    version = publish(services, *articles())
    wait_for(lambda: services.knowledge_or_none() is not None)
    assert services.knowledge().version == version
    services.close()


def test_a_library_without_the_core_uses_the_cores_own_facts(tmp_path: Path) -> None:
    services = make_services(tmp_path, published=False)
    publish(services, *articles())
    assert services.model().condition_ids == ("pneumonia", "angina")
    services.close()


def test_a_graph_server_that_is_down_is_named_and_the_rest_starts(tmp_path: Path) -> None:
    make_services(tmp_path).close()
    services = Services(
        settings_in(tmp_path, graph_url="bolt://127.0.0.1:9"), WordEmbedder, small_core()
    )
    services.warm_up()
    with pytest.raises(DependencyDown):
        services.knowledge()
    assert services.model() is services.core_model
    services.close()


def test_a_database_that_is_down_is_named_and_the_rest_starts(tmp_path: Path) -> None:
    make_services(tmp_path).close()
    url = "postgresql+psycopg://nobody@127.0.0.1:9/none"
    services = Services(settings_in(tmp_path, records_url=url), WordEmbedder, small_core())
    services.warm_up()
    with pytest.raises(DependencyDown):
        services.records()
    assert services.knowledge().version
    services.close()


def test_reading_is_noted_with_who_and_what(services: Services) -> None:
    services.audit(Principal("dr-wu", Role.DOCTOR), "read", "patient:7")
    (entry,) = services.records().audit_entries(5)
    assert {key: entry[key] for key in ("actor", "role", "action", "target")} == {
        "actor": "dr-wu",
        "role": "doctor",
        "action": "read",
        "target": "patient:7",
    }
