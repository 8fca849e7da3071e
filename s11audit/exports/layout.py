"""Reading `exports/<workbook>.yaml`: which sheets, tables and columns a workbook has.

The keys of a layout are described at the head of `exports/compliance.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from s11audit.exports.row_classes import FACTS, ROW_CLASSES
from s11audit.exports.rows import Line
from s11audit.paths import EXPORTS

ALIGNMENTS = ("", "left", "center", "right")
COLOUR = re.compile("[0-9A-Fa-f]{6}")
PATTERNS = ("solid", "lightUp", "lightDown", "lightHorizontal", "lightVertical", "lightTrellis")
# Lists that only what is exported can fill: a column may be repeated for each of their items.
REPEATS = ("standards", "agencies", "assessors")


class LayoutError(ValueError):
    """A layout cannot be used. The text names the file, the place and what would be right."""


@dataclass(frozen=True)
class State:
    """How a cell looks while it shows one of the texts in `shows`. Colours are RRGGBB."""

    name: str
    shows: tuple[str, ...]
    fill: str
    text: str
    pattern: str = "solid"
    pattern_colour: str = ""
    bold: bool = False


@dataclass(frozen=True)
class Column:
    """One column of a table; `each` repeats it for every item of a list of the questionnaire.

    `format` is a spreadsheet's number format for whatever is not text; with `%` in it, values are
    percentages of 100. Without it numbers and dates look as they do elsewhere.
    """

    heading: str
    attribute: str
    width: float
    format: str = ""
    align: str = ""
    wrap: bool = False
    coloured: bool = False
    each: str = ""


@dataclass(frozen=True)
class Table:
    """A block of rows of one class. Rows whose attribute `bold_when` is true are bold."""

    row_class: type
    columns: tuple[Column, ...]
    heading: str = ""
    bold_when: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet: notes above, then either lines of label and text, or tables.

    One that is `only_filled` is left out while its tables have no row.
    """

    title: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    autofilter: bool = False
    freeze_columns: int = 0
    portrait: bool = False
    pages_wide: int = 1
    only_filled: bool = False


@dataclass(frozen=True)
class Layout:
    """One workbook. Texts hold `{names}` of the attributes of `facts`."""

    title: str
    subject: str
    marking: str
    facts: type
    states: tuple[State, ...]
    sheets: tuple[Sheet, ...]


def read_layout(path: Path) -> Layout:
    """The layout in this file; raises LayoutError."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise LayoutError(f"{path.name}: {error}") from error
    return _Reader(path.name).layout(content)


def layout_named(workbook: str) -> Layout:
    """The layout of this workbook among those that are shipped or edited beside the package."""
    return read_layout(EXPORTS / f"{workbook}.yaml")


def attributes_of(cls: type) -> list[str]:
    """What a row of this class has to show: fields and properties."""
    properties = [name for name, value in vars(cls).items() if isinstance(value, property)]
    return [each.name for each in fields(cls)] + properties


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self._facts: type = Line

    def layout(self, content: Any) -> Layout:
        keys = self._keys(content, "the file", Layout)
        self._facts = self._one_of(FACTS, keys.pop("facts", ""), "facts")
        for name in ("title", "subject", "marking"):
            self._check_names(str(keys.get(name, "")), name)
        return Layout(
            facts=self._facts,
            states=tuple(self._states(keys.pop("states", {}))),
            sheets=tuple(self._sheet(sheet) for sheet in keys.pop("sheets", ())),
            **keys,
        )

    def _states(self, states: Mapping[str, Any]) -> Iterable[State]:
        for name, content in states.items():
            keys = self._keys(content, f"state “{name}”", State, derived={"name"})
            self._one_of(PATTERNS, keys.get("pattern", "solid"), f"state “{name}”, pattern")
            for key in ("fill", "text", "pattern_colour"):
                self._check_colour(str(keys.get(key, "FFFFFF")), f"state “{name}”, {key}")
            yield State(name=name, shows=tuple(keys.pop("shows")), **keys)

    def _sheet(self, content: Any) -> Sheet:
        place = f"sheet “{content.get('title', '?')}”" if isinstance(content, dict) else "a sheet"
        keys = self._keys(content, place, Sheet, optional={"tables"})
        notes = tuple(keys.pop("notes", ()))
        lines = tuple(self._line(line, place) for line in keys.pop("lines", ()))
        for text in (*notes, *(line.text for line in lines)):
            self._check_names(text, place)
        tables = tuple(self._table(table, place) for table in keys.pop("tables", ()))
        return Sheet(notes=notes, lines=lines, tables=tables, **keys)

    def _line(self, content: Any, place: str) -> Line:
        keys = self._keys(content, f"a line of {place}", Line, optional={"label", "text"})
        return Line(label=keys.get("label", ""), text=keys.get("text", ""))

    def _table(self, content: Any, place: str) -> Table:
        keys = self._keys(content, f"a table of {place}", Table, renamed={"row_class": "rows"})
        row_class = self._one_of(ROW_CLASSES, keys.pop("rows"), f"{place}, rows")
        columns = tuple(self._column(each, row_class, place) for each in keys.pop("columns"))
        if keys.get("bold_when"):
            self._one_of(attributes_of(row_class), keys["bold_when"], f"{place}, bold-when")
        return Table(row_class=row_class, columns=columns, **keys)

    def _column(self, content: Any, row_class: type, place: str) -> Column:
        heading = content.get("heading", "?") if isinstance(content, dict) else "?"
        place = f"{place}, column “{heading}” of {row_class.__name__}"
        keys = self._keys(content, place, Column)
        self._one_of(attributes_of(row_class), keys["attribute"], f"{place}, attribute")
        self._one_of(ALIGNMENTS, keys.get("align", ""), f"{place}, align")
        self._one_of(("", *REPEATS), keys.get("each", ""), f"{place}, each")
        return Column(**keys)

    def _keys(
        self,
        content: Any,
        place: str,
        cls: type,
        *,
        optional: Iterable[str] = (),
        derived: Iterable[str] = (),
        renamed: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The keys of one mapping, with underscores, all known and none missing."""
        if not isinstance(content, dict):
            raise self._error(place, "must be keys and values")
        names = {(renamed or {}).get(f.name, f.name): f for f in fields(cls)}
        known = {name: f for name, f in names.items() if name not in derived}
        keys = {str(key).replace("-", "_"): value for key, value in content.items()}
        for key in keys:
            self._one_of(known, key, f"{place}, key")
        for name, each in known.items():
            if _is_needed(each) and name not in keys and name not in optional:
                raise self._error(place, f"lacks “{name.replace('_', '-')}”")
        return keys

    def _check_colour(self, colour: str, place: str) -> None:
        if not COLOUR.fullmatch(colour):
            raise self._error(place, f"“{colour}” must be six digits or letters, such as “8F1A0C”")

    def _check_names(self, text: str, place: str) -> None:
        for _, name, _, _ in Formatter().parse(text):
            if name is not None:
                self._one_of(attributes_of(self._facts), name, f"{place}, {{{name}}}")

    def _one_of(self, known: Any, name: str, place: str) -> Any:
        """What `known` has under this name, or the name itself where `known` is only a list."""
        if name in known:
            return known[name] if isinstance(known, Mapping) else name
        near = get_close_matches(str(name), list(known), n=1)
        right = f"did you mean “{near[0]}”?" if near else f"it may be {', '.join(known)}"
        raise self._error(place, f"“{name}” is not known; {right}")

    def _error(self, place: str, message: str) -> LayoutError:
        return LayoutError(f"{self._file}: {place}: {message}")


def _is_needed(each: Field[Any]) -> bool:
    return each.default is MISSING and each.default_factory is MISSING
