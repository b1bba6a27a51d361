"""Interviews with patients drawn from the core's own frequencies: what the questions are worth.

It says how well questions are chosen when the knowledge is right, not whether it is right.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import get_args

from assistant.symptom_check.check import check
from assistant.symptom_check.model import ClinicalModel
from assistant.symptom_check.rank import TYPICAL_AGE
from knowledge_graph.core.schema import AgeBand, ConditionEntry
from knowledge_graph.domain.case import Case, Finding, FindingOrigin, Presence, Sex
from knowledge_graph.domain.concepts import ConceptId

_SAID_AT_FIRST = 2


@dataclass(frozen=True, slots=True)
class SimulatedPatient:
    """Who they are, what they have, and what of it they say at first."""

    condition: ConditionEntry
    case: Case
    has: frozenset[ConceptId]


@dataclass(frozen=True, slots=True)
class SimulatedInterview:
    """`rank` of the true condition (99: not among the candidates); `levels_too_low`: 0 or more."""

    questions: int
    rank: int
    levels_too_low: int
    seconds: float


def draw_patients(model: ClinicalModel, number: int, seed: int = 5) -> Iterator[SimulatedPatient]:
    """Every second one by how common conditions are, the others of any condition alike."""
    chance = Random(seed)  # noqa: S311 — patients to measure with, no secrets
    shares = [entry.prevalence for entry in model.conditions]
    drawn = 0
    while drawn < number:
        entry = chance.choice(model.conditions)
        if drawn % 2:
            (entry,) = chance.choices(model.conditions, weights=shares)
        patient = _draw(entry, model, chance)
        if patient is not None:
            drawn += 1
            yield patient


def _draw(entry: ConditionEntry, model: ClinicalModel, chance: Random) -> SimulatedPatient | None:
    """A patient of a condition, or None for one without a symptom to come with."""
    findings = model.core.findings
    has = {key for key, percent in entry.findings.items() if 100 * chance.random() < percent}
    has |= {general for key in has for general in model.ancestors.get(key, ())}
    for key, odds in entry.risk_factors.items():
        share = findings[key].background / 100
        if chance.random() < odds * share / (1 - share + odds * share):
            has.add(key)
    symptoms = sorted(
        (key for key in has if findings[key].kind == "symptom"),
        key=lambda key: (findings[key].background, key),
    )
    if not symptoms:
        return None
    said = [symptoms[0], *chance.sample(symptoms[1:], min(_SAID_AT_FIRST, len(symptoms)) - 1)]
    bands = get_args(AgeBand)
    (band,) = chance.choices(bands, weights=[entry.age.get(b, 1.0) + 1e-6 for b in bands])
    (sex,) = chance.choices(tuple(Sex), weights=[entry.sex.get(s, 1.0) + 1e-6 for s in Sex])
    case = Case(
        age_years=TYPICAL_AGE[band],
        sex=Sex.FEMALE if entry.pregnancy_only else sex,
        pregnant=Presence.PRESENT if entry.pregnancy_only else Presence.UNKNOWN,
        findings=tuple(Finding(key, Presence.PRESENT) for key in said),
    )
    return SimulatedPatient(entry, case, frozenset(has))


def hold(patient: SimulatedPatient, model: ClinicalModel, seed: int = 5) -> SimulatedInterview:
    """Answer every question truthfully until none is asked."""
    chance = Random(f"{seed} {patient.condition.id}")  # noqa: S311
    case, asked, seconds, checks = patient.case, list[ConceptId](), 0.0, 0
    while True:
        began = time.perf_counter()
        assessment = check(case, model, asked)
        seconds += time.perf_counter() - began
        checks += 1
        if assessment.question is None:
            break
        key = assessment.question.concept_id
        asked.append(key)
        by_chance = 100 * chance.random() < model.core.findings[key].background
        yes = key in patient.has or (key not in patient.condition.findings and by_chance)
        presence = Presence.PRESENT if yes else Presence.ABSENT
        case = case.with_finding(Finding(key, presence, FindingOrigin.ANSWER))
    names = [candidate.condition_id for candidate in assessment.candidates]
    condition = patient.condition
    return SimulatedInterview(
        questions=len(asked),
        rank=names.index(condition.id) + 1 if condition.id in names else 99,
        levels_too_low=max(0, condition.urgency.rank - assessment.urgency.rank),
        seconds=seconds / checks,
    )
