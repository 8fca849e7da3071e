from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from s11audit.domain.dates import long_date, long_time, today_in_london


def test_dates_are_written_in_full_without_a_leading_nought() -> None:
    assert long_date(date(2026, 3, 3)) == "3 March 2026"


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 1, 15, 14, 5, tzinfo=UTC), "15 January 2026 at 2:05pm"),
        (datetime(2026, 7, 15, 14, 5, tzinfo=UTC), "15 July 2026 at 3:05pm"),
        (datetime(2026, 7, 15, 23, 30, tzinfo=UTC), "16 July 2026 at 12:30am"),
        (datetime(2026, 7, 15, 11, 0, tzinfo=UTC), "15 July 2026 at 12:00pm"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29 March 2026 at 12:59am"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29 March 2026 at 2:00am"),
    ],
)
def test_times_are_shown_on_londons_clocks(moment: datetime, shown: str) -> None:
    assert long_time(moment) == shown


def test_a_summer_evening_in_utc_is_already_tomorrow_in_london() -> None:
    assert today_in_london(datetime(2026, 6, 30, 23, 15, tzinfo=UTC)) == date(2026, 7, 1)
    assert today_in_london(datetime(2026, 12, 31, 23, 15, tzinfo=UTC)) == date(2026, 12, 31)
