"""How far apart the levels are that several gave to one question, and how many are how far."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from s11audit.domain.scales import Direction, Level, Scale
from s11audit.domain.variance import Closeness, Variance, tally, variance
from tests.domain.samples import COMPLIANCE, grades

COLOURLESS = Scale("plain", (Level("x", "X"), Level("y", "Y"), Level("z", "Z")))
LEVELS = some.sampled_from(["met", "partly-met", "not-met", "not-applicable", ""])


@pytest.mark.parametrize(
    ("values", "rated", "closeness", "words"),
    [
        ([], 0, Closeness.TOO_FEW, "Fewer than two grades"),
        (["met", "", "not-applicable"], 1, Closeness.TOO_FEW, "Fewer than two grades"),
        (["met", "met", ""], 2, Closeness.AGREE, "All agree"),
        (["met", "partly-met", "met"], 3, Closeness.ONE_STEP, "One step apart"),
        (["not-met", "partly-met", "met"], 3, Closeness.FURTHER, "2 steps apart"),
    ],
)
def test_levels_are_apart_by_the_steps_between_the_furthest_two(
    values: list[str], rated: int, closeness: Closeness, words: str
) -> None:
    found = variance(COMPLIANCE, values)
    assert (found.rated, found.closeness, found.words) == (rated, closeness, words)


def test_steps_go_by_the_order_of_the_scale_whatever_its_points_are() -> None:
    assert variance(grades(Direction.LOWEST_IS_BEST, "GGAR"), ["1", "4"]).steps == 3
    assert variance(COLOURLESS, ["x", "z"]).steps == 2


def test_nothing_is_apart_that_is_on_no_scale() -> None:
    assert variance(None, ["met", "not-met"]) == Variance(0, None)


@given(some.lists(LEVELS, max_size=6), some.randoms(use_true_random=False))
def test_how_far_apart_they_are_does_not_hang_on_who_said_it(
    values: list[str], chance: random.Random
) -> None:
    mixed = list(values)
    chance.shuffle(mixed)
    assert variance(COMPLIANCE, mixed) == variance(COMPLIANCE, values)


@given(some.lists(some.one_of(some.none(), some.integers(0, 4)), max_size=30))
def test_every_question_is_counted_once(steps: list[int | None]) -> None:
    counted = tally(Variance(3, one) for one in steps)
    assert counted.total == len(steps)
    assert counted.agree == steps.count(0)
    assert counted.too_few == steps.count(None)


def test_the_widest_comes_first_when_they_are_sorted_and_too_few_last() -> None:
    several = {"a": Variance(3, 0), "b": Variance(3, 2), "c": Variance(1, None)}
    assert sorted(several, key=lambda one: several[one].apart, reverse=True) == ["b", "a", "c"]
