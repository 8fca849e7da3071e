"""Dates and times as people here read them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def long_date(day: date) -> str:
    """`3 March 2026`."""
    return f"{day.day} {day:%B %Y}"


def month_and_year(day: date) -> str:
    """`March 2026`."""
    return f"{day:%B} {day.year}"


def long_time(moment: datetime) -> str:
    """`3 March 2026 at 2:05pm`, on London's clocks. `moment` must know its time zone."""
    local = moment.astimezone(LONDON)
    hour = local.hour % 12 or 12
    return f"{long_date(local.date())} at {hour}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def today_in_london(now: datetime) -> date:
    """The calendar day in London at this moment."""
    return now.astimezone(LONDON).date()


def days_late(moment: datetime | None, due_on: date) -> int:
    """How many days of London a moment is after a day; 0 where it is not, or has not come."""
    return max(0, (today_in_london(moment) - due_on).days) if moment else 0


def clock_time(moment: datetime) -> str:
    """`14:05`, on London's clocks. `moment` must know its time zone."""
    return f"{moment.astimezone(LONDON):%H:%M}"
