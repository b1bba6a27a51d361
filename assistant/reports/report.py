"""The contract of a report, and the one way to run it. Disclosure control cannot be left out."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from assistant import reports
from assistant.reports.disclosure import disclose
from assistant.reports.indicators import Label
from knowledge_graph.domain.encounter import Encounter
from knowledge_graph.domain.errors import InvalidInput, KnowledgeInvalid, NotFound

_CONTRACT_MODULES = frozenset({"report", "indicators", "disclosure"})


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to, not including, `until`. Both carry their offset from UTC."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.since >= self.until:
            raise InvalidInput("The period ends before it begins; exchange the two dates.")


@dataclass(frozen=True, slots=True)
class CountTable:
    """Counts by labels, before disclosure control: (labels, count) rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[Label, ...], int], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One report: `count` turns encounters into tables. `title` by language."""

    name: str
    title: Mapping[str, str]
    count: Callable[[Iterable[Encounter]], tuple[CountTable, ...]]


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """Counts that may be shown; None stands for a withheld small number."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[Label, ...], int | None], ...]


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """What an administrator gets."""

    name: str
    title: Mapping[str, str]
    period: Period
    computed_at: datetime
    tables: tuple[PublishedTable, ...]

    def table(self, name: str) -> PublishedTable:
        """One table by name. Raises NotFound."""
        for table in self.tables:
            if table.name == name:
                return table
        known = ", ".join(table.name for table in self.tables)
        raise NotFound(f"The report {self.name} has no table {name!r}; it has: {known}")


def run(
    report: Report, encounters: Iterable[Encounter], period: Period, now: datetime
) -> PublishedReport:
    """Count, then disclose."""
    tables = tuple(
        PublishedTable(
            table.name,
            table.columns,
            tuple((labels, disclose(count)) for labels, count in table.rows),
        )
        for table in report.count(encounters)
    )
    return PublishedReport(report.name, report.title, period, now, tables)


@cache
def discover() -> Mapping[str, Report]:
    """Every report by name. Raises KnowledgeInvalid naming a file that defines no REPORT."""
    found: dict[str, Report] = {}
    for module_info in pkgutil.iter_modules(reports.__path__):
        if module_info.name in _CONTRACT_MODULES:
            continue
        module = importlib.import_module(f"{reports.__name__}.{module_info.name}")
        report = getattr(module, "REPORT", None)
        if not isinstance(report, Report):
            raise KnowledgeInvalid(
                f"assistant/reports/{module_info.name}.py must define REPORT, a Report"
            )
        found[report.name] = report
    return found


def report_of(name: str) -> Report:
    """One report by name. Raises NotFound naming those there are."""
    found = discover().get(name)
    if found is None:
        raise NotFound(f"There is no report {name!r}; there are: {', '.join(discover())}")
    return found
