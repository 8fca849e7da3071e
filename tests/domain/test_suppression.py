"""No count of 1 to 4 people can be worked out of what a survey shows, however it is combined."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s11audit.domain.suppression import (
    SMALLEST,
    Detail,
    Grouping,
    Shown,
    ShownAnswers,
    Tally,
    grouping,
    shown_answers,
)

# Levels 0 and 1 are one side, level 2 the other.
SIDE_OF = (0, 0, 1)
Counts = dict[int, tuple[int, ...]]


def tally(*levels: int) -> Tally:
    sides = [0, 0]
    for side, count in zip(SIDE_OF, levels, strict=True):
        sides[side] += count
    return Tally(tuple(sides), levels)


def shown(counts: Counts, types: dict[int, str]) -> tuple[Grouping, ShownAnswers]:
    groups = grouping({one: sum(levels) for one, levels in counts.items()}, types)
    return groups, shown_answers({one: tally(*levels) for one, levels in counts.items()}, groups)


def facts(counts: Counts, groups: Grouping, answers: ShownAnswers) -> Iterator[list[int]]:
    """Every number that is shown, as the cells (agency, level) that it adds up."""
    cells = [(one, level) for one, levels in counts.items() for level in range(len(levels))]

    def adds(members: frozenset[int], levels: set[int]) -> list[int]:
        return [int(one in members and level in levels) for one, level in cells]

    everything = {0, 1, 2}
    for members in (*(frozenset({one}) for one in groups.agencies),
                    *groups.by_type.values(), groups.everybody):  # fmt: skip
        yield adds(members, everything)
    for row in rows_of(answers):
        for side in (0, 1):
            yield adds(row.counted, {level for level in everything if SIDE_OF[level] == side})
        if row.detail is Detail.LEVELS:
            yield from (adds(row.counted, {level}) for level in everything)


def rows_of(answers: ShownAnswers) -> list[Shown]:
    rows = [*answers.agencies.values(), *answers.by_type.values()]
    return [*rows, answers.everybody] if answers.everybody else rows


def kernel(rows: list[list[int]], width: int) -> list[list[Fraction]]:
    """What cells can change by without any shown number changing: a basis."""
    matrix = [[Fraction(one) for one in row] for row in rows]
    pivots: list[int] = []
    for column in range(width):
        rank = len(pivots)
        found = next((i for i in range(rank, len(matrix)) if matrix[i][column]), None)
        if found is None:
            continue
        matrix[rank], matrix[found] = matrix[found], matrix[rank]
        head = matrix[rank][column]
        matrix[rank] = [one / head for one in matrix[rank]]
        for i, row in enumerate(matrix):
            if i != rank and row[column]:
                factor = row[column]
                matrix[i] = [a - factor * b for a, b in zip(row, matrix[rank], strict=True)]
        pivots.append(column)
    basis = []
    for free in sorted(set(range(width)) - set(pivots)):
        vector = [Fraction(0)] * width
        vector[free] = Fraction(1)
        for i, pivot in enumerate(pivots):
            vector[pivot] = -matrix[i][free]
        basis.append(vector)
    return basis


def told(counts: Counts, types: dict[int, str]) -> list[int]:
    """Every count of any people that follows from all that is shown, by sums and differences.

    A count of people is a set of cells. It follows where no change that leaves every shown number
    as it is changes the count.
    """
    groups, answers = shown(counts, types)
    values = [count for levels in counts.values() for count in levels]
    basis = kernel(list(facts(counts, groups, answers)), len(values))
    found = []
    for chosen in product((0, 1), repeat=len(values)):
        if all(sum(v for v, is_in in zip(vector, chosen, strict=True) if is_in) == 0
               for vector in basis):  # fmt: skip
            found.append(sum(v for v, is_in in zip(values, chosen, strict=True) if is_in))
    return found


COUNT = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 7, 9, 12])
LEVELS = st.tuples(COUNT, COUNT, COUNT)


@settings(max_examples=150)
@given(
    st.lists(st.tuples(LEVELS, st.sampled_from("ab")), min_size=1, max_size=3),
)
def test_no_count_under_five_follows_from_any_sums_and_differences(
    agencies: list[tuple[tuple[int, int, int], str]],
) -> None:
    counts: Counts = {one: levels for one, (levels, _) in enumerate(agencies)}
    types = {one: code for one, (_, code) in enumerate(agencies)}
    assert [count for count in told(counts, types) if 0 < count < SMALLEST] == []


def test_every_small_case_of_two_agencies_holds() -> None:
    """All of them, not a choice: two agencies of one type and of two, up to 6 people a level."""
    few = [(0, 0, 5), (5, 1, 0), (1, 4, 0), (2, 2, 1), (5, 5, 0), (6, 0, 3), (0, 4, 5), (3, 3, 3),
           (1, 0, 0), (0, 2, 0), (6, 5, 5), (4, 1, 6), (0, 0, 0)]  # fmt: skip
    for one, other, code in product(few, few, "ab"):
        assert not {1, 2, 3, 4} & set(told({0: one, 1: other}, {0: "a", 1: code})), (one, other)


@settings(max_examples=300)
@given(st.lists(st.tuples(LEVELS, st.sampled_from("abc")), min_size=4, max_size=14))
def test_no_difference_of_two_filters_is_under_five(
    agencies: list[tuple[tuple[int, int, int], str]],
) -> None:
    """Many agencies: every total against all the rows within it that are shown by themselves."""
    counts: Counts = {one: levels for one, (levels, _) in enumerate(agencies)}
    _, answers = shown(counts, {one: code for one, (_, code) in enumerate(agencies)})
    rows = rows_of(answers)
    for whole in rows:
        for field in ("sides", "levels"):
            if field == "levels" and whole.detail is not Detail.LEVELS:
                continue
            parts = [row for row in rows if row.counted < whole.counted
                     and (field == "sides" or row.detail is Detail.LEVELS)]  # fmt: skip
            widest = {part.counted: part for part in parts if not any(
                part.counted < other.counted for other in parts)}  # fmt: skip
            for taken in ([*widest.values()], *([part] for part in parts)):
                rest = list(getattr(whole.tally, field))
                for part in taken:
                    rest = [a - b for a, b in zip(rest, getattr(part.tally, field), strict=True)]
                assert not {1, 2, 3, 4} & set(rest), (whole, taken)


def test_four_people_show_nothing_and_five_do() -> None:
    groups, answers = shown({1: (4, 0, 0)}, {1: "a"})
    assert not groups.agencies | groups.everybody
    assert not groups.by_type
    assert rows_of(answers) == []
    groups, answers = shown({1: (5, 0, 0)}, {1: "a"})
    assert groups.agencies == {1}
    assert answers.agencies[1].detail is Detail.LEVELS


def test_an_agency_of_four_is_counted_nowhere_if_it_would_be_alone() -> None:
    groups, answers = shown({1: (10, 0, 5), 2: (0, 4, 0)}, {1: "a", 2: "b"})
    assert groups.everybody == {1}
    assert "b" not in answers.by_type
    assert answers.everybody is not None
    assert answers.everybody.tally.levels == (10, 0, 5)


def test_agencies_of_four_and_three_are_counted_together() -> None:
    groups, answers = shown({1: (10, 0, 5), 2: (0, 4, 0), 3: (0, 3, 0)}, {1: "a", 2: "b", 3: "b"})
    assert groups.agencies == {1}
    assert groups.by_type["b"] == {2, 3}
    assert answers.by_type["b"].tally.levels == (0, 7, 0)
    assert answers.everybody is not None
    assert answers.everybody.tally.levels == (10, 7, 5)


def test_small_agencies_are_left_out_or_counted_and_those_without_answers_are_not_told_apart() -> (
    None
):
    types = {1: "a", 2: "b", 3: "b"}
    for people in ({1: 10, 2: 4, 3: 0}, {1: 10, 2: 0, 3: 0}):
        groups = grouping(people, types)
        assert groups.left_out(types) == groups.left_out(types, "b") == {2, 3}
        assert not groups.left_out(types, "a")
    together = grouping({1: 10, 2: 4, 3: 3}, types)
    assert not together.left_out(types) | together.left_out(types, "b")


@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abc")), max_size=7))
def test_all_that_are_left_out_are_fewer_than_five_people(asked: list[tuple[int, str]]) -> None:
    people = {one: count for one, (count, _) in enumerate(asked)}
    types = {one: code for one, (_, code) in enumerate(asked)}
    groups = grouping(people, types)
    for code in ("", *set(types.values())):
        out = groups.left_out(types, code)
        assert sum(people[one] for one in out) < 5
        counted = groups.by_type.get(code, frozenset()) if code else groups.everybody
        assert not out & counted


@pytest.mark.parametrize(
    ("levels", "detail"),
    [
        ((20, 10, 5), Detail.LEVELS),
        ((20, 0, 5), Detail.LEVELS),
        ((20, 2, 5), Detail.SIDES),
        ((20, 2, 3), Detail.NOTHING),
    ],
)
def test_a_row_falls_back_from_levels_to_sides_to_nothing(
    levels: tuple[int, int, int], detail: Detail
) -> None:
    _, answers = shown({1: levels}, {1: "a"})
    assert (answers.agencies[1].detail if answers.agencies else Detail.NOTHING) is detail


def test_a_hidden_level_is_hidden_in_the_total_if_only_one_agency_hides_it() -> None:
    """Otherwise the total less the others would tell it."""
    _, answers = shown({1: (20, 10, 5), 2: (20, 2, 5)}, {1: "a", 2: "a"})
    assert answers.everybody is not None
    assert answers.everybody.detail is Detail.SIDES
    _, answers = shown({1: (20, 10, 5), 2: (20, 2, 5), 3: (20, 3, 5)}, {1: "a", 2: "a", 3: "a"})
    assert answers.everybody is not None
    assert answers.everybody.detail is Detail.LEVELS


def test_tallies_of_several_choices_are_as_safe_in_what_follows_from_them() -> None:
    """All but two who chose anything chose the first: that would tell of those two."""
    safe_by_itself = Tally(sides=(12, 5), levels=(10, 6, 5))
    assert safe_by_itself.detail is Detail.LEVELS
    assert Tally((12, 5), (10, 6, 5), others=(2, 6)).detail is Detail.SIDES
