"""Numbers as Chinese texts write them: 39, 三十九, 十几, 三四, 半."""

import re

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
_SCALES = {"十": 10.0, "百": 100.0}
_A_FEW = 3.0
# Digits are taken whole or not at all: "300天" must not be read as the pulse of 30.
NUMBER = r"(?:\d{1,3}+(?:\.\d{1,2}+)?+|[一二两三四五六七八九十百半几数]++)"
_SPELT = re.compile(r"[零一二两三四五六七八九十百]{2,}")


def number_of(text: str) -> float:
    """The value of what NUMBER matches. Of "three or four" it is the three; a few is three."""
    if text[0].isdigit():
        return float(text)
    total = current = 0.0
    for at, character in enumerate(text):
        if character in _SCALES:
            total += (current or 1.0) * _SCALES[character]
            current = 0.0
        elif not current:
            current = _unit(character, text[:at])
    return total + current


def _unit(character: str, before: str) -> float:
    if character == "半":
        return 0.5
    if character in "几数":
        return 0.0 if before else _A_FEW
    # 一百二 is 120.
    return float(_DIGITS[character]) * (10.0 if before.endswith("百") else 1.0)


def with_digits(text: str) -> str:
    """The text with numbers from ten upward in digits, and 38度5 as 38.5度."""
    text = _SPELT.sub(_in_digits, text)
    return re.sub(r"(\d{2})度([\d一二三四五六七八九半])(?![\d天个])", _degrees, text)


def _in_digits(match: re.Match[str]) -> str:
    spelt = match.group()
    return f"{number_of(spelt):g}" if set(spelt) & set(_SCALES) else spelt


def _degrees(match: re.Match[str]) -> str:
    whole, tenth = match.groups()
    return f"{whole}.{5 if tenth == '半' else number_of(tenth):g}度"
