"""How long something has lasted, from the words around it."""

import re

from assistant.symptom_check.numbers_in_text import NUMBER, number_of
from knowledge_graph.domain.evidence import Mention
from knowledge_graph.language import detect_language

_DAYS = {
    "hour": 1 / 24, "hr": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0,
    "分": 1 / 1440, "小": 1 / 24, "时": 1 / 24, "h": 1 / 24, "天": 1.0, "日": 1.0, "d": 1.0,
    "周": 7.0, "星": 7.0, "礼": 7.0, "月": 30.0, "年": 365.0,
}  # fmt: skip
_SMALL_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "couple of": 2, "few": 3, "several": 4,
}  # fmt: skip
_SMALL = "|".join(sorted(_SMALL_NUMBERS, key=len, reverse=True))
_ENGLISH = re.compile(
    rf"(?<![\d.])(?:\b|(?=\d))(\d{{1,3}}(?:\.\d)?|{_SMALL})[\s-]*"
    r"((?>hours?|hrs?|days?|weeks?|months?|years?))(?!s?[\s-]*olds?)"
    # How far a pregnancy is or was tells of no complaint.
    r"(?!['’]?\s*(?:of\s+)?(?:pregnan|gestation|gravid|preterm|prematur|post-?\s?partum|amenorrh))"
)
# "8 times a day", "20 cigarettes a day" and "every two hours" say how often, "at 30 weeks" when.
_HOW_OFTEN = re.compile(
    r"(?:\b(?:times?|once|twice|thrice|daily|per|every|each|x|packs?|cigarettes?|drinks?|units?|glasses|"
    r"bottles?|cups?|cans?|beers?|pills?|tablets?|nappies|diapers|pads|tampons|hours|days|nights|minutes|"
    r"born(?:\s+early)?\s+at|delivered at|gestation of|gravid)|[%$])[\s-]*$"
)
# "3月15日" is a date, "每天3次" and "一天十几次" say how often, "12周岁" and "8个月大" how old.
_CHINESE = re.compile(
    rf"(?<![\d.月/每\-])(?<!每隔)(?!一[天日].{{0,4}}[次回趟遍片])({NUMBER})"
    rf"(?:\s*[-~至到]\s*{NUMBER})?[余多来几+\s]*个?[余多]?(半)?\s*"
    r"(分钟|小时|时(?!候|而|常)|h(?![a-z])|天|日|d(?![a-z])|周(?!岁|大|龄|围)|星期|礼拜"
    r"|月(?!经|大|龄|份|底|初|子|\s*\d)|年(?!级|龄|轻))(?:多|余)?(半)?"
)
_SINCE = {"大前天": 3.0, "前天": 2.0, "前晚": 2.0, "昨": 1.0, "上周": 7.0, "上星期": 7.0,
          "上个星期": 7.0, "上礼拜": 7.0, "上个月": 30.0, "上月": 30.0}  # fmt: skip
_SINCE_WHEN = re.compile("|".join(sorted(_SINCE, key=len, reverse=True)))
_SENTENCE_END = re.compile(r"[;。；\n!?！？]|\.(?!\d)")
_CLAUSE_END = re.compile(r"[,，]")


Span = tuple[int, int]


def days_near(text: str, mention: Mention) -> float | None:
    """The days said of a mention in its sentence: after it first, in Chinese in its clause first.

    `text` is folded and keeps the length of what the mention was found in.
    """
    sentence = _around(text, mention, _SENTENCE_END)
    said = _durations(text, sentence)
    places = [sentence]
    if said and detect_language(mention.text) == "zh":
        places = [_around(text, mention, _CLAUSE_END, within=sentence), sentence]
    for start, end in places:
        inside = [found for found in said if start <= found[0] and found[1] <= end]
        for follows in (True, False):
            for found in inside:
                if (found[0] >= mention.end) == follows:
                    return found[2]
    return None


def _around(text: str, mention: Mention, ends: re.Pattern[str], within: Span | None = None) -> Span:
    """The sentence or clause that a mention stands in."""
    first, last = within or (0, len(text))
    before = [match.end() for match in ends.finditer(text, first, mention.start)]
    after = ends.search(text, mention.end, last)
    return (before[-1] if before else first), (after.start() if after else last)


def _durations(text: str, where: Span) -> list[tuple[int, int, float]]:
    """Start, end and days of each duration, in order."""
    found = []
    for match in _ENGLISH.finditer(text, *where):
        if _HOW_OFTEN.search(text, where[0], match.start()):
            continue
        amount, unit = match.groups()
        days = float(_SMALL_NUMBERS.get(amount) or amount) * _DAYS[unit.rstrip("s")]
        found.append((*match.span(), days))
    for match in _CHINESE.finditer(text, *where):
        number, half, unit, half_after = match.groups()
        days = number_of(number) + (0.5 if half or half_after else 0.0)
        found.append((*match.span(), days * (_DAYS.get(unit) or _DAYS[unit[0]])))
    if not found:
        found = [
            (*match.span(), _SINCE[match.group()]) for match in _SINCE_WHEN.finditer(text, *where)
        ]
    return sorted(found)
