"""Reading the list that cases are drawn from: references only, pasted or from a CSV file."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from s11audit.domain.local_references import fault_of_reference, fault_of_value
from s11audit.domain.sampling import Entry

LARGEST_LIST = 500_000  # characters
MOST_ENTRIES = 5_000
MOST_VALUES = 30
COLUMNS: dict[str, str] = {
    "reference": "Reference",
    "age_band": "Age band",
    "team": "Team",
    "plan_type": "Type of plan",
}
_ALSO: dict[str, frozenset[str]] = {
    "reference": frozenset({"ref", "case", "caseref", "casereference", "localreference", "caseid"}),
    "age_band": frozenset({"age", "ageband", "agegroup", "agerange"}),
    "team": frozenset({"teamname", "service"}),
    "plan_type": frozenset({"plan", "plantype", "typeofplan"}),
}


@dataclass(frozen=True)
class ListFault:
    """What is wrong on a line (from 1), in which column, and what would be right."""

    line: int
    column: str
    message: str


@dataclass(frozen=True)
class CohortList:
    """What a list says, in the order of its lines, and everything that is wrong with it."""

    entries: tuple[Entry, ...]
    faults: tuple[ListFault, ...] = ()


def read_cohort(
    text: str,
    there: Collection[str] = (),
    *,
    fault_of: Callable[[str], str] = fault_of_reference,
) -> CohortList:
    """The entries of a list, one on each line: a reference, then what its headings say.

    Without headings the columns are those of COLUMNS, in their order. `there` are references that
    are in the list already; `fault_of` says what is wrong with a reference.
    """
    reader = _Reader(there, fault_of)
    try:
        rows = list(_rows(text))
    except csv.Error:
        return CohortList((), (ListFault(1, "", "The quotation marks do not match up"),))
    if rows and _is_heading(rows[0][1]):
        reader.take_headings(*rows.pop(0))
    if not reader.faults:
        for line, cells in rows:
            reader.read(line, cells)
        reader.check_values()
    if not reader.entries and not reader.faults:
        reader.faults.append(ListFault(1, "", "There is no reference in this list"))
    return CohortList(tuple(reader.entries), tuple(reader.faults))


class _Reader:
    """Reads rows one after another and collects entries, and what is wrong."""

    def __init__(self, there: Collection[str], fault_of: Callable[[str], str]) -> None:
        self.columns: list[str] = list(COLUMNS)
        self.entries: list[Entry] = []
        self.faults: list[ListFault] = []
        self._fault_of = fault_of
        self._there = {reference.upper() for reference in there}
        self._lines: dict[str, int] = {}

    def take_headings(self, line: int, headings: Sequence[str]) -> None:
        """The columns are those that these headings name."""
        self.columns = [_meant(heading) or "" for heading in headings]
        for place, (name, heading) in enumerate(zip(self.columns, headings, strict=True), 1):
            if heading and not name:
                message = "Remove this column: a list holds references, age bands, teams and plans"
                self._add(line, f"Column {place}", message)
            elif name and name in self.columns[: place - 1]:
                self._add(line, COLUMNS[name], "Two columns have this heading: remove one")

    def read(self, line: int, cells: Sequence[str]) -> None:
        told = dict.fromkeys(COLUMNS, "")
        for place, cell in enumerate(cells):
            name = self.columns[place] if place < len(self.columns) else ""
            if name:
                told[name] = cell
            elif cell:
                self._add(line, f"Column {place + 1}", "There is more on this line than is wanted")
        before = len(self.faults)
        self._check(line, told)
        if len(self.faults) == before:
            self.entries.append(Entry(**told))

    def check_values(self) -> None:
        """A column that says something else on every line tells of single children."""
        for name in list(COLUMNS)[1:]:
            if len({getattr(entry, name) for entry in self.entries}) > MOST_VALUES:
                message = f"There are more than {MOST_VALUES} different ones: use fewer, wider ones"
                self._add(1, COLUMNS[name], message)

    def _check(self, line: int, told: dict[str, str]) -> None:
        reference = told["reference"]
        key = reference.upper()
        if fault := self._fault_of(reference):
            self._add(line, COLUMNS["reference"], fault)
        elif key in self._lines:
            message = f"This is the same as line {self._lines[key]}: remove one of them"
            self._add(line, COLUMNS["reference"], message)
        elif key in self._there:
            self._add(line, COLUMNS["reference"], "This is in the list already: remove the line")
        else:
            self._lines[key] = line
        for name in list(COLUMNS)[1:]:
            if fault := fault_of_value(told[name]):
                self._add(line, COLUMNS[name], fault)

    def _add(self, line: int, column: str, message: str) -> None:
        self.faults.append(ListFault(line, column, message))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Number of the line where a row begins, and its cells; empty rows are left out."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    first = text.lstrip("\n").partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, [_cell(cell) for cell in cells]
        line = reader.line_num + 1


def _cell(text: str) -> str:
    """A cell with single spaces; no stroke in it looks like the one between two values."""
    return " ".join(unicodedata.normalize("NFC", text).replace(" / ", "/").split())


def _is_heading(cells: Sequence[str]) -> bool:
    return any(_meant(cell) == "reference" for cell in cells)


def _meant(heading: str) -> str | None:
    plain = re.sub(r"[^a-z]", "", heading.lower())
    for name, label in COLUMNS.items():
        if plain in _ALSO[name] or plain == re.sub(r"[^a-z]", "", label.lower()):
            return name
    return None
