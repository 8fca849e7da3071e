"""How often something may be tried, on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from s11audit.models import Throttle
from s11audit.models.database import Database
from s11audit.services.throttling import LONGEST, TRIES, TooOftenError, Tried, check, forget

NOW = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
PER_ACCOUNT = TRIES[Tried.SIGN_IN].account
PER_ADDRESS = TRIES[Tried.SIGN_IN].address


def attempt(session: Session, now: datetime = NOW, **keys: str) -> bool:
    """Whether one more try of signing in is let in; a refused one is rolled back."""
    try:
        with session.begin_nested():
            check(session, Tried.SIGN_IN, now=now, **keys)
    except TooOftenError:
        return False
    return True


def let_in(session: Session, times: int, now: datetime = NOW, **keys: str) -> int:
    return sum(attempt(session, now, **keys) for _ in range(times))


def test_an_account_is_let_in_up_to_its_limit_and_no_further(session: Session) -> None:
    assert let_in(session, 30, account="asif@example.org") == PER_ACCOUNT.tries


def test_how_the_address_is_written_does_not_give_more_tries(session: Session) -> None:
    let_in(session, PER_ACCOUNT.tries, account="asif@example.org")
    for spelling in ("ASIF@example.org", " asif@example.org ", "as\0if@example.org"):
        assert not attempt(session, account=spelling)
    assert attempt(session, account="bea@example.org")


def test_refused_tries_do_not_make_the_wait_any_longer(session: Session) -> None:
    let_in(session, PER_ACCOUNT.tries, account="asif@example.org")
    late = NOW + PER_ACCOUNT.within - timedelta(seconds=1)
    assert let_in(session, 20, late, account="asif@example.org") == 0
    assert attempt(session, NOW + PER_ACCOUNT.within, account="asif@example.org")


def test_the_wait_is_told_to_the_second(session: Session) -> None:
    let_in(session, PER_ACCOUNT.tries, account="asif@example.org")
    with pytest.raises(TooOftenError) as refused:
        check(session, Tried.SIGN_IN, account="asif@example.org", now=NOW + timedelta(minutes=4))
    assert refused.value.wait == PER_ACCOUNT.within - timedelta(minutes=4)


def test_many_accounts_from_one_address_are_stopped_by_the_address(session: Session) -> None:
    tried = (
        attempt(session, account=f"{number}@example.org", address="192.0.2.7")
        for number in range(PER_ADDRESS.tries + 20)
    )
    assert sum(tried) == PER_ADDRESS.tries
    assert attempt(session, account="500@example.org", address="192.0.2.8")


def test_one_subscriber_of_ipv6_is_one_address(session: Session) -> None:
    tried = (
        attempt(session, address=f"2001:db8:1:2::{number:x}")
        for number in range(PER_ADDRESS.tries + 20)
    )
    assert sum(tried) == PER_ADDRESS.tries
    assert attempt(session, address="2001:db8:1:3::1")


def test_success_lets_the_account_start_afresh_but_not_its_network_address(
    session: Session,
) -> None:
    for _ in range(PER_ADDRESS.tries // PER_ACCOUNT.tries):
        let_in(session, PER_ACCOUNT.tries, account="asif@example.org", address="192.0.2.7")
        forget(session, Tried.SIGN_IN, account="Asif@example.org")
    assert attempt(session, account="asif@example.org", address="192.0.2.8")
    assert not attempt(session, account="asif@example.org", address="192.0.2.7")


def test_one_purpose_does_not_use_up_the_tries_of_another(session: Session) -> None:
    let_in(session, PER_ACCOUNT.tries, account="7")
    check(session, Tried.CODE, account="7", now=NOW)


def test_what_is_stored_names_neither_account_nor_address(session: Session) -> None:
    check(session, Tried.SIGN_IN, account="asif@example.org", address="192.0.2.7", now=NOW)
    rows = session.scalars(select(Throttle)).all()
    assert len(rows) == 2
    assert all(len(row.key_sha256) == 64 and row.tries == 1 for row in rows)


def test_counters_that_no_longer_count_are_swept(session: Session) -> None:
    for number in range(5):
        check(session, Tried.LINK, account=f"{number}@example.org", now=NOW)
    check(session, Tried.LINK, account="last@example.org", now=NOW + LONGEST)
    assert session.scalar(select(func.count()).select_from(Throttle)) == 1


def test_tries_at_the_same_moment_do_not_slip_past_each_other(database: Database) -> None:
    def once(_number: int) -> bool:
        try:
            with database.writing.begin() as session:
                check(session, Tried.SIGN_IN, account="a@example.org", address="::1", now=NOW)
        except TooOftenError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(once, range(40))) == PER_ACCOUNT.tries
