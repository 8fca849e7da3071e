"""What one row of a return rate holds. `exports/return-rate.yaml` names these classes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from s11audit.domain.numbers import percent


@dataclass(frozen=True, slots=True)
class RateFacts:
    """What the workbook of a return rate can say about it."""

    partnership: str
    round_title: str
    round_reference: str
    rate_as_at: str
    written_at: str
    exported_by: str
    return_rate: str
    on_time: str
    exempt: int


@dataclass(frozen=True, slots=True)
class RateRow:
    """The rate of one group of agencies, as at a day. `expected` leaves out those exempt."""

    partnership: str
    grouped_by: str
    group: str
    as_at: date
    returned: int
    expected: int
    on_time: int
    submitted: int
    alternative_assurance: int
    nil_returns: int
    overdue: int
    exempt: int
    is_total: bool = False

    @property
    def returned_pct(self) -> Decimal | None:
        return percent(self.returned, self.expected)

    @property
    def on_time_pct(self) -> Decimal | None:
        return percent(self.on_time, self.expected)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One agency that has not returned. `overdue` is Yes or No."""

    agency_reference: str
    agency: str
    agency_type: str
    status: str
    due_on: date
    overdue: str
