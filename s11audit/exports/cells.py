"""The one place where a value becomes a cell of a sheet.

Whatever somebody typed stays text: it is never a formula, neither in the file nor when the cell is
edited later. What a sheet cannot hold is shown, not dropped: a character that XML forbids becomes
�, and a text that is too long says where it goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from s11audit.domain.dates import LONDON, long_date
from s11audit.exports.layout import Column, State
from s11audit.exports.plain_text import plain
from s11audit.exports.rows import ContinuedRow

Value = str | int | float | Decimal | date | datetime | None

# What one cell holds in a spreadsheet, in UTF-16 units.
CELL_LIMIT = 32_767

FONT = "Arial"
TEXT_SIZE = 10
LINE_HEIGHT = 13.0
MOST_LINES = 31  # no row can be higher than 409 points
# Letters are narrower than the digits that widths are counted in; words do not fill a line.
_FILLED = 1.05
_EDGE = Side(style="thin", color="B1B4B6")
_BORDER = Border(top=_EDGE, bottom=_EDGE, left=_EDGE, right=_EDGE)

_FORMULA_STARTS = frozenset("=+-@\t\r\n")
# Spreadsheets count days from 1900, get its first two months wrong, and keep 15 digits.
_FIRST_DAY = date(1900, 3, 1)
_LARGEST_NUMBER = 10**15
_FORMATS: dict[type, str] = {int: "#,##0", date: "d mmmm yyyy", datetime: "d mmmm yyyy hh:mm"}


def length_in_cell(text: str) -> int:
    """How long a spreadsheet thinks a text is: characters beyond the first plane count twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, limit: int = CELL_LIMIT) -> tuple[str, str]:
    """The longest beginning of a text that fits in `limit`, and the rest."""
    end = limit
    while (over := length_in_cell(text[:end]) - limit) > 0:
        end -= (over + 1) // 2
    return text[:end], text[end:]


@dataclass
class LongTexts:
    """Texts that no cell can hold, waiting for the sheet on which they continue."""

    sheet: str
    rows: list[ContinuedRow] = field(default_factory=list)

    def beginning(self, text: str, sheet: str, cell: str) -> str:
        """What the cell shows of a text that is too long for it; the rest is kept."""
        marker = f" … [Cut here: too long for one cell. Continues on sheet “{self.sheet}”.]"
        shown, rest = cut(text, CELL_LIMIT - len(marker))
        part = 2
        while rest:
            piece, rest = cut(rest)
            self.rows.append(ContinuedRow(sheet, cell, part, piece))
            part += 1
        return shown + marker


class CellWriter:
    """Makes the cells of one column of one sheet.

    The same cell object is handed out again and again: a streaming sheet has done with it once its
    row is appended. That keeps a styled cell as quick to write as a bare one.
    """

    def __init__(
        self,
        sheet: Any,
        index: int,
        column: Column,
        states: dict[str, State],
        long: LongTexts,
        *,
        bordered: bool = False,
    ) -> None:
        self._sheet = sheet
        self._letter = get_column_letter(index)
        self._column = column
        self._states = states if column.coloured else {}
        self._long = long
        self._bordered = bordered
        self._styled: dict[tuple[Any, ...], Any] = {}

    def cell(self, value: Value, row: int, *, bold: bool = False) -> Any:
        """The cell that shows this value, in the column's style; None leaves it empty."""
        if value is None or value == "":
            return None
        fitted, number_format = self._fitting(value, row)
        if not isinstance(fitted, str):
            cell = self._cell_in(None, bold, False, number_format)
            cell.value = fitted
            return cell
        looks_like_formula = fitted[0] in _FORMULA_STARTS
        cell = self._cell_in(self._states.get(fitted), bold, looks_like_formula, number_format)
        cell.value = fitted
        cell.data_type = "s"  # text, whatever it looks like
        return cell

    def _cell_in(self, *style: Any) -> Any:
        return self._styled.get(style) or self._style(*style)

    def _fitting(self, value: Any, row: int) -> tuple[Any, str]:
        """The value as a sheet can hold it, and its number format."""
        if isinstance(value, str):
            return self._fitting_text(value, row), "General"
        if isinstance(value, datetime):
            value = value.astimezone(LONDON).replace(tzinfo=None)
        elif isinstance(value, date):
            if value < _FIRST_DAY:
                return long_date(value), "General"
        elif abs(value) >= _LARGEST_NUMBER:
            return f"{value:,}", "General"
        number_format = self._column.format or _FORMATS.get(type(value), "General")
        if isinstance(value, Decimal):
            value = float(value / 100) if "%" in number_format else float(value)
        return value, number_format

    def _fitting_text(self, text: str, row: int) -> str:
        text = plain(text)
        if len(text) * 2 <= CELL_LIMIT or length_in_cell(text) <= CELL_LIMIT:
            return text
        return self._long.beginning(text, self._sheet.title, f"{self._letter}{row}")

    def _style(self, state: State | None, bold: bool, quoted: bool, number_format: str) -> Any:
        cell = WriteOnlyCell(self._sheet)
        cell.number_format = number_format
        cell.font = _font(state.text if state else "0B0C0C", bold or bool(state and state.bold))
        cell.alignment = Alignment(
            vertical="top", wrap_text=self._column.wrap, horizontal=self._column.align or None
        )
        cell.quotePrefix = quoted
        if self._bordered:
            cell.border = _BORDER
        if state:
            cell.fill = state_fill(state)
        self._styled[state, bold, quoted, number_format] = cell
        return cell


def heading_cell(sheet: Any, text: str) -> Any:
    """A column heading."""
    cell = WriteOnlyCell(sheet, value=plain(text))
    cell.data_type = "s"
    cell.font = _font("FFFFFF", bold=True)
    cell.fill = PatternFill("solid", fgColor="12434A")
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def note_cell(sheet: Any, text: str, *, bold: bool = False, size: int = TEXT_SIZE) -> Any:
    """A line above or between tables. It runs over the empty cells to its right."""
    cell = WriteOnlyCell(sheet, value=plain(text))
    cell.data_type = "s"
    cell.font = _font("0B0C0C", bold, size)
    return cell


def lines_needed(text: str, width: float) -> int:
    """How many lines a text takes in a wrapping column of this width, in characters, at most."""
    fitting = max(1, int(width * _FILLED))
    return sum(1 + len(line) // fitting for line in text.split("\n"))


def row_height(lines: int) -> float:
    """The height in points of a row of so many lines: a spreadsheet does not work it out itself."""
    return min(lines, MOST_LINES) * LINE_HEIGHT + 2


def _font(colour: str, bold: bool, size: int = TEXT_SIZE) -> Font:
    return Font(name=FONT, size=size, bold=bold, color=colour)


def state_fill(state: State) -> PatternFill:
    """The fill of a cell in this state; a pattern is drawn in `pattern-colour` over `fill`."""
    if state.pattern == "solid":
        return PatternFill("solid", fgColor=state.fill, bgColor=state.fill)
    pattern: Any = state.pattern
    return PatternFill(pattern, fgColor=state.pattern_colour, bgColor=state.fill)
