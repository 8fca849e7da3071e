"""When whoever has not returned is told: each occasion once, and only the latest that is due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.reminding import (
    NEW_DATE,
    OPENED,
    USUAL_PLAN,
    Due,
    PlanError,
    Told,
    asked_for,
    coming,
    days_from_words,
    days_in_words,
    due_now,
    is_awaited,
    occasion_in_words,
)
from s11audit.domain.workflow import ReturnStatus

DUE = date(2026, 12, 18)
LATER = date(2027, 1, 8)
OPEN: set[Told] = {(OPENED, DUE)}
IN_PROGRESS = ReturnStatus.IN_PROGRESS


def due(
    today: date,
    told: set[Told] = OPEN,
    status: ReturnStatus = IN_PROGRESS,
    due_on: date = DUE,
    plan: tuple[int, ...] = USUAL_PLAN,
) -> Due:
    return due_now(plan, status, due_on, told, today)


def on(days: int, date_: date = DUE) -> date:
    return date_ + timedelta(days)


def test_people_are_told_once_that_the_round_is_open() -> None:
    assert due(on(-60), set()) == Due(OPENED)
    assert due(on(-60)) == Due(None)


@pytest.mark.parametrize("days", USUAL_PLAN)
def test_each_day_of_the_plan_is_an_occasion_from_that_day_on(days: int) -> None:
    told = OPEN | {(str(one), DUE) for one in USUAL_PLAN if one < days}
    assert due(on(days - 1), told) == Due(None)
    assert due(on(days), told) == Due(str(days))
    assert due(on(days), told | {(str(days), DUE)}) == Due(None)


def test_after_weeks_without_a_run_only_the_latest_is_used() -> None:
    assert due(on(-3)) == Due("-7", passed=("-28",))
    assert due(on(2)) == Due("1", passed=("-28", "-7", "-1"))


def test_a_round_that_opens_late_makes_up_for_nothing() -> None:
    assert due(on(-5), set()) == Due(OPENED, passed=("-28", "-7"))


def test_whoever_hears_of_a_round_when_it_is_late_already_is_told_that() -> None:
    assert due(on(1), set()) == Due("1", passed=(OPENED, "-28", "-7", "-1"))


@pytest.mark.parametrize("status", ReturnStatus)
def test_whoever_owes_nothing_is_told_nothing(status: ReturnStatus) -> None:
    found = due(on(-7), status=status)
    assert (found.occasion is not None) is is_awaited(status)
    assert is_awaited(status) is (
        status
        in {ReturnStatus.NOT_STARTED, ReturnStatus.IN_PROGRESS, ReturnStatus.AWAITING_SIGN_OFF}
    )


def test_a_return_that_is_sent_back_does_not_meet_the_days_that_passed_meanwhile() -> None:
    passed = due(on(-7), status=ReturnStatus.SUBMITTED).passed
    assert passed == ("-28", "-7")
    told = OPEN | {(one, DUE) for one in passed}
    assert due(on(-6), told) == Due(None)
    assert due(on(-1), told) == Due("-1")


def test_an_agency_that_is_asked_after_all_hears_that_the_round_is_open() -> None:
    assert due(on(-28), set(), ReturnStatus.EXEMPT) == Due(None, passed=("-28",))
    assert due(on(-20), {("-28", DUE)}) == Due(OPENED)


def test_longer_brings_the_occasions_again_before_the_new_date() -> None:
    told = OPEN | {(str(one), DUE) for one in (-28, -7)}
    assert due(on(-3), told, due_on=LATER) == Due(NEW_DATE, passed=("-28",))
    told |= {(NEW_DATE, LATER), ("-28", LATER)}
    assert due(on(-1), told, due_on=LATER) == Due(None)
    assert due(on(-7, LATER), told, due_on=LATER) == Due("-7")


def test_days_of_a_new_date_that_are_over_already_pass() -> None:
    assert due(on(-5, LATER), OPEN, due_on=LATER) == Due(NEW_DATE, passed=("-28", "-7"))


def test_with_an_empty_plan_people_hear_only_of_dates() -> None:
    assert due(on(30), set(), plan=()) == Due(OPENED)
    assert due(on(30), plan=()) == Due(None)


@given(
    plan=st.sets(st.integers(-60, 30), max_size=8),
    steps=st.lists(st.integers(0, 40), max_size=25),
    longer=st.integers(0, 40),
)
def test_whenever_it_runs_no_occasion_is_used_twice_and_none_early(
    plan: set[int], steps: list[int], longer: int
) -> None:
    today, told, due_on = on(-90), set[Told](), DUE
    for number, step in enumerate(steps):
        today += timedelta(step)
        due_on = on(longer) if number == len(steps) // 2 else due_on
        found = due_now(plan, IN_PROGRESS, due_on, told, today)
        settled = [*([found.occasion] if found.occasion else []), *found.passed]
        for occasion in settled:
            assert (occasion, due_on) not in told
            if occasion not in (OPENED, NEW_DATE):
                assert due_on + timedelta(int(occasion)) <= today
            told.add((occasion, due_on))
        assert len(settled) == len(set(settled))
        assert due_now(plan, IN_PROGRESS, due_on, told, today) == Due(None)


def test_what_comes_next_is_what_is_due_or_the_next_day_before_the_round_closes() -> None:
    closes = on(5)
    assert coming(USUAL_PLAN, IN_PROGRESS, DUE, set(), on(-60), closes) == (OPENED, on(-60))
    assert coming(USUAL_PLAN, IN_PROGRESS, DUE, OPEN, on(-60), closes) == ("-28", on(-28))
    told = OPEN | {(str(one), DUE) for one in USUAL_PLAN if one < 2}
    assert coming(USUAL_PLAN, IN_PROGRESS, DUE, told, on(1), closes) is None
    assert coming(USUAL_PLAN, ReturnStatus.SUBMITTED, DUE, OPEN, on(-60), closes) is None


@pytest.mark.parametrize(
    ("typed", "before", "days"),
    [
        ("28, 7, 1", True, (-28, -7, -1)),
        ("7 1;0, 7", True, (-7, -1, 0)),
        ("1,7", False, (1, 7)),
        (" ", False, ()),
    ],
)
def test_days_are_typed_with_commas_or_spaces_between(
    typed: str, before: bool, days: tuple[int, ...]
) -> None:
    assert days_from_words(typed, before=before) == days


@pytest.mark.parametrize("typed", ["soon", "-1", "0", "366", "1.5", "1, x", "²", "9" * 5000])
def test_what_is_no_number_of_days_is_refused(typed: str) -> None:
    with pytest.raises(PlanError, match="from 1 to 365, such as 1, 7"):
        days_from_words(typed, before=False)


def test_a_plan_is_shown_as_it_is_typed() -> None:
    plan = (-28, -7, 0, 1, 7)
    shown = days_in_words(plan, before=True), days_in_words(plan, before=False)
    assert shown == ("28, 7, 0", "1, 7")


@pytest.mark.parametrize(
    ("occasion", "words"),
    [
        (OPENED, "When the round opens"),
        (NEW_DATE, "When the due date changes"),
        ("-7", "7 days before the due date"),
        ("0", "On the due date"),
        ("1", "1 day after the due date"),
        (asked_for(DUE), "Asked for on 18 December 2026"),
    ],
)
def test_occasions_have_words(occasion: str, words: str) -> None:
    assert occasion_in_words(occasion) == words
