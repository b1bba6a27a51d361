"""The emergency screen: rules with sources that set a floor under the urgency.

Depends on the curated core alone: it works with the graph, the index, the dialogue engine and the
database down. Nothing lowers what a rule demands.
"""

from collections.abc import Iterable

from knowledge_graph.core.load import Core
from knowledge_graph.core.schema import RedFlagEntry, SourceEntry, VitalLimit
from knowledge_graph.domain.assessment import RedFlag, SourceReference
from knowledge_graph.domain.case import (
    Case,
    Finding,
    FindingOrigin,
    Measurement,
    Presence,
    Sex,
)
from knowledge_graph.domain.concepts import ConceptId


def screen(case: Case, core: Core) -> tuple[RedFlag, ...]:
    """Every red flag of a case, the most urgent first."""
    measured = with_measured_findings(case, core)
    present = present_with_general(measured, core)
    fired = [
        _red_flag(rule, present, core, case.language)
        for rule in core.red_flags.values()
        if _fits_person(rule, case) and _fits_findings(rule, present, case)
    ]
    return tuple(sorted(fired, key=lambda flag: (-flag.urgency.rank, not flag.is_crisis, flag.id)))


def with_measured_findings(case: Case, core: Core) -> Case:
    """The case with the findings that its measurements mean (temperature of 39 °C: fever)."""
    for measurement in case.measurements:
        for entry in core.vital_signs:
            if _age_fits(case.age_years, entry.youngest, entry.oldest) and crosses(
                measurement, entry.limit
            ):
                case = case.with_finding(
                    Finding(entry.finding, Presence.PRESENT, FindingOrigin.MEASURED)
                )
    return case


def present_with_general(case: Case, core: Core) -> frozenset[ConceptId]:
    """Ids of present findings and of the general findings that they are kinds of."""
    present: set[ConceptId] = set()
    for finding in case.findings:
        key: ConceptId | None = finding.concept_id
        if finding.presence is Presence.PRESENT:
            while key is not None and key not in present:
                present.add(key)
                entry = core.findings.get(key)
                key = entry.parent if entry else None
    return frozenset(present)


def crosses(measurement: Measurement, limit: VitalLimit) -> bool:
    """Whether a measured value lies at or beyond a limit."""
    if measurement.vital_sign is not limit.vital_sign:
        return False
    low = limit.at_most is None or measurement.value <= limit.at_most
    high = limit.at_least is None or measurement.value >= limit.at_least
    return low and high


def _age_fits(age: float | None, youngest: float | None, oldest: float | None) -> bool:
    if age is None:
        return youngest is None and oldest is None
    return (youngest is None or age >= youngest) and (oldest is None or age < oldest)


def _fits_person(rule: RedFlagEntry, case: Case) -> bool:
    if not _age_fits(case.age_years, rule.youngest, rule.oldest):
        return False
    if rule.sex is not None and case.sex not in (None, rule.sex):
        return False
    if rule.pregnant:
        return case.pregnant is Presence.PRESENT and case.sex is not Sex.MALE
    return True


def _fits_findings(rule: RedFlagEntry, present: frozenset[ConceptId], case: Case) -> bool:
    return (
        present.issuperset(rule.all)
        and (not rule.any or not present.isdisjoint(rule.any))
        and (not rule.also or not present.isdisjoint(rule.also))
        and (
            not rule.vitals
            or any(crosses(m, limit) for m in case.measurements for limit in rule.vitals)
        )
    )


def _red_flag(
    rule: RedFlagEntry, present: frozenset[ConceptId], core: Core, language: str
) -> RedFlag:
    named = (*rule.all, *rule.any, *rule.also)
    return RedFlag(
        id=rule.id,
        name=getattr(rule.name, language),
        urgency=rule.urgency,
        reason=getattr(rule.reason, language),
        advice=getattr(rule.advice, language),
        is_crisis=rule.crisis,
        findings=tuple(key for key in named if key in present),
        sources=references(core, rule.sources),
    )


def references(core: Core, source_ids: Iterable[str]) -> tuple[SourceReference, ...]:
    """The named sources of an entry."""
    return tuple(_reference(core.sources[key]) for key in source_ids)


def _reference(entry: SourceEntry) -> SourceReference:
    return SourceReference(entry.id, entry.title, entry.publisher, entry.year, entry.url)
