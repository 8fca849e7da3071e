"""Reading a workbook as its readers do."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook


def records(workbook: Workbook, sheet: str, heading: str) -> list[dict[str, Any]]:
    """The rows under the heading row whose first cell says `heading`, up to an empty row."""
    rows = [list(row) for row in workbook[sheet].iter_rows(values_only=True)]
    start = next(number for number, row in enumerate(rows) if row[0] == heading)
    found = []
    for row in rows[start + 1 :]:
        if row[0] is None:
            break
        found.append(dict(zip(rows[start], row, strict=True)))
    return found


def texts(workbook: Workbook) -> list[str]:
    return [
        str(value)
        for sheet in workbook
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if value is not None
    ]
