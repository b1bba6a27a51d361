"""How many people need which department, when, and how urgently."""

from collections.abc import Iterable

from assistant.reports import indicators
from assistant.reports.report import CountTable, Report
from knowledge_graph.domain.encounter import Encounter


def _count(encounters: Iterable[Encounter]) -> tuple[CountTable, ...]:
    counted = tuple(encounters)
    department, urgency = indicators.department, indicators.urgency
    hour, day = indicators.hour, indicators.day
    return (
        CountTable("departments", ("department",), indicators.count_by(counted, department)),
        CountTable(
            "urgencies",
            ("department", "urgency"),
            indicators.count_by(counted, department, urgency),
        ),
        CountTable("hours", ("hour",), indicators.count_by(counted, hour)),
        CountTable("days", ("day",), indicators.count_by(counted, day)),
        CountTable(
            "department_hours",
            ("department", "hour"),
            indicators.count_by(counted, department, hour),
        ),
        CountTable(
            "department_days", ("department", "day"), indicators.count_by(counted, department, day)
        ),
    )


REPORT = Report(
    name="demand-by-department",
    title={"en": "Demand by department", "zh": "各科室就诊需求"},
    count=_count,
)
