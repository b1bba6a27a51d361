"""Which conditions explain a case, and what each finding says for or against them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.symptom_check.model import ClinicalModel
from knowledge_graph.core.schema import AgeBand
from knowledge_graph.domain.case import Case, Finding, Presence, Sex
from knowledge_graph.domain.concepts import ConceptId

Vector = NDArray[np.float64]

# What none of our conditions explains: the share of advice seekers with something else. It keeps
# probabilities honest when nothing fits, and is what UNCERTAIN is made of.
_OTHER_PRIOR = 0.25
# Findings that tend to come together are not independent: the second counts less, the third less
# again. Drafted by judgement; see docs/decisions/0001-noisy-or.md.
_CORRELATED_WEIGHTS = (1.0, 0.6, 0.4, 0.3)
# People say what troubles them most. A condition none of whose findings was mentioned is unlikely
# to be the reason they ask: one in twenty says nothing of it at first.
_SAID_NOTHING_OF_IT = float(np.log(0.05))
# Conditions of pregnancy are this much commoner among the pregnant than among all women.
_WHEN_PREGNANT = 20.0
# A long description is seldom of the commonest illness: who tells much is no random advice seeker,
# and drafted prevalences of rare diseases are guesses. Fully believed, it takes this power off the
# prior and adds this weight for each standard deviation of likeness. Fitted on 806 cases written for
# this project before the core was mended for them; see docs/decisions/0009-wording.md.
_PRIOR_TAKEN_OFF = 0.4
_LIKENESS_WEIGHT = 1.2
# Words and findings tell in part the same: fully believed, all evidence is divided by one more than
# this, fitted on the same cases for the least Brier score.
_TOLD_TWICE = 0.6
# How long complaints of all kinds have lasted: natural log of days, mean (a week) and spread. Of the
# times people say, one in eight belongs to something else they mention.
_ANYBODY_LASTED = (float(np.log(7)), 2.2)
_SAID_EXACTLY = 0.87
_BAND_STARTS: tuple[tuple[float, AgeBand], ...] = (
    (75, "old"),
    (60, "middle"),
    (40, "adult"),
    (18, "young_adult"),
    (12, "teen"),
    (1, "child"),
    (0, "infant"),
)


TYPICAL_AGE: Mapping[AgeBand, float] = {
    "infant": 0.4, "child": 6, "teen": 15, "young_adult": 28, "adult": 50, "middle": 67, "old": 80,
}  # fmt: skip
"""An age in years that stands for each band."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding that counts, and its natural-log likelihood ratio for every condition."""

    concept_id: ConceptId
    presence: Presence
    weights: Vector


@dataclass(frozen=True, slots=True)
class Ranking:
    """Probabilities over conditions (they and `other` add up to 1) and the evidence behind them.

    `duration`: what the time the complaint has lasted says, as in Evidence; None when not known.
    `wording`: what the words of the description say, where they were heeded.
    """

    probabilities: Vector
    other: float
    evidence: tuple[Evidence, ...]
    duration: Vector | None = None
    wording: Vector | None = None


def age_band(age_years: float) -> AgeBand:
    """The band of an age; bounds as in the core's schema."""
    return next(band for start, band in _BAND_STARTS if age_years >= start)


def rank(case: Case, model: ClinicalModel) -> Ranking:
    """Posterior probability of each condition given the case."""
    evidence = gather_evidence(case, model)
    score = log_prior(case, model)
    for item in evidence:
        score = score + item.weights
    duration = _duration_weights(case, model)
    if duration is not None:
        score = score + duration
    score = score + np.where(_explains_something(evidence, model), 0.0, _SAID_NOTHING_OF_IT)
    other = float(np.log(_OTHER_PRIOR))
    peak = max(float(np.max(score)), other)
    weights = np.exp(score - peak)
    other_weight = float(np.exp(other - peak))
    total = float(weights.sum()) + other_weight
    return Ranking(weights / total, other_weight / total, evidence, duration)


def heed_words(ranking: Ranking, case: Case, model: ClinicalModel) -> Ranking:
    """The ranking with the words of the description as further evidence: for the order of candidates.

    Urgency is judged without them: a sentence beside the matter must not lower it.
    """
    if not case.words:
        return ranking
    belief = model.wording.belief(case.words)
    wording = _LIKENESS_WEIGHT * belief * model.wording.likeness(case.words)
    with np.errstate(divide="ignore"):
        prior = np.where(ranking.probabilities > 0, log_prior(case, model), 0.0)
        score = np.log(ranking.probabilities) - _PRIOR_TAKEN_OFF * belief * prior + wording
    score = score / (1.0 + _TOLD_TWICE * belief)
    weights = np.exp(score - np.max(score))
    known = 1.0 - ranking.other
    return replace(ranking, probabilities=known * weights / weights.sum(), wording=wording)


def _duration_weights(case: Case, model: ClinicalModel) -> Vector | None:
    """How well the longest time said of a symptom fits each condition, against anybody's."""
    said = [
        finding.days
        for finding in case.findings
        if finding.days and finding.presence is Presence.PRESENT and _is_complaint(finding, model)
    ]
    if not said:
        return None
    at = float(np.log(max(said)))
    mean, spread = model.lasted
    anybody = _normal(at, *_ANYBODY_LASTED)
    fits = _SAID_EXACTLY * _normal(at, mean, spread) + (1 - _SAID_EXACTLY) * anybody
    return np.asarray(np.nan_to_num(np.log(fits / anybody), nan=0.0), dtype=np.float64)


def _is_complaint(finding: Finding, model: ClinicalModel) -> bool:
    row = model.finding_index.get(finding.concept_id)
    return row is not None and not model.is_risk_factor[row]


def _normal(at: float, mean: Any, spread: Any) -> Any:
    return np.exp(-(((at - mean) / spread) ** 2) / 2) / spread


def _explains_something(evidence: tuple[Evidence, ...], model: ClinicalModel) -> NDArray[np.bool_]:
    """Conditions that list something present, or every condition when nothing is present."""
    rows = [
        model.finding_index[item.concept_id]
        for item in evidence
        if item.presence is Presence.PRESENT
    ]
    rows = [row for row in rows if not model.is_risk_factor[row]]
    if not rows:
        return np.ones(len(model.condition_ids), dtype=np.bool_)
    return np.asarray(model.stated[rows].any(axis=0), dtype=np.bool_)


def log_prior(case: Case, model: ClinicalModel) -> Vector:
    """Log prevalence for this person's age, sex and pregnancy; impossible conditions get −inf."""
    priors = model.priors
    shares = priors.share
    if case.age_years is not None:
        shares = shares * priors.by_age[age_band(case.age_years)]
    if case.sex is not None:
        shares = shares * priors.by_sex[case.sex]
    if case.sex is Sex.MALE or case.pregnant is Presence.ABSENT:
        shares = np.where(priors.pregnancy_only, 0.0, shares)
    elif case.pregnant is Presence.PRESENT:
        shares = np.where(priors.pregnancy_only, _WHEN_PREGNANT * shares, shares)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(shares), dtype=np.float64)


def gather_evidence(case: Case, model: ClinicalModel) -> tuple[Evidence, ...]:
    """The case's findings as independent-enough evidence.

    Of a present finding and its present kinds only the most special counts; of absent ones only the
    most general. An absent kind of a present finding counts by the share of the present one.
    """
    present, absent = known_findings(case, model)
    implied = {ancestor for key in present for ancestor in model.ancestors[key]}
    # Odds are not inherited: who takes insulin has diabetes as well.
    risks = {key for key in present | implied if model.is_risk_factor[model.finding_index[key]]}
    items = [_present(key, model) for key in sorted((present - implied) | risks)]
    items += [
        _absent(key, present | implied, model)
        for key in sorted(absent)
        if not any(ancestor in absent for ancestor in model.ancestors[key])
    ]
    return tuple(_discount_correlated(items, model))


def known_findings(case: Case, model: ClinicalModel) -> tuple[set[ConceptId], set[ConceptId]]:
    """Ids known present and known absent, of those the model knows. Presence beats absence."""
    present = {
        f.concept_id
        for f in case.findings
        if f.presence is Presence.PRESENT and f.concept_id in model.finding_index
    }
    implied = {ancestor for key in present for ancestor in model.ancestors[key]}
    absent = {
        f.concept_id
        for f in case.findings
        if f.presence is Presence.ABSENT and f.concept_id in model.finding_index
    }
    return present, absent - present - implied


def _present(key: ConceptId, model: ClinicalModel) -> Evidence:
    row = model.finding_index[key]
    if model.is_risk_factor[row]:
        odds, share = model.odds[row], model.background[row]
        return Evidence(key, Presence.PRESENT, np.log(odds / (1 + share * (odds - 1))))
    weights = np.log(model.given[row] / model.background[row])
    return Evidence(key, Presence.PRESENT, weights)


def _absent(key: ConceptId, present: set[ConceptId], model: ClinicalModel) -> Evidence:
    row = model.finding_index[key]
    if model.is_risk_factor[row]:
        odds, share = model.odds[row], model.background[row]
        return Evidence(key, Presence.ABSENT, -np.log(1 + share * (odds - 1)))
    given, background = model.given[row], model.background[row]
    for ancestor in model.ancestors[key]:
        if ancestor in present:
            general = model.finding_index[ancestor]
            given = np.minimum(given / model.given[general], 0.97)
            background = min(background / model.background[general], 0.97)
            break
    return Evidence(key, Presence.ABSENT, np.log((1 - given) / (1 - background)))


def _discount_correlated(items: list[Evidence], model: ClinicalModel) -> list[Evidence]:
    groups: dict[str, list[Evidence]] = {}
    for item in items:
        entry = model.core.findings[item.concept_id]
        chain = model.ancestors[item.concept_id]
        group = entry.correlates or (chain[-1] if chain else item.concept_id)
        groups.setdefault(f"{group}:{item.presence}", []).append(item)
    discounted: list[Evidence] = []
    for members in groups.values():
        members.sort(key=lambda e: (-float(np.ptp(e.weights)), e.concept_id))
        for position, item in enumerate(members):
            weight = _CORRELATED_WEIGHTS[min(position, len(_CORRELATED_WEIGHTS) - 1)]
            discounted.append(Evidence(item.concept_id, item.presence, item.weights * weight))
    return discounted
