"""Drawing a form: the sheet of one standard, and the one before all that says how to fill it in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from s11audit.exports.cells import MOST_LINES, lines_needed, row_height, write_text, write_value
from s11audit.exports.forms.boxes import Accepts, Box, BoxRow, FormRow, HeadingRow
from s11audit.exports.forms.checks import Checks, ChoiceLists
from s11audit.exports.forms.layout import FormLayout
from s11audit.exports.forms.looks import Look, Looks
from s11audit.exports.forms.places import ANSWERS, KEYS, NUMBERS, QUESTIONS, spans

A4 = 9  # a spreadsheet’s number for the paper
SMALL = 1.12  # how much more of the smaller print a line holds
_TEXT = "@"  # keeps whatever is typed as text, a formula too
_FORMATS = {
    Accepts.TEXT: _TEXT,
    Accepts.CHOICE: _TEXT,
    Accepts.DATE: "d mmmm yyyy",
    Accepts.MONTH: "mmmm yyyy",
}


def set_up_page(sheet: Any, *, marking: str, footer: str, portrait: bool = False) -> None:
    """A4, all columns on one page, locked except for the boxes, which needs no password to undo."""
    sheet.page_setup.orientation = "portrait" if portrait else "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddHeader.center.text = marking or None
    sheet.oddFooter.left.text = footer.replace("&", "&&")
    sheet.oddFooter.right.text = "&A, page &P of &N"
    sheet.sheet_view.showGridLines = False
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False  # may be changed
    sheet.column_dimensions[get_column_letter(KEYS)].hidden = True


class FormSheet:
    """Writes one sheet from its first row to its last.

    The first column is hidden and says what each row is for: the key of the question and which
    part of its answer, so that a program can read the form back.
    """

    def __init__(
        self, sheet: Any, layout: FormLayout, looks: Looks, lists: ChoiceLists, columns: int
    ) -> None:
        self._sheet = sheet
        self._layout = layout
        self._looks = looks
        self._checks = Checks(sheet, lists, layout.messages)
        self.columns = max(columns, layout.answer_columns)
        self._answer_width = layout.answers_width / min(self.columns, 2 * layout.answer_columns)
        self._row = 0
        self._set_widths()

    @property
    def _last(self) -> int:
        return ANSWERS + self.columns - 1

    @property
    def _answers_width(self) -> float:
        return self._answer_width * self.columns

    def _set_widths(self) -> None:
        widths = {NUMBERS: self._layout.number_width, QUESTIONS: self._layout.question_width}
        widths |= dict.fromkeys(range(ANSWERS, self._last + 1), self._answer_width)
        for column, width in widths.items():
            self._sheet.column_dimensions[get_column_letter(column)].width = width

    def title(self, text: str) -> None:
        self._across(text, Look.TITLE)

    def band(self, text: str) -> None:
        """A heading between questions."""
        self._across(text, Look.BAND)

    def passage(self, text: str) -> None:
        """Words that nobody answers, over the whole width."""
        self._across(text, Look.GUIDE)

    def column_headings(self) -> None:
        """The headings that stay in sight and are printed on every page."""
        headings = self._layout.headings
        self._row += 1
        self._put(NUMBERS, headings.number, Look.COLUMN)
        self._put(QUESTIONS, headings.question, Look.COLUMN)
        self._merge(ANSWERS, self._last, Look.COLUMN, headings.answer)
        self._sheet.print_title_rows = f"{self._row}:{self._row}"
        self._sheet.freeze_panes = f"{get_column_letter(ANSWERS)}{self._row + 1}"

    def question(self, number: str, key: str, ask: str, first: BoxRow | None) -> None:
        """The question itself; a box of its own, if it has one, stands beside it."""
        self._row += 1
        self._put(NUMBERS, number, Look.NUMBER)
        self._put(QUESTIONS, ask, Look.QUESTION)
        texts: list[tuple[Any, float]] = [(ask, self._layout.question_width * 0.9)]
        if first:
            self._put(KEYS, f"{key} {first.part}", Look.GUIDE)
            texts += self._boxes(first.boxes)
            self._set_height(texts, least=max(box.lines for box in first.boxes))
        else:
            self._merge(ANSWERS, self._last, Look.QUESTION)
            self._set_height(texts)

    def guidance(self, left: str, right: str) -> None:
        """What helps to answer: one text below the question, one below its answer."""
        widths = (self._layout.question_width * SMALL, self._answers_width * SMALL)
        while left or right:
            self._row += 1
            left, left_now = self._as_much_as_fits(left, widths[0])
            right, right_now = self._as_much_as_fits(right, widths[1])
            self._put(QUESTIONS, left_now, Look.GUIDE)
            self._merge(ANSWERS, self._last, Look.GUIDE, right_now)
            self._set_height(zip((left_now, right_now), widths, strict=True), factor=0.94)

    def row(self, key: str, row: FormRow) -> None:
        """A row of boxes with its label, or the headings of a grid."""
        self._row += 1
        self._put(KEYS, f"{key} {row.part}", Look.GUIDE)
        self._put(QUESTIONS, row.label, Look.LABEL)
        texts: list[tuple[Any, float]] = [(row.label, self._layout.question_width)]
        if isinstance(row, HeadingRow):
            for (first, last), title in zip(
                spans(self.columns, len(row.titles)), row.titles, strict=True
            ):
                self._merge(first, last, Look.GRID_HEADING, title)
                texts.append((title, (last - first + 1) * self._answer_width))
            self._set_height(texts)
        else:
            texts += self._boxes(row.boxes)
            self._set_height(texts, least=max(box.lines for box in row.boxes))

    def _boxes(self, boxes: tuple[Box, ...]) -> list[tuple[Any, float]]:
        """Draw these boxes side by side; returns their texts and widths."""
        texts: list[tuple[Any, float]] = []
        # the whole of a percentage stands below its part, or beside it in a table
        before = f"{get_column_letter(ANSWERS)}{self._row - 1}"
        for (first, last), box in zip(spans(self.columns, len(boxes)), boxes, strict=True):
            self._merge(first, last, Look.BOX, box.value, _format_of(box))
            cell = f"{get_column_letter(first)}{self._row}"
            self._checks.add(box, cell, before)
            before = cell
            texts.append((box.value, (last - first + 1) * self._answer_width))
        return texts

    def _across(self, text: str, look: Look) -> None:
        width = self._layout.question_width + self._answers_width
        rest = text
        while rest:
            self._row += 1
            rest, now = self._as_much_as_fits(rest, width)
            self._merge(NUMBERS, self._last, look, now)
            scale = {Look.TITLE: 0.7, Look.BAND: 0.85}.get(look, 1.0)
            self._set_height([(now, width * scale)], factor=1 / scale)

    def _put(self, column: int, text: str, look: Look) -> None:
        cell = self._sheet.cell(self._row, column)
        self._looks.give(cell, look)
        if text:
            write_text(cell, text)

    def _merge(
        self, first: int, last: int, look: Look, value: Any = None, number_format: str = "General"
    ) -> None:
        """One cell over these columns; each of them has its look, so that borders are whole."""
        for column in range(first, last + 1):
            self._looks.give(self._sheet.cell(self._row, column), look, number_format)
        write_value(self._sheet.cell(self._row, first), value, self._layout.words.cut)
        if last > first:
            # merge_cells would look up the borders of every cell once more
            merged = CellRange(min_row=self._row, max_row=self._row, min_col=first, max_col=last)
            self._sheet.merged_cells.ranges.add(merged)

    def _as_much_as_fits(self, text: str, width: float) -> tuple[str, str]:
        """What is left of a text, and as many of its lines as one row can show."""
        lines = text.split("\n")
        fitting = len(lines)
        while fitting > 1 and lines_needed([("\n".join(lines[:fitting]), width)]) > MOST_LINES:
            fitting -= 1
        return "\n".join(lines[fitting:]), "\n".join(lines[:fitting])

    def _set_height(
        self, texts: Iterable[tuple[Any, float]], least: int = 1, factor: float = 1.0
    ) -> None:
        lines = min(max(least, lines_needed(texts)), MOST_LINES)
        self._sheet.row_dimensions[self._row].height = row_height(lines) * factor


def _format_of(box: Box) -> str:
    if isinstance(box.value, str):
        return _TEXT
    if box.accepts is Accepts.MONEY:
        return "£#,##0.00" if box.decimals else "£#,##0"
    if box.accepts is Accepts.NUMBER:
        return f"#,##0.{'0' * box.decimals}" if box.decimals else "#,##0"
    return _FORMATS[box.accepts]
