"""ingest(): a source's documents into the next version of the knowledge, published when all are in.

Killed at any moment, it leaves the published version as it was; run again, it takes up finished
extractions and ends in the same version as an undisturbed run.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ingest.engine import Engine
from ingest.extract import Extraction
from ingest.progress import Progress, ProgressWatcher, Stage, Summary, unwatched
from ingest.quality import check_written
from ingest.result_cache import Result, ResultCache
from ingest.source import Fault, RawDocument, Source
from ingest.vocabulary import build_vocabulary
from knowledge_graph.core.load import Core, shipped_core
from knowledge_graph.domain.errors import InvalidInput
from knowledge_graph.domain.evidence import DocumentId, EvidenceClass
from knowledge_graph.embedding import Embedder, embed_passages
from knowledge_graph.publication import Draft, Library
from knowledge_graph.records import Records

_BATCH = 64
"""Documents extracted and embedded together: what a killed run loses at most."""
_WRITE = 4096
"""Documents written together: the graph loads many rows far faster than few."""


@dataclass
class _Plan:
    """What a first look at the source says: which documents are new, changed or gone."""

    known: Mapping[DocumentId, str]
    wanted: dict[DocumentId, str] = field(default_factory=dict)
    seen: dict[DocumentId, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    read: int = 0


@dataclass(frozen=True)
class _Run:
    """Everything one ingest works with."""

    source: Source
    path: Path | None
    draft: Draft
    extraction: Extraction
    embedder: Embedder
    records: Records
    engine: Engine
    cache: ResultCache
    watch: ProgressWatcher


def ingest(
    source: Source,
    path: Path | None,
    library: Library,
    embedder: Embedder,
    records: Records,
    engine: Engine,
    progress: ProgressWatcher = unwatched,
    *,
    cache_folder: Path,
    pseudonym_key: bytes,
    core: Core | None = None,
) -> Summary:
    """Put every document of a source in that is new or has changed, and publish.

    Raises InvalidInput when the path is missing or holds nothing of this source, WriterBusy,
    StorageFull, DependencyDown, and QualityGateFailed; the published version then stays in use.
    A document that cannot be read is reported in the summary; the rest goes in.
    """
    _check_path(source, path)
    core = core or shipped_core()
    with library.write() as draft:
        extraction = _extraction(source, draft, core, pseudonym_key)
        cache = ResultCache(cache_folder, source.name, embedder.name, embedder.dimensions)
        run = _Run(source, path, draft, extraction, embedder, records, engine, cache, progress)
        plan = _look(run)
        summary = _write(run, plan)
        gone = _gone(source, plan)
        _remove(run, gone)
        progress(Progress(source.name, Stage.PUBLISHING, 0, None, len(summary.failed)))
        before = draft.version
        manifest = draft.publish(embedder.name, core.version)
        cache.clear()
    return replace(
        summary,
        removed=len(gone),
        version=manifest.version,
        is_published=manifest.version != before,
    )


def _check_path(source: Source, path: Path | None) -> None:
    if source.needs_path and path is None:
        raise InvalidInput(
            f"The source {source.name} reads files; give the path of a file or folder"
        )
    if not source.needs_path and path is not None:
        raise InvalidInput(f"The source {source.name} brings its own documents; give no path")
    if path is not None and not path.exists():
        raise InvalidInput(f"There is no file or folder {path}")


def _extraction(source: Source, draft: Draft, core: Core, pseudonym_key: bytes) -> Extraction:
    """Vocabularies are read with the core alone: what they say must not depend on themselves."""
    is_vocabulary = source.evidence in (EvidenceClass.CURATED, EvidenceClass.VOCABULARY)
    concepts = () if is_vocabulary else draft.graph.concepts()
    return Extraction(source.name, build_vocabulary(core, concepts), pseudonym_key)


def _look(run: _Run) -> _Plan:
    """Read through the source once, by hashes only, to know what there is to do."""
    plan = _Plan(_known(run))
    for item in run.source.documents(run.path):
        plan.read += 1
        if plan.read % _BATCH == 0:
            run.watch(_progress(run, Stage.READING, plan.read, None, plan))
        if isinstance(item, Fault):
            plan.faults.append(item)
            continue
        key, content_hash = run.extraction.document_id(item), run.extraction.content_hash(item)
        earlier = plan.seen.setdefault(key, content_hash)
        if earlier != content_hash:
            why = "another document of this run has the same id and says something else"
            plan.faults.append(Fault(item.where, why))
        elif plan.known.get(key) != content_hash:
            plan.wanted[key] = content_hash
    run.watch(_progress(run, Stage.READING, plan.read, plan.read, plan))
    return plan


def _known(run: _Run) -> Mapping[DocumentId, str]:
    """Documents that are wholly in: in graph, passages and, of patients, in the records too."""
    known = run.draft.document_hashes(run.source.name)
    if run.source.evidence is EvidenceClass.RECORDS:
        kept = run.records.document_hashes()
        known = {key: value for key, value in known.items() if kept.get(key) == value}
    return known


def _write(run: _Run, plan: _Plan) -> Summary:
    """Extract, embed and write what is wanted."""
    written: dict[DocumentId, str] = {}
    held = run.draft.passages.document_hashes(run.source.name)
    waiting: list[Result] = []
    passages = done = 0
    for batch in _results(run, plan):
        done += len(batch)
        for item in batch:
            if isinstance(item, Fault):
                plan.faults.append(item)
            else:
                waiting.append(item)
        if len(waiting) >= _WRITE:
            passages += _put(run, waiting, written)
        run.watch(_progress(run, Stage.WRITING, done, len(plan.wanted), plan))
    passages += _put(run, waiting, written)
    check_written(run.draft, run.source.name, written)
    added = sum(key not in held for key in written)
    return Summary(
        source=run.source.name,
        read=plan.read,
        added=added,
        changed=len(written) - added,
        unchanged=plan.read - len(written) - len(plan.faults),
        failed=tuple(plan.faults),
        passages=passages,
    )


def _results(run: _Run, plan: _Plan) -> Iterator[Sequence[Result | Fault]]:
    """Batch after batch, extracted and embedded, from the cache where it was done before."""
    pending: deque[dict[DocumentId, Result]] = deque()

    def unfinished() -> Iterator[list[RawDocument]]:
        for batch in _batches(run, plan):
            finished = run.cache.get({key: plan.wanted[key] for key in batch})
            pending.append(finished)
            yield [raw for key, raw in batch.items() if key not in finished]

    for outcomes in run.engine.run(run.extraction, unfinished()):
        extracts = [outcome for outcome in outcomes if not isinstance(outcome, Fault)]
        vectors = embed_passages(run.embedder, extracts)
        if extracts:
            run.cache.put(extracts, vectors)
        ends = np.cumsum([len(extract.passages) for extract in extracts], dtype=int)
        fresh = list(zip(extracts, np.split(vectors, ends[:-1]) if extracts else [], strict=True))
        faults = [outcome for outcome in outcomes if isinstance(outcome, Fault)]
        yield [*pending.popleft().values(), *fresh, *faults]


def _batches(run: _Run, plan: _Plan) -> Iterator[dict[DocumentId, RawDocument]]:
    """The wanted documents, read a second time, so that never all are held at once."""
    left = dict(plan.wanted)
    batch: dict[DocumentId, RawDocument] = {}
    for item in run.source.documents(run.path):
        if isinstance(item, Fault):
            continue
        key = run.extraction.document_id(item)
        if key in left and left[key] == run.extraction.content_hash(item):
            del left[key]
            batch[key] = item
        if len(batch) == _BATCH:
            yield batch
            batch = {}
    if batch:
        yield batch


def _put(run: _Run, waiting: list[Result], written: dict[DocumentId, str]) -> int:
    """Write what is waiting, and empty it; the number of passages.

    Records go first: a document that is published has its records, whenever a run is killed.
    """
    if not waiting:
        return 0
    extracts = [extract for extract, _ in waiting]
    if run.source.evidence is EvidenceClass.RECORDS:
        for extract in extracts:
            document = extract.document
            run.records.save_patient_records(
                document.id, extract.patient_records, document.content_hash
            )
    run.draft.write(extracts, np.concatenate([vectors for _, vectors in waiting]))
    written.update((item.document.id, item.document.content_hash) for item in extracts)
    waiting.clear()
    return sum(len(extract.passages) for extract in extracts)


def _gone(source: Source, plan: _Plan) -> tuple[DocumentId, ...]:
    """Documents that a whole source no longer has. A fault might be any of them: then none."""
    if not source.is_whole or plan.faults:
        return ()
    return tuple(sorted(set(plan.known) - set(plan.seen)))


def _remove(run: _Run, gone: Sequence[DocumentId]) -> None:
    if run.source.evidence is EvidenceClass.RECORDS:
        for document_id in gone:
            run.records.remove_document(document_id)
    run.draft.remove(gone)


def _progress(run: _Run, stage: Stage, done: int, total: int | None, plan: _Plan) -> Progress:
    return Progress(run.source.name, stage, done, total, len(plan.faults))
