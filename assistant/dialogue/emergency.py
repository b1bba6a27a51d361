"""The emergency screen of every message, before and without everything else.

It reads the message with the core's names alone and asks the red-flag rules. It needs no dialogue
engine, no graph, no index, no model and no database.
"""

from dataclasses import dataclass, replace

from assistant.dialogue.consultation import Consultation, Incoming, Progress
from assistant.symptom_check.red_flags import screen
from assistant.symptom_check.understand import understand
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import Core
from knowledge_graph.domain.assessment import RedFlag
from knowledge_graph.domain.case import Finding, FindingOrigin, Presence, Sex

FINDING_PREFIX = "finding:"
"""An interview question's id is this and the concept it asks about."""
_READ_AT_EACH_END = 20_000


@dataclass(frozen=True, slots=True)
class Alarm:
    """Red flags that ask for emergency care, most urgent first, and the progress that raised them."""

    flags: tuple[RedFlag, ...]
    progress: Progress


def screen_message(
    incoming: Incoming, consultation: Consultation, finder: ConceptFinder, core: Core
) -> Alarm | None:
    """What one message, with all that was said before, demands at once; None when nothing does."""
    if incoming.is_choice:
        said = _chosen(incoming, core)
        known = consultation.progress
    else:
        said, known = _read(incoming.text, consultation.progress, finder, core)
    if not (said.findings or said.measurements):
        return None
    together = known.with_findings(said.findings, said.measurements)
    alone = replace(said, age_years=known.age_years, sex=known.sex, pregnant=known.pregnant)
    # Said again in words, a danger is answered again, also when it was warned of before.
    again = set() if incoming.is_choice else {flag.id for flag in _flags(alone, consultation, core)}
    return alarm_of(together, consultation, core, again=frozenset(again))


def alarm_of(
    progress: Progress,
    consultation: Consultation,
    core: Core,
    *,
    again: frozenset[str] = frozenset(),
) -> Alarm | None:
    """The alarm of what is known, for flags not warned of yet or named in `again`."""
    flags = tuple(
        flag
        for flag in _flags(progress, consultation, core)
        if flag.id not in progress.warned or flag.id in again
    )
    if not flags:
        return None
    warned = (*progress.warned, *(f.id for f in flags if f.id not in progress.warned))
    return Alarm(flags, replace(progress, warned=warned))


def _flags(progress: Progress, consultation: Consultation, core: Core) -> tuple[RedFlag, ...]:
    flags = screen(progress.case(consultation.language), core)
    return tuple(flag for flag in flags if flag.urgency.is_emergency)


def _chosen(incoming: Incoming, core: Core) -> Progress:
    question = incoming.question_id or ""
    concept_id = question.removeprefix(FINDING_PREFIX)
    if "yes" not in incoming.values or concept_id == question or concept_id not in core.findings:
        return Progress()
    return Progress(findings=(Finding(concept_id, Presence.PRESENT, FindingOrigin.ANSWER),))


def _read(
    text: str, known: Progress, finder: ConceptFinder, core: Core
) -> tuple[Progress, Progress]:
    """What a text says is present, and what is known with the person it describes filled in."""
    if len(text) > 2 * _READ_AT_EACH_END:
        text = f"{text[:_READ_AT_EACH_END]}\n{text[-_READ_AT_EACH_END:]}"
    # Someone else's emergency is one too, and a text says by itself which language it is in.
    understood = understand(text, None, finder, core, include_someone_else=True)
    present = tuple(f for f in understood.findings if f.presence is Presence.PRESENT)
    if known.age_years is None and understood.age_years is not None:
        known = replace(known, age_years=understood.age_years)
    if known.sex is None and understood.sex is not None:
        known = replace(known, sex=understood.sex)
    if known.sex is not Sex.MALE and understood.pregnant is Presence.PRESENT:
        known = replace(known, pregnant=Presence.PRESENT)
    return Progress(findings=present, measurements=understood.measurements), known
