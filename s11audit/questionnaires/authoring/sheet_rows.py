"""One sheet of a workbook: its headings, and its rows as sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from s11audit.questionnaires.authoring.cell_words import WordsError, put, value_of
from s11audit.questionnaires.authoring.condition_syntax import condition_of
from s11audit.questionnaires.authoring.key_forms import Form, KeyForm
from s11audit.questionnaires.authoring.places import Places
from s11audit.questionnaires.authoring.sheets import Columns
from s11audit.questionnaires.authoring.workbook_xml import column_letters
from s11audit.questionnaires.faults import quote, repeated, suggest
from s11audit.questionnaires.source import Items, Section, control_character

Value = str | Section | Items
_DAYS = frozenset({"earliest", "latest"})  # where a date is meant
_ENCODED = re.compile("_x([0-9A-Fa-f]{4})_")
_NOT_TEXT = {
    "formula": "there is a formula in this cell; type the text itself",
    "error": "there is an error in this cell; type the text itself",
    "date": "a spreadsheet took this for a date; type an apostrophe before it, and it stays text",
}


class Cell:
    """What stands in one cell: a kind and a text."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.text = plain_text(text) if kind == "text" else text

    @property
    def is_blank(self) -> bool:
        return self.kind == "text" and not self.text.strip()


class Sheet:
    """A sheet whose first row names the columns."""

    def __init__(self, found: dict[str, Any], places: Places, long: dict[str, str]) -> None:
        """`long` has the texts that were too long for a cell, by what stands in their stead."""
        self.name: str = found["name"]
        self.places = places
        self.long = long
        self._found = found
        self._columns: dict[int, KeyForm] = {}
        self._cells: dict[int, dict[int, Cell]] = {}
        for row, column, kind, text in found["cells"]:
            cell = Cell(kind, text)
            if not cell.is_blank:
                self._cells.setdefault(row, {})[column] = cell
        self._line = 0

    @property
    def is_empty(self) -> bool:
        return not self._cells

    @property
    def line(self) -> int:
        """The number of the sheet’s first cell."""
        self._line = self._line or self.line_of(1, 1)
        return self._line

    def line_of(self, row: int, column: int) -> int:
        return self.places.line(f"{self.name}!{column_letters(column)}{row}")

    def read_headings(self, columns: Columns) -> None:
        """Find which column has which key; adds faults for headings that mean nothing."""
        named = self.line
        for where in self._found["merged"]:
            self._add(where, "these cells are merged; a questionnaire has one value in each cell")
        for where in self._found["beyond"]:
            self._add(where, "nothing can stand so far out; clear this cell")
        placed: list[tuple[str, int]] = []
        for at, cell in self._cells.get(1, {}).items():
            key = re.sub(r"[\s_]+", "-", cell.text.strip().lower())
            line = self.line_of(1, at)
            placed.append((key, line))
            if key in columns:
                self._columns.setdefault(at, columns[key])
            elif not key.startswith("note"):
                known = suggest(key, columns)
                self.places.add(line, f"unknown column {quote(key)}: {known}")
        for line, key, first in repeated(placed):
            self.places.add(line, f"column {quote(key)} is here twice: line {first} has it already")
        if not placed:
            self.places.add(named, "the names of the columns are missing in the first row")

    def rows(self) -> Iterator[Row]:
        """The rows below the first that have anything in them."""
        headed = set(self._cells.get(1, {}))
        for number, cells in self._cells.items():
            if number == 1:
                continue
            for at in cells.keys() - headed:
                line = self.line_of(number, at)
                self.places.add(line, "this column has no name in the first row")
            known = {self._columns[at].key: (at, cells[at]) for at in cells if at in self._columns}
            if known:
                yield Row(self, number, known, self._columns)

    def _add(self, where: str, message: str) -> None:
        self.places.add(self.places.line(f"{self.name}!{where}"), message)


class Row:
    """One row of a sheet. Places are numbered from left to right, as they are read."""

    def __init__(
        self,
        sheet: Sheet,
        number: int,
        cells: dict[str, tuple[int, Cell]],
        columns: dict[int, KeyForm],
    ) -> None:
        self._sheet = sheet
        self._number = number
        self._cells = cells
        self._forms = {form.key: form for form in columns.values()}
        self.line = sheet.line_of(number, 1)

    def cell_line(self, key: str) -> int:
        """The number of the cell in this column, or of the row where it is empty."""
        at = self._cells.get(key)
        return self._sheet.line_of(self._number, at[0]) if at else self.line

    def text(self, key: str) -> str:
        """The text in a column; "" where there is none."""
        value, _ = self.value_as(key, KeyForm(key, Form.TEXT, free=True))
        return value if isinstance(value, str) else ""

    def section(self) -> Section:
        """The row as a section that has what its cells have."""
        section = Section(self.line)
        for key, form in self._forms.items():
            value, line = self.value_as(key, form)
            if value is not None:
                put(section, key, value, line)
        return section

    def value_as(self, key: str, form: KeyForm) -> tuple[Value | None, int]:
        """The value in a column, and its place; None where it is empty or cannot be read."""
        if key not in self._cells:
            return None, self.line
        cell, line = self._cells[key][1], self.cell_line(key)
        text = self._sheet.long.get(cell.text, cell.text)
        reason = "" if cell.kind == "date" and form.key in _DAYS else _NOT_TEXT.get(cell.kind, "")
        reason = control_character(text) or reason
        try:
            if not reason:
                return _value(text, form, line), line
        except WordsError as error:
            reason = str(error)
        self._sheet.places.add(line, reason)
        return None, line


def _value(text: str, form: KeyForm, line: int) -> Value:
    if form.form is Form.CONDITION:
        return condition_of(text, line)
    if form.form is Form.TEXT:
        return text if form.free else text.strip()
    return value_of(text, form, line)


def plain_text(text: str) -> str:
    """What a text in a workbook means: signs that XML has no room for are written as _x0007_."""
    if "_x" in text:
        decoded = _ENCODED.sub(lambda found: chr(int(found[1], 16)), text)
        text = decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")
