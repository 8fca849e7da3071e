"""Return rates: who counts, as at which day, and the percentages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from s11audit.domain.return_rates import (
    Expected,
    Sector,
    rate_as_at,
    rates_by_sector,
    rates_by_type,
)
from s11audit.domain.workflow import ReturnStatus

DUE = date(2026, 6, 30)
LATER = date(2026, 7, 10)
IN = Expected("school", frozenset(), ReturnStatus.SUBMITTED, DUE, date(2026, 6, 30))
OUT = replace(IN, status=ReturnStatus.IN_PROGRESS, submitted_on=None)


def with_sector(one: Expected, *attributes: str) -> Expected:
    return replace(one, attributes=frozenset(attributes))


@pytest.mark.parametrize(
    ("returned", "expected", "percentage"),
    [(182, 190, "95.8"), (9, 34, "26.5"), (191, 224, "85.3")],
)
def test_percentages_are_exact_and_rounded_once(
    returned: int, expected: int, percentage: str
) -> None:
    rate = rate_as_at([IN] * returned + [OUT] * (expected - returned), LATER)
    assert (rate.returned, rate.expected) == (returned, expected)
    assert rate.percentage == Decimal(percentage)


def test_nobody_expected_has_no_percentage() -> None:
    rate = rate_as_at([replace(OUT, status=ReturnStatus.EXEMPT)], LATER)
    assert (rate.expected, rate.exempt, rate.percentage) == (0, 1, None)


def test_alternative_assurance_and_nil_returns_count_and_are_told_apart() -> None:
    alternative = replace(IN, status=ReturnStatus.ALTERNATIVE_ASSURANCE)
    nil = replace(IN, status=ReturnStatus.NIL_RETURN)
    rate = rate_as_at([IN, alternative, nil, nil, OUT], LATER)
    assert (rate.returned, rate.submitted, rate.alternative, rate.nil) == (4, 1, 1, 2)


@pytest.mark.parametrize("as_at", [date(2026, 6, 29), date(2026, 6, 30)])
def test_a_return_counts_from_the_day_on_which_it_came_in(as_at: date) -> None:
    assert rate_as_at([IN], as_at).returned == int(as_at == IN.submitted_on)


def test_on_time_goes_by_the_agencys_own_date() -> None:
    late = replace(IN, submitted_on=date(2026, 7, 1))
    extended = replace(late, due_on=date(2026, 7, 3))
    rate = rate_as_at([IN, late, extended], LATER)
    assert (rate.returned, rate.on_time) == (3, 2)


def test_overdue_is_who_had_not_returned_after_their_date() -> None:
    late = replace(IN, submitted_on=date(2026, 7, 5))
    assert rate_as_at([late, OUT, IN], DUE).overdue == 0
    assert rate_as_at([late, OUT, IN], date(2026, 7, 1)).overdue == 2
    assert rate_as_at([late, OUT, IN], LATER).overdue == 1


@pytest.mark.parametrize(
    ("agency_type", "attributes", "sector"),
    [
        ("school", ("secondary", "academy"), Sector.STATE_FUNDED),
        ("college", (), Sector.STATE_FUNDED),
        ("school", ("independent", "boarding"), Sector.INDEPENDENT),
        ("police", (), None),
    ],
)
def test_a_sector_follows_from_type_and_attributes(
    agency_type: str, attributes: tuple[str, ...], sector: Sector | None
) -> None:
    assert with_sector(replace(IN, agency_type=agency_type), *attributes).sector is sector


def test_lines_are_by_label_and_agencies_without_a_sector_are_in_none() -> None:
    police = replace(IN, agency_type="police")
    returns = [IN, police, with_sector(OUT, "independent")]
    by_type = {line.label: line.rate.expected for line in rates_by_type(returns, LATER)}
    assert by_type == {"Police": 1, "School": 2}
    by_sector = {line.label: line.rate.returned for line in rates_by_sector(returns, LATER)}
    assert by_sector == {"State-funded": 1, "Independent": 0}
    assert rates_by_sector([police], LATER) == []
