"""What each action of the dialogue engine does: a consultation and a message in, a reply out.

Pure functions. The engine names one of ACTIONS for each message; `perform_action` runs it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from assistant.dialogue import interview, phrasing, questions
from assistant.dialogue.answers import read_age, read_sex, read_subject
from assistant.dialogue.consultation import Consultation, Incoming, Progress, Stage, Subject
from assistant.dialogue.services import DialogueServices
from assistant.dialogue.stages import Reply, advance, closed
from knowledge_graph.domain.case import Presence, Sex
from knowledge_graph.domain.errors import InvalidInput, NotFound

Take = Callable[[Consultation, Incoming, DialogueServices], Reply]
_MOST_KEPT = 3


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `needs_consent`: it works on what the person said of their health.

    `small_talk`: when the words name findings all the same, they are read as such instead.
    """

    take: Take
    needs_consent: bool = True
    small_talk: bool = False


def perform_action(
    name: str, consultation: Consultation, incoming: Incoming, services: DialogueServices
) -> Reply:
    """Run the action that the dialogue engine named. Raises NotFound for a name not in ACTIONS."""
    action = ACTIONS.get(name)
    if action is None:
        raise NotFound(
            f"There is no dialogue action {name!r}; train Rasa again: medbrain rasa train"
        )
    if action.needs_consent and not consultation.consented:
        return keep_words(consultation, incoming, services)
    if _is_late(consultation, incoming):
        # A button of an earlier question: the answer would land on the wrong one.
        return _again(consultation, services, "late_answer")
    if action.small_talk and _says_more(consultation, incoming, services):
        return interview.take_words(consultation, incoming, services)
    return action.take(consultation, incoming, services)


def _is_late(consultation: Consultation, incoming: Incoming) -> bool:
    return incoming.is_choice and incoming.question_id != consultation.open_question


def _says_more(consultation: Consultation, incoming: Incoming, services: DialogueServices) -> bool:
    """ "My nose won't stop bleeding" is not "stop": findings outweigh small talk."""
    if incoming.is_choice or not consultation.consented or consultation.stage.is_over:
        return False
    return interview.names_findings(incoming.text, consultation, services)


def _again(
    consultation: Consultation, services: DialogueServices, key: str, **values: object
) -> Reply:
    """Say something, then ask again what is open."""
    said = phrasing.text(consultation.language, key, **values)
    if consultation.stage.is_over:
        return consultation, (said,)
    reached, messages = advance(consultation, services)
    return reached, (said, *messages)


def accept_notice(
    consultation: Consultation, incoming: Incoming, services: DialogueServices
) -> Reply:
    """Consent is given: what was said before is read now."""
    kept = consultation.kept
    agreed = replace(consultation, consented=True, kept=())
    if not kept:
        return advance(agreed, services)
    agreed = replace(agreed, progress=interview.absorb("\n".join(kept), agreed, services))
    if interview.names_findings("\n".join(kept), agreed, services):
        return advance(agreed, services)
    asked = replace(incoming, text=kept[-1], question_id=None)
    return questions.answer_question(agreed, asked, services)


def decline_notice(
    consultation: Consultation, incoming: Incoming, services: DialogueServices
) -> Reply:
    """No consent: nothing of what was said is kept."""
    forgotten = replace(closed(consultation, Stage.STOPPED), kept=(), progress=Progress())
    return forgotten, (phrasing.text(consultation.language, "consent_declined"),)


def keep_words(consultation: Consultation, incoming: Incoming, services: DialogueServices) -> Reply:
    """Before consent: words are kept unread until consent is given."""
    if not incoming.is_choice:
        kept = (*consultation.kept, incoming.text)[-_MOST_KEPT:]
        consultation = replace(consultation, kept=kept)
    asked, messages = advance(consultation, services)
    return asked, (phrasing.text(consultation.language, "consent_first"), *messages)


def take_subject(
    consultation: Consultation, incoming: Incoming, services: DialogueServices
) -> Reply:
    """Whom the consultation is about."""
    chosen = incoming.values[0] if incoming.values else ""
    subject = Subject(chosen) if chosen in set(Subject) else read_subject(incoming.text)
    if subject is None:
        return interview.not_understood(consultation, incoming, services)
    progress = consultation.progress
    if not incoming.is_choice:
        progress = interview.absorb(incoming.text, consultation, services)
    settled = progress.settle("subject", subject=subject)
    return advance(consultation.step(settled), services)


def take_age(consultation: Consultation, incoming: Incoming, services: DialogueServices) -> Reply:
    """The age, in years or for infants in months."""
    said = incoming.values[0] if incoming.values else incoming.text
    try:
        age = read_age(said)
    except InvalidInput:
        return _again(consultation, services, "age_impossible")
    if age is None:
        return interview.not_understood(consultation, incoming, services)
    progress = consultation.progress.settle("age", age_years=age)
    return advance(consultation.step(progress), services)


def take_sex(consultation: Consultation, incoming: Incoming, services: DialogueServices) -> Reply:
    """Sex, or that it is not to be said."""
    said = f"choice {incoming.values[0]}" if incoming.values else incoming.text
    answered, sex = _SEX_CHOICES.get(said) or read_sex(said)
    if not answered:
        return interview.not_understood(consultation, incoming, services)
    progress = consultation.progress.settle("sex", sex=sex)
    if sex is Sex.MALE:
        progress = replace(progress, pregnant=Presence.UNKNOWN)
    return advance(consultation.step(progress), services)


_SEX_CHOICES: Mapping[str, tuple[bool, Sex | None]] = {
    "choice female": (True, Sex.FEMALE),
    "choice male": (True, Sex.MALE),
    "choice unknown": (True, None),
}


def _answer(presence: Presence) -> Take:
    def take(consultation: Consultation, incoming: Incoming, services: DialogueServices) -> Reply:
        if consultation.stage is Stage.PREGNANCY:
            progress = consultation.progress.settle("pregnancy", pregnant=presence)
            return advance(consultation.step(progress), services)
        return interview.take_answer(presence, consultation, incoming, services)

    return take


def explain_why(
    consultation: Consultation, incoming: Incoming, services: DialogueServices
) -> Reply:
    """Why the open question is asked."""
    if consultation.why is None:
        return _again(consultation, services, "why_nothing_open")
    return _again(consultation, services, "why_answer", why=consultation.why)


def go_back(consultation: Consultation, incoming: Incoming, services: DialogueServices) -> Reply:
    """Undo the latest answer and ask for it again."""
    if not consultation.earlier:
        return _again(consultation, services, "back_at_start")
    undone = replace(
        consultation,
        progress=consultation.earlier[-1],
        earlier=consultation.earlier[:-1],
        urgency=None,
        department=None,
    )
    reached, messages = advance(undone, services)
    return reached, (phrasing.text(consultation.language, "back_done"), *messages)


def start_over(consultation: Consultation, incoming: Incoming, services: DialogueServices) -> Reply:
    """Forget the answers, keep the consent."""
    fresh = replace(
        consultation, progress=Progress(), earlier=(), kept=(), urgency=None, department=None
    )
    reached, messages = advance(fresh, services)
    return reached, (phrasing.text(consultation.language, "started_over"), *messages)


def stop(consultation: Consultation, incoming: Incoming, services: DialogueServices) -> Reply:
    """Ask nothing more; what to do if it gets worse is still said."""
    number = {"number": phrasing.emergency_number(consultation.language)}
    said = phrasing.text(consultation.language, "stopped", **number)
    return closed(consultation, Stage.STOPPED), (said,)


def greet(consultation: Consultation, incoming: Incoming, services: DialogueServices) -> Reply:
    """A greeting back, then on with what is open."""
    return _again(consultation, services, "greeting_back")


def acknowledge(
    consultation: Consultation, incoming: Incoming, services: DialogueServices
) -> Reply:
    """'You are welcome', then on with what is open."""
    return _again(consultation, services, "thanks_back")


def explain_scope(
    consultation: Consultation, incoming: Incoming, services: DialogueServices
) -> Reply:
    """What this service can talk about."""
    return _again(consultation, services, "off_topic")


def remind_closed(
    consultation: Consultation, incoming: Incoming, services: DialogueServices
) -> Reply:
    """After the end: how to begin again; after an emergency, that the advice stays."""
    if not consultation.stage.is_over:
        return advance(consultation, services)
    number = phrasing.emergency_number(consultation.language)
    key = f"after_{consultation.stage.value}"
    return consultation, (phrasing.text(consultation.language, key, number=number),)


ACTIONS: Mapping[str, Action] = {
    "action_accept_notice": Action(accept_notice, needs_consent=False),
    "action_decline_notice": Action(decline_notice, needs_consent=False),
    "action_keep_words": Action(keep_words, needs_consent=False),
    "action_take_subject": Action(take_subject),
    "action_take_age": Action(take_age),
    "action_take_sex": Action(take_sex),
    "action_answer_yes": Action(_answer(Presence.PRESENT)),
    "action_answer_no": Action(_answer(Presence.ABSENT)),
    "action_answer_unknown": Action(_answer(Presence.UNKNOWN)),
    "action_take_words": Action(interview.take_words),
    "action_confirm": Action(interview.confirm),
    "action_add": Action(interview.add_more),
    "action_reject": Action(interview.reject),
    "action_answer_question": Action(questions.answer_question),
    "action_explain_why": Action(explain_why, needs_consent=False, small_talk=True),
    "action_go_back": Action(go_back, small_talk=True),
    "action_start_over": Action(start_over, needs_consent=False, small_talk=True),
    "action_stop": Action(stop, needs_consent=False, small_talk=True),
    "action_greet": Action(greet, needs_consent=False, small_talk=True),
    "action_acknowledge": Action(acknowledge, needs_consent=False, small_talk=True),
    "action_explain_scope": Action(explain_scope, needs_consent=False, small_talk=True),
    "action_remind_closed": Action(remind_closed, needs_consent=False),
}
