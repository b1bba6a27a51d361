"""What a text says of each concept it mentions: present, negated, uncertain, past, someone else's.

Rule-based after NegEx (Chapman et al., J Biomed Inform 2001;34:301) and ConText (Harkema et al.,
J Biomed Inform 2009;42:839): a cue reaches over the mentions of its clause until something ends
its scope. The cues of each language are in its language file.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from knowledge_graph.domain.evidence import Assertion, Mention
from knowledge_graph.language import Cues, Language
from knowledge_graph.normal_form import fold

_SENTENCE_END = re.compile(r"[。！？；!?;\n\r]|\.(?=\s|$)")
_CHINESE_CLAUSE_END = re.compile(r"[，,：:]")
_TIME_BEFORE_HISTORY = re.compile(r"(day|week|hour|hr|month|year|minute)s?['’]?\s*$")
_AND_OR = re.compile(r"\b(and|or|nor)\b|/")
# Two or more words after an item, before the list goes on: "…, headache started suddenly".
_CLAUSE_GOES_ON = re.compile(r"\s+(?!(?:and|or|nor)\b)[a-z']+\s+(?!(?:and|or|nor)\b)[a-z']+")
_CHINESE_SHORT_REACH = 2
_LIST_GAP = re.compile(r"^[\s、和及或与跟,/]*(?:也|还|者|是)?[\s]*$")


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int


@lru_cache(maxsize=256)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for a list of cues, longest first; words of letters match whole only."""
    parts = []
    for phrase in sorted(phrases, key=len, reverse=True):
        escaped = re.escape(phrase).replace("'", "['’]?")
        if phrase[0].isascii() and phrase[0].isalpha():
            escaped = rf"\b{escaped}"
        if phrase[-1].isascii() and phrase[-1].isalpha():
            escaped = rf"{escaped}\b"
        parts.append(escaped)
    return re.compile("|".join(parts))


def _spans(phrases: tuple[str, ...], text: str) -> list[_Span]:
    if not phrases:
        return []
    return [_Span(*match.span()) for match in _pattern(phrases).finditer(text)]


def _overlaps(span: _Span, others: Sequence[_Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def assert_mentions(
    text: str, mentions: Sequence[Mention], language: Language
) -> tuple[Mention, ...]:
    """The mentions with what the text says of each. Order is kept."""
    folded = fold(text)
    ends = [match.end() for match in _SENTENCE_END.finditer(folded)]
    asserted: list[Mention] = []
    sentences: dict[int, list[Mention]] = {}
    for mention in mentions:
        sentences.setdefault(bisect_right(ends, mention.start), []).append(mention)
    for index, found in sentences.items():
        start = ends[index - 1] if index else 0
        end = ends[index] if index < len(ends) else len(folded)
        asserted.extend(_assert_in_sentence(folded, start, end, found, language))
    return tuple(sorted(asserted, key=lambda mention: (mention.start, mention.end)))


def _assert_in_sentence(
    text: str, start: int, end: int, mentions: Sequence[Mention], language: Language
) -> list[Mention]:
    sentence = text[start:end]
    local = [_Span(m.start - start, m.end - start) for m in mentions]
    cues = language.cues
    shielded = [*_spans(cues.negation_lookalikes, sentence), *local]
    before = [
        s
        for s in _spans(cues.negation_before, sentence)
        # "No, …" answers a question and negates nothing that follows.
        if not _overlaps(s, shielded) and not sentence[s.end :].lstrip().startswith((",", "，"))
    ]
    after = [s for s in _spans(cues.negation_after, sentence) if not _overlaps(s, shielded)]
    scope_ends = [s for s in _spans(cues.scope_end, sentence) if not _overlaps(s, local)]
    result = []
    for mention, span in zip(mentions, local, strict=True):
        negated = _is_negated_before(sentence, span, before, scope_ends, local, language)
        if negated or _is_negated_after(sentence, span, after, local):
            result.append(replace(mention, assertion=Assertion.NEGATED))
        else:
            result.append(replace(mention, assertion=_context(sentence, span, cues)))
    return result


def _is_negated_before(
    sentence: str,
    span: _Span,
    cues: Sequence[_Span],
    scope_ends: Sequence[_Span],
    mentions: Sequence[_Span],
    language: Language,
) -> bool:
    for cue in cues:
        if cue.end > span.start:
            continue
        if any(cue.end <= stop.start < span.start for stop in scope_ends):
            continue
        if language.code == "zh":
            if _chinese_cue_reaches(sentence, cue, span, mentions):
                return True
        elif _is_first_or_listed(sentence, cue, span, mentions):
            return True
    return False


def _is_first_or_listed(sentence: str, cue: _Span, span: _Span, mentions: Sequence[_Span]) -> bool:
    """English: the cue reaches the next mention and the list that follows it.

    A second comma-separated part counts as listed while it is short ("no fever, cough or chills"),
    so that "no fever, I have had terrible chest pain" does not lose the pain.
    """
    between = [m for m in mentions if cue.end <= m.start and m.end <= span.start]
    edges = [cue.end, *(position for m in between for position in (m.start, m.end)), span.start]
    gaps = [sentence[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2)]
    if len(gaps[0].split()) > 5 or any(len(gap.split()) > 3 for gap in gaps[1:]):
        return False
    starts_new_clause = len(gaps) > 1 and not _AND_OR.search(gaps[-1])
    return not (starts_new_clause and _CLAUSE_GOES_ON.match(sentence[span.end :]))


def _chinese_cue_reaches(sentence: str, cue: _Span, span: _Span, mentions: Sequence[_Span]) -> bool:
    """Chinese: the cue stands right before the mention, or before a list (、和或) it belongs to."""
    position = cue.end
    reach = _CHINESE_SHORT_REACH if cue.end - cue.start == 1 else 5
    for mention in sorted({(m.start, m.end) for m in mentions}):
        if mention[0] < position:
            continue
        gap = sentence[position : mention[0]]
        listed = position != cue.end and _LIST_GAP.match(gap)
        near = position == cue.end and len(gap) <= reach and not _CHINESE_CLAUSE_END.search(gap)
        if not (listed or near):
            return False
        if mention[0] == span.start:
            return not (listed and _CHINESE_CLAUSE_END.search(gap))
        position = mention[1]
    return False


def _is_negated_after(
    sentence: str, span: _Span, cues: Sequence[_Span], mentions: Sequence[_Span]
) -> bool:
    for cue in cues:
        gap = sentence[span.end : cue.start] if cue.start >= span.end else None
        if gap is None or len(gap) > 12 or re.search(r"[,，]", gap):
            continue
        if not any(span.end <= m.start < cue.start for m in mentions):
            return True
    return False


def _context(sentence: str, span: _Span, cues: Cues) -> Assertion:
    """Whose and when. Checked only before the mention: that is where these cues stand."""
    before = sentence[: span.start]
    for cue in _spans(cues.historical, before):
        is_duration = cue.start and _TIME_BEFORE_HISTORY.search(before[: cue.start])
        if not is_duration and not re.search(r"[,，]", before[cue.end :]):
            return Assertion.HISTORICAL
    if _spans(cues.someone_else, before):
        return Assertion.SOMEONE_ELSE
    if _spans(cues.uncertain, before):
        return Assertion.UNCERTAIN
    return Assertion.PRESENT
