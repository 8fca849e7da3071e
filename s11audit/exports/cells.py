"""The one place where a value becomes a cell of a sheet.

Whatever somebody typed stays text: it is never a formula, neither in the file nor when the cell is
edited later. What a sheet cannot hold is shown, not dropped: a character that XML forbids becomes
�, and a text that is too long says where it goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from s11audit.domain.dates import LONDON, long_date
from s11audit.exports.layout import Column, State
from s11audit.exports.plain_text import looks_like_formula, plain
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


class StyledCell(Cell):
    """A cell whose style is settled once; openpyxl would look it up again for every value."""

    __slots__ = ("_settled",)
    has_style = True

    def settle(self) -> StyledCell:
        self._settled = super().style_id
        return self

    @property
    def style_id(self) -> int:
        return self._settled

    def show(self, value: Any, data_type: str) -> StyledCell:
        """Take a value that is known to fit, without openpyxl guessing what it might mean."""
        self._value = value
        self.data_type = data_type
        return self


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
        self._index = index
        self._column = column
        self._states = states if column.coloured else {}
        self._long = long
        self._bordered = bordered
        self._styled: dict[tuple[Any, ...], StyledCell] = {}

    def cell(self, value: Value, row: int, *, bold: bool = False) -> StyledCell | None:
        """The cell that shows this value, in the column's style; None leaves it empty."""
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            value, number_format = self._fitting(value)
            if not isinstance(value, str):
                data_type = "d" if isinstance(value, date) else "n"
                return self._cell_in("", bold, False, number_format).show(value, data_type)
        text = self._fitting_text(value, row)
        state = text if text in self._states else ""
        return self._cell_in(state, bold, looks_like_formula(text), "General").show(text, "s")

    def _cell_in(self, *style: Any) -> StyledCell:
        return self._styled.get(style) or self._style(*style)

    def _fitting(self, value: Any) -> tuple[Any, str]:
        """A number or date as a sheet can hold it, and its number format; else as text."""
        if isinstance(value, datetime):
            value = value.astimezone(LONDON).replace(tzinfo=None)
        elif isinstance(value, date):
            if value < _FIRST_DAY:
                return long_date(value), ""
        elif abs(value) >= _LARGEST_NUMBER:
            return f"{value:,}", ""
        number_format = self._column.format or _FORMATS.get(type(value), "General")
        if isinstance(value, Decimal):
            value = float(value / 100) if "%" in number_format else float(value)
        return value, number_format

    def _fitting_text(self, text: str, row: int) -> str:
        text = plain(text)
        if len(text) * 2 <= CELL_LIMIT or length_in_cell(text) <= CELL_LIMIT:
            return text
        cell = f"{get_column_letter(self._index)}{row}"
        return self._long.beginning(text, self._sheet.title, cell)

    def _style(self, shown: str, bold: bool, quoted: bool, number_format: str) -> StyledCell:
        state = self._states.get(shown)
        cell = StyledCell(self._sheet, row=0, column=self._index)
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
        self._styled[shown, bold, quoted, number_format] = cell.settle()
        return cell


def write_text(cell: Any, text: str, cut_marker: str = "") -> None:
    """Put text into a cell of an ordinary sheet, where it stays text also when it is edited.

    A text that is too long is cut, with the marker at its end.
    """
    text = plain(text)
    if length_in_cell(text) > CELL_LIMIT:
        text = cut(text, CELL_LIMIT - len(cut_marker))[0] + cut_marker
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = looks_like_formula(text)


def write_value(cell: Any, value: Any, cut_marker: str = "") -> None:
    """Put a value into a cell of an ordinary sheet, as text where it can be no number or date."""
    if value is None or value == "":
        return
    if isinstance(value, date) and value < _FIRST_DAY:
        value = long_date(value)
    elif isinstance(value, int | float | Decimal) and abs(float(value)) >= _LARGEST_NUMBER:
        value = f"{value:,}"
    if isinstance(value, str):
        write_text(cell, value, cut_marker)
    else:
        cell.value = float(value) if isinstance(value, Decimal) else value


def heading_cell(sheet: Any, text: str, index: int) -> StyledCell:
    """A column heading."""
    cell = StyledCell(sheet, row=0, column=index)
    cell.font = _font("FFFFFF", bold=True)
    cell.fill = PatternFill("solid", fgColor="12434A")
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return _quoted(cell, plain(text))


def note_cell(sheet: Any, text: str, *, bold: bool = False, size: int = TEXT_SIZE) -> StyledCell:
    """A line above or between tables. It runs over the empty cells to its right."""
    cell = StyledCell(sheet, row=0, column=1)
    cell.font = _font("0B0C0C", bold, size)
    return _quoted(cell, plain(text))


def _quoted(cell: StyledCell, text: str) -> StyledCell:
    """The cell with this text, which stays text also when it is edited."""
    cell.quotePrefix = looks_like_formula(text)
    return cell.settle().show(text, "s")


def stream_cells(sheet: Any) -> None:
    """Let a write-only sheet take rows of styled cells as they are.

    By itself it first tries every cell as a plain value, and makes a new cell after each.
    """

    def placed(cells: list[StyledCell | None], row: int) -> Iterator[StyledCell]:
        for cell in cells:
            if cell is not None:
                cell.row = row
                yield cell

    sheet._values_to_row = placed


def lines_needed(texts: Iterable[tuple[Any, float]]) -> int:
    """How many lines the longest of these values takes, each in a wrapping column of a width."""
    most = 1
    for text, width in texts:
        if isinstance(text, str) and (len(text) > width or "\n" in text):
            fitting = max(1, int(width * _FILLED))
            lines = sum(1 + len(line) // fitting for line in text.split("\n"))
            most = max(most, lines)
    return most


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
