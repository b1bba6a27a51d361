"""Extraction on this computer: in this process for a few documents, else in several."""

import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from itertools import chain

from ingest.engine import Outcome
from ingest.extract import Extraction, extract
from ingest.source import RawDocument

_FEW = 200
"""Up to so many documents are done sooner than a process has started."""

_extraction: Extraction | None = None


class LocalEngine:
    """A pool of processes. `processes`: None takes one for each core, 1 stays in this process."""

    def __init__(self, processes: int | None = None) -> None:
        self._processes = processes or os.cpu_count() or 1

    def run(
        self, extraction: Extraction, batches: Iterable[Sequence[RawDocument]]
    ) -> Iterator[list[Outcome]]:
        """See Engine.run."""
        waiting = iter(batches)
        first: list[Sequence[RawDocument]] = []
        while sum(map(len, first)) <= _FEW:
            batch = next(waiting, None)
            if batch is None:
                break
            first.append(batch)
        if self._processes == 1 or sum(map(len, first)) <= _FEW:
            for batch in chain(first, waiting):
                yield [extract(raw, extraction) for raw in batch]
        else:
            yield from self._run_pool(extraction, chain(first, waiting))

    def _run_pool(
        self, extraction: Extraction, batches: Iterable[Sequence[RawDocument]]
    ) -> Iterator[list[Outcome]]:
        # Spawned, not forked: the runtime of the embedding model has threads.
        context = multiprocessing.get_context("spawn")
        # A copy without the finder, which each process makes for itself.
        pool = ProcessPoolExecutor(
            self._processes,
            context,
            initializer=_start,
            initargs=(replace(extraction), os.getpid()),
        )
        running: deque[Future[list[Outcome]]] = deque()
        try:
            for batch in batches:
                running.append(pool.submit(_extract_batch, list(batch)))
                if len(running) > 2 * self._processes:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _start(extraction: Extraction, parent: int) -> None:
    """Make a worker ready, and let it end when the process that started it is gone."""
    global _extraction
    _extraction = extraction
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    # A killed parent tells nobody: its worker would wait for work for ever.
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _extract_batch(batch: list[RawDocument]) -> list[Outcome]:
    assert _extraction is not None, "the pool starts its workers with _start"
    return [extract(raw, _extraction) for raw in batch]
