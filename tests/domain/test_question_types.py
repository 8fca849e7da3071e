from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from s11audit.domain.question_types import QUESTION_TYPES, WrongValueError, type_of
from s11audit.domain.questionnaire import Option
from tests.domain.samples import COMPLIANCE, question

TODAY = date(2026, 3, 3)
OPTIONS = (Option("on-paper", "On paper"), Option("online", "Online"))


def read(type_: str, text: str, **more: Any) -> str:
    asked = question("a.x", type_, **more)
    return type_of(asked).read(asked, text, TODAY)


def refusal(type_: str, text: str, **more: Any) -> str:
    with pytest.raises(WrongValueError) as wrong:
        read(type_, text, **more)
    return str(wrong.value)


@pytest.mark.parametrize(
    ("type_", "text", "stored", "more"),
    [
        ("rating", " met ", "met", {"scale": COMPLIANCE}),
        ("yes-no", "yes", "yes", {}),
        ("choice", "online", "online", {"options": OPTIONS}),
        ("number", "1,234", "1234", {}),
        ("number", " 12 ", "12", {}),
        ("number", "12.50", "12.5", {"decimals": 1}),
        ("number", "-0", "0", {}),
        ("number", "1e3", "1000", {}),
        ("date", "2026-03-03", "2026-03-03", {"latest": "today"}),
        ("short-text", "  Chief nurse ", "Chief nurse", {"max_length": 11}),
        ("long-text", "x" * 10_000, "x" * 10_000, {}),
    ],
)
def test_what_is_accepted_is_stored_in_one_way(
    type_: str, text: str, stored: str, more: dict[str, Any]
) -> None:
    assert read(type_, text, **more) == stored


@pytest.mark.parametrize(
    ("type_", "text", "message", "more"),
    [
        ("yes-no", "maybe", "Select one of “Yes”, “No”", {}),
        ("choice", "Online", "Select one of “On paper”, “Online”", {"options": OPTIONS}),
        ("number", "twelve", "Enter a number, such as 12", {}),
        ("number", "NaN", "Enter a number, such as 12", {}),
        ("number", "Infinity", "Enter a number, such as 12", {}),
        ("number", "1e400", "Enter a number, such as 12", {}),
        ("number", "1.5", "Enter a whole number", {}),
        ("number", "1.25", "Enter no more than 1 decimal places", {"decimals": 1}),
        ("number", "-1", "Enter 0 or more", {"min": Fraction(0)}),
        ("number", "101", "Enter 100 or less", {"max": Fraction(100)}),
        ("date", "2026-02-30", "Enter a real date, such as 27 3 2026", {}),
        ("date", "2026-03-04", "The date must be in the past or today", {"latest": "today"}),
        (
            "date",
            "2023-12-31",
            "The date must be 1 January 2024 or later",
            {"earliest": "2024-01-01"},
        ),
        (
            "date",
            "2026-04-01",
            "The date must be 31 March 2026 or earlier",
            {"latest": "2026-03-31"},
        ),
        ("short-text", "x" * 201, "Enter 200 characters or fewer", {"max_length": 200}),
        ("long-text", "x" * 10_001, "Enter 10,000 characters or fewer", {}),
    ],
)
def test_what_is_refused_is_answered_with_what_would_be_right(
    type_: str, text: str, message: str, more: dict[str, Any]
) -> None:
    assert refusal(type_, text, **more) == message


def test_a_level_that_is_not_on_the_scale_is_refused_with_the_labels() -> None:
    message = refusal("rating", "excellent", scale=COMPLIANCE)
    assert message == "Select one of “Fully met”, “Partly met”, “Not met”, “Not applicable”"


@pytest.mark.parametrize(
    ("type_", "value", "shown", "cell", "more"),
    [
        ("rating", "met", "Fully met", "Fully met", {"scale": COMPLIANCE}),
        ("yes-no", "no", "No", "No", {}),
        ("choice", "on-paper", "On paper", "On paper", {"options": OPTIONS}),
        ("number", "1234", "1,234 people", 1234, {"unit": "people"}),
        ("number", "12.5", "12.5", 12.5, {"decimals": 1}),
        ("date", "2026-03-03", "3 March 2026", date(2026, 3, 3), {}),
        ("short-text", "Chief nurse", "Chief nurse", "Chief nurse", {}),
        ("long-text", "Words", "Words", "Words", {}),
    ],
)
def test_stored_values_are_shown_to_people_and_to_spreadsheets(
    type_: str, value: str, shown: str, cell: object, more: dict[str, Any]
) -> None:
    asked = question("a.x", type_, **more)
    assert type_of(asked).shown(asked, value) == shown
    assert type_of(asked).cell(asked, value) == cell
    assert type(type_of(asked).cell(asked, value)) is type(cell)


@pytest.mark.parametrize("type_", QUESTION_TYPES)
def test_an_empty_answer_is_an_empty_cell_in_every_type(type_: str) -> None:
    asked = question("a.x", type_, scale=COMPLIANCE, options=OPTIONS)
    assert type_of(asked).shown(asked, "") == ""
    assert type_of(asked).cell(asked, "") is None


def test_a_value_that_is_no_longer_on_the_scale_is_shown_as_it_is() -> None:
    asked = question("a.x", "rating", scale=COMPLIANCE)
    assert type_of(asked).shown(asked, "withdrawn-level") == "withdrawn-level"
