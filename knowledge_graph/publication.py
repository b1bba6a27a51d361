"""Versions of the knowledge: drafted aside, checked, and published by switching one pointer.

    folder/current            the published version's id
    folder/versions/<id>/     manifest.json, graph.lbug, passages.sqlite, passages.faiss
    folder/drafts/<any>/      what a writer works on; worthless without its writer
    folder/writer.lock        held by the one writer

With a graph server the graph is written in place, one transaction per write, and only the
passages are versioned. A document counts as ingested when graph and passages both have it.
"""

import fcntl
import json
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from knowledge_graph.domain.errors import (
    KnowledgeInvalid,
    KnowledgeMissing,
    WriterBusy,
)
from knowledge_graph.domain.evidence import DocumentId, Extract
from knowledge_graph.embedding import Vectors
from knowledge_graph.passages import PassageStore
from knowledge_graph.storage import full_disk_named, sync, write_whole
from knowledge_graph.store import GraphStore
from knowledge_graph.stores.opening import open_store

GRAPH_FILE = "graph.lbug"
MANIFEST_FILE = "manifest.json"
_ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version holds. `sources`: documents by source; `created`: ISO 8601, UTC."""

    version: str
    created: str
    counts: Mapping[str, int]
    sources: Mapping[str, int]
    embedder: str
    core_version: str
    digest: str


class Draft:
    """The next version while it is written. Write through it; graph and passages are for reading."""

    def __init__(
        self, library: "Library", folder: Path, graph: GraphStore, passages: PassageStore
    ) -> None:
        self.graph = graph
        self.passages = passages
        self.folder = folder
        self.version = library.current_version()
        self._library = library
        self._is_changed = False
        self._is_open = True

    def document_hashes(self, source: str | None = None) -> Mapping[DocumentId, str]:
        """Content hash of every document (of one source) that is wholly in.

        After an interruption a graph server may have documents whose passages were lost with the
        draft: they are left out here, so that they are read again.
        """
        passages = self.passages.document_hashes(source)
        graph = self.graph.document_hashes(source)
        return {key: value for key, value in graph.items() if passages.get(key) == value}

    def write(self, extracts: Sequence[Extract], vectors: Vectors) -> None:
        """Put documents in, replacing their earlier versions. `vectors`: see embed_passages."""
        if extracts:
            self._is_changed = True
            with full_disk_named():
                self.graph.write(extracts)
                self.passages.write(extracts, vectors)

    def remove(self, document_ids: Collection[DocumentId]) -> None:
        """Take documents out of graph and passages."""
        if document_ids:
            self._is_changed = True
            with full_disk_named():
                self.graph.remove(document_ids)
                self.passages.remove(document_ids)

    def publish(self, embedder: str, core_version: str) -> Manifest:
        """Make the draft the current version and close it; an unchanged draft changes nothing.

        `embedder`: the name of the embedder that made the vectors. Raises KnowledgeInvalid when
        the vectors that were in before are another embedder's, StorageFull when the disk is full.
        """
        base = self._library.manifest() if self.version else None
        if base and base.embedder != embedder and base.counts["vectors"]:
            raise KnowledgeInvalid(
                f"Knowledge {base.version} was embedded with {base.embedder}; vectors of {embedder} "
                "cannot be added to it. Ingest everything into an empty folder"
            )
        if base and not self._is_changed and base.core_version == core_version:
            return base
        with full_disk_named():
            self.passages.save()
            manifest = self._manifest(embedder, core_version)
            self.close()
            self._library.adopt(self.folder, manifest)
        return manifest

    def close(self) -> None:
        """Let go of graph and passages; may be called twice."""
        if self._is_open:
            self._is_open = False
            self.passages.close()
            self.graph.close()

    def _manifest(self, embedder: str, core_version: str) -> Manifest:
        digest = sha256(f"{embedder}\n{core_version}\n".encode())
        for lines in (self.passages.export(), self.graph.export()):
            for line in lines:
                digest.update(line.encode())
                digest.update(b"\n")
        counts = dict(self.graph.counts())
        counts["vectors"] = self.passages.vector_count()
        return Manifest(
            version=digest.hexdigest()[:_ID_LENGTH],
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            counts=counts,
            sources={name: count for name, (_, count) in self.passages.sources().items()},
            embedder=embedder,
            core_version=core_version,
            digest=digest.hexdigest(),
        )


class Library:
    """All versions in one folder, with at most one writer at a time."""

    def __init__(
        self,
        folder: Path,
        graph_url: str | None = None,
        graph_user: str | None = None,
        graph_password: str | None = None,
    ) -> None:
        """`graph_url`: a Neo4j server's address; None keeps the graph in the folder."""
        self._folder = folder
        self._server = (graph_url, graph_user, graph_password) if graph_url else None

    def current_version(self) -> str | None:
        """The published version's id, or None. Cheap: reads one small file."""
        try:
            return (self._folder / "current").read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None

    def manifest(self) -> Manifest:
        """What the current version holds. Raises KnowledgeMissing when nothing is published."""
        version = self.current_version()
        if version is None:
            raise KnowledgeMissing(f"Nothing is published in {self._folder}; ingest a source first")
        try:
            text = (self._version_folder(version) / MANIFEST_FILE).read_text(encoding="utf-8")
            return Manifest(**json.loads(text))
        except (OSError, ValueError, TypeError) as error:
            raise KnowledgeMissing(
                f"Version {version} in {self._folder} is damaged; ingest into an empty folder"
            ) from error

    def open_graph(self, version: str) -> GraphStore:
        """A version's graph, for reading. Raises KnowledgeMissing or DependencyDown."""
        if self._server:
            return open_store(*self._server)
        return open_store(self._version_folder(version) / GRAPH_FILE)

    def open_passages(self, version: str) -> PassageStore:
        """A version's passages, for reading. Raises KnowledgeMissing."""
        return PassageStore.open(self._version_folder(version))

    @contextmanager
    def write(self) -> Iterator[Draft]:
        """A draft that begins as the current version; what is not published is thrown away.

        Raises WriterBusy when another process (or this one) is writing, StorageFull when the disk
        is full, DependencyDown when the graph server does not answer.
        """
        with self._writer_lock(), full_disk_named():
            drafts = self._folder / "drafts"
            shutil.rmtree(drafts, ignore_errors=True)  # of writers that were killed
            folder = drafts / uuid4().hex
            try:
                self._copy_current(folder)
                draft = self._open_draft(folder)
                try:
                    yield draft
                finally:
                    draft.close()
            finally:
                shutil.rmtree(drafts, ignore_errors=True)

    def adopt(self, folder: Path, manifest: Manifest) -> None:
        """Make a closed draft's folder the current version. For Draft.publish, under its lock."""
        final = self._version_folder(manifest.version)
        if not (final / MANIFEST_FILE).is_file():
            text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2)
            write_whole(folder / MANIFEST_FILE, text)
            for path in folder.iterdir():
                sync(path)
            sync(folder)
            final.parent.mkdir(exist_ok=True)
            shutil.rmtree(final, ignore_errors=True)
            folder.rename(final)
            sync(final.parent)
        previous = self.current_version()
        if previous != manifest.version:
            write_whole(self._folder / "current", manifest.version)
            self._forget_old({manifest.version, previous})

    def _version_folder(self, version: str) -> Path:
        return self._folder / "versions" / version

    def _copy_current(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        version = self.current_version()
        if version is not None:
            for path in self._version_folder(version).iterdir():
                if path.name != MANIFEST_FILE:
                    shutil.copyfile(path, folder / path.name)

    def _open_draft(self, folder: Path) -> Draft:
        passages = PassageStore.open(folder, read_only=False)
        try:
            graph = (
                open_store(*self._server, read_only=False)
                if self._server
                else open_store(folder / GRAPH_FILE, read_only=False)
            )
        except BaseException:
            passages.close()
            raise
        return Draft(self, folder, graph, passages)

    def _forget_old(self, kept: Collection[str | None]) -> None:
        """Keep the current version, the one before, and nothing else."""
        for path in (self._folder / "versions").iterdir():
            if path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def _writer_lock(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "writer.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise WriterBusy(
                    f"Another process is writing {self._folder}; wait until it is done"
                ) from error
            yield  # the lock goes with the file, also when the process is killed
