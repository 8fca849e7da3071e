"""How the sheets look in which a questionnaire is written: fonts, widths, drop-downs, comments."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from s11audit.questionnaires.authoring.sheets import LISTS

LAST_OFFERED_ROW = 1000  # how far down the drop-downs reach
_WIDEST_PAGE = 260
_LINE = 13.0
_HIGHEST = 400.0
_AS_TEXT = "@"
_FONT = Font(name="Arial", size=10, color="0B0C0C")
_BOLD = Font(name="Arial", size=10, bold=True, color="0B0C0C")
_TITLE = Font(name="Arial", size=14, bold=True, color="0B0C0C")
_HEADING = Font(name="Arial", size=10, bold=True, color="FFFFFF")
_DARK = PatternFill("solid", fgColor="12434A")
_TOP = Alignment(vertical="top", wrap_text=True)
_COMMENT_SIZE = (320, 110)


def new_book(title: str) -> WrittenBook:
    """A workbook without a sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = title[:200]
    book.properties.creator = "s11audit"
    book.properties.language = "en-GB"
    return WrittenBook(book)


class WrittenBook:
    """One workbook that is being written."""

    def __init__(self, book: Workbook) -> None:
        self._book = book

    def sheet(self, name: str) -> WrittenSheet:
        return WrittenSheet(self._book.create_sheet(name))

    def saved(self) -> bytes:
        stream = io.BytesIO()
        self._book.save(stream)
        return stream.getvalue()


class WrittenSheet:
    """One sheet that is being written."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._widths: list[float] = []
        self._styles: dict[int, Any] = {}  # by font
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True

    def set_widths(self, widths: Sequence[float]) -> None:
        self._widths = list(widths)
        if sum(widths) > _WIDEST_PAGE:  # on one page nobody could read it
            self._sheet.page_setup.fitToWidth = ceil(sum(widths) / _WIDEST_PAGE)
            self._sheet.print_title_cols = "A:A"
        for at, width in enumerate(widths, 1):
            column = self._sheet.column_dimensions[get_column_letter(at)]
            column.width = width
            # What people type into an empty cell stays text, too.
            column.number_format, column.font, column.alignment = _AS_TEXT, copy(_FONT), copy(_TOP)

    def write_headings(self, names: Sequence[str], widths: Sequence[float]) -> None:
        self.set_widths(widths)
        for at, name in enumerate(names, 1):
            cell = self._text(1, at, name, _HEADING)
            cell.fill = _DARK

    def explain(self, names: Sequence[str], meanings: Mapping[str, str]) -> None:
        """Say in a comment on each heading what belongs in its column."""
        for at, name in enumerate(names, 1):
            if text := meanings.get(name):
                comment = Comment(text, "s11audit")
                comment.width, comment.height = _COMMENT_SIZE
                self._sheet.cell(1, at).comment = comment

    def write_row(self, number: int, texts: Sequence[str]) -> None:
        lines = 1
        for at, text in enumerate(texts, 1):
            if text:
                self._text(number, at, text, _BOLD if at == 1 else _FONT)
                lines = max(lines, _lines(text, self._widths[at - 1]))
        self._set_height(number, lines)

    def write_note(self, number: int, text: str) -> None:
        """A line for people to read; one that begins with # is a heading, the first the title."""
        plain = text.removeprefix("# ")
        font = _FONT if plain == text else _BOLD if number > 1 else _TITLE
        self._text(number, 1, plain, font)
        self._set_height(number, _lines(plain, self._widths[0]) * (2 if number == 1 else 1))

    def offer(self, words: Iterable[str], cells: str) -> None:
        """A drop-down of a few words, which are the only ones that can be right."""
        self._add_choice(f'"{",".join(words)}"', cells, only=True)

    def offer_listed(self, at: int, list_number: int, count: int) -> None:
        """A drop-down of what stands in a column of the sheet of lists."""
        letter = get_column_letter(list_number)
        words = f"'{LISTS}'!${letter}$2:${letter}${count + 1}"
        self._add_choice(words, self.column(at), only=False)

    def column(self, at: int) -> str:
        letter = get_column_letter(at)
        return f"{letter}2:{letter}{LAST_OFFERED_ROW}"

    def freeze(self, cell: str) -> None:
        self._sheet.freeze_panes = cell
        self._sheet.print_title_rows = "1:1"

    def _add_choice(self, words: str, cells: str, only: bool) -> None:
        choice = DataValidation(
            type="list", formula1=words, allow_blank=True, showErrorMessage=only
        )
        choice.error = "Choose one of the words in the list, or leave the cell empty."
        choice.errorTitle = "Not one of these"
        self._sheet.add_data_validation(choice)
        choice.add(cells)

    def _text(self, row: int, at: int, text: str, font: Font) -> Any:
        cell = self._sheet.cell(row, at)
        # Given directly: openpyxl would take “=1+1” for a formula, and cut a long text.
        cell._value, cell.data_type = text, "s"
        style = self._styles.get(id(font))
        if style is None:  # openpyxl looks every style up again: once is enough
            cell.number_format, cell.font, cell.alignment = _AS_TEXT, font, _TOP
            self._styles[id(font)] = copy(cell._style)
        else:
            cell._style = copy(style)
        return cell

    def _set_height(self, number: int, lines: int) -> None:
        self._sheet.row_dimensions[number].height = min(lines * _LINE + 3, _HIGHEST)


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column: a spreadsheet does not work it out itself."""
    fitting = max(1, int(width))
    return sum(1 + len(line) // fitting for line in text.split("\n"))
