"""What administrators may read: counts, never people."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from assistant.reports.disclosure import disclose
from assistant.reports.report import Period, report_of, run
from knowledge_graph.domain.assessment import Urgency
from knowledge_graph.domain.encounter import Encounter
from knowledge_graph.domain.errors import InvalidInput, NotFound

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=8)))
PERIOD = Period(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


def encounters(count: int, department: str | None, urgency: Urgency | None) -> list[Encounter]:
    return [
        Encounter(
            f"{department}-{urgency}-{n}", None, "chat", MONDAY, None, department, None, urgency
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, 0), (1, None), (4, None), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (1002, 1000)],
)
def test_small_counts_are_withheld_and_others_rounded(count: int, shown: int | None) -> None:
    assert disclose(count) == shown


def test_demand_is_counted_by_department_urgency_hour_and_day() -> None:
    seen = [
        *encounters(12, "cardiology", Urgency.EMERGENCY),
        *encounters(3, "cardiology", Urgency.SELF_CARE),
        *encounters(6, None, None),
    ]
    report = run(report_of("demand-by-department"), seen, PERIOD, PERIOD.until)
    assert dict(report.table("departments").rows) == {("cardiology",): 15, ("unknown",): 5}
    assert dict(report.table("urgencies").rows) == {
        ("cardiology", "emergency"): 10,
        ("cardiology", "self_care"): None,
        ("unknown", "unknown"): 5,
    }
    assert report.table("hours").rows == ((("09",), 20),)
    assert report.table("days").rows == ((("2026-03-02",), 20),)


def test_an_empty_period_gives_empty_tables() -> None:
    report = run(report_of("demand-by-department"), [], PERIOD, PERIOD.until)
    assert all(table.rows == () for table in report.tables)


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(NotFound, match="demand-by-department"):
        report_of("nonsense")
    with pytest.raises(InvalidInput, match="exchange"):
        Period(PERIOD.until, PERIOD.since)
