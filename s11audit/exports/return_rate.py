"""The return rate of a round as a workbook, and as a file of comma-separated values."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from os import PathLike
from typing import IO, Any

from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.dates import long_date, long_time
from s11audit.domain.return_rates import RateAsAt
from s11audit.domain.workflow import RETURN_STATUS_LABELS
from s11audit.exports.compliance import yes_or_no
from s11audit.exports.history import BYTE_ORDER_MARK, as_text
from s11audit.exports.layout import Table, layout_named
from s11audit.exports.rate_rows import RateFacts, RateRow, WaitingRow
from s11audit.exports.summary import of_whole
from s11audit.models import AuditRound
from s11audit.queries.return_rates import RateTable, ReturnRates, Waiting

LAYOUT = "return-rate"
ALL = "All agencies"


def rate_rows(rates: ReturnRates) -> Iterator[RateRow]:
    """Of each table a row a type of agency, a row a sector, and one of all."""
    for table in rates.tables:
        for line in table.by_type:
            yield _row(table, "Type of agency", line.label, line.rate, rates.as_at)
        for line in table.by_sector:
            yield _row(table, "Sector", line.label, line.rate, rates.as_at)
        yield _row(table, ALL, ALL, table.total, rates.as_at, is_total=True)


def write_rates_csv(rates: ReturnRates) -> bytes:
    """The rates as UTF-8, a line a row, with the columns of the workbook."""
    columns = _table_of(RateRow).columns
    lines = StringIO(BYTE_ORDER_MARK)
    lines.seek(0, 2)
    writer = csv.writer(lines)
    writer.writerow(column.heading for column in columns)
    for row in rate_rows(rates):
        writer.writerow(_plain(getattr(row, column.attribute)) for column in columns)
    return lines.getvalue().encode()


def write_rates(
    audit_round: AuditRound,
    rates: ReturnRates,
    waiting: Sequence[Waiting],
    *,
    exported_by: str,
    exported_at: datetime,
    path_or_stream: str | PathLike[str] | IO[bytes],
) -> None:
    """Write `exports/return-rate.yaml`; `waiting` is who has not returned, if that may be told."""
    from s11audit.exports.workbook import write_workbook  # openpyxl is slow to load

    total = rates.whole.total
    facts = RateFacts(
        partnership=rates.whole.whose,
        round_title=audit_round.title,
        round_reference=audit_round.reference,
        rate_as_at=long_date(rates.as_at),
        written_at=long_time(exported_at),
        exported_by=exported_by,
        return_rate=of_whole(total.returned, total.expected),
        on_time=of_whole(total.on_time, total.expected),
        exempt=total.exempt,
    )
    rows: dict[type, Iterable[Any]] = {
        RateRow: rate_rows(rates),
        WaitingRow: _waiting_rows(waiting, rates.as_at),
    }
    write_workbook(layout_named(LAYOUT), facts, rows, path_or_stream, written_at=exported_at)


def _row(
    table: RateTable,
    grouped_by: str,
    group: str,
    rate: RateAsAt,
    as_at: date,
    *,
    is_total: bool = False,
) -> RateRow:
    return RateRow(
        partnership=table.whose,
        grouped_by=grouped_by,
        group=group,
        as_at=as_at,
        returned=rate.returned,
        expected=rate.expected,
        on_time=rate.on_time,
        submitted=rate.submitted,
        alternative_assurance=rate.alternative,
        nil_returns=rate.nil,
        overdue=rate.overdue,
        exempt=rate.exempt,
        is_total=is_total,
    )


def _waiting_rows(waiting: Iterable[Waiting], as_at: date) -> Iterator[WaitingRow]:
    for one in waiting:
        yield WaitingRow(
            one.agency_reference,
            one.agency,
            agency_type_label(one.agency_type),
            "Returned since" if one.returned_since else RETURN_STATUS_LABELS[one.status],
            one.due_on,
            yes_or_no(one.due_on < as_at),
        )


def _table_of(row_class: type) -> Table:
    tables = [table for sheet in layout_named(LAYOUT).sheets for table in sheet.tables]
    return next(table for table in tables if table.row_class is row_class)


def _plain(value: Any) -> str:
    """Dates as 2026-11-03, percentages as 95.8%; nothing to divide by is a dash."""
    if value is None:
        return "–"
    if isinstance(value, Decimal):
        return f"{value:.1f}%"
    return as_text(value.isoformat() if isinstance(value, date) else str(value))
