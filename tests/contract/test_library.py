"""Versions of the knowledge: published whole or not at all, with either graph store."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge_graph import publication
from knowledge_graph.domain.errors import (
    DependencyDown,
    KnowledgeInvalid,
    KnowledgeMissing,
    StorageFull,
    WriterBusy,
)
from knowledge_graph.domain.evidence import Extract
from knowledge_graph.embedding import embed_passages
from knowledge_graph.passages import PassageStore
from knowledge_graph.publication import Draft, Library, Manifest
from tests.support.embedder import WordEmbedder
from tests.support.extracts import article
from tests.support.graph_stores import STORES, empty_neo4j

EMBEDDER = WordEmbedder()
GOUT = article("a:1", "Gout hurts.", "A lot.", mentions={"gout": 1})
ASTHMA = article("a:2", "Asthma makes breathing hard.", mentions={"asthma": 1})


@pytest.fixture(params=STORES)
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Library:
    if request.param == "neo4j":
        url = request.getfixturevalue("neo4j_url")
        with empty_neo4j(url):
            pass
        return Library(tmp_path / "knowledge", graph_url=url)
    return Library(tmp_path / "knowledge")


@pytest.fixture
def embedded(tmp_path: Path) -> Library:
    return Library(tmp_path / "knowledge")


def put(draft: Draft, *extracts: Extract) -> None:
    draft.write(extracts, embed_passages(EMBEDDER, extracts))


def publish(library: Library, *extracts: Extract, remove: Sequence[str] = ()) -> Manifest:
    with library.write() as draft:
        put(draft, *extracts)
        draft.remove(remove)
        return draft.publish(EMBEDDER.name, "core1")


def hashes(library: Library) -> dict[str, str]:
    version = library.current_version()
    assert version
    passages, graph = library.open_passages(version), library.open_graph(version)
    try:
        assert passages.document_hashes() == graph.document_hashes()
        return dict(passages.document_hashes())
    finally:
        passages.close()
        graph.close()


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "knowledge").iterdir())


def test_nothing_is_published_at_first(library: Library) -> None:
    assert library.current_version() is None
    with pytest.raises(KnowledgeMissing, match="ingest"):
        library.manifest()


def test_what_is_published_is_read(library: Library) -> None:
    manifest = publish(library, GOUT, ASTHMA)
    assert library.current_version() == manifest.version
    assert library.manifest() == manifest
    assert hashes(library) == {"a:1": "1", "a:2": "1"}
    assert manifest.sources == {"a": 2}
    assert (manifest.counts["Passage"], manifest.counts["vectors"]) == (3, 3)
    assert (manifest.embedder, manifest.core_version) == (EMBEDDER.name, "core1")


def test_the_next_version_begins_as_the_current_one(library: Library) -> None:
    publish(library, GOUT)
    with library.write() as draft:
        assert draft.version == library.current_version()
        assert draft.document_hashes("a") == {"a:1": "1"}
        assert draft.document_hashes("b") == {}
        put(draft, ASTHMA)
        draft.remove(["a:1"])
        draft.publish(EMBEDDER.name, "core1")
    assert hashes(library) == {"a:2": "1"}


def test_an_unchanged_draft_publishes_nothing_new(library: Library, tmp_path: Path) -> None:
    first = publish(library, GOUT)
    pointer = tmp_path / "knowledge" / "current"
    before = pointer.stat().st_mtime_ns
    assert publish(library) == first
    assert publish(library, GOUT).version == first.version
    assert pointer.stat().st_mtime_ns == before


def test_equal_content_is_an_equal_version_whatever_the_history(
    library: Library, tmp_path: Path
) -> None:
    one = publish(library, GOUT, ASTHMA)
    other = publish(library, remove=["a:1"])
    assert other.version != one.version
    assert publish(library, GOUT).version == one.version
    assert publish(Library(tmp_path / "elsewhere"), ASTHMA, GOUT).version == one.version


def test_a_draft_that_is_not_published_is_thrown_away(embedded: Library, tmp_path: Path) -> None:
    version = publish(embedded, GOUT).version
    with embedded.write() as draft:
        put(draft, ASTHMA)
    with pytest.raises(ZeroDivisionError), embedded.write() as draft:
        put(draft, ASTHMA)
        1 / 0  # noqa: B018
    assert embedded.current_version() == version
    assert hashes(embedded) == {"a:1": "1"}
    assert leftovers(tmp_path) == ["current", "versions", "writer.lock"]


def test_two_versions_are_kept_and_a_reader_keeps_its_own(
    embedded: Library, tmp_path: Path
) -> None:
    first = publish(embedded, GOUT).version
    reader = embedded.open_graph(first)
    second = publish(embedded, ASTHMA).version
    third = publish(embedded, article("a:3", "More.")).version
    kept = {path.name for path in (tmp_path / "knowledge" / "versions").iterdir()}
    assert kept == {second, third}
    assert dict(reader.document_hashes()) == {"a:1": "1"}
    reader.close()
    with pytest.raises(KnowledgeMissing):
        embedded.open_graph(first)


def test_one_writer_at_a_time_and_readers_are_not_disturbed(embedded: Library) -> None:
    publish(embedded, GOUT)
    with embedded.write() as draft:
        put(draft, ASTHMA)
        with pytest.raises(WriterBusy, match="wait"), embedded.write():
            pass
        assert hashes(embedded) == {"a:1": "1"}
    with embedded.write():
        pass


def test_a_full_disk_leaves_the_old_version(
    embedded: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = publish(embedded, GOUT).version

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for owner, name in (
        (shutil, "copyfile"),
        (PassageStore, "write"),
        (PassageStore, "save"),
        (publication, "write_whole"),
    ):
        with monkeypatch.context() as broken:
            broken.setattr(owner, name, full)
            with pytest.raises(StorageFull, match="free some room"):
                publish(embedded, ASTHMA)
        assert embedded.current_version() == version
        assert hashes(embedded) == {"a:1": "1"}
        assert leftovers(tmp_path) == ["current", "versions", "writer.lock"]
    publish(embedded, ASTHMA)
    assert hashes(embedded) == {"a:1": "1", "a:2": "1"}


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not allow mounting a small disk")
    try:
        library = Library(disk / "knowledge")
        version = publish(library, GOUT).version
        noise = [article(f"b:{n}", os.urandom(2000).hex()) for n in range(3000)]
        with pytest.raises(StorageFull):
            publish(library, *noise)
        assert library.current_version() == version
        assert hashes(library) == {"a:1": "1"}
        publish(library, ASTHMA)
        assert hashes(library) == {"a:1": "1", "a:2": "1"}
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_vectors_of_two_embedders_are_not_mixed(embedded: Library) -> None:
    publish(embedded, GOUT)
    with embedded.write() as draft, pytest.raises(KnowledgeInvalid, match="another-model"):
        put(draft, ASTHMA)
        draft.publish("another-model", "core1")


def test_another_core_is_another_version(embedded: Library) -> None:
    first = publish(embedded, GOUT)
    with embedded.write() as draft:
        second = draft.publish(EMBEDDER.name, "core2")
    assert second.version != first.version
    assert replace(second, version="", digest="", created="", core_version="core1") == replace(
        first, version="", digest="", created=""
    )


@pytest.mark.parametrize("damage", ["{", "{}", "[]", '{"version": "x", "unknown": 1}'])
def test_a_damaged_manifest_is_named(embedded: Library, tmp_path: Path, damage: str) -> None:
    version = publish(embedded, GOUT).version
    path = tmp_path / "knowledge" / "versions" / version / "manifest.json"
    json.loads(path.read_text(encoding="utf-8"))
    path.write_text(damage, encoding="utf-8")
    with pytest.raises(KnowledgeMissing, match="damaged"):
        embedded.manifest()


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    library = Library(tmp_path / "knowledge", graph_url="bolt://127.0.0.1:1")
    down = pytest.raises(DependencyDown, match=r"Neo4j does not answer.*bolt://127.0.0.1:1")
    with down, library.write():
        pass


_DOCUMENTS = 10
_WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.contract.test_library import _DOCUMENTS, Library, article, put, EMBEDDER
with Library(Path({folder!r}), graph_url={url!r}).write() as draft:
    print("drafting", flush=True)
    for n in range(_DOCUMENTS):
        if draft.document_hashes().get(f"a:{{n}}") != "1":
            put(draft, article(f"a:{{n}}", f"Text number {{n}}.", mentions={{"gout": n + 1}}))
        print(n, flush=True)
    print(draft.publish(EMBEDDER.name, "core1").version, flush=True)
"""


@pytest.mark.parametrize("store", STORES)
def test_a_killed_writer_leaves_the_same_result_after_a_second_run(
    store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = None
    if store == "neo4j":
        url = request.getfixturevalue("neo4j_url")
        with empty_neo4j(url):
            pass
    root = str(Path(__file__).resolve().parents[2])
    undisturbed = Library(tmp_path / "undisturbed")
    extracts = [
        article(f"a:{n}", f"Text number {n}.", mentions={"gout": n + 1}) for n in range(_DOCUMENTS)
    ]
    expected = publish(undisturbed, *extracts).version
    folder = tmp_path / "knowledge"
    script = _WRITER.format(root=root, folder=str(folder), url=url)
    for killed_at in (b"drafting", b"4", b"9"):
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            for line in writer.stdout:
                if line.strip() == killed_at:
                    break
            writer.send_signal(signal.SIGKILL)
        assert Library(folder, graph_url=url).current_version() in (None, expected)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.split()[-1].decode() == expected
    library = Library(folder, graph_url=url)
    assert library.current_version() == expected
    assert len(hashes(library)) == _DOCUMENTS
    assert leftovers(tmp_path) == ["current", "versions", "writer.lock"]
