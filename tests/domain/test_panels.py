"""What colours grades add up to, and what the panel did to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.panels import (
    RagCount,
    Shift,
    Shifts,
    rag_count,
    shift,
    shifts,
)
from s11audit.domain.ratings import Rag
from s11audit.domain.scales import Direction, Level, Scale
from tests.domain.samples import COMPLIANCE, grades, rating

MET = rating("a.met", COMPLIANCE)
ONE_IS_BEST = rating("a.best", grades(Direction.LOWEST_IS_BEST, "GGAR"))
COLOURLESS = rating("a.plain", Scale("plain", (Level("x", "X"), Level("y", "Y"), Level("z", "Z"))))
LEVELS = st.sampled_from(["met", "partly-met", "not-met", "not-applicable", ""])


def test_only_colours_are_counted_and_what_has_none_stands_apart() -> None:
    assert rag_count(MET, ["met", "not-met", "not-applicable", ""]) == RagCount(
        red=1, green=1, not_applicable=1, waiting=1
    )
    assert rag_count(COLOURLESS, ["x", "y"]) == RagCount(uncoloured=2)
    assert rag_count(COLOURLESS, ["x", "y"]).rated == 0


def test_counts_of_two_scales_add_up_by_colour() -> None:
    both = rag_count(MET, ["met"]) + rag_count(ONE_IS_BEST, ["1", "3"])
    assert (both.red, both.amber, both.green, both.rated) == (0, 1, 2, 3)


@given(st.lists(LEVELS), st.lists(LEVELS))
def test_every_value_is_counted_once_and_counts_add_up(one: list[str], other: list[str]) -> None:
    whole = rag_count(MET, [*one, *other])
    assert whole == rag_count(MET, one) + rag_count(MET, other)
    assert whole.asked == len(one) + len(other)


@pytest.mark.parametrize(
    ("own", "agreed", "moved"),
    [
        ("met", "met", Shift.KEPT),
        ("not-met", "met", Shift.RAISED),
        ("met", "partly-met", Shift.LOWERED),
        ("", "met", None),
        ("met", "not-applicable", None),
    ],
)
def test_the_panel_keeps_raises_or_lowers_a_grade(
    own: str, agreed: str, moved: Shift | None
) -> None:
    assert shift(MET, own, agreed) is moved


def test_where_the_lowest_is_best_a_lower_number_is_a_raise() -> None:
    assert shift(ONE_IS_BEST, "3", "1") is Shift.RAISED
    assert shift(ONE_IS_BEST, "1", "2") is Shift.LOWERED


def test_two_levels_of_one_colour_are_still_two_grades() -> None:
    """As on scales whose best levels are all green and carry no points."""
    five = Scale(
        "five",
        (
            Level("fine", "Fine", rag=Rag.GREEN),
            Level("sound", "Sound", rag=Rag.GREEN),
            Level("poor", "Poor", rag=Rag.RED),
        ),
    )
    assert shift(rating("a.five", five), "sound", "fine") is Shift.RAISED


def test_a_scale_that_says_nothing_of_good_and_bad_only_changes() -> None:
    assert shifts(COLOURLESS, ["x", "y", ""], "y") == Shifts(kept=1, changed=1)
    assert shifts(COLOURLESS, ["x", "y", ""], "y").compared == 2
