"""Counting the same thing again: what is said of it, and what must be borne in mind."""

from __future__ import annotations

import pytest

from s11audit.domain.measures import (
    Compared,
    Direction,
    Tally,
    choices_of,
    is_countable,
    tally,
)
from tests.domain.samples import COMPLIANCE, question, rating

FIRST, NEXT = Tally(3, 25), Tally(14, 24)


def test_a_measure_is_told_with_both_numbers() -> None:
    assert Compared(FIRST, NEXT).words == "12% (3/25) → 58% (14/24)"
    assert Tally(0, 0).words == "0/0"


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        (FIRST, NEXT, Direction.UP),
        (NEXT, FIRST, Direction.DOWN),
        (Tally(500, 1000), Tally(525, 1000), Direction.SAME),
        (Tally(500, 1000), Tally(526, 1000), Direction.UP),
        (Tally(500, 1000), Tally(474, 1000), Direction.DOWN),
        (Tally(0, 0), NEXT, None),
        (FIRST, Tally(0, 0), None),
    ],
)
def test_a_move_counts_beyond_two_and_a_half_points(
    before: Tally, after: Tally, direction: Direction | None
) -> None:
    assert Compared(before, after).direction is direction


def test_a_small_sample_says_what_one_case_does_to_it() -> None:
    assert Compared(FIRST, NEXT).caution == (
        "Small sample (first audit 25, next audit 24): "
        "one case more or fewer moves it by 4.0 or 4.2 points."
    )
    assert Compared(Tally(3, 30), Tally(4, 12)).caution == (
        "Small sample (next audit 12): one case more or fewer moves it by 8.3 points."
    )
    assert Compared(Tally(3, 30), Tally(14, 31)).caution == ""
    assert "one more or one fewer of 25" in FIRST.caution


def test_no_answer_and_not_applicable_leave_the_denominator() -> None:
    values = ["met", "not-met", "not-applicable", "", "met"]
    assert tally(rating("a.met", COMPLIANCE), "met", values) == Tally(2, 3)
    assert tally(question("a.plan"), "yes", ["yes", "no", ""]) == Tally(1, 2)


def test_only_answers_that_are_one_code_of_a_few_are_counted() -> None:
    assert is_countable(rating("a.met"))
    assert is_countable(question("a.plan"))
    assert not is_countable(question("a.text", "long-text"))
    assert choices_of(question("a.text", "long-text")) == {}
    assert "not-applicable" not in choices_of(rating("a.met", COMPLIANCE))
