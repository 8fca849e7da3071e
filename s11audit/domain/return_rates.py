"""Return rates: how many of those who are expected have returned, now or as at a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from s11audit.domain.agency_types import SCHOOL_TYPES, agency_type_label
from s11audit.domain.numbers import percent
from s11audit.domain.workflow import RETURNED_STATUSES, ReturnStatus, is_overdue


class Sector(StrEnum):
    """Who pays for a school or college."""

    STATE_FUNDED = "state-funded"
    INDEPENDENT = "independent"


SECTOR_LABELS: dict[Sector, str] = {
    Sector.STATE_FUNDED: "State-funded",
    Sector.INDEPENDENT: "Independent",
}
_INDEPENDENT = "independent"  # an attribute of an agency: see agency_types


@dataclass(frozen=True)
class ReturnRate:
    """How many have returned. Exempt agencies are not expected.

    Alternative assurance and nil returns count, and are told apart.
    """

    returned: int = 0
    expected: int = 0
    overdue: int = 0
    exempt: int = 0
    alternative: int = 0
    nil: int = 0

    @property
    def percentage(self) -> Decimal | None:
        return percent(self.returned, self.expected)

    @property
    def submitted(self) -> int:
        """Those that answered the questions."""
        return self.returned - self.alternative - self.nil


@dataclass(frozen=True)
class RateAsAt(ReturnRate):
    """A rate as at a day; `on_time` have returned by the due date that was theirs."""

    on_time: int = 0

    @property
    def on_time_percentage(self) -> Decimal | None:
        return percent(self.on_time, self.expected)


@dataclass(frozen=True)
class Expected:
    """One return as a rate counts it. Days are London's.

    `submitted_on` is None where it has not come in, or nobody wrote down when it did.
    """

    agency_type: str
    attributes: frozenset[str]
    status: ReturnStatus
    due_on: date
    submitted_on: date | None

    @property
    def sector(self) -> Sector | None:
        """None of an agency that is neither a school nor a college, nor independent."""
        if _INDEPENDENT in self.attributes:
            return Sector.INDEPENDENT
        return Sector.STATE_FUNDED if self.agency_type in SCHOOL_TYPES else None

    def has_returned(self, as_at: date) -> bool:
        """Whether it had come in by the end of this day, and has not gone back since."""
        in_time = self.submitted_on is None or self.submitted_on <= as_at
        return self.status in RETURNED_STATUSES and in_time

    @property
    def is_exempt(self) -> bool:
        return self.status is ReturnStatus.EXEMPT

    def is_on_time(self, as_at: date) -> bool:
        in_time = self.submitted_on is None or self.submitted_on <= self.due_on
        return in_time and self.has_returned(as_at)


@dataclass(frozen=True)
class RateLine:
    """The rate of one group of agencies, by its label."""

    label: str
    rate: RateAsAt


def return_rate(returns: Iterable[tuple[ReturnStatus, date, int]], today: date) -> ReturnRate:
    """Count returns, given as (status, due date, how many of these)."""
    counted = list(returns)

    def number_of(matches: Callable[[ReturnStatus], bool]) -> int:
        return sum(number for status, _, number in counted if matches(status))

    exempt = number_of(lambda status: status is ReturnStatus.EXEMPT)
    return ReturnRate(
        returned=number_of(lambda status: status in RETURNED_STATUSES),
        expected=number_of(lambda _: True) - exempt,
        overdue=sum(number for status, due, number in counted if is_overdue(status, due, today)),
        exempt=exempt,
        alternative=number_of(lambda status: status is ReturnStatus.ALTERNATIVE_ASSURANCE),
        nil=number_of(lambda status: status is ReturnStatus.NIL_RETURN),
    )


def rate_as_at(returns: Iterable[Expected], as_at: date) -> RateAsAt:
    """Count what had come in by the end of this day."""
    everybody = list(returns)
    expected = [one for one in everybody if not one.is_exempt]
    returned = [one for one in expected if one.has_returned(as_at)]
    statuses = [one.status for one in returned]
    return RateAsAt(
        returned=len(returned),
        expected=len(expected),
        overdue=sum(one.due_on < as_at for one in expected)
        - sum(one.due_on < as_at for one in returned),
        exempt=len(everybody) - len(expected),
        alternative=statuses.count(ReturnStatus.ALTERNATIVE_ASSURANCE),
        nil=statuses.count(ReturnStatus.NIL_RETURN),
        on_time=sum(one.is_on_time(as_at) for one in returned),
    )


def rates_by_type(returns: Iterable[Expected], as_at: date) -> list[RateLine]:
    """A line for each type of agency, by its label."""
    labelled = [(agency_type_label(one.agency_type), one) for one in returns]
    labels = sorted({label for label, _ in labelled})
    return [_line(label, labelled, as_at) for label in labels]


def rates_by_sector(returns: Iterable[Expected], as_at: date) -> list[RateLine]:
    """A line for each sector that there is, state-funded first; none of other agencies."""
    labelled = [(SECTOR_LABELS[one.sector], one) for one in returns if one.sector is not None]
    there = {label for label, _ in labelled}
    return [_line(label, labelled, as_at) for label in SECTOR_LABELS.values() if label in there]


def _line(label: str, labelled: Iterable[tuple[str, Expected]], as_at: date) -> RateLine:
    return RateLine(label, rate_as_at([one for own, one in labelled if own == label], as_at))
