"""Takes out of a text what could tell who a patient is, before it is indexed.

After HIPAA's Safe Harbor list (45 CFR 164.514(b)(2)): names, places smaller than a state, dates
except the year, ages over 89, telephone, e-mail, record, account and licence numbers, addresses on
the net; with the forms that China uses (identity card, mobile number, labelled names). What the
record itself says of the patient is taken out literally; the rest is found by its form.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from ingest.source import Reading, Section

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_NAME = r"[A-Z][\w'’\-]+"
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"), "[EMAIL]"),
    (re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.I), "[URL]"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "[ADDRESS]"),
    (re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])"), "[NUMBER]"),  # identity card
    (re.compile(r"\b\d{3}-\d{2}-\d{4}\b"), "[NUMBER]"),  # social security
    (
        re.compile(
            r"\b(?P<label>(?:MRN|medical record|record|account|acct|policy|licen[cs]e|passport|SSN|"
            r"member|insurance)(?:\s*(?:no|number|num|id))?\.?\s*[:#]*\s*)"
            r"(?=[\w\-]*\d)[\w\-]{4,}",
            re.I,
        ),
        r"\g<label>[NUMBER]",
    ),
    (
        re.compile(
            r"(?P<label>(?:病案号|住院号|门诊号|病历号|身份证号?码?|医保卡?号)\s*[:：]?\s*)[A-Za-z\d\-]{4,}"
        ),
        r"\g<label>[NUMBER]",
    ),
    # A year and nothing finer is kept of a date.
    (
        re.compile(
            r"\b(?P<y>(?:19|20)\d\d)-\d{1,2}-\d{1,2}(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+\-]\d\d:?\d\d)?)?"
        ),
        r"\g<y>",
    ),
    (re.compile(r"\b(?P<y>(?:19|20)\d\d)/\d{1,2}/\d{1,2}\b"), r"\g<y>"),
    (re.compile(r"(?P<y>(?:19|20)\d\d)年\s*\d{1,2}月(?:\s*\d{1,2}[日号])?"), r"\g<y>年"),
    (re.compile(r"\b\d{1,2}[/.\-]\d{1,2}[/.\-](?P<y>(?:19|20)\d\d)\b"), r"\g<y>"),
    (re.compile(r"\b\d{1,2}/\d{1,2}/\d\d\b"), "[DATE]"),
    (
        re.compile(
            rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:\s*,)?\s+(?P<y>(?:19|20)\d\d)\b", re.I
        ),
        r"\g<y>",
    ),
    (
        re.compile(
            rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\s*,?\s+(?P<y>(?:19|20)\d\d)\b", re.I
        ),
        r"\g<y>",
    ),
    (re.compile(rf"\b(?!may\b){_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b", re.I), "[DATE]"),
    (re.compile(r"(?<!\d)\d{1,2}月\d{1,2}[日号]"), "[DATE]"),
    (re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), "[PHONE]"),
    (
        re.compile(
            r"(?<![\d.])(?:\+\d{1,3}[\s\-.]?)?(?:\(\d{3}\)|\d{3})[\s\-.]\d{3}[\s\-.]\d{4}\b"
        ),
        "[PHONE]",
    ),
    (re.compile(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"), "[PHONE]"),
    (
        re.compile(
            r"\b\d{1,5}\s+(?:[A-Z][\w'’.]*\s+){1,4}(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|"
            r"boulevard|blvd|court|ct|way|square)\b\.?(?:\s+(?:apt|suite|unit)\.?\s*\w+)?",
            re.I,
        ),
        "[ADDRESS]",
    ),
    (
        re.compile(r"(?P<label>(?:家庭)?(?:住址|地址)\s*[:：]\s*)[^\s,，。；;]+"),
        r"\g<label>[ADDRESS]",
    ),
    (
        re.compile(rf"\b(?P<label>(?:Dr|Mr|Mrs|Ms|Miss|Prof)\b\.?\s+){_NAME}(?:\s+{_NAME})?"),
        r"\g<label>[NAME]",
    ),
    (
        re.compile(
            rf"\b(?P<label>(?:[Pp]atient(?:'s)? [Nn]ame|[Nn]ame|[Ss]igned(?: by)?)\s*:\s*)"
            rf"{_NAME}(?:[ ,]+{_NAME}){{0,3}}"
        ),
        r"\g<label>[NAME]",
    ),
    (
        re.compile(
            r"(?P<label>(?:患者)?(?:姓名|联系人|签名|医师签名|主治医师)\s*[:：]\s*)[\u4e00-\u9fff·]{2,8}"
        ),
        r"\g<label>[NAME]",
    ),
    (
        re.compile(
            r"\b(?:9\d|1[0-2]\d)(?P<rest>[\s\-]*(?:years?|yrs?|y/?o)(?:[\s\-]*old)?)\b", re.I
        ),
        r"90 or more\g<rest>",
    ),
    (re.compile(r"(?<!\d)(?:9\d|1[0-2]\d)岁"), "90岁以上"),
)
_SHORTEST_IDENTIFIER = 2


def deidentify(text: str, identifiers: Iterable[str] = ()) -> str:
    """A text without the identifiers and without anything of an identifying form."""
    pattern = literal_pattern(identifiers)
    if pattern is not None:
        text = pattern.sub("[REMOVED]", text)
    for form, replacement in _FORMS:
        text = form.sub(replacement, text)
    return text


def literal_pattern(identifiers: Iterable[str]) -> re.Pattern[str] | None:
    """Finds any of the identifiers as whole words; None when there are none.

    Several words, or one with digits, in any case; a single name not in lower case, because many
    names are ordinary words too ("will", "may").
    """
    wanted = {item.strip() for item in identifiers if len(item.strip()) >= _SHORTEST_IDENTIFIER}
    if not wanted:
        return None
    parts = []
    for item in sorted(wanted, key=lambda value: (-len(value), value)):
        words = _in_its_cases(item)
        before = r"(?<![^\W_])" if item[0].isascii() else ""
        after = r"(?![^\W_])" if item[-1].isascii() else ""
        parts.append(f"{before}(?:{words}){after}")
    return re.compile("|".join(parts))


def _in_its_cases(item: str) -> str:
    words = r"\s+".join(re.escape(word) for word in item.split())
    if not item.isalpha() or not item.isascii():
        return f"(?i:{words})"
    return "|".join(sorted({re.escape(item), re.escape(item.upper()), re.escape(item.title())}))


def deidentified(reading: Reading) -> Reading:
    """The reading with clean title, headings and texts. Marked spans of changed texts are dropped."""

    def clean(section: Section) -> Section:
        text = deidentify(section.text, reading.identifiers)
        heading = deidentify(section.heading, reading.identifiers)
        marks = section.annotations if text == section.text else ()
        return replace(section, heading=heading, text=text, annotations=marks)

    return replace(
        reading,
        title=deidentify(reading.title, reading.identifiers),
        sections=tuple(clean(section) for section in reading.sections),
    )
