"""Types whose values are made of several parts: percentages, choices, rows."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.answers import Answer, gaps_in
from s11audit.domain.question_types import (
    QUESTION_TYPES,
    WrongCellsError,
    WrongValueError,
    type_of,
)
from s11audit.domain.questionnaire import Question, Rows
from tests.domain.every_type import FIXED, TODAY, TYPED, of_type


def read(asked: Question, value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return type_of(asked).read(asked, text, TODAY)


@pytest.mark.parametrize(
    ("type_", "typed", "stored", "shown"),
    [
        ("multiple-choice", "children  babies", "babies children", "Babies; Children"),
        ("multiple-choice", "nobody", "nobody", "None of these"),
        ("percentage", "12 / 40", "12/40", "12/40 (30.0%)"),
        ("percentage", "0/0", "0/0", "0/0 (nothing to count)"),
        ("percentage", "/1,200", "/1200", "In post: 1200"),
        ("percentage", "/", "", ""),
        ("money", "£1,234.5", "1234.50", "£1,234.50"),
        ("month", "3 2026", "2026-03", "March 2026"),
        ("month", "March 2026", "2026-03", "March 2026"),
        ("date", "27/3/2026", "2026-03-27", "27 March 2026"),
        ("declaration", "agreed", "agreed", "I agree"),
        ("yes-no-unsure", "unsure", "unsure", "Not sure"),
    ],
)
def test_each_type_stores_one_spelling_and_shows_it_in_words(
    type_: str, typed: str, stored: str, shown: str
) -> None:
    asked = of_type(type_)
    assert read(asked, typed) == stored
    assert type_of(asked).shown(asked, stored) == shown


@pytest.mark.parametrize(
    ("type_", "typed", "message"),
    [
        ("multiple-choice", "babies dogs", "Choose only from “Babies”, “Children”"),
        ("multiple-choice", "babies nobody", "Select “None of these” on its own"),
        ("percentage", "41/40", "“Trained” cannot be more than “In post”"),
        ("percentage", "1.5/40", "Enter two whole numbers, such as 12 and 40"),
        ("percentage", "12", "Enter two whole numbers, such as 12 and 40"),
        ("percentage", "-1/4", "Enter two whole numbers"),
        ("money", "1.005", "Enter no more than 2 decimal places"),
        ("money", "a lot", "Enter an amount in pounds, such as 1250"),
        ("month", "13 2026", "Enter a real month and year, such as 3 2026"),
        ("declaration", "yes", "Select one of “I agree”"),
        ("table", "not rows", "Enter a list of rows"),
        ("table", "[[1]]", "Enter a list of rows"),
        ("table", '[{"post": 1}]', "Enter a list of rows"),
        ("table", "[" * 100_000, "Enter a list of rows"),
        ("table", '[{"age":"3"}]', "There is no column “age”: use post, staff"),
        ("table", '[{"row":"dsl"}]', "There is no column “row”"),
        ("table", '[{"post":"a\\u0000b"}]', "Row 1, Post: take out the hidden character"),
        ("table", '[{"post":"a\\ud800b"}]', "Row 1, Post: take out the hidden character"),
        ("evidence-list", '[{"link":"javascript:alert(1)"}]', "Row 1, Link: enter a web address"),
    ],
)
def test_what_is_refused_is_answered_with_what_would_be_right(
    type_: str, typed: str, message: str
) -> None:
    with pytest.raises(WrongValueError) as wrong:
        read(of_type(type_), typed)
    assert str(wrong.value).startswith(message)


def test_every_wrong_cell_is_named_by_row_and_column() -> None:
    with pytest.raises(WrongCellsError) as wrong:
        read(of_type("table"), [{"post": "Lead"}, {"staff": "x"}, {}, {"when": "4 2026"}])
    assert [(fault.row, fault.column) for fault in wrong.value.faults] == [
        (1, "staff"),
        (3, "when"),
    ]
    assert str(wrong.value) == (
        "Row 2, Staff trained: enter a number, such as 12; "
        "Row 4, When: the month must be this month or earlier"
    )


def test_empty_cells_and_rows_are_dropped_and_letters_stay_letters() -> None:
    rows = [{"post": ""}, {"post": " Lead é ", "staff": ""}, {}]
    assert read(of_type("table"), rows) == '[{"post":"Lead é"}]'
    assert read(of_type("table"), [{}, {"post": " "}]) == ""


def test_fixed_rows_are_kept_in_their_order_and_known_by_id() -> None:
    asked = of_type("table", rows=FIXED)
    value = read(asked, [{"row": "deputy", "post": "Head"}, {"row": "dsl", "staff": "1,000"}])
    assert value == '[{"row":"dsl","staff":"1000"},{"row":"deputy","post":"Head"}]'
    for rows, message in (
        ([{"row": "cook"}], "Name one of these rows: dsl, deputy"),
        ([{"row": "dsl"}, {"row": "dsl"}], "The row “dsl” is here twice"),
    ):
        with pytest.raises(WrongValueError, match=message):
            read(asked, rows)
    with pytest.raises(WrongValueError, match="“Deputy”, Staff trained: enter a whole number"):
        read(asked, [{"row": "deputy", "staff": "1.5"}])


def test_rows_and_their_texts_have_an_end() -> None:
    with pytest.raises(WrongValueError, match="Enter 2 rows or fewer"):
        read(of_type("table", rows=Rows(most=2)), [{"post": "x"}] * 3)
    long = {"text": "y" * 400, "link": "https://example.org/" + "z" * 1900}
    with pytest.raises(WrongValueError, match="30,000 characters"):
        read(of_type("evidence-list"), [long] * 20)
    with pytest.raises(WrongValueError, match="30,000 characters"):
        read(of_type("table"), " " * 300_000 + "[]")


@pytest.mark.parametrize(
    ("type_", "value", "more", "missing"),
    [
        ("percentage", "12/", {}, "Enter “In post” too"),
        ("percentage", "/40", {}, "Enter “Trained” too"),
        ("percentage", "0/0", {}, ""),
        ("table", '[{"post":"Lead","staff":"3"}]', {}, ""),
        ("table", '[{"post":"Lead"}]', {}, "Row 1, Staff trained: enter the number"),
        (
            "table",
            '[{"post":"Lead","staff":"3","share":"1/"}]',
            {},
            "Row 1, Share: enter “Of” too",
        ),
        (
            "table",
            '[{"post":"Lead","staff":"3"}]',
            {"rows": Rows(least=2)},
            "Enter at least 2 rows; there is 1",
        ),
        (
            "table",
            '[{"row":"dsl","post":"Lead"}]',
            {"rows": FIXED},
            "“DSL”, Staff trained: enter the number (and 2 more)",
        ),
        (
            "table",
            '[{"row":"dsl","post":"Lead","staff":"1"}]',
            {"rows": FIXED, "required": False},
            "",
        ),
        ("evidence-list", '[{"file":"Rota"}]', {}, "Row 1, What it is: enter your answer"),
    ],
)
def test_what_a_stored_value_still_lacks_is_a_gap(
    type_: str, value: str, more: dict[str, Any], missing: str
) -> None:
    asked = of_type(type_, **more)
    assert read(asked, value) == value
    assert type_of(asked).missing(asked, value) == missing
    assert [gap.message for gap in gaps_in(asked, Answer(value))] == ([missing] if missing else [])


def test_nothing_is_missing_from_a_statement() -> None:
    assert gaps_in(of_type("statement"), Answer()) == []


@pytest.mark.parametrize(
    ("type_", "value", "cells"),
    [
        ("money", "1234.50", [("Asked", 1234.5)]),
        ("month", "2026-03", [("Asked", date(2026, 3, 1))]),
        ("percentage", "12/40", [("Trained", 12), ("In post", 40), ("%", 30.0)]),
        ("percentage", "0/0", [("Trained", 0), ("In post", 0), ("%", None)]),
        ("percentage", "", [("Trained", None), ("In post", None), ("%", None)]),
        (
            "multiple-choice",
            "babies",
            [("Babies", "Yes"), ("Children", "No"), ("None of these", "No")],
        ),
        (
            "table",
            '[{"post":"Lead","share":"1/4"}]',
            [
                ("Row 1, Post", "Lead"),
                ("Row 1, Staff trained", None),
                ("Row 1, Share: In", 1),
                ("Row 1, Share: Of", 4),
                ("Row 1, Share: %", 25.0),
                ("Row 1, When", None),
            ],
        ),
    ],
)
def test_values_fall_into_columns_that_can_be_added_up(
    type_: str, value: str, cells: list[tuple[str, object]]
) -> None:
    asked = of_type(type_)
    assert type_of(asked).cells(asked, value) == cells


def test_a_table_is_shown_row_by_row() -> None:
    asked = of_type("table", rows=FIXED)
    value = '[{"row":"deputy","post":"Head","share":"1/4"}]'
    assert type_of(asked).shown(asked, value) == "Deputy: Post Head; Share 1/4 (25.0%)"


@given(st.sampled_from(sorted(QUESTION_TYPES)), TYPED, st.booleans())
def test_no_text_breaks_a_type_and_what_is_read_stays_as_it_is(
    type_: str, text: str, fixed: bool
) -> None:
    asked = of_type(type_, rows=FIXED if fixed and type_ == "table" else Rows())
    kind = type_of(asked)
    try:
        value = kind.read(asked, text, TODAY)
    except WrongValueError:
        value = text  # also a value of another version of the question must be shown somehow
    else:
        assert value == "" or kind.read(asked, value, TODAY) == value
    assert isinstance(kind.shown(asked, value), str)
    assert isinstance(kind.typed(asked, value), str)
    assert isinstance(kind.missing(asked, value), str)
    kind.cell(asked, value)
    assert all(isinstance(title, str) for title, _ in kind.cells(asked, value))
