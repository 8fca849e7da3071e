"""Writing a workbook row by row, so that a large one needs no more memory than a small one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import chain
from operator import attrgetter
from os import PathLike
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter

from s11audit.exports.cells import (
    TEXT_SIZE,
    CellWriter,
    LongTexts,
    heading_cell,
    lines_needed,
    note_cell,
    row_height,
    state_fill,
    stream_cells,
)
from s11audit.exports.layout import Column, Layout, Sheet, State, Table
from s11audit.exports.rows import ContinuedRow, Line

TITLE_SIZE = 14
SECTION_SIZE = 12
ABOUT_WIDTHS = (34.0, 92.0)  # of label and text
PRODUCT = "s11audit"  # stands as author where nobody is named
A4 = 9  # a spreadsheet’s number for the paper

# Row class → the rows of its table.
Rows = Mapping[type, Iterable[Any]]
# What a repeated column is repeated for (`each`) → id and heading of every item.
Repeats = Mapping[str, Sequence[tuple[str, str]]]

CONTINUED = Sheet(
    title="Continued texts",
    freeze_columns=0,
    tables=(
        Table(
            row_class=ContinuedRow,
            columns=(
                Column("Sheet", "sheet", 18),
                Column("Cell", "cell", 10),
                Column("Part", "part", 8),
                Column("Text", "text", 120, wrap=True),
            ),
        ),
    ),
)


def write_workbook(
    layout: Layout,
    facts: Any,
    rows: Rows,
    stream: str | PathLike[str] | IO[bytes],
    *,
    written_at: datetime,
    repeats: Repeats | None = None,
) -> None:
    """Write every sheet of the layout. `facts` is an object of the layout's facts class."""
    names = asdict(facts)
    book = Workbook(write_only=True)
    _describe(book, layout, names, written_at)
    long = LongTexts(CONTINUED.title)
    for sheet in layout.sheets:
        filled = _filled(sheet, rows) if sheet.only_filled else rows
        if filled:
            writer = _SheetWriter(book, layout, sheet, names, long, repeats or {})
            writer.write({**rows, **filled})
    if long.rows:
        writer = _SheetWriter(book, layout, CONTINUED, names, long, {})
        writer.write({ContinuedRow: long.rows})
    book.save(stream)


def _filled(sheet: Sheet, rows: Rows) -> Rows:
    """The rows of those of a sheet's tables that have any, read no further than the first."""
    filled: dict[type, Iterable[Any]] = {}
    for table in sheet.tables:
        rest = iter(rows[table.row_class])
        for first in rest:
            filled[table.row_class] = chain([first], rest)
            break
    return filled


def _describe(book: Any, layout: Layout, names: Mapping[str, Any], written_at: datetime) -> None:
    properties = book.properties
    properties.title = layout.title.format_map(names)
    properties.subject = layout.subject.format_map(names)
    properties.creator = names.get("exported_by", PRODUCT)
    properties.category = layout.marking
    properties.language = "en-GB"
    properties.created = written_at.astimezone(UTC).replace(tzinfo=None)


class _SheetWriter:
    """One sheet, from its first row to its last. Rows above cannot be gone back to."""

    def __init__(
        self,
        book: Any,
        layout: Layout,
        sheet: Sheet,
        names: Mapping[str, Any],
        long: LongTexts,
        repeats: Repeats,
    ) -> None:
        self._sheet = sheet
        self._names = names
        self._long = long
        self._states = layout.states
        self._columns = [_spread(table.columns, repeats) for table in sheet.tables]
        self._to = book.create_sheet(sheet.title)
        stream_cells(self._to)
        self._row = 0
        self._set_up_page(layout)
        self._set_up_view()

    def write(self, rows: Rows) -> None:
        for number, note in enumerate(self._sheet.notes):
            text = note.format_map(self._names)
            size = TITLE_SIZE if number == 0 else TEXT_SIZE
            self._append([note_cell(self._to, text, bold=number == 0, size=size)])
        if self._sheet.lines:
            self._write_lines()
        for table, columns in zip(self._sheet.tables, self._columns, strict=True):
            self._write_table(table, columns, rows[table.row_class])
        self._to.close()

    def _append(self, cells: list[Any], lines: int = 1) -> None:
        """Write the next row, high enough for so many lines of text."""
        self._row += 1
        if lines > 1:
            self._to.row_dimensions[self._row].height = row_height(lines)
        self._to.append(cells)
        # Heights of rows that are written would otherwise pile up in memory.
        self._to.row_dimensions.pop(self._row, None)

    def _write_lines(self) -> None:
        label, text = (
            CellWriter(self._to, index, Column("", "", width, wrap=True), {}, self._long)
            for index, width in enumerate(ABOUT_WIDTHS, 1)
        )
        for number, line in enumerate(self._sheet.lines):
            filled = Line(*(part.format_map(self._names) for part in (line.label, line.text)))
            if filled.text:
                row = self._row + 1
                cells = [label.cell(filled.label, row, bold=True), text.cell(filled.text, row)]
                texts = zip((filled.label, filled.text), ABOUT_WIDTHS, strict=True)
                self._append(cells, lines_needed(texts))
            else:
                size = TITLE_SIZE if number == 0 else SECTION_SIZE
                self._append([note_cell(self._to, filled.label, bold=True, size=size)])

    def _write_table(self, table: Table, columns: list[_Spread], rows: Iterable[Any]) -> None:
        if self._row:
            self._append([])
        if table.heading:
            self._append([note_cell(self._to, table.heading, bold=True, size=SECTION_SIZE)])
        headings = [(each.column.heading, each.column.width) for each in columns]
        cells = [heading_cell(self._to, text, n) for n, (text, _) in enumerate(headings, 1)]
        self._append(cells, lines_needed(headings))
        first = self._row + 1
        self._write_rows(table, columns, rows)
        last = max(self._row, first)
        for index, each in enumerate(columns, 1):
            if each.column.coloured:
                self._colour_by_text(f"{get_column_letter(index)}{first}", index, last)
        if self._sheet.autofilter:
            self._to.auto_filter.ref = f"A{first - 1}:{get_column_letter(len(columns))}{last}"

    def _write_rows(self, table: Table, columns: list[_Spread], rows: Iterable[Any]) -> None:
        states = {text: state for state in self._states for text in state.shows}
        bordered = bool(self._sheet.notes)
        writers = [
            CellWriter(self._to, index, each.column, states, self._long, bordered=bordered).cell
            for index, each in enumerate(columns, 1)
        ]
        wrapping = [(n, each.column.width) for n, each in enumerate(columns) if each.column.wrap]
        is_bold = attrgetter(table.bold_when) if table.bold_when else lambda _: False
        for row in rows:
            number, bold = self._row + 1, is_bold(row)
            values = [each.value(row) for each in columns]
            cells = [
                write(value, number, bold=bold)
                for write, value in zip(writers, values, strict=True)
            ]
            self._append(cells, lines_needed([(values[n], width) for n, width in wrapping]))

    def _colour_by_text(self, first_cell: str, index: int, last: int) -> None:
        """Rules that colour a column by what its cells say, so that an edited cell changes too."""
        cells = f"{first_cell}:{get_column_letter(index)}{last}"
        for state in self._states:
            matches = ",".join(f'{first_cell}="{text}"' for text in state.shows)
            self._to.conditional_formatting.add(cells, _rule(f"OR({matches})", state))
        self._to.conditional_formatting.add(cells, _rule("TRUE", _ANYTHING_ELSE))

    def _set_up_page(self, layout: Layout) -> None:
        sheet = self._to
        sheet.page_setup.orientation = "portrait" if self._sheet.portrait else "landscape"
        sheet.page_setup.paperSize = A4
        sheet.page_setup.fitToWidth = self._sheet.pages_wide
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_options.gridLines = bool(self._sheet.tables) and not self._sheet.notes
        sheet.oddHeader.center.text = layout.marking or None
        sheet.oddFooter.left.text = _literal(layout.title.format_map(self._names))
        sheet.oddFooter.right.text = "&A, page &P of &N"

    def _set_up_view(self) -> None:
        for index, width in enumerate(self._widths(), 1):
            self._to.column_dimensions[get_column_letter(index)].width = width
        if not self._sheet.tables:
            self._to.sheet_view.showGridLines = False
            return
        notes = len(self._sheet.notes)
        heading = notes + bool(notes) + bool(self._sheet.tables[0].heading) + 1
        if len(self._sheet.tables) == 1:
            self._to.freeze_panes = (
                f"{get_column_letter(self._sheet.freeze_columns + 1)}{heading + 1}"
            )
            self._to.print_title_rows = f"{heading}:{heading}"
            if self._sheet.pages_wide > 1:
                self._to.print_title_cols = f"A:{get_column_letter(self._sheet.freeze_columns)}"
        elif self._sheet.freeze_columns:
            self._to.freeze_panes = f"{get_column_letter(self._sheet.freeze_columns + 1)}1"

    def _widths(self) -> list[float]:
        if not self._columns:
            return list(ABOUT_WIDTHS)
        longest = max(self._columns, key=len)
        widths = [each.column.width for each in longest]
        for columns in self._columns:
            for index, each in enumerate(columns):
                widths[index] = max(widths[index], each.column.width)
        return widths


class _Spread:
    """A column as it is written: repeated ones have an item of their own each."""

    def __init__(self, column: Column, item: str = "") -> None:
        self.column = column
        self.value: Callable[[Any], Any] = attrgetter(column.attribute)
        if column.each:
            of_row = self.value
            self.value = lambda row: of_row(row)[item]


def _spread(columns: Iterable[Column], repeats: Repeats) -> list[_Spread]:
    spread = []
    for column in columns:
        if column.each:
            for item, heading in repeats[column.each]:
                spread.append(_Spread(replace(column, heading=heading), item))
        else:
            spread.append(_Spread(column))
    return spread


_ANYTHING_ELSE = State("anything-else", (), fill="FFFFFF", text="0B0C0C")


def _rule(formula: str, state: State) -> Rule:
    style = DifferentialStyle(font=Font(color=state.text, bold=state.bold), fill=state_fill(state))
    return Rule(type="expression", dxf=style, formula=[formula], stopIfTrue=True)


def _literal(text: str) -> str:
    """Text for a page's head or foot, where & begins a code."""
    return text.replace("&", "&&")
