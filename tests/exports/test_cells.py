from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from s11audit.exports.cells import CELL_LIMIT, cut, length_in_cell
from s11audit.exports.layout import Column, Sheet, Table, layout_named
from s11audit.exports.rows import RoundFacts
from s11audit.exports.workbook import write_workbook

FACTS = RoundFacts(*[""] * 14, 0, 0, 0, 0, 0, "60", "90")


@dataclass
class Typed:
    """A row of one value."""

    value: Any


def written(*values: Any, **column: Any) -> Workbook:
    """A workbook whose sheet `Typed` shows these values below its heading."""
    columns = (Column("Value", "value", 20, **column),)
    sheet = Sheet("Typed", (Table(Typed, columns),))
    layout = replace(layout_named("compliance"), sheets=(sheet,))
    stream = BytesIO()
    rows = {Typed: [Typed(value) for value in values]}
    write_workbook(layout, FACTS, rows, stream, written_at=datetime(2026, 1, 1, tzinfo=UTC))
    return load_workbook(stream)


def cell(value: Any, **column: Any) -> Any:
    return written(value, **column)["Typed"]["A2"]


@pytest.mark.parametrize("value", ["=1+1", "+44", "-5", "@SUM(A1)", "\t=1", "==", "="])
def test_text_that_looks_like_a_formula_is_quoted_text(value: str) -> None:
    found = cell(value)
    assert (found.value, found.data_type, found.quotePrefix) == (value, "s", True)


def test_ordinary_text_is_not_quoted() -> None:
    assert not cell("3 = 2 + 1").quotePrefix


def test_forbidden_characters_are_shown_as_replacements() -> None:
    assert cell("a\x00b\x0bc\ud800d\uffffe").value == "a�b�c�d�e"
    assert cell("one\r\ntwo\rthree\tfour").value == "one\ntwo\nthree\tfour"


@pytest.mark.parametrize("character", ["x", "\N{BAR CHART}"])
def test_a_text_too_long_for_a_cell_says_so_and_goes_on_elsewhere(character: str) -> None:
    text = character * 80_000
    workbook = written("short", text)
    shown = workbook["Typed"]["A3"].value
    assert length_in_cell(shown) <= CELL_LIMIT
    beginning, marker, _ = shown.partition(" … [Cut here: too long for one cell.")
    assert marker
    rest = list(workbook["Continued texts"].iter_rows(min_row=2, values_only=True))
    assert [row[:3] for row in rest] == [("Typed", "A3", n + 2) for n in range(len(rest))]
    assert beginning + "".join(row[3] for row in rest) == text
    assert all(length_in_cell(row[3]) <= CELL_LIMIT for row in rest)


def test_the_longest_text_that_fits_is_whole() -> None:
    text = "x" * CELL_LIMIT
    workbook = written(text)
    assert workbook["Typed"]["A2"].value == text
    assert workbook.sheetnames == ["Typed"]


def test_a_cut_never_splits_a_character() -> None:
    text = "a" + "\N{BAR CHART}" * 10
    first, rest = cut(text, 6)
    assert (first, first + rest) == ("a\N{BAR CHART}\N{BAR CHART}", text)


def test_dates_and_numbers_are_dates_and_numbers() -> None:
    day = cell(date(2026, 3, 1))
    assert (day.value, day.number_format) == (datetime.fromisoformat("2026-03-01"), "d mmmm yyyy")
    summer = cell(datetime(2026, 7, 1, 11, 0, tzinfo=UTC))
    assert summer.value == datetime.fromisoformat("2026-07-01T12:00")
    assert (cell(1250).value, cell(1250).number_format) == (1250, "#,##0")
    assert cell(2.5).value == 2.5
    share = cell(Decimal("66.7"), format="0.0%")
    assert (share.value, share.number_format) == (0.667, "0.0%")


def test_what_a_spreadsheet_would_get_wrong_is_written_in_words() -> None:
    assert cell(date(1066, 10, 14)).value == "14 October 1066"
    assert cell(12_345_678_901_234_567).value == "12,345,678,901,234,567"


def test_nothing_is_an_empty_cell() -> None:
    assert (cell(None).value, cell("").value) == (None, None)
