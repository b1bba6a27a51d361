"""Clinical behaviour on people described in their own words. Safety is a hard limit, accuracy a threshold."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.symptom_check.check import check
from assistant.symptom_check.model import ClinicalModel, build_model
from assistant.symptom_check.understand import understand
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import shipped_core
from knowledge_graph.domain.assessment import Assessment, Urgency
from knowledge_graph.domain.case import Case, Finding, FindingOrigin, Presence, Sex
from knowledge_graph.knowledge import build_finder

FOLDER = Path(__file__).parent / "vignettes"
VIGNETTES: list[dict[str, Any]] = [
    vignette
    for path in sorted(FOLDER.glob("*.yml"))
    for vignette in yaml.safe_load(path.read_text("utf-8"))
]
FIRST_THREE_SHARE = 0.8


@cache
def parts() -> tuple[ConceptFinder, ClinicalModel]:
    core = shipped_core()
    return build_finder(core), build_model(core)


def case_of(vignette: dict[str, Any]) -> Case:
    finder, model = parts()
    understood = understand(
        vignette["text"], vignette["language"], finder, model.core, include_someone_else=True
    )
    pregnant = Presence.PRESENT if vignette.get("pregnant") else understood.pregnant
    return Case(
        vignette["age"],
        Sex(vignette["sex"]),
        pregnant,
        understood.findings,
        understood.measurements,
        vignette["language"],
    )


def assess(vignette: dict[str, Any]) -> Assessment:
    return check(case_of(vignette), parts()[1])


def vignettes_with(key: str) -> list[Any]:
    return [pytest.param(v, id=v["id"]) for v in VIGNETTES if key in v]


@pytest.mark.parametrize("vignette", vignettes_with("at_least"))
def test_no_emergency_is_missed(vignette: dict[str, Any]) -> None:
    assessment = assess(vignette)
    assert assessment.urgency.rank >= Urgency(vignette["at_least"]).rank, [
        finding.concept_id for finding in case_of(vignette).findings
    ]


def interview(case: Case) -> Assessment:
    """Every further question answered with no."""
    asked: list[str] = []
    while True:
        assessment = check(case, parts()[1], asked)
        if assessment.question is None:
            return assessment
        asked.append(assessment.question.concept_id)
        case = case.with_finding(Finding(asked[-1], Presence.ABSENT, FindingOrigin.ANSWER))


@pytest.mark.parametrize("vignette", vignettes_with("at_most"))
def test_everyday_problems_are_not_called_emergencies(vignette: dict[str, Any]) -> None:
    assessment = interview(case_of(vignette))
    assert assessment.urgency.rank <= Urgency(vignette["at_most"]).rank, (
        assessment.urgency_reason,
        [finding.concept_id for finding in case_of(vignette).findings],
    )


def test_the_condition_is_usually_among_the_first_three() -> None:
    expected = [vignette for vignette in VIGNETTES if "condition" in vignette]
    missed = []
    for vignette in expected:
        leading = [c.condition_id for c in assess(vignette).candidates[:3]]
        if vignette["condition"] not in leading:
            missed.append((vignette["id"], leading))
    assert 1 - len(missed) / len(expected) >= FIRST_THREE_SHARE, missed


def test_every_vignette_names_its_source_and_a_known_condition() -> None:
    core = shipped_core()
    for vignette in VIGNETTES:
        assert vignette["source"]
        assert vignette.get("condition") in {None, *core.conditions}, vignette["id"]
