"""The rows of a form as they are found again by their hidden first column, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from s11audit.domain.filled_forms import WrongCell
from s11audit.exports.forms.cell_texts import BoxCell
from s11audit.exports.forms.places import ANSWERS, KEYS, spans
from s11audit.questionnaires.authoring.workbook_xml import column_letters

TWICE = "This row is here twice, with different answers. Keep one of them"
OUTSIDE = "This stands outside the tinted cells, where nothing is read. Move it into one of them"
FAR_OUT = "Something stands far outside the form. Delete it"

_Cells = Mapping[int, tuple[str, str]]


@dataclass(frozen=True)
class FoundRow:
    """A row of a sheet: column → kind and text of what stands in it."""

    sheet: str
    number: int
    cells: _Cells

    def place(self, column: int = ANSWERS) -> str:
        return f"{self.sheet}!{column_letters(column)}{self.number}"

    def boxes(self, columns: int, count: int) -> list[BoxCell]:
        """What stands in each of so many boxes that share the answer columns of the sheet.

        A box is several columns wide; what stands in any of them is in the box.
        """
        return [self._box(first, last) for first, last in spans(columns, count)]

    def _box(self, first: int, last: int) -> BoxCell:
        for column in range(first, last + 1):
            if column in self.cells:
                return BoxCell(self.place(column), *self.cells[column])
        return BoxCell(self.place(first))

    def outside(self, columns: int) -> list[str]:
        """The places of what stands to the right of all boxes."""
        return [self.place(one) for one in self.cells if one >= ANSWERS + columns]


@dataclass
class FoundRows:
    """All rows that have a key, by it and then by part; and what is wrong with rows as such."""

    by_key: dict[str, dict[str, FoundRow]] = field(default_factory=dict)
    wrong: list[WrongCell] = field(default_factory=list)

    def of(self, key: str) -> Mapping[str, FoundRow]:
        return self.by_key.get(key, {})


def rows_in(sheets: Sequence[Mapping[str, Any]], keys: Mapping[str, int]) -> FoundRows:
    """The rows on these sheets (as `sheets_in` gives them) of questions with these keys.

    `keys` has for each how many answer columns its sheet was written with.
    """
    found = FoundRows()
    for sheet in sheets:
        for row in _rows_of(sheet):
            key, _, part = row.cells.get(KEYS, ("", ""))[1].strip().partition(" ")
            if key in keys and part:
                _add(found, key, part, row)
                found.wrong += [WrongCell(one, key, OUTSIDE) for one in row.outside(keys[key])]
        far_out = sheet.get("beyond", ())
        found.wrong += [WrongCell(f"{sheet['name']}!{one}", "", FAR_OUT) for one in far_out]
    return found


def _rows_of(sheet: Mapping[str, Any]) -> Iterator[FoundRow]:
    rows: dict[int, dict[int, tuple[str, str]]] = {}
    for row, column, kind, text in sheet["cells"]:
        rows.setdefault(row, {})[column] = kind, text
    for number, cells in sorted(rows.items()):
        yield FoundRow(sheet["name"], number, cells)


def _add(found: FoundRows, key: str, part: str, row: FoundRow) -> None:
    first = found.by_key.setdefault(key, {}).setdefault(part, row)
    if _said(first) != _said(row):
        found.wrong.append(WrongCell(row.place(), key, TWICE))


def _said(row: FoundRow) -> list[tuple[str, str]]:
    return [cell for column, cell in sorted(row.cells.items()) if column >= ANSWERS]
