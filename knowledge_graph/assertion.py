"""What a text says of each concept it mentions: present, negated, uncertain, past, someone else's.

Rule-based after NegEx (Chapman et al., J Biomed Inform 2001;34:301) and ConText (Harkema et al.,
J Biomed Inform 2009;42:839): a cue reaches over the mentions of its clause until something ends
its scope. The cues of each language are in its language file.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from knowledge_graph import chinese_subject, english_subject
from knowledge_graph.chinese_negation import ASKED, is_denied
from knowledge_graph.cue_spans import Span, cue_spans, overlaps
from knowledge_graph.domain.evidence import Assertion, Mention
from knowledge_graph.language import Cues, Language
from knowledge_graph.normal_form import fold

_SENTENCE_END = re.compile(r"[。！？；!?;\n\r]|\.(?=\s|$)")
_TIME_BEFORE_HISTORY = re.compile(
    r"(?:day|week|hour|hr|month|year|minute)s?['’]?\s*$|(?:天|日|周|星期|小时|月)$"
)
# "3年前出现", "从去年开始": since then, not only then.
_ONSET = re.compile("^(?!.*(?:曾|得过|患过|做过)).*(?:开始|出现|起病|发病|诱因|起)")
# "In the past three days" is now; so is "for the last year".
_UNTIL_NOW = re.compile(
    r"^\s*(?:\d|few|couple|several|two|three|four|five|six|seven|eight|nine|ten|twelve|hours?|days?|"
    r"weeks?|months?|years?)\b"
)
_ALL_ALONG = re.compile(r"\b(?:for|over|in|during|within|since|throughout)\s+(?:the\s+|about\s+)*$")
# "Presented with a history of fainting", "a history of constipation that has been persistent".
_PRESENTS = re.compile(
    r"\b(?:present\w*|came|comes|attends?|seen|referred|complain\w*)\b[^.;,]{0,30}\b(?:with|of|for)\s+"
    r"(?:(?:an?|the|his|her)\s+)?(?:(?:long|short|recent|brief|chronic|acute)\s+)?$"
)
_STILL = re.compile(
    r"[^.;]{0,40}?\b(?:(?:has|have) (?:been|got|become|worsened|persisted)|persist\w*|ongoing|worsening|"
    r"(?:for|over|in) the (?:last|past)|since|until now|still)\b"
)
_WELL = re.compile(r"\s+(?:healthy|well|fit)\b")  # "previously healthy" tells of no illness
_NON = re.compile(r"\bnon[- ]?\Z")  # "a non-smoker": the next word alone, not a list
# "Does not want his dinner and has vomited" denies the wanting. Of a finding it denies the having.
_IS_OF_A_VERB = re.compile(
    r"(?:(?:do|does|did|has|have|had|is|are|was|were)(?:n['’]?t| not)|not)\Z"
)
_OF_HAVING = re.compile(
    r"\s*(?:(?:have|had|has|having|been|be|being|get|got|getting|gotten|feel|felt|feeling|notice|noticed|note|"
    r"noted|see|seen|report|reported|complain|complained|complaining|describe|show|shown|experience|experienced|"
    r"suffer|suffered|develop|developed|seem|appear|look|looking|currently|really|usually|also|ever|yet|any|"
    r"a|an|the|his|her|my|their|of|from|to|much|more|recent|new|obvious|significant|or|other|associated|"
    r"in|with|signs?|symptoms?|evidence|so|very|at all|now|taking|take|taken|using|use|on)\b[\s,:]*)*\Z"
)
_DENIES = re.compile(
    r"\b(?:no|not|never|without|neither|nor|none|nobody|nil|free|negative|absence|rules?|ruled|den\w+|stopped)\b"
    r"|n['’]t\b|[不没无未非否]"
)
# "With no hat, and has had patches": what is told there is no part of a list.
_NEW_CLAUSE = re.compile(
    r"[,;]\s*(?:(?:and|but|so|then)\s+)?(?:he|she|i|it|they|we|there|has|have|had|is|are|was|were)\b"
    r"|\band (?:has|have|had|is|was|he|she|i|now|then)\b"
)
_AND = re.compile(r"\band\b")
_AND_OR = re.compile(r"\b(and|or|nor)\b|/")
# Two or more words after an item, before the list goes on: "…, headache started suddenly".
_CLAUSE_GOES_ON = re.compile(r"\s+(?!(?:and|or|nor)\b)[a-z']+\s+(?!(?:and|or|nor)\b)[a-z']+")


def assert_mentions(
    text: str, mentions: Sequence[Mention], language: Language
) -> tuple[Mention, ...]:
    """The mentions with what the text says of each. Order is kept."""
    folded = fold(text)
    ends = [match.end() for match in _SENTENCE_END.finditer(folded)]
    everywhere = [Span(mention.start, mention.end) for mention in mentions]
    asserted: list[Mention] = []
    sentences: dict[int, list[Mention]] = {}
    for mention in mentions:
        sentences.setdefault(bisect_right(ends, mention.start), []).append(mention)
    for index, found in sentences.items():
        start = ends[index - 1] if index else 0
        end = ends[index] if index < len(ends) else len(folded)
        local = [Span(mention.start - start, mention.end - start) for mention in found]
        denied = _denied(folded[start:end], local, language)
        for mention, span in zip(found, local, strict=True):
            # A word inside the mention has denied it already: "头不疼".
            said = Assertion.NEGATED
            if mention.assertion is not said and span not in denied:
                said = _context(folded, start, mention, everywhere, language)
            asserted.append(replace(mention, assertion=said))
    return tuple(sorted(asserted, key=lambda mention: (mention.start, mention.end)))


def _denied(sentence: str, mentions: Sequence[Span], language: Language) -> set[Span]:
    """The mentions that the sentence says are absent."""
    cues = language.cues
    looks_alike = cue_spans(cues.negation_lookalikes, sentence)
    shielded = [*looks_alike, *mentions]
    before = [
        cue
        for found in cue_spans(cues.negation_before, sentence)
        # "No, …" answers a question and negates nothing that follows.
        if not sentence[found.end :].lstrip().startswith((",", "，"))
        and (cue := _up_to_mention(sentence, found, mentions)) is not None
        and not overlaps(cue, looks_alike)
    ]
    after = [s for s in cue_spans(cues.negation_after, sentence) if not overlaps(s, shielded)]
    ends = [s for s in cue_spans(cues.scope_end, sentence) if not overlaps(s, mentions)]
    reaches = is_denied if language.code == "zh" else _is_negated_before
    return {
        span
        for span in mentions
        if _NON.search(sentence, 0, span.start)
        or reaches(sentence, span, before, ends, mentions)
        or _is_negated_after(sentence, span, after, mentions)
    }


def _up_to_mention(sentence: str, cue: Span, mentions: Sequence[Span]) -> Span | None:
    """The part of a cue before a mention that reaches into it, or None when the mention holds it.

    "No history of | diabetes" denies "history of diabetes"; "no appetite" is itself a finding.
    """
    for mention in mentions:
        if cue.start < mention.end and mention.start < cue.end:
            if mention.start <= cue.start:
                return None
            cue = Span(cue.start, mention.start)
            if not _DENIES.search(sentence[cue.start : cue.end]):
                return None  # "did | not eat": the mention holds the denial itself
    return cue


def _is_negated_before(
    sentence: str,
    span: Span,
    cues: Sequence[Span],
    scope_ends: Sequence[Span],
    mentions: Sequence[Span],
) -> bool:
    for cue in reversed(cues):  # the nearest is most often the one
        if cue.end > span.start:
            continue
        if any(cue.end <= stop.start < span.start for stop in scope_ends):
            continue
        if _is_first_or_listed(sentence, cue, span, mentions):
            return True
    return False


def _is_first_or_listed(sentence: str, cue: Span, span: Span, mentions: Sequence[Span]) -> bool:
    """English: the cue reaches the next mention and the list that follows it.

    A second comma-separated part counts as listed while it is short ("no fever, cough or chills"),
    so that "no fever, I have had terrible chest pain" does not lose the pain.
    """
    denies_verb = _IS_OF_A_VERB.match(sentence, cue.start, cue.end) is not None
    first = _first_from(cue.end, span, mentions)
    if denies_verb and not _OF_HAVING.match(sentence[cue.end : first]):
        return False
    between = [m for m in mentions if cue.end <= m.start and m.end <= span.start]
    edges = [cue.end, *(position for m in between for position in (m.start, m.end)), span.start]
    gaps = [sentence[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2)]
    # "Did not eat and vomited": an act that is denied is listed with "or", not with "and".
    if denies_verb and not gaps[0].strip() and any(_AND.search(gap) for gap in gaps[1:]):
        return False
    if len(gaps[0].split()) > 5 or any(len(gap.split()) > 3 for gap in gaps[1:]):
        return False
    if any(_NEW_CLAUSE.search(gap) for gap in gaps):
        return False
    starts_new_clause = len(gaps) > 1 and not _AND_OR.search(gaps[-1])
    return not (starts_new_clause and _CLAUSE_GOES_ON.match(sentence[span.end :]))


def _first_from(start: int, span: Span, mentions: Sequence[Span]) -> int:
    return min((m.start for m in mentions if m.start >= start), default=span.start)


def _is_negated_after(
    sentence: str, span: Span, cues: Sequence[Span], mentions: Sequence[Span]
) -> bool:
    for cue in cues:
        gap = sentence[span.end : cue.start] if cue.start >= span.end else None
        if gap is None or len(gap) > 12 or re.search(r"[,，]", gap):
            continue
        if not any(span.end <= m.start < cue.start for m in mentions):
            return True
    return False


def _context(
    text: str, start: int, mention: Mention, everywhere: Sequence[Span], language: Language
) -> Assertion:
    """Whose and when. Checked only before the mention: that is where these cues stand."""
    cues = language.cues
    before = text[start : mention.start]
    if ASKED.search(before):
        return Assertion.ASKED
    if language.code == "zh":
        if _is_past(before, cues):
            return Assertion.HISTORICAL
        span = Span(mention.start, mention.end)
        theirs = chinese_subject.is_someone_elses(text, start, span, cues.someone_else, everywhere)
    else:
        theirs = english_subject.is_someone_elses(before, text[mention.start : mention.end])
        lasts = _STILL.match(text, mention.end) is not None
        if not theirs and not lasts and _is_past(before, cues):
            return Assertion.HISTORICAL
        theirs = theirs or bool(cue_spans(cues.someone_else, before))
    if theirs:
        return Assertion.SOMEONE_ELSE
    return Assertion.UNCERTAIN if cue_spans(cues.uncertain, before) else Assertion.PRESENT


def _is_past(before: str, cues: Cues) -> bool:
    for cue in cue_spans(cues.historical, before):
        if cue.start and _TIME_BEFORE_HISTORY.search(before[: cue.start]):
            continue
        if _WELL.match(before[cue.end :]) or _lasts_until_now(before, cue):
            continue
        if not re.search(r"[,，]", before[cue.end :]) and not _ONSET.search(before[cue.end :]):
            return True
    return False


def _lasts_until_now(before: str, cue: Span) -> bool:
    said = before[cue.start : cue.end]
    if said == "history of":
        return _PRESENTS.search(before[: cue.start]) is not None
    if said == "last year":
        return _ALL_ALONG.search(before[: cue.start]) is not None
    return said == "in the past" and _UNTIL_NOW.match(before[cue.end :]) is not None
