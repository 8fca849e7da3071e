"""What the XML files inside a workbook say, event by event, as they are unpacked."""

from __future__ import annotations

import posixpath
import re
from datetime import datetime, timedelta
from typing import Any
from xml.sax.handler import ContentHandler

LARGEST_WORKBOOK = 10_000_000
MOST_CHARACTERS = 4_000_000
MOST_CELLS = 200_000
LAST_ROW, LAST_COLUMN = 10_000, 250
# Sheets that are there for people: those of these names, and those whose name begins so.
UNREAD = ("read me", "lists", "notes")
TOO_MUCH = (
    "this workbook takes too much memory or time to read: check that it is the right one, and try "
    "again"
)

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_OF_A_DATE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
# The day before the first: spreadsheets count days from one of these.
_FIRST_DAYS = (datetime(1899, 12, 30), datetime(1904, 1, 1))  # noqa: DTZ001 - a day has no zone


class RefusedError(Exception):
    """The workbook cannot be used; the text says why."""


class Budget:
    """How much may still be kept of all that is read."""

    def __init__(self) -> None:
        self._characters, self._cells = MOST_CHARACTERS, MOST_CELLS

    def spend(self, text: str, cells: int = 0) -> None:
        self._characters -= len(text)
        self._cells -= cells
        if self._characters < 0 or self._cells < 0:
            raise RefusedError("this workbook holds far more text than a questionnaire does")


class _Handler(ContentHandler):
    """Events by local name: the two editions of the format differ in their namespaces."""

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802
        self.start(name[1], {key[1]: value for key, value in attrs.items()})

    def endElementNS(self, name: Any, qname: Any) -> None:  # noqa: N802
        self.end(name[1])

    def start(self, name: str, values: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...


class RelationsHandler(_Handler):
    """Id → path of the parts of some kinds that belong with a part."""

    def __init__(self, folder: str, kinds: tuple[str, ...]) -> None:
        super().__init__()
        self._folder, self._kinds = folder, kinds
        self.targets: dict[str, str] = {}

    def start(self, name: str, values: dict[str, str]) -> None:
        outside = values.get("TargetMode") == "External"
        if name == "Relationship" and not outside and values.get("Type", "").endswith(self._kinds):
            path = posixpath.normpath(posixpath.join("/", self._folder, values.get("Target", "")))
            self.targets[values.get("Id", "")] = path.lstrip("/")


class BookHandler(_Handler):
    """The sheets of the workbook, and the day from which it counts."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []  # name and relation
        self.first_day = _FIRST_DAYS[0]

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "sheet":
            self.sheets.append((values.get("name", ""), values.get("id", "")))
        elif name == "workbookPr" and values.get("date1904") in ("1", "true"):
            self.first_day = _FIRST_DAYS[1]


class StylesHandler(_Handler):
    """Which styles show a number as a date."""

    def __init__(self) -> None:
        super().__init__()
        self._formats: dict[str, str] = {}
        self._inside = False
        self._of_styles: list[str] = []

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "numFmt":
            self._formats[values.get("numFmtId", "")] = values.get("formatCode", "")
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            self._of_styles.append(values.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        self._inside = self._inside and name != "cellXfs"

    def is_date(self, style: str) -> bool:
        index = int(style) if style.isdigit() and len(style) < 7 else -1
        if not 0 <= index < len(self._of_styles):
            return False
        number = self._of_styles[index]
        if number in self._formats:
            return bool(re.search("[dmyhs]", _NOT_OF_A_DATE.sub("", self._formats[number].lower())))
        return number.isdigit() and int(number[:6]) in _DATE_FORMATS


class _TextHandler(_Handler):
    """Gathers the text of elements. What is said of how to pronounce it is passed over."""

    def __init__(self, budget: Budget, heard: tuple[str, ...]) -> None:
        """`heard` are the elements that hold text."""
        super().__init__()
        self._budget = budget
        self._heard = heard
        self._pieces: list[str] = []
        self._listening = self._aside = False

    def start(self, name: str, values: dict[str, str]) -> None:
        self._aside = self._aside or name == "rPh"
        self._listening = name in self._heard and not self._aside

    def characters(self, content: str) -> None:
        if self._listening:
            self._budget.spend(content)
            self._pieces.append(content)

    def end(self, name: str) -> None:
        self._listening = False
        self._aside = self._aside and name != "rPh"


class TextsHandler(_TextHandler):
    """The texts that cells share."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget, ("t",))
        self.texts: list[str] = []

    def start(self, name: str, values: dict[str, str]) -> None:
        super().start(name, values)
        if name == "si":
            self._pieces = []

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            self._budget.spend("", cells=1)
            self.texts.append("".join(self._pieces))


class SheetHandler(_TextHandler):
    """The cells of one sheet that say anything, wherever and in whatever order they stand."""

    def __init__(
        self, texts: list[str], styles: StylesHandler, first_day: datetime, budget: Budget
    ) -> None:
        super().__init__(budget, ("v", "t"))
        self._texts, self._styles, self._first_day = texts, styles, first_day
        self._cells: list[tuple[int, int, str, str]] = []
        self._merged: list[str] = []
        self._beyond: list[str] = []
        self._row = self._column = 0
        self._cell: dict[str, str] = {}
        self._has_formula = False

    def found(self) -> dict[str, Any]:
        return {"cells": sorted(self._cells), "merged": self._merged, "beyond": self._beyond}

    def start(self, name: str, values: dict[str, str]) -> None:
        super().start(name, values)
        if name == "row":
            self._row, self._column = _number(values.get("r"), self._row + 1), 0
        elif name == "c":
            self._cell, self._pieces, self._has_formula = values, [], False
            self._place(values.get("r", ""))
        elif name == "f":
            self._has_formula = True
        elif name == "mergeCell" and len(self._merged) < 100:
            self._merged.append(values.get("ref", ""))

    def end(self, name: str) -> None:
        super().end(name)
        if name == "c":
            self._keep()

    def _place(self, reference: str) -> None:
        found = _REFERENCE.fullmatch(reference)
        if found:
            self._row, self._column = int(found[2]), column_number(found[1])
        else:
            self._column += 1

    def _keep(self) -> None:
        kind, text = self._value("".join(self._pieces))
        if not text and kind != "formula":
            return
        self._budget.spend("", cells=1)
        if not (1 <= self._row <= LAST_ROW and 1 <= self._column <= LAST_COLUMN):
            if len(self._beyond) < 10:
                self._beyond.append(f"{column_letters(self._column)}{self._row}")
            return
        self._cells.append((self._row, self._column, kind, text))

    def _value(self, text: str) -> tuple[str, str]:
        """The kind of the cell, and what it says."""
        kind = self._cell.get("t", "n")
        if self._has_formula or kind == "str":
            return "formula", ""
        if kind == "s":
            index = _number(text, -1)
            if not 0 <= index < len(self._texts):
                raise RefusedError("this workbook is damaged; save it again in Excel")
            self._budget.spend(self._texts[index])  # one text may be shared by many cells
            return "text", self._texts[index]
        if kind == "n" and text.strip():
            return self._number_or_date(text.strip())
        named = {"b": "truth", "e": "error", "d": "date", "inlineStr": "text"}.get(kind, "text")
        if named == "truth":
            text = {"1": "yes", "0": "no"}.get(text, text)
        return named, text

    def _number_or_date(self, text: str) -> tuple[str, str]:
        try:
            number = float(text)
        except ValueError:
            return "error", text
        if self._styles.is_date(self._cell.get("s", "")):
            try:
                moment = self._first_day + timedelta(days=number)
            except (OverflowError, ValueError):
                return "error", text
            whole = number == int(number)
            return "date", moment.date().isoformat() if whole else f"{moment:%Y-%m-%d %H:%M}"
        return "number", f"{number:.15g}"


def column_number(letters: str) -> int:
    """`A` → 1, `AA` → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while number > 0:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 8 else otherwise
