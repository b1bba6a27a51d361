"""The clinical model: the knowledge graph's facts as arrays that one multiplication reads.

A two-layer noisy-OR network under the single-cause assumption: one condition explains the visit,
and each finding may also occur for other reasons (its background rate, the leak). So
P(finding | condition) = 1 − (1 − frequency) × (1 − background). With one cause this is a naive
Bayes classifier whose likelihoods never reach 0 or 1 (Heckerman, UAI 1989, on the leak; Shwe et
al., Methods Inf Med 1991;30:241, on the network QMR-DT).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from assistant.symptom_check.person import Askable, Priors
from assistant.symptom_check.wording import Wording, build_wording
from knowledge_graph.core.load import Core
from knowledge_graph.core.schema import AgeBand, ConditionEntry
from knowledge_graph.domain.case import Sex
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.evidence import EvidenceClass, Relation, RelationKind

Matrix = NDArray[np.float64]

_NEVER = 0.002
_ALWAYS = 0.995
# Between the 5th and the 95th percentile lie 3.29 standard deviations.
_NINE_OF_TEN = 3.29
_LEAST_SPREAD = 0.4


@dataclass(frozen=True, eq=False)
class ClinicalModel:
    """Rows are findings, columns conditions, both in the order of their ids in `core`.

    `given`: P(finding | condition), leak included. `background`: P(finding | no listed cause).
    `stated`: whether the finding, or a kind of it, is listed for the condition.
    `odds`: odds ratio of each risk factor per condition, 1 where none is listed.
    """

    core: Core
    finding_ids: tuple[ConceptId, ...]
    condition_ids: tuple[ConceptId, ...]
    given: Matrix
    background: NDArray[np.float64]
    stated: NDArray[np.bool_]
    odds: Matrix
    version: str

    @cached_property
    def finding_index(self) -> Mapping[ConceptId, int]:
        """Row of each finding."""
        return {key: row for row, key in enumerate(self.finding_ids)}

    @cached_property
    def vocabulary(self) -> frozenset[ConceptId]:
        """Every id a case may name."""
        return frozenset(self.finding_index) | frozenset(self.core.conditions)

    @cached_property
    def condition_index(self) -> Mapping[ConceptId, int]:
        """Column of each condition."""
        return {key: column for column, key in enumerate(self.condition_ids)}

    @cached_property
    def ancestors(self) -> Mapping[ConceptId, tuple[ConceptId, ...]]:
        """The more general findings of each finding, nearest first."""
        return {key: _ancestors(self.core, key) for key in self.finding_ids}

    @cached_property
    def given_by_condition(self) -> Matrix:
        """`given` with conditions as rows: a few conditions are read at once."""
        return np.ascontiguousarray(self.given.T)

    @cached_property
    def with_kinds(self) -> Mapping[ConceptId, NDArray[np.int64]]:
        """Rows of the findings that each general finding is the nearest of, and of theirs."""
        kinds: dict[ConceptId, list[int]] = {}
        for key, chain in self.ancestors.items():
            for general in chain:
                kinds.setdefault(general, []).append(self.finding_index[key])
        return {key: np.array(rows, dtype=np.int64) for key, rows in kinds.items()}

    @cached_property
    def needs(self) -> NDArray[np.int64]:
        """For each condition the rank of the urgency it needs when it is the cause, 0 to 4."""
        return np.array([entry.urgency.rank for entry in self.conditions], dtype=np.int64)

    @cached_property
    def raised_by(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """What raises an urgency: columns, the rows that raise them, and to which rank."""
        raised = [
            (column, self.finding_index[key], level.rank)
            for column, entry in enumerate(self.conditions)
            for key, level in entry.raised_by.items()
        ]
        columns, rows, ranks = np.array(raised, dtype=np.int64).reshape(-1, 3).T
        return columns, rows, ranks

    @cached_property
    def priors(self) -> Priors:
        """Prevalence as shares, by age band and sex."""
        entries = self.conditions
        return Priors(
            share=np.array([entry.prevalence / 10_000 for entry in entries]),
            by_age={
                band: np.array([entry.age.get(band, 1.0) for entry in entries])
                for band in get_args(AgeBand)
            },
            by_sex={sex: np.array([entry.sex.get(sex, 1.0) for entry in entries]) for sex in Sex},
            pregnancy_only=np.array([entry.pregnancy_only for entry in entries]),
        )

    @cached_property
    def departments(self) -> tuple[tuple[ConceptId, ...], NDArray[np.int64]]:
        """The departments, and for each condition which of them it belongs to."""
        names = tuple(dict.fromkeys(entry.department for entry in self.conditions))
        which = [names.index(entry.department) for entry in self.conditions]
        return names, np.array(which, dtype=np.int64)

    @cached_property
    def wording(self) -> Wording:
        """The words of what is known of each condition."""
        return build_wording(self.core, self.conditions)

    @cached_property
    def askable(self) -> Askable:
        """The findings that can be asked about, and of whom."""
        return Askable.of(self)

    @cached_property
    def lasted(self) -> Matrix:
        """Mean and standard deviation of the natural log of the days each condition has lasted.

        Two rows, NaN where the knowledge says nothing. `lasted_days` holds nine of ten people.
        """
        lasted = np.full((2, len(self.condition_ids)), np.nan)
        for column, entry in enumerate(self.conditions):
            if entry.lasted_days:
                shortest, longest = np.log(entry.lasted_days)
                spread = (longest - shortest) / _NINE_OF_TEN
                lasted[:, column] = (shortest + longest) / 2, max(spread, _LEAST_SPREAD)
        return lasted

    @cached_property
    def emergency_rules(self) -> tuple[tuple[ConceptId, tuple[tuple[ConceptId, ...], ...]], ...]:
        """Red flags of findings alone that ask for emergency care: id, and the parts they need.

        A part is met by any one of its findings.
        """
        found = []
        for rule in self.core.red_flags.values():
            parts = [(key,) for key in rule.all] + [part for part in (rule.any, rule.also) if part]
            if rule.urgency.is_emergency and not rule.vitals and len(parts) > 1:
                found.append((rule.id, tuple(parts)))
        return tuple(found)

    @cached_property
    def emergency_rules_of(self) -> Mapping[ConceptId, tuple[int, ...]]:
        """For each finding, which of `emergency_rules` have a part that it meets."""
        found: dict[ConceptId, list[int]] = {}
        for number, (_, parts) in enumerate(self.emergency_rules):
            for key in {key for part in parts for key in part}:
                found.setdefault(key, []).append(number)
        return {key: tuple(numbers) for key, numbers in found.items()}

    @cached_property
    def is_risk_factor(self) -> NDArray[np.bool_]:
        """Which rows are risk factors: they change the prior, they are no effects."""
        return np.array([self.core.findings[key].kind == "risk_factor" for key in self.finding_ids])

    @cached_property
    def conditions(self) -> tuple[ConditionEntry, ...]:
        """The entries of the columns."""
        return tuple(self.core.conditions[key] for key in self.condition_ids)


def build_model(core: Core, relations: Iterable[Relation] | None = None) -> ClinicalModel:
    """The model of a core. `relations`: the graph's curated facts; they replace the files' own.

    A condition whose document was withdrawn from the graph has no facts and so no column.
    """
    facts = _facts_of_graph(relations) if relations is not None else _facts_of_files(core)
    condition_ids = tuple(key for key in core.conditions if key in facts)
    finding_ids = tuple(core.findings)
    row_of = {key: row for row, key in enumerate(finding_ids)}
    background = np.array([core.findings[key].background / 100 for key in finding_ids])
    shape = (len(finding_ids), len(condition_ids))
    frequency = np.full(shape, np.nan)
    odds = np.ones(shape)
    for column, condition_id in enumerate(condition_ids):
        findings, risks = facts[condition_id]
        for finding_id, value in findings.items():
            if finding_id in row_of:
                frequency[row_of[finding_id], column] = value
        for finding_id, value in risks.items():
            if finding_id in row_of:
                odds[row_of[finding_id], column] = value
    stated = ~np.isnan(frequency)
    _inherit(core, finding_ids, row_of, frequency, stated, background)
    given = 1 - (1 - frequency) * (1 - background[:, None])
    given[np.array([core.findings[key].kind == "risk_factor" for key in finding_ids])] = np.nan
    return ClinicalModel(
        core=core,
        finding_ids=finding_ids,
        condition_ids=condition_ids,
        given=np.clip(given, _NEVER, _ALWAYS),
        background=np.clip(background, _NEVER / 10, _ALWAYS),
        stated=stated,
        odds=odds,
        version=core.version,
    )


_Facts = dict[ConceptId, tuple[dict[ConceptId, float], dict[ConceptId, float]]]


def _facts_of_files(core: Core) -> _Facts:
    return {
        key: ({f: p / 100 for f, p in entry.findings.items()}, dict(entry.risk_factors))
        for key, entry in core.conditions.items()
    }


def _facts_of_graph(relations: Iterable[Relation]) -> _Facts:
    facts: _Facts = {}
    for relation in relations:
        if relation.provenance.evidence is not EvidenceClass.CURATED:
            continue
        findings, risks = facts.setdefault(relation.subject, ({}, {}))
        if relation.kind is RelationKind.HAS_FINDING and relation.frequency is not None:
            findings[relation.object] = relation.frequency
        if relation.kind is RelationKind.HAS_RISK_FACTOR and relation.strength is not None:
            risks[relation.object] = relation.strength
    return facts


def _ancestors(core: Core, finding_id: ConceptId) -> tuple[ConceptId, ...]:
    chain: list[ConceptId] = []
    parent = core.findings[finding_id].parent
    while parent is not None and parent not in chain:
        chain.append(parent)
        parent = core.findings[parent].parent
    return tuple(chain)


def _inherit(
    core: Core,
    finding_ids: tuple[ConceptId, ...],
    row_of: Mapping[ConceptId, int],
    frequency: Matrix,
    stated: NDArray[np.bool_],
    background: NDArray[np.float64],
) -> None:
    """Fill what the files leave out, in place.

    A general finding is at least as frequent as its most frequent kind. A special kind that is not
    listed takes the general one's share: frequency(general) × background(kind)/background(general).
    What neither gives is 0, so that only the leak remains.
    """
    by_depth = sorted(finding_ids, key=lambda key: len(_ancestors(core, key)), reverse=True)
    for key in by_depth:
        parent = core.findings[key].parent
        if parent is not None:
            child, general = row_of[key], row_of[parent]
            known = stated[child]
            frequency[general, known] = np.fmax(frequency[general, known], frequency[child, known])
            stated[general] |= known
    for key in reversed(by_depth):
        parent = core.findings[key].parent
        row = row_of[key]
        missing = np.isnan(frequency[row])
        if parent is not None:
            share = min(1.0, background[row] / background[row_of[parent]])
            frequency[row, missing] = frequency[row_of[parent], missing] * share
        frequency[row] = np.nan_to_num(frequency[row], nan=0.0)
