"""Assessments, red flags and passages as messages, in the words of the language files."""

import re
from collections.abc import Iterable, Sequence

from assistant.dialogue.messages import (
    Answer,
    Choice,
    Emergency,
    Outcome,
    PossibleCondition,
    Problem,
    Text,
)
from knowledge_graph.domain.assessment import Assessment, Candidate, RedFlag, SourceReference
from knowledge_graph.domain.evidence import Citation
from knowledge_graph.language import Language, language_of
from knowledge_graph.search import Hit

_LIKELY = 0.5
_POSSIBLE = 0.2
_WORTH_SHOWING = 0.04
MOST_CONDITIONS = 4
_MOST_REASONS = 4
_MOST_WARNINGS = 6
_MOST_SOURCES = 8
_LONGEST_ANSWER = 700
_LONGEST_QUOTE = 240
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")


def text(code: str, key: str, **values: object) -> Text:
    """One sentence of the language file."""
    return Text(language_of(code).say(key, **values))


def emergency_number(code: str) -> str:
    """The number to dial in an emergency."""
    return language_of(code).emergency_number


def problem(code: str) -> Problem:
    """The safe sentence for when something went wrong."""
    language = language_of(code)
    return Problem(language.say("error_safe", number=language.emergency_number))


def choices(code: str, question: str, values: Iterable[str]) -> tuple[Choice, ...]:
    """Buttons of a question: their labels are the phrases `choice_<question>_<value>`."""
    language = language_of(code)
    return tuple(Choice(value, language.say(f"choice_{question}_{value}")) for value in values)


def emergency(flags: Sequence[RedFlag], code: str) -> Emergency:
    """What to do now. `flags`: at least one, the most urgent first."""
    language = language_of(code)
    # A crisis line answers a crisis; anything bodily needs the ambulance first.
    crisis = all(flag.is_crisis for flag in flags)
    kind = "crisis" if crisis else flags[0].urgency.value
    call = language.crisis_line if crisis else language.emergency_number
    numbers = {"number": language.emergency_number, "crisis_line": language.crisis_line}
    # A lesser flag's "go to the hospital" would contradict "call an ambulance"; a crisis keeps its own.
    heeded = [f for f in flags if f.urgency is flags[0].urgency or f.is_crisis]
    return Emergency(
        urgency=flags[0].urgency.value,
        title=language.say(f"emergency_title_{kind}"),
        text=language.say(f"emergency_text_{kind}", **numbers),
        advice=_unique(flag.advice for flag in heeded),
        reasons=_unique(flag.reason for flag in flags),
        call=call,
        call_label=language.say("emergency_call", number=call),
        crisis=crisis,
        sources=cite_sources(source for flag in flags for source in flag.sources),
    )


def outcome(assessment: Assessment, code: str) -> Outcome:
    """The end of a symptom check."""
    language = language_of(code)
    shown = [c for c in assessment.candidates if c.probability >= _WORTH_SHOWING]
    shown = shown[:MOST_CONDITIONS]
    urgency = assessment.urgency.value
    warnings = _unique(w for candidate in shown for w in candidate.return_sooner)[:_MOST_WARNINGS]
    number = language.emergency_number
    return Outcome(
        urgency=urgency,
        title=language.say(f"outcome_title_{urgency}"),
        text=language.say(f"outcome_text_{urgency}", number=number),
        urgency_reason=assessment.urgency_reason,
        department=assessment.department_name,
        conditions=tuple(_condition(candidate, language) for candidate in shown),
        return_sooner=warnings or (language.say("return_sooner_always", number=number),),
        disclaimer=language.say("disclaimer"),
        call=number if assessment.urgency.is_emergency else None,
        sources=cite_sources(
            [source for flag in assessment.red_flags for source in flag.sources]
            + [source for candidate in shown for source in candidate.sources]
        ),
        knowledge_version=assessment.knowledge_version,
    )


def _condition(candidate: Candidate, language: Language) -> PossibleCondition:
    return PossibleCondition(
        name=candidate.name,
        likelihood=language.say(_likelihood(candidate.probability)),
        probability=round(candidate.probability, 3),
        reasons_for=tuple(r.name for r in candidate.reasons_for[:_MOST_REASONS]),
        reasons_against=tuple(r.name for r in candidate.reasons_against[:_MOST_REASONS]),
        advice=candidate.advice,
        sources=cite_sources(candidate.sources),
    )


def _likelihood(probability: float) -> str:
    if probability >= _LIKELY:
        return "likelihood_high"
    return "likelihood_middle" if probability >= _POSSIBLE else "likelihood_low"


def cite_sources(sources: Iterable[SourceReference]) -> tuple[Citation, ...]:
    """The named sources of curated knowledge as citations, each once."""
    found = {
        source.id: Citation(
            document_id=f"source:{source.id}",
            title=source.title,
            source=source.publisher,
            url=source.url,
            year=source.year,
        )
        for source in sources
    }
    return tuple(found.values())[:_MOST_SOURCES]


def answer(hits: Sequence[Hit], code: str) -> Answer:
    """What the best passage says, in its own words, with the passages it can be checked against."""
    language = language_of(code)
    best = hits[0]
    words = opening(best.passage.text, _LONGEST_ANSWER)
    key = "answer_found" if best.passage.language == code else "answer_found_elsewhere"
    return Answer(
        text=language.say(key, title=best.document.title, passage=words),
        citations=tuple(hit.citation for hit in hits),
    )


def opening(passage: str, longest: int) -> str:
    """The first whole sentences of a passage that fit; cut with … when not even one does."""
    passage = " ".join(passage.split())
    kept = ""
    for sentence in _SENTENCE_END.split(passage):
        longer = f"{kept} {sentence}".strip() if sentence.isascii() else kept + sentence
        if len(longer) > longest:
            break
        kept = longer
    return kept or passage[: longest - 1] + "…"


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
