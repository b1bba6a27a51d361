"""What depends on the person, as vectors: how common conditions are, and what can be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knowledge_graph.core.schema import AgeBand
from knowledge_graph.domain.case import Sex

if TYPE_CHECKING:
    from assistant.symptom_check.model import ClinicalModel

SEXES = tuple(Sex)


@dataclass(frozen=True, eq=False)
class Priors:
    """Vectors over the conditions: share of advice seekers, and multipliers by age band and sex."""

    share: NDArray[np.float64]
    by_age: Mapping[AgeBand, NDArray[np.float64]]
    by_sex: Mapping[Sex, NDArray[np.float64]]
    pregnancy_only: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Askable:
    """Vectors over the findings that can be asked about.

    `general`: for each its askable general findings as rows, -1 where there are no more.
    `pregnancy`: whether only conditions of pregnancy have it.
    """

    rows: NDArray[np.int64]
    general: NDArray[np.int64]
    sex: NDArray[np.int64]
    youngest: NDArray[np.float64]
    oldest: NDArray[np.float64]
    pregnancy: NDArray[np.bool_]

    @classmethod
    def of(cls, model: "ClinicalModel") -> "Askable":
        """Taken from the entries of a model."""
        entries = [
            (row, model.core.findings[key])
            for row, key in enumerate(model.finding_ids)
            if model.core.findings[key].question is not None
        ]
        can_be_asked = {entry.id for _, entry in entries}
        chains = [
            [model.finding_index[a] for a in model.ancestors[entry.id] if a in can_be_asked]
            for _, entry in entries
        ]
        general = np.full((len(entries), max(map(len, chains), default=0)), -1, dtype=np.int64)
        for at, chain in enumerate(chains):
            general[at, : len(chain)] = chain
        rows = np.array([row for row, _ in entries], dtype=np.int64)
        only = model.priors.pregnancy_only
        states = model.stated | (model.odds > 1)
        return cls(
            rows=rows,
            general=general,
            sex=np.array([SEXES.index(entry.sex) if entry.sex else -1 for _, entry in entries]),
            youngest=np.array([entry.youngest for _, entry in entries]),
            oldest=np.array([entry.oldest for _, entry in entries]),
            pregnancy=np.asarray(states[rows].any(axis=1) & ~(states[rows] & ~only).any(axis=1)),
        )
