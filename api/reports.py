"""The administrator's routes: which reports there are, and one report as JSON or CSV."""

import csv
import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api.auth import Administrator
from api.wiring import SharedServices
from assistant.reports.indicators import NOT_RECORDED
from assistant.reports.report import Period, PublishedReport, discover, report_of, run
from knowledge_graph.core.load import Core
from knowledge_graph.domain.assessment import Urgency
from knowledge_graph.language import language_of

router = APIRouter(prefix="/v1/reports", tags=["reports"])

_DAYS_SHOWN = 90


class ReportName(BaseModel):
    """One report there is."""

    name: str
    title: str


class ReportList(BaseModel):
    """Every report there is."""

    reports: tuple[ReportName, ...]


class TableOut(BaseModel):
    """Counts by labels; the last value of a row is the count, null where it is withheld."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | None, ...], ...]


class ReportOut(BaseModel):
    """A report. `labels`: what the ids in its tables are called."""

    name: str
    title: str
    since: datetime
    until: datetime
    computed_at: datetime
    tables: dict[str, TableOut]
    labels: dict[str, dict[str, str]]


@router.get("")
def reports(administrator: Administrator, language: str = "en") -> ReportList:
    """Every report there is."""
    code = language_of(language).code
    return ReportList(
        reports=tuple(
            ReportName(name=report.name, title=report.title[code]) for report in discover().values()
        )
    )


@router.get(
    "/{name}",
    response_model=ReportOut,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def report(
    name: str,
    administrator: Administrator,
    services: SharedServices,
    since: date | None = None,
    until: date | None = None,
    language: str = "en",
    output: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
    table: str = "urgencies",
) -> ReportOut | Response:
    """One report over whole days, `until` not included (default: the last 90 days).

    Small counts are withheld and the others rounded; no answer holds anything about one person.
    """
    spoken = language_of(language).code
    period = _period(since, until, ZoneInfo(services.settings.time_zone))
    records = services.records()
    chosen = report_of(name)
    # Noted before it is read: a read that cannot be noted does not happen.
    records.record_audit(administrator.id, administrator.role, "read", f"report:{name}")
    published = run(
        chosen, records.encounters(period.since, period.until), period, datetime.now(UTC)
    )
    if output == "csv":
        return _csv(published, table)
    return _report_out(published, spoken, services.core)


def _period(since: date | None, until: date | None, zone: ZoneInfo) -> Period:
    last = until or datetime.now(zone).date() + timedelta(days=1)
    first = since or last - timedelta(days=_DAYS_SHOWN)
    return Period(
        datetime.combine(first, time(), tzinfo=zone), datetime.combine(last, time(), tzinfo=zone)
    )


def _report_out(published: PublishedReport, language: str, core: Core) -> ReportOut:
    return ReportOut(
        name=published.name,
        title=published.title[language],
        since=published.period.since,
        until=published.period.until,
        computed_at=published.computed_at,
        tables={
            table.name: TableOut(
                columns=(*table.columns, "count"),
                rows=tuple((*labels, count) for labels, count in table.rows),
            )
            for table in published.tables
        },
        labels=_labels(language, core),
    )


def _labels(language: str, core: Core) -> dict[str, dict[str, str]]:
    said = language_of(language)
    departments = {key: str(getattr(e.name, language)) for key, e in core.departments.items()}
    return {
        "department": departments | {NOT_RECORDED: said.say("client_not_recorded")},
        "urgency": {level.value: said.say(f"outcome_title_{level.value}") for level in Urgency}
        | {NOT_RECORDED: said.say("client_not_recorded")},
    }


def _csv(published: PublishedReport, table_name: str) -> Response:
    """A table with ids, for machines; a withheld count is written <5."""
    table = published.table(table_name)
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow((*table.columns, "count"))
    for labels, count in table.rows:
        rows.writerow((*labels, "<5" if count is None else count))
    return Response(
        written.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{published.name}.csv"'},
    )
