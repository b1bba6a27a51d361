"""Who runs extract() on many documents: the contract that engines keep."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from ingest.extract import Extraction
from ingest.source import Fault, RawDocument
from knowledge_graph.domain.evidence import Extract

Outcome = Extract | Fault


class Engine(Protocol):
    """Runs extract() on batches of documents, wherever."""

    def run(
        self, extraction: Extraction, batches: Iterable[Sequence[RawDocument]]
    ) -> Iterator[list[Outcome]]:
        """The outcomes of each batch, batch by batch in order, each in the batch's order.

        May take a few batches ahead of the one it gives.
        """
