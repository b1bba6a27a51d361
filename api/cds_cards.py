"""Advice → CDS Hooks cards: one for each red flag, one with the possible conditions."""

import re
from collections.abc import Callable, Iterable
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from assistant.decision_support.advise import Advice
from knowledge_graph.domain.assessment import Candidate, RedFlag, Urgency
from knowledge_graph.domain.evidence import Citation
from knowledge_graph.language import Language, language_of

_LONGEST_SUMMARY = 139
_CONDITIONS = 5
_LINKS = 6
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")
Indicator = Literal["info", "warning", "critical"]


class CardSource(BaseModel):
    """Where the advice comes from."""

    label: str


class CardLink(BaseModel):
    """A source to open."""

    label: str
    url: str
    type: Literal["absolute"] = "absolute"


class Card(BaseModel):
    """One piece of advice. What is None is left out of the answer: the standard allows no nulls."""

    uuid: str
    summary: str
    detail: str
    indicator: Indicator
    source: CardSource
    links: list[CardLink] | None = None


def make_cards(advice: Advice, version: str, new_id: Callable[[], UUID]) -> list[Card]:
    """The cards of one advice, the most urgent first."""
    language = language_of("en")
    assessment = advice.assessment
    cards = [_red_flag_card(flag, language, version, new_id()) for flag in assessment.red_flags]
    if assessment.candidates:
        cards.append(_differential_card(advice, language, version, new_id()))
    return cards


def _red_flag_card(flag: RedFlag, language: Language, version: str, card_id: UUID) -> Card:
    return Card(
        uuid=str(card_id),
        summary=_shorten(language.say("card_red_flag", name=flag.name)),
        detail="\n\n".join((_escape(flag.reason), _escape(flag.advice), _notice(language))),
        indicator=indicator_of(flag.urgency),
        source=_source(language, version),
        links=_links((source.title, source.url) for source in flag.sources),
    )


def _differential_card(advice: Advice, language: Language, version: str, card_id: UUID) -> Card:
    assessment = advice.assessment
    leading = assessment.candidates[:_CONDITIONS]
    lines = [_condition_line(candidate, language) for candidate in leading]
    return Card(
        uuid=str(card_id),
        summary=_shorten(
            language.say(
                "card_conditions",
                urgency=language.say(f"card_urgency_{assessment.urgency}"),
                names=", ".join(candidate.name for candidate in leading[:3]),
            )
        ),
        detail="\n".join((*lines, "", _escape(assessment.urgency_reason), "", _notice(language))),
        indicator=indicator_of(assessment.urgency),
        source=_source(language, version),
        links=_links(_evidence(leading, advice)),
    )


def _evidence(candidates: Iterable[Candidate], advice: Advice) -> Iterable[tuple[str, str | None]]:
    """Cited passages first, then the sources of the curated knowledge."""
    candidates = tuple(candidates)
    for candidate in candidates:
        citations: tuple[Citation, ...] = advice.citations.get(candidate.condition_id, ())
        yield from ((citation.title, citation.url) for citation in citations)
    for candidate in candidates:
        yield from ((source.title, source.url) for source in candidate.sources)


def _condition_line(candidate: Candidate, language: Language) -> str:
    reasons = ", ".join(reason.name for reason in candidate.reasons_for[:4])
    tests = ", ".join(candidate.tests[:3])
    return "- " + language.say(
        "card_condition_line",
        name=_escape(candidate.name),
        percent=round(candidate.probability * 100),
        reasons=_escape(reasons) or "–",
        tests=_escape(tests) or "–",
    )


def indicator_of(urgency: Urgency) -> Indicator:
    """How loud a card of this urgency is."""
    if urgency.is_emergency:
        return "critical"
    return "warning" if urgency is Urgency.CONSULTATION_24 else "info"


def _links(pairs: Iterable[tuple[str, str | None]]) -> list[CardLink] | None:
    found = {url: title for title, url in pairs if url and url.startswith(("https://", "http://"))}
    links = [CardLink(label=title[:200], url=url) for url, title in list(found.items())[:_LINKS]]
    return links or None


def _source(language: Language, version: str) -> CardSource:
    return CardSource(label=language.say("card_source", version=version))


def _notice(language: Language) -> str:
    return f"_{language.say('notice_clinician')}_"


def _escape(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_SUMMARY else text[: _LONGEST_SUMMARY - 1].rstrip() + "…"
