"""Health questions ("what is gout?"): answered in the words of cited passages, or not at all."""

import logging
from dataclasses import replace

from assistant.dialogue import phrasing
from assistant.dialogue.consultation import Consultation, Incoming
from assistant.dialogue.messages import Message
from assistant.dialogue.services import DialogueServices
from assistant.dialogue.stages import Reply, advance
from knowledge_graph.domain.errors import MedbrainError
from knowledge_graph.language import detect_language
from knowledge_graph.search import search

logger = logging.getLogger(__name__)

_MOST_PASSAGES = 4
_LONGEST_QUESTION = 400


def answer_question(
    consultation: Consultation, incoming: Incoming, services: DialogueServices
) -> Reply:
    """Answer from the passages, then go on where the consultation was."""
    answered = _look_up(incoming.text, consultation.language, services)
    if consultation.stage.is_over:
        return consultation, (answered,)
    reached, messages = advance(replace(consultation, misunderstood=0), services)
    return reached, (answered, *messages)


def _look_up(question: str, code: str, services: DialogueServices) -> Message:
    number = phrasing.emergency_number(code)
    try:
        knowledge = services.knowledge()
        asked = question[:_LONGEST_QUESTION]
        hits = search(knowledge, asked, detect_language(asked), limit=_MOST_PASSAGES)
    except MedbrainError as fault:
        logger.warning("question not looked up", extra={"code": fault.code})
        return phrasing.text(code, "question_unavailable", number=number)
    if not hits:
        return phrasing.text(code, "question_nothing_found")
    return phrasing.answer(hits, code)
