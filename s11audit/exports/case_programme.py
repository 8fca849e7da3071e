"""The programme of case audits of a year, for the Steering Group: as a workbook, and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import StringIO
from os import PathLike
from typing import IO, Any

from s11audit.domain.cases import (
    AUDIT_KIND_LABELS,
    CASE_AUDIT_STATUS_LABELS,
    CaseAuditStatus,
)
from s11audit.domain.dates import long_time
from s11audit.domain.programme_years import year_in_words, year_label
from s11audit.exports.history import BYTE_ORDER_MARK, as_text
from s11audit.exports.layout import Column, layout_named
from s11audit.exports.programme_rows import CaseAuditRow, ProgrammeFacts
from s11audit.models import CaseAudit
from s11audit.queries.case_audits import ProgrammeYear

LAYOUT = "case-programme"


def programme_rows(year: ProgrammeYear) -> Iterator[CaseAuditRow]:
    """A row an audit, in the order of their months."""
    return (_row(audit) for audit in year.audits)


def write_programme_csv(year: ProgrammeYear) -> bytes:
    """The programme as UTF-8, a line an audit, with the columns of the workbook."""
    columns = _columns()
    lines = StringIO(BYTE_ORDER_MARK)
    lines.seek(0, 2)
    writer = csv.writer(lines)
    writer.writerow(column.heading for column in columns)
    for row in programme_rows(year):
        writer.writerow(_plain(getattr(row, column.attribute)) for column in columns)
    return lines.getvalue().encode()


def write_programme(
    year: ProgrammeYear,
    partnerships: Iterable[str],
    *,
    exported_by: str,
    exported_at: datetime,
    path_or_stream: str | PathLike[str] | IO[bytes],
) -> None:
    """Write `exports/case-programme.yaml`."""
    from s11audit.exports.workbook import write_workbook  # openpyxl is slow to load

    facts = ProgrammeFacts(
        partnership="; ".join(partnerships),
        year=year_label(year.year),
        year_in_words=year_in_words(year.year),
        planned=year.planned,
        held=year.held,
        cancelled=year.cancelled,
        written_at=long_time(exported_at),
        exported_by=exported_by,
    )
    rows: dict[type, Iterable[Any]] = {CaseAuditRow: programme_rows(year)}
    write_workbook(layout_named(LAYOUT), facts, rows, path_or_stream, written_at=exported_at)


def _row(audit: CaseAudit) -> CaseAuditRow:
    is_cancelled = audit.status is CaseAuditStatus.CANCELLED
    return CaseAuditRow(
        partnership=audit.partnership.name,
        reference=audit.reference,
        title=audit.title,
        kind=AUDIT_KIND_LABELS[audit.kind],
        status=CASE_AUDIT_STATUS_LABELS[audit.status],
        month=f"{audit.planned_on:%B %Y}",
        cases_wanted=audit.cases_wanted,
        chair=audit.chair.name if audit.chair else "",
        files_due_on=audit.files_due_on,
        panel_on=audit.panel_on,
        reason=audit.status_reason if is_cancelled else "",
        steering_told=audit.steering_told,
        steering_told_on=audit.steering_told_on,
    )


def _columns() -> tuple[Column, ...]:
    tables = [table for sheet in layout_named(LAYOUT).sheets for table in sheet.tables]
    return next(table for table in tables if table.row_class is CaseAuditRow).columns


def _plain(value: Any) -> str:
    """Dates as 2026-11-03; nothing is left empty."""
    if value is None:
        return ""
    return as_text(value.isoformat() if isinstance(value, date) else str(value))
