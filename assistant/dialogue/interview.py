"""The medical part of a consultation: the complaint, its confirmation, and the questions after it.

Pure functions; what words mean and what to ask next is the symptom check's to say.
"""

from dataclasses import replace

from assistant.dialogue import phrasing
from assistant.dialogue.consultation import Consultation, Incoming, Progress, Stage
from assistant.dialogue.emergency import FINDING_PREFIX
from assistant.dialogue.messages import Ask, Text
from assistant.dialogue.services import DialogueServices
from assistant.dialogue.stages import (
    MEASURED_PREFIX,
    PERSON_PREFIX,
    Reply,
    advance,
    has_complaint,
    say_about,
    understood_items,
)
from assistant.symptom_check.understand import Understanding, understand
from knowledge_graph.core.load import Core
from knowledge_graph.domain.case import Finding, FindingOrigin, Presence, Sex
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.language import language_of

_TRIES_BEFORE_HELP = 3


def names_findings(text: str, consultation: Consultation, services: DialogueServices) -> bool:
    """Whether a text says anything of findings or vital signs."""
    return not _read(text, consultation, services).is_empty


def absorb(text: str, consultation: Consultation, services: DialogueServices) -> Progress:
    """What a text says, added to what is known. Of the person only what was not asked for yet."""
    understood = _read(text, consultation, services)
    progress = _absorb_person(consultation.progress, understood)
    named = tuple(dict.fromkeys((*progress.named, *understood.named)))
    words = tuple(sorted({*progress.words, *understood.words}))
    return replace(progress, named=named, words=words).with_findings(
        understood.findings, understood.measurements
    )


def take_words(consultation: Consultation, incoming: Incoming, services: DialogueServices) -> Reply:
    """Free text: findings in it are added, and during the questions one may be the answer."""
    understood = _read(incoming.text, consultation, services)
    if understood.is_empty:
        return not_understood(consultation, incoming, services)
    progress = absorb(incoming.text, consultation, services)
    if consultation.stage is not Stage.INTERVIEW:
        if consultation.stage in (Stage.COMPLAINT, Stage.CONFIRM):
            progress = replace(progress, confirmed=False)
        if consultation.stage is Stage.COMPLAINT and not has_complaint(progress, services.core):
            return not_understood(consultation.step(progress), incoming, services)
        return advance(consultation.step(progress), services)
    open_concept = _open_concept(consultation)
    if open_concept in {finding.concept_id for finding in understood.findings}:
        progress = replace(progress, asked=(*progress.asked, open_concept))
    reached, messages = advance(consultation.step(progress), services)
    return reached, (_noted(understood.findings, consultation, services.core), *messages)


def take_answer(
    presence: Presence, consultation: Consultation, incoming: Incoming, services: DialogueServices
) -> Reply:
    """Yes, no or don't know to the open question, and what else the words say."""
    concept_id = _open_concept(consultation)
    if consultation.stage is not Stage.INTERVIEW or concept_id not in services.core.findings:
        return not_understood(consultation, incoming, services)
    answered = replace(
        consultation, progress=consultation.progress.with_answer(concept_id, presence)
    )
    noted: tuple[Finding, ...] = ()
    progress = answered.progress
    if not incoming.is_choice:
        noted = _read(incoming.text, consultation, services).findings
        progress = absorb(incoming.text, answered, services)
    more = tuple(finding for finding in noted if finding.concept_id != concept_id)
    reached, messages = advance(consultation.step(progress), services)
    said = (_noted(more, consultation, services.core),) if more else ()
    return reached, (*said, *messages)


def confirm(consultation: Consultation, incoming: Incoming, services: DialogueServices) -> Reply:
    """What was understood is right; what the person unticked is taken out."""
    progress = replace(_without_unticked(consultation, incoming, services.core), confirmed=True)
    if not incoming.is_choice:
        # "Yes, and I also have a rash": the rash is shown before it counts.
        understood = _read(incoming.text, consultation, services)
        if not understood.is_empty:
            return take_words(consultation, incoming, services)
    return advance(consultation.step(progress), services)


def add_more(consultation: Consultation, incoming: Incoming, services: DialogueServices) -> Reply:
    """There is more to say: ask for it, then confirm again."""
    progress = _without_unticked(consultation, incoming, services.core)
    asked = replace(
        consultation.step(progress), stage=Stage.COMPLAINT, open_question=Stage.COMPLAINT.value
    )
    question = Ask(
        id=Stage.COMPLAINT.value, text=say_about(consultation, "ask_more"), expects="text"
    )
    return asked, (question,)


def reject(consultation: Consultation, incoming: Incoming, services: DialogueServices) -> Reply:
    """What was understood is wrong: it is forgotten, unless the words say what is right."""
    if not incoming.is_choice and names_findings(incoming.text, consultation, services):
        return take_words(consultation, incoming, services)
    progress = _without(
        consultation.progress, {i.id for i in understood_items(consultation, services.core)}
    )
    reached, messages = advance(consultation.step(progress), services)
    return reached, (phrasing.text(consultation.language, "complaint_again"), *messages)


def not_understood(
    consultation: Consultation, incoming: Incoming, services: DialogueServices
) -> Reply:
    """Say so, with more help each time, and ask again."""
    misunderstood = consultation.misunderstood + 1
    key = "not_understood_answer"
    if consultation.stage is Stage.COMPLAINT:
        enough = misunderstood >= _TRIES_BEFORE_HELP
        key = "not_understood_help" if enough else "not_understood_complaint"
    number = phrasing.emergency_number(consultation.language)
    said = phrasing.text(consultation.language, key, number=number)
    reached, messages = advance(replace(consultation, misunderstood=misunderstood), services)
    return reached, (said, *messages)


def _read(text: str, consultation: Consultation, services: DialogueServices) -> Understanding:
    return understand(text, None, services.finder, services.core)


def _open_concept(consultation: Consultation) -> ConceptId:
    question = consultation.open_question or ""
    concept_id = question.removeprefix(FINDING_PREFIX)
    return concept_id if concept_id != question else ""


def _absorb_person(progress: Progress, understood: Understanding) -> Progress:
    guessed: list[str] = []
    if understood.age_years is not None and not progress.has("age"):
        progress = progress.settle("age", age_years=understood.age_years)
        guessed.append("age")
    if understood.sex is not None and not progress.has("sex"):
        progress = progress.settle("sex", sex=understood.sex)
        guessed.append("sex")
    if (
        understood.pregnant is not Presence.UNKNOWN
        and progress.sex is Sex.FEMALE
        and not progress.has("pregnancy")
    ):
        progress = progress.settle("pregnancy", pregnant=understood.pregnant)
        guessed.append("pregnancy")
    return replace(progress, guessed=(*progress.guessed, *guessed))


def _without_unticked(consultation: Consultation, incoming: Incoming, core: Core) -> Progress:
    """The choice's value alone means that every item is right."""
    kept = set(incoming.values[1:])
    if not kept:
        return consultation.progress
    shown = {item.id for item in understood_items(consultation, core)}
    return _without(consultation.progress, shown - kept)


def _without(progress: Progress, removed: set[str]) -> Progress:
    for item in removed:
        if item.startswith(PERSON_PREFIX):
            progress = progress.unsettle(item.removeprefix(PERSON_PREFIX))
    if f"{PERSON_PREFIX}sex" in removed or f"{PERSON_PREFIX}pregnancy" in removed:
        progress = replace(progress.unsettle("pregnancy"), pregnant=Presence.UNKNOWN)
    return replace(
        progress,
        findings=tuple(
            finding
            for finding in progress.findings
            if finding.concept_id not in removed or finding.origin is not FindingOrigin.TEXT
        ),
        measurements=tuple(
            measurement
            for measurement in progress.measurements
            if f"{MEASURED_PREFIX}{measurement.vital_sign.value}" not in removed
        ),
    )


def _noted(findings: tuple[Finding, ...], consultation: Consultation, core: Core) -> Text:
    language = language_of(consultation.language)
    key = {Presence.PRESENT: "noted_present", Presence.ABSENT: "noted_absent"}
    names = [
        language.say(
            key.get(finding.presence, "noted_present"),
            finding=getattr(core.findings[finding.concept_id].name, language.code),
        )
        for finding in findings
    ]
    joined = language.say("list_separator").join(names)
    return phrasing.text(language.code, "noted" if names else "noted_measurement", findings=joined)
