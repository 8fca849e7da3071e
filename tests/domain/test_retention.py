"""When what is held of single cases is due: to the day, in London, whatever the month."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.dates import LONDON
from s11audit.domain.retention import (
    ENDED_STATUSES,
    Certificate,
    Ending,
    Held,
    Signer,
    Stage,
    canonical,
    certificate_from,
    digest_of_rows,
    due_on,
    stage_of,
)


@pytest.mark.parametrize(
    ("ended", "months", "due"),
    [
        (datetime(2025, 10, 14, 9, tzinfo=UTC), 12, date(2026, 10, 14)),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), 12, date(2025, 2, 28)),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), 48, date(2028, 2, 29)),
        (datetime(2025, 8, 31, 12, tzinfo=UTC), 6, date(2026, 2, 28)),
        (datetime(2025, 12, 31, 12, tzinfo=UTC), 2, date(2026, 2, 28)),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), 12, date(2026, 12, 31)),
        # Half past midnight in London, though it is still the day before by UTC.
        (datetime(2025, 6, 30, 23, 30, tzinfo=UTC), 12, date(2026, 7, 1)),
    ],
)
def test_the_months_are_over_on_the_same_day_of_a_later_month(
    ended: datetime, months: int, due: date
) -> None:
    assert due_on(ended, months) == due


# Hypothesis adds the time zone itself.
FIRST, LAST = datetime(2023, 1, 1), datetime(2031, 1, 1)  # noqa: DTZ001
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


def months_later(day: date, months: int) -> date:
    """The same by counting days: the first that is neither earlier in its month nor too late."""
    at = day
    for _ in range(months):
        first = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
        at = first
    last = (at.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return min(at.replace(day=1) + timedelta(days=day.day - 1), last)


@given(MOMENTS, st.integers(1, 60), st.integers(-40, 40), st.sampled_from(CaseAuditStatus),
       st.booleans(), st.booleans())  # fmt: skip
def test_an_audit_is_due_from_that_day_on_unless_it_goes_on_or_is_on_hold(
    ended: datetime, months: int, days: int, status: CaseAuditStatus, held: bool, emptied: bool
) -> None:
    due = months_later(ended.astimezone(LONDON).date(), months)
    today = due + timedelta(days=days)
    stage = stage_of(Ending(status, ended, is_held=held, is_emptied=emptied), months, today)
    if emptied or status not in ENDED_STATUSES:
        assert stage is None
    elif held:
        assert stage is Stage.ON_HOLD
    else:
        assert stage is (Stage.DUE if days >= 0 else Stage.LATER)


@given(st.dates(date(2023, 1, 1), date(2031, 1, 1)), st.integers(1, 60))
def test_the_hour_of_the_day_makes_no_difference(day: date, months: int) -> None:
    moments = [datetime.combine(day, time(hour), LONDON) for hour in (0, 12, 23)]
    assert len({due_on(moment, months) for moment in moments}) == 1


def test_an_audit_that_has_no_end_is_never_due() -> None:
    ending = Ending(CaseAuditStatus.CANCELLED, None)
    assert stage_of(ending, 12, date(2099, 1, 1)) is None


def test_the_digest_of_a_list_of_rows_does_not_depend_on_their_order() -> None:
    rows = [("case_views", "2"), ("case_views", "10"), ("agreed_grades", "1/voice.heard")]
    assert digest_of_rows(rows) == digest_of_rows(reversed(rows))
    assert digest_of_rows(rows) != digest_of_rows(rows[1:])


def test_a_certificate_comes_back_from_what_is_stored() -> None:
    signer = Signer(1, "Priya", "Partnership manager", "2026-10-14T09:30:00+00:00")
    certificate = Certificate(
        partnership="Downshire", audit="MA-25-01", title="Infants", ended_on="2025-10-14",
        due_on="2026-10-14", months=12, counts={Held.ANSWERS: 2}, rows_sha256="0" * 64,
        deleted_at=signer.at, proposed_by=signer, approved_by=None,
    )  # fmt: skip
    assert certificate_from(canonical(asdict(certificate))) == certificate
