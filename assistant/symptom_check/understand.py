"""Free text → findings, vital signs, age, sex and pregnancy, in any loaded language.

What cannot be true (a temperature of 390) is left out: a slip of the keyboard is not a finding.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import Core
from knowledge_graph.domain.case import (
    PLAUSIBLE,
    Case,
    Finding,
    FindingOrigin,
    Measurement,
    Presence,
    Sex,
    VitalSign,
)
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.evidence import Assertion, Mention
from knowledge_graph.normal_form import fold

_NUMBER = r"(\d{1,3}(?:\.\d{1,2})?)"
_UP_TO = r"[^\d.;。；\n]{0,16}?"
_DAYS = {
    "hour": 1 / 24, "hr": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0,
    "小时": 1 / 24, "天": 1.0, "日": 1.0, "周": 7.0, "星期": 7.0, "个月": 30.0, "月": 30.0, "年": 365.0,
}  # fmt: skip
_SMALL_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "couple of": 2, "few": 3, "several": 4,
    "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    "十": 10, "半": 0.5, "几": 3,
}  # fmt: skip
_SMALL = "|".join(sorted(_SMALL_NUMBERS, key=len, reverse=True))
_DURATION = re.compile(
    rf"(?<![\d.])(\d{{1,3}}(?:\.\d)?|{_SMALL})[\s-]*(?:个)?\s*"
    r"(hours?|hrs?|days?|weeks?|months?|years?|小时|天|日|周|星期|个月|月|年)(?!s?[\s-]*olds?|大)"
)
_AGE = re.compile(
    r"(\d{1,3}(?:\.\d)?)\s*(?:-|\s)?\s*(years?|yrs?|months?|mos?|weeks?|days?)?(?:-|\s)*(?:olds?\b|/?o\b)"
    r"|\baged?\s*(?:of\s*|:\s*|is\s*)?(\d{1,3})"
    r"|\b(\d{1,3})\s*(?:yo|y/o|y\.o\.)"
    r"|(\d{1,3})\s*(?:周)?(岁|个月大|个月的|个月龄|月龄|天大)"
)
_PREGNANT = re.compile(
    r"\b(?:pregnant|\d+\s*weeks?\s*(?:pregnant|gestation))\b|怀孕|孕妇|妊娠|孕\d+周"
)
_NOT_PREGNANT = re.compile(r"\bnot pregnant\b|\bisn't pregnant\b|没有?怀孕|未孕|没有?妊娠")
_FEMALE = re.compile(
    r"\b(?:woman|female|girl|lady|mother|pregnant)\b|(?<=\d)\s*(?:yo|y/o)?\s*f\b|女性|女孩|女士|女，|女,|患者女|孕妇"
)
_MALE = re.compile(
    r"\b(?:man|male|boy|gentleman|father)\b|(?<=\d)\s*(?:yo|y/o)?\s*m\b|男性|男孩|男士|男，|男,|患者男"
)


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text says of one person. Empty when nothing was understood."""

    findings: tuple[Finding, ...]
    measurements: tuple[Measurement, ...]
    age_years: float | None
    sex: Sex | None
    pregnant: Presence
    named: tuple[ConceptId, ...]
    mentions: tuple[Mention, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing of medical meaning was found."""
        return not (self.findings or self.measurements)

    def added_to(self, case: Case) -> Case:
        """The case with what the text says where the case itself says nothing."""
        sex = case.sex or self.sex
        pregnant = case.pregnant
        if pregnant is Presence.UNKNOWN and sex is not Sex.MALE:
            pregnant = self.pregnant
        measured = {measurement.vital_sign for measurement in case.measurements}
        more = (m for m in self.measurements if m.vital_sign not in measured)
        grown = replace(
            case,
            age_years=self.age_years if case.age_years is None else case.age_years,
            sex=sex,
            pregnant=pregnant,
            findings=self.findings,
            measurements=(*case.measurements, *more),
            named=tuple(dict.fromkeys((*case.named, *self.named))),
        )
        for finding in case.findings:
            grown = grown.with_finding(finding)
        return grown


def understand(
    text: str,
    language: str | None,
    finder: ConceptFinder,
    core: Core,
    *,
    include_someone_else: bool = False,
) -> Understanding:
    """Read a text. `include_someone_else`: "my father has …" counts, for screening or a proxy."""
    mentions = finder.find(text, language, as_people_type=True)
    folded = fold(text)
    return Understanding(
        findings=_findings(text, folded, mentions, core, include_someone_else),
        measurements=read_measurements(folded),
        age_years=_read_age(folded),
        sex=_read_sex(folded),
        pregnant=_read_pregnancy(folded),
        named=_named_conditions(mentions, core),
        mentions=mentions,
    )


def _findings(
    text: str, folded: str, mentions: tuple[Mention, ...], core: Core, include_someone_else: bool
) -> tuple[Finding, ...]:
    """One finding per concept; said once present, it is present. Conditions named are not findings."""
    found: dict[str, Finding] = {}
    for mention in mentions:
        entry = core.findings.get(mention.concept_id)
        presence = _presence(mention, include_someone_else, entry is not None and entry.kind)
        if entry is None or presence is None:
            continue
        known = found.get(entry.id)
        if known is not None and known.presence is Presence.PRESENT:
            continue
        found[entry.id] = Finding(
            concept_id=entry.id,
            presence=presence,
            origin=FindingOrigin.TEXT,
            quote=text[mention.start : mention.end],
            days=_days_near(folded, mention),
        )
    return tuple(found.values())


def _named_conditions(mentions: tuple[Mention, ...], core: Core) -> tuple[ConceptId, ...]:
    """Conditions the text speaks of as this person's, asked about or had; not denied ones."""
    not_theirs = (Assertion.NEGATED, Assertion.SOMEONE_ELSE)
    return tuple(
        dict.fromkeys(
            mention.concept_id
            for mention in mentions
            if mention.concept_id in core.conditions and mention.assertion not in not_theirs
        )
    )


def _presence(mention: Mention, include_someone_else: bool, kind: str | bool) -> Presence | None:
    match mention.assertion:
        case Assertion.NEGATED:
            return Presence.ABSENT
        case Assertion.HISTORICAL:
            # What someone once had is a risk factor, not a symptom of today.
            return Presence.PRESENT if kind == "risk_factor" else None
        case Assertion.SOMEONE_ELSE:
            return Presence.PRESENT if include_someone_else else None
        case _:
            # Patients hedge ("maybe some chest pain"): it counts, and they can correct it.
            return Presence.PRESENT


def _days_near(text: str, mention: Mention) -> float | None:
    """The duration said in the same sentence, after the mention first."""
    after = re.split(r"[.;。；\n!?！？]", text[mention.end :], maxsplit=1)[0]
    before = re.split(r"[.;。；\n!?！？]", text[: mention.start])[-1]
    match = _DURATION.search(after) or _DURATION.search(before)
    if match is None:
        return None
    amount, unit = match.groups()
    number = _SMALL_NUMBERS.get(amount) or float(amount)
    return float(number) * _DAYS[unit.rstrip("s") if unit.isascii() else unit]


def _read_age(text: str) -> float | None:
    for match in _AGE.finditer(text):
        number, unit, aged, short, chinese, chinese_unit = match.groups()
        value = float(number or aged or short or chinese)
        years = value * _age_unit(unit or chinese_unit or "")
        if 0 <= years <= 120:
            return years
    return None


def _age_unit(unit: str) -> float:
    if unit.startswith("mo") or "月" in unit:
        return 1 / 12
    if unit.startswith("week"):
        return 7 / 365
    if unit.startswith("day") or "天" in unit:
        return 1 / 365
    return 1.0


def _read_sex(text: str) -> Sex | None:
    """The sex named first: "a 30-year-old man whose mother …" is a man."""
    female, male = _FEMALE.search(text), _MALE.search(text)
    if female and (not male or female.start() < male.start()):
        return Sex.FEMALE
    return Sex.MALE if male else None


def _read_pregnancy(text: str) -> Presence:
    if _NOT_PREGNANT.search(text):
        return Presence.ABSENT
    return Presence.PRESENT if _PREGNANT.search(text) else Presence.UNKNOWN


def _fahrenheit_too(value: float) -> float:
    return (value - 32) / 1.8 if value > 80 else value


def _glucose(value: float) -> float:
    """mg/dL values are told from mmol/L by their size."""
    return value / 18.0 if value > 45 else value


_READERS: tuple[tuple[VitalSign, re.Pattern[str], Callable[[float], float]], ...] = (
    (
        VitalSign.TEMPERATURE_C,
        re.compile(
            rf"(?:temp(?:erature)?|fever|体温|发烧|发热|高烧|烧到){_UP_TO}{_NUMBER}(?!\s*(?:day|week|hour|month|year|天|日|周|小时))"
            rf"|(?<!\d){_NUMBER}\s*(?:°\s*[cf]|º\s*[cf]|degrees|℃|摄氏度|度)"
            r"|(?<!\d)(1?\d{2}(?:\.\d)?)\s*f\b|(?<!\d)(3[5-9]|4[0-2])(?:\.\d)?\s*c\b"
        ),
        _fahrenheit_too,
    ),
    (
        VitalSign.HEART_RATE,
        re.compile(rf"(?:heart rate|pulse|\bhr\b|心率|脉搏){_UP_TO}{_NUMBER}(?!\s*/)"),
        float,
    ),
    (
        VitalSign.RESPIRATORY_RATE,
        re.compile(rf"(?:resp(?:iratory|iration)? rate|\brr\b|呼吸频率){_UP_TO}{_NUMBER}"),
        float,
    ),
    (
        VitalSign.SPO2,
        re.compile(
            rf"(?:spo2|sao2|o2 sats?|oxygen(?: saturation| level)?|sats?|血氧(?:饱和度)?){_UP_TO}{_NUMBER}"
        ),
        float,
    ),
    (
        VitalSign.GLUCOSE_MMOL_L,
        re.compile(rf"(?:blood sugar|glucose|血糖){_UP_TO}{_NUMBER}"),
        _glucose,
    ),
    (VitalSign.GCS, re.compile(rf"(?:\bgcs\b|glasgow coma scale){_UP_TO}{_NUMBER}"), float),
)
_BLOOD_PRESSURE = re.compile(
    r"(?:blood pressure|\bbp\b|血压)[^\d;。；\n]{0,16}?(\d{2,3})\s*(?:/|over|-)\s*(\d{2,3})|(?<!\d)(\d{2,3})\s*/\s*(\d{2,3})\s*mmhg"
)


def read_measurements(text: str) -> tuple[Measurement, ...]:
    """Vital signs with their values, from lower-case text; the first plausible value of each."""
    found: dict[VitalSign, float] = {}
    for vital_sign, pattern, convert in _READERS:
        for match in pattern.finditer(text):
            number = next((group for group in match.groups() if group), None)
            if number is None:
                continue
            value = convert(float(number))
            low, high = _BELIEVED.get(vital_sign, PLAUSIBLE[vital_sign])
            if low <= value <= high:
                found.setdefault(vital_sign, round(value, 1))
    pressure = _BLOOD_PRESSURE.search(text)
    if pressure:
        systolic, diastolic = (float(group) for group in pressure.groups() if group)
        if diastolic < systolic <= PLAUSIBLE[VitalSign.SYSTOLIC_BP][1]:
            found[VitalSign.SYSTOLIC_BP] = systolic
            found[VitalSign.DIASTOLIC_BP] = diastolic
    return tuple(Measurement(vital_sign, value) for vital_sign, value in found.items())


# In free text a number near a word may be something else: narrower than what a device may send.
_BELIEVED = {
    VitalSign.TEMPERATURE_C: (30.0, 44.0),
    VitalSign.HEART_RATE: (20.0, 300.0),
    VitalSign.RESPIRATORY_RATE: (4.0, 100.0),
    VitalSign.SPO2: (40.0, 100.0),
    VitalSign.GLUCOSE_MMOL_L: (0.5, 80.0),
}
