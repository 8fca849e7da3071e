"""The years of the programme of case audits: from 1 April to 31 March, as budgets and plans run."""

from __future__ import annotations

from datetime import date

FIRST_MONTH = 4


def year_of(day: date) -> int:
    """The year in which the programme year of a day begins: 2026 for 31 March 2027."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def year_label(year: int) -> str:
    """`2026/27`."""
    return f"{year}/{(year + 1) % 100:02}"


def year_in_words(year: int) -> str:
    """`April 2026 to March 2027`."""
    return f"April {year} to March {year + 1}"


def proposed_reference(year: int, number: int, partnership: str = "") -> str:
    """`MA-26-03`, or with a partnership's own reference between: `MA-DOWN-26-03`."""
    between = f"{partnership}-" if partnership else ""
    return f"MA-{between}{year % 100:02}-{number:02}"
