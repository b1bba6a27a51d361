"""What comes next in a consultation: the first thing that is still missing, and how it is asked.

Pure functions of the consultation; medicine comes from the symptom check alone.
"""

from dataclasses import replace

from assistant.dialogue import phrasing
from assistant.dialogue.consultation import Consultation, Progress, Stage, Subject
from assistant.dialogue.emergency import FINDING_PREFIX, Alarm, alarm_of
from assistant.dialogue.messages import Ask, Message, Understood, UnderstoodItem
from assistant.dialogue.services import DialogueServices
from assistant.symptom_check.ask import MOST_QUESTIONS
from assistant.symptom_check.check import check, next_question
from knowledge_graph.core.load import Core
from knowledge_graph.domain.assessment import Assessment
from knowledge_graph.domain.case import FindingOrigin, Presence, Sex
from knowledge_graph.language import Language, language_of

Reply = tuple[Consultation, tuple[Message, ...]]

_CAN_BE_PREGNANT = range(12, 56)
_CHOICES = {
    Stage.CONSENT: ("yes", "no"),
    Stage.SUBJECT: ("self", "child", "other"),
    Stage.SEX: ("female", "male", "unknown"),
    Stage.PREGNANCY: ("yes", "no", "unknown"),
}
ANSWERS = ("yes", "no", "unknown")
CONFIRM, ADD, REJECT = "confirm", "add", "reject"
MEASURED_PREFIX = "vital:"
PERSON_PREFIX = "about:"


def advance(consultation: Consultation, services: DialogueServices) -> Reply:
    """Ask for what is missing next, or close with the outcome. Emergencies come before all."""
    if consultation.consented:
        alarm = alarm_of(consultation.progress, consultation, services.core)
        if alarm is not None:
            return sound(alarm, consultation)
    stage = _missing(consultation, services.core)
    if stage is Stage.INTERVIEW:
        return _interview(consultation, services)
    if stage is Stage.CONFIRM:
        return _ask_confirmation(consultation, services.core)
    return ask(consultation, stage)


def sound(alarm: Alarm, consultation: Consultation) -> Reply:
    """Emergency advice, at once, and nothing after it."""
    reached = replace(
        consultation.step(alarm.progress),
        stage=Stage.EMERGENCY,
        open_question=None,
        why=None,
        urgency=alarm.flags[0].urgency,
        department="emergency_medicine",
    )
    return reached, (phrasing.emergency(alarm.flags, consultation.language),)


def ask(consultation: Consultation, stage: Stage) -> Reply:
    """The question of a stage that is not medical."""
    language = language_of(consultation.language)
    expects = {Stage.AGE: "number", Stage.COMPLAINT: "text"}.get(stage, "choice")
    question = Ask(
        id=stage.value,
        text=say_about(consultation, f"ask_{stage.value}"),
        choices=phrasing.choices(language.code, stage.value, _CHOICES.get(stage, ())),
        expects=expects,  # type: ignore[arg-type]
        why=language.phrases.get(f"why_{stage.value}"),
    )
    asked = replace(consultation, stage=stage, open_question=question.id, why=question.why)
    return asked, (question,)


def say_about(consultation: Consultation, key: str, **values: object) -> str:
    """A phrase in the form for oneself, or in `<key>_other` for someone else, where there is one."""
    language = language_of(consultation.language)
    if consultation.progress.subject not in (None, Subject.SELF):
        other = f"{key}_other"
        key = other if other in language.phrases else key
    return language.say(key, **values)


def has_complaint(progress: Progress, core: Core) -> bool:
    """Whether anything is known that a symptom check can start from."""
    return bool(progress.measurements) or any(
        finding.presence is Presence.PRESENT
        and core.findings[finding.concept_id].kind != "risk_factor"
        for finding in progress.findings
    )


def closed(consultation: Consultation, stage: Stage) -> Consultation:
    """The consultation at an end: nothing is open."""
    return replace(consultation, stage=stage, open_question=None, why=None)


def understood_items(consultation: Consultation, core: Core) -> tuple[UnderstoodItem, ...]:
    """What was read from free text, item by item, to be confirmed."""
    progress = consultation.progress
    language = language_of(consultation.language)
    items = [
        UnderstoodItem(f"{PERSON_PREFIX}{detail}", _person(detail, progress, language), "present")
        for detail in progress.guessed
    ]
    items += [
        UnderstoodItem(
            finding.concept_id,
            getattr(core.findings[finding.concept_id].name, language.code),
            finding.presence.value,
        )
        for finding in progress.findings
        if finding.origin is FindingOrigin.TEXT
    ]
    items += [
        UnderstoodItem(
            f"{MEASURED_PREFIX}{measurement.vital_sign.value}",
            language.say(f"vital_{measurement.vital_sign.value}", value=f"{measurement.value:g}"),
            "present",
        )
        for measurement in progress.measurements
    ]
    return tuple(items)


def _missing(consultation: Consultation, core: Core) -> Stage:
    progress = consultation.progress
    if not consultation.consented:
        return Stage.CONSENT
    for detail in (Stage.SUBJECT, Stage.AGE, Stage.SEX):
        if not progress.has(detail.value):
            return detail
    if _asks_pregnancy(progress) and not progress.has(Stage.PREGNANCY.value):
        return Stage.PREGNANCY
    if not has_complaint(progress, core):
        return Stage.COMPLAINT
    return Stage.INTERVIEW if progress.confirmed else Stage.CONFIRM


def _asks_pregnancy(progress: Progress) -> bool:
    age = progress.age_years
    return progress.sex is Sex.FEMALE and age is not None and int(age) in _CAN_BE_PREGNANT


def _ask_confirmation(consultation: Consultation, core: Core) -> Reply:
    code = consultation.language
    message = Understood(
        id=Stage.CONFIRM.value,
        text=say_about(consultation, "ask_confirm"),
        items=understood_items(consultation, core),
        choices=phrasing.choices(code, "confirm", (CONFIRM, ADD, REJECT)),
    )
    why = language_of(code).say("why_confirm")
    asked = replace(consultation, stage=Stage.CONFIRM, open_question=message.id, why=why)
    return asked, (message,)


def _interview(consultation: Consultation, services: DialogueServices) -> Reply:
    progress = consultation.progress
    model = services.model()
    question = next_question(consultation.case, model, progress.asked)
    if question is None:
        limit = phrasing.MOST_CONDITIONS
        return _conclude(consultation, check(consultation.case, model, progress.asked, limit))
    message = Ask(
        id=f"{FINDING_PREFIX}{question.concept_id}",
        text=say_about(consultation, "ask_finding", question=question.text),
        choices=phrasing.choices(consultation.language, "finding", ANSWERS),
        why=question.why,
        asked=len(progress.asked) + 1,
        at_most=MOST_QUESTIONS,
    )
    asked = replace(consultation, stage=Stage.INTERVIEW, open_question=message.id, why=message.why)
    return asked, (message,)


def _conclude(consultation: Consultation, assessment: Assessment) -> Reply:
    message = phrasing.outcome(assessment, consultation.language)
    done = replace(
        closed(consultation, Stage.CLOSED),
        urgency=assessment.urgency,
        department=assessment.department,
    )
    return done, (message, phrasing.text(consultation.language, "after_outcome"))


def _person(detail: str, progress: Progress, language: Language) -> str:
    """'Age: 3 years', 'Sex: female', 'Pregnant': what a text gave away of the person."""
    if detail == Stage.AGE.value and progress.age_years is not None:
        return language.say("about_age", age=spoken_age(progress.age_years, language))
    if detail == Stage.SEX.value and progress.sex is not None:
        return language.say("about_sex", sex=language.say(f"choice_sex_{progress.sex.value}"))
    key = "about_pregnant" if progress.pregnant is Presence.PRESENT else "about_not_pregnant"
    return language.say(key)


def spoken_age(years: float, language: Language) -> str:
    """An age as people say it: in months under two years."""
    if years < 2:
        return language.say("age_months", months=round(years * 12))
    return language.say("age_years", years=int(years))
