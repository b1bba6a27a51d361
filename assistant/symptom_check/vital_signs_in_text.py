"""Vital signs with their values, as patients and doctors write them in English and Chinese."""

import re
from collections.abc import Callable

from assistant.symptom_check.numbers_in_text import with_digits
from knowledge_graph.domain.case import PLAUSIBLE, Measurement, VitalSign

_NUMBER = r"(\d{1,3}(?:\.\d{1,2})?)"
_UP_TO = r"[^\d.;。；\n]{0,16}?"
# Chinese clauses are short: what stands behind a comma belongs to something else.
_NEAR = r"[^\d.;,、。\n]{0,8}?"
# Whole numbers only, and none that counts days, years or people.
_VALUE = (
    r"(\d{1,3}+(?:\.\d{1,2}+)?+)(?!\s*(?:[天日周岁年月个余多斤+\-]|小时|分钟|分之|days?|weeks?))"
)
_LETTER = r"(?<![a-z\d])"
_PER_MINUTE = r"(?=\s*(?:次|bpm|/\s*分|/\s*min))"
_CHART = re.compile(rf"{_LETTER}t\s*:?\s*3[4-9]")


def _fahrenheit_too(value: float) -> float:
    return (value - 32) / 1.8 if value > 80 else value


def _glucose(value: float) -> float:
    """mg/dL values are told from mmol/L by their size."""
    return value / 18.0 if value > 45 else value


_READERS: tuple[tuple[VitalSign, re.Pattern[str], Callable[[float], float]], ...] = (
    (
        VitalSign.TEMPERATURE_C,
        re.compile(
            rf"(?:temp(?:erature)?|fever)(?:'s)?(?: (?:has )?been)?{_UP_TO}{_NUMBER}(?!\s*(?:day|week|hour|month|year))"
            r"|最高(?:到|烧到|达)?\s*(3[6-9]\.\d|4[0-2](?:\.\d)?)(?![\d/])"
            rf"|(?:体温|发烧|发热|[高低]烧|[高低]热|烧到){_NEAR}{_VALUE}"
            rf"|(?<!\d){_NUMBER}\s*(?:°\s*[cf]|º\s*[cf]|degrees\s*(?:[cf]\b|celsius|fahrenheit|centigrade)|℃|摄氏度|度)"
            # Bare degrees may be an angle: "leg raised to 40 degrees".
            r"|(?<![\d.])(3[89](?:\.\d)?|(?:4[0-2]|3[4-7])\.\d|10[0-7](?:\.\d)?)\s*degrees"
            r"|(?<!\d)((?:9\d|1[01]\d)(?:\.\d)?)\s*f\b|(?<!\d)(3[5-9]|4[0-2])(?:\.\d)?\s*c\b"
            rf"|{_LETTER}t(?:max)?\s*:?\s*((?:3[4-9]|4[0-2])(?:\.\d)?)(?!\d)"
        ),
        _fahrenheit_too,
    ),
    (
        VitalSign.HEART_RATE,
        re.compile(
            rf"(?:heart rate|pulse|\bhr\b){_UP_TO}{_NUMBER}(?!\s*/)"
            rf"|{_LETTER}hr\s*:?\s*(\d{{2,3}})(?!\d)"
            rf"|(?:心率|脉搏|心跳|脉率){_NEAR}{_VALUE}"
            rf"|{_LETTER}p\s*:?\s*(\d{{2,3}}){_PER_MINUTE}"
        ),
        float,
    ),
    (
        VitalSign.RESPIRATORY_RATE,
        re.compile(
            rf"(?:resp(?:iratory|iration)? rate|\brr\b|\bresps?\b){_UP_TO}{_NUMBER}"
            rf"|{_LETTER}rr\s*:?\s*(\d{{2}})(?!\d)"
            rf"|呼吸频?率{_NEAR}{_VALUE}|呼吸{_NEAR}(\d{{1,3}}+){_PER_MINUTE}"
            rf"|{_LETTER}r\s*:?\s*(\d{{2}}){_PER_MINUTE}"
        ),
        float,
    ),
    (
        VitalSign.SPO2,
        re.compile(
            rf"(?:spo2|sao2|o2 sats?|oxygen(?: saturation| level)?|\bsats?){_UP_TO}{_NUMBER}"
            rf"|(?:血氧(?:饱和度)?|脉氧|氧饱和?度?){_NEAR}{_VALUE}"
        ),
        float,
    ),
    (
        VitalSign.GLUCOSE_MMOL_L,
        re.compile(rf"(?:\bsugars?\b|glucose){_UP_TO}{_NUMBER}|血糖{_NEAR}{_VALUE}"),
        _glucose,
    ),
    (
        VitalSign.GCS,
        re.compile(
            rf"(?:\bgcs\b|glasgow coma scale){_UP_TO}{_NUMBER}|{_LETTER}gcs\s*:?\s*(\d{{1,2}})"
            rf"|(?:昏迷评分|格拉斯哥){_NEAR}{_VALUE}"
        ),
        float,
    ),
    (
        VitalSign.SYSTOLIC_BP,
        re.compile(rf"(?:收缩压|高压)[^\d.;,、。\n]{{0,4}}?{_VALUE}"),
        float,
    ),
    (
        VitalSign.DIASTOLIC_BP,
        re.compile(rf"(?:舒张压|低压)[^\d.;,、。\n]{{0,4}}?{_VALUE}"),
        float,
    ),
)
# On a chart's line (T 38.5 P 98 R 22) the letters need no unit.
_CHART_LINE = (
    (VitalSign.HEART_RATE, re.compile(rf"{_LETTER}p\s*:?\s*(\d{{2,3}})(?![\d.])")),
    (VitalSign.RESPIRATORY_RATE, re.compile(rf"{_LETTER}r\s*:?\s*(\d{{2}})(?![\d.])")),
)
_BLOOD_PRESSURE = re.compile(
    r"(?:blood pressure|\bbp|血压)[^\d;。；\n]{0,16}?(\d{2,3})\s*(?:/|over|-)\s*(\d{2,3})"
    r"|(?<!\d)(\d{2,3})\s*/\s*(\d{2,3})\s*mmhg"
    # "My pressure was 78 over 40", "172/98 in the right arm"
    r"|pressure[^.;\n\d]{0,30}(?<!\d)(\d{2,3})\s*(?:/|over)\s*(\d{2,3})(?!\s*/)"
    r"|(?<![\d/])(1\d{2}|2[0-6]\d|[6-9]\d)\s+over\s+([3-9]\d|1[0-7]\d)\b(?!\s*(?:day|week|month|year|hour))"
    r"|(?<![\d/])(\d{2,3})\s*/\s*(\d{2,3})\s+in (?:the |her |his |my )?(?:right|left|both) arms?"
)
# In free text a number near a word may be something else: narrower than what a device may send.
_BELIEVED = {
    VitalSign.TEMPERATURE_C: (30.0, 44.0),
    VitalSign.HEART_RATE: (20.0, 300.0),
    VitalSign.RESPIRATORY_RATE: (4.0, 100.0),
    VitalSign.SPO2: (40.0, 100.0),
    VitalSign.GLUCOSE_MMOL_L: (0.5, 80.0),
    VitalSign.SYSTOLIC_BP: (40.0, 300.0),
    VitalSign.DIASTOLIC_BP: (20.0, 200.0),
}


def read_measurements(text: str) -> tuple[Measurement, ...]:
    """Vital signs with their values, from lower-case text; the first plausible value of each."""
    text = with_digits(text)
    found: dict[VitalSign, float] = {}
    for vital_sign, pattern, convert in _READERS:
        _read(found, vital_sign, pattern, convert, text)
    if _CHART.search(text):
        for vital_sign, pattern in _CHART_LINE:
            _read(found, vital_sign, pattern, float, text)
    pressure = _BLOOD_PRESSURE.search(text)
    if pressure:
        systolic, diastolic = (float(group) for group in pressure.groups() if group)
        if diastolic < systolic <= PLAUSIBLE[VitalSign.SYSTOLIC_BP][1]:
            found[VitalSign.SYSTOLIC_BP] = systolic
            found[VitalSign.DIASTOLIC_BP] = diastolic
    return tuple(Measurement(vital_sign, value) for vital_sign, value in found.items())


def _read(
    found: dict[VitalSign, float],
    vital_sign: VitalSign,
    pattern: re.Pattern[str],
    convert: Callable[[float], float],
    text: str,
) -> None:
    low, high = _BELIEVED.get(vital_sign, PLAUSIBLE[vital_sign])
    for match in pattern.finditer(text):
        number = next((group for group in match.groups() if group), None)
        value = convert(float(number)) if number else low - 1
        if low <= value <= high:
            found.setdefault(vital_sign, round(value, 1))
