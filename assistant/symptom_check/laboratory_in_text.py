"""Laboratory results with their values: "Hb 78 g/L", "WBC of 18,000", "血钾6.2mmol/L"."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from knowledge_graph.core.schema import LaboratoryLimit, LaboratoryTestEntry, LaboratoryUnit
from knowledge_graph.domain.case import Finding, FindingOrigin, Presence, Sex
from knowledge_graph.normal_form import fold

_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?!\d|,\d)|\d+(?:\.\d+)?)"
# "Was elevated at", "(Hb):", a bracketed long name; no other number and no end of a clause.
_BETWEEN = r"(?:\s*\([^)\d]{1,40}\))?[^\d.;,，。；、\n]{0,24}?"
_UNIT = (
    r"\s*(?P<unit>(?:[×x*]\s*)?10\s*[\^*]?\s*\d\s*/\s*[a-z]+|/\s*(?:u|m)?[lm]m?3?|%|秒"
    r"|[a-zμµ][a-z0-9μµ]*(?:\s*/\s*[a-z0-9.]+)*|)"
)
_OF_ANOTHER_FLUID = re.compile(
    r"(?:\burine|\burinary|\bcsf|\bpleural|\bascit\w*|\bsynovial|\bjoint|\bfluid|\blow-density|\bldl|\bhdl"
    r"|尿|脑脊液|胸水|腹水|关节液|粪便?)[\s-]*$"
)
_NO_RESULT = re.compile(
    r"\s*(?:days?|weeks?|months?|years?|hours?|hrs?|yo\b|times|天|日|周|月|年|岁|小时|个|次|片)|\s*[-/]\s*\d{1,2}\s*[-/]"
)
_MICRO = str.maketrans({"μ": "u", "µ": "u", "×": "", "*": "", " ": ""})


@dataclass(frozen=True, slots=True)
class Result:
    """One result, in the test's first unit, with the words it came from."""

    test: LaboratoryTestEntry
    value: float
    quote: str

    def findings(self, sex: Sex | None, age_years: float | None) -> Iterator[Finding]:
        """What the result means for a person: present beyond a limit, absent within it.

        Of limits that depend on sex, where it is not known, only one beyond which both are counts.
        """
        said: dict[str, list[bool]] = {}
        for limit in self.test.limits:
            if _is_for(limit, sex, age_years):
                said.setdefault(limit.finding, []).append(_is_beyond(self.value, limit))
        for key, beyond in said.items():
            if all(beyond) or not any(beyond):
                presence = Presence.PRESENT if all(beyond) else Presence.ABSENT
                yield Finding(key, presence, FindingOrigin.MEASURED, quote=self.quote)


class LaboratoryReader:
    """Reads the results of the given tests."""

    def __init__(self, tests: tuple[LaboratoryTestEntry, ...]) -> None:
        """`tests`: as the core lists them."""
        self._tests = {
            _flat(name): test for test in tests for name in (*test.words.en, *test.words.zh)
        }
        ordered = sorted(self._tests, key=len, reverse=True)
        words = "|".join(_as_pattern(name) for name in ordered if name[0].isascii())
        others = "|".join(re.escape(name) for name in ordered if not name[0].isascii())
        # Names stand apart from their neighbours: one look-behind for all of them is quick.
        self._pattern = re.compile(
            rf"(?P<name>(?<![a-z0-9])(?:{words})(?![a-z0-9])|{others}){_BETWEEN}{_NUMBER}{_UNIT}"
        )

    def read(self, text: str) -> tuple[Result, ...]:
        """The first result of each test in a folded text."""
        found: dict[str, Result] = {}
        if not self._tests:
            return ()
        for match in self._pattern.finditer(text):
            test = self._tests[_flat(match["name"])]
            if _OF_ANOTHER_FLUID.search(text, 0, match.start()):
                continue
            if _NO_RESULT.match(text, match.end("number")):
                continue
            value = _value(float(match["number"].replace(",", "")), match["unit"], test)
            if value is not None:
                quote = text[match.start() : match.end()].strip()
                found.setdefault(test.id, Result(test, value, quote))
        return tuple(found.values())


@lru_cache(maxsize=4)
def reader_of(tests: tuple[LaboratoryTestEntry, ...]) -> LaboratoryReader:
    """The reader of these tests, made once."""
    return LaboratoryReader(tests)


def _as_pattern(name: str) -> str:
    return re.escape(name).replace(r"\ ", r"[\s-]+")


def _flat(name: str) -> str:
    return re.sub(r"[\s-]+", " ", fold(name)) if " " in name else fold(name)


def _is_for(limit: LaboratoryLimit, sex: Sex | None, age_years: float | None) -> bool:
    fits = sex is None or limit.sex in (None, sex)
    return fits and (age_years is None or limit.youngest <= age_years < limit.oldest)


def _is_beyond(value: float, limit: LaboratoryLimit) -> bool:
    over = limit.at_least is not None and value >= limit.at_least
    return over or (limit.at_most is not None and value <= limit.at_most)


def _value(number: float, unit: str, test: LaboratoryTestEntry) -> float | None:
    """The number in the test's first unit; None when it cannot be one of its results."""
    written = unit.translate(_MICRO).replace("mcg", "ug").replace("^", "")
    by_name: Mapping[str, LaboratoryUnit] = {
        name.replace("mcg", "ug").replace("^", ""): entry
        for entry in test.units
        for name in entry.names
    }
    known = by_name.get(written.lstrip("x")) or by_name.get(written)
    if known is not None:
        return number * known.times
    for likely in test.units:
        if likely.least is None or likely.most is None:
            continue  # only with its unit written
        if likely.least <= number <= likely.most:
            return number * likely.times
    return None
