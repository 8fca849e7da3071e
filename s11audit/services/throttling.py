"""How often something may be tried, by one account and from one network address.

A counter starts with the first try and is forgotten once its time has passed. What is tried beyond
the limit is refused and not counted, so that nobody is kept out for longer than that.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from s11audit.models import Throttle
from s11audit.queries.people import stored_email


class Tried(StrEnum):
    """What can be tried too often. The account is what was typed, whether or not it exists."""

    SIGN_IN = "sign-in"  # account: the e-mail address
    CODE = "code"  # account: the user's id
    PROOF = "proof"  # account: the user's id
    LINK = "link"  # account: the e-mail address
    OPENED_LINK = "opened-link"  # by network address only
    TAKEOVER = "takeover"  # account: the e-mail address
    INVITATION = "invitation"  # by network address only
    SURVEY = "survey"  # account: the digest of the link; never by network address


class TooOftenError(Exception):
    """Too many tries. `wait` is how long until the next one is let in."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("Tried too often")
        self.wait = wait


@dataclass(frozen=True)
class Limit:
    """So many tries within so long, and then none until that time has passed."""

    tries: int
    within: timedelta


@dataclass(frozen=True)
class Limits:
    """What one account may try, and what may come from one network address.

    Everybody in an office may share an address, so that limit is the wider one.
    """

    account: Limit
    address: Limit


_QUARTER = timedelta(minutes=15)
_HOUR = timedelta(hours=1)

TRIES: dict[Tried, Limits] = {
    Tried.SIGN_IN: Limits(Limit(10, _QUARTER), Limit(100, _QUARTER)),
    Tried.CODE: Limits(Limit(10, _QUARTER), Limit(100, _QUARTER)),
    Tried.PROOF: Limits(Limit(10, _QUARTER), Limit(100, _QUARTER)),
    Tried.LINK: Limits(Limit(5, _HOUR), Limit(50, _HOUR)),
    Tried.OPENED_LINK: Limits(Limit(30, _QUARTER), Limit(100, _QUARTER)),
    Tried.TAKEOVER: Limits(Limit(5, _HOUR), Limit(20, _HOUR)),
    Tried.INVITATION: Limits(Limit(30, _QUARTER), Limit(100, _QUARTER)),
    # A staff of 5,000 who are all asked at once can answer within an hour and a half.
    Tried.SURVEY: Limits(Limit(1_000, _QUARTER), Limit(1_000, _QUARTER)),
}
LONGEST = max(limit.within for both in TRIES.values() for limit in (both.account, both.address))


def check(
    session: Session, what: Tried, *, now: datetime, account: str = "", address: str = ""
) -> None:
    """Count one try of this account from this network address, as far as they are given.

    Raises TooOftenError; the caller then rolls back, which leaves the counters at their limits.
    """
    _sweep(session, now)
    limits = TRIES[what]
    if account:
        _count(session, _account_key(what, account), limits.account, now)
    if address:
        _count(session, _key(what, "address", _network(address)), limits.address, now)


def forget(session: Session, what: Tried, *, account: str) -> None:
    """Let an account start afresh that has just succeeded. Its network address stays counted."""
    session.execute(delete(Throttle).where(Throttle.key_sha256 == _account_key(what, account)))


def _count(session: Session, key: str, limit: Limit, now: datetime) -> None:
    """One statement, so that tries at the same moment cannot slip past each other."""
    insert = _insert(session).values(key_sha256=key, since=now, tries=1)
    is_over = Throttle.since <= now - limit.within
    counted = insert.on_conflict_do_update(
        index_elements=[Throttle.key_sha256],
        set_={
            "since": case((is_over, now), else_=Throttle.since),
            "tries": case((is_over, 1), else_=Throttle.tries + 1),
        },
    ).returning(Throttle.since, Throttle.tries)
    since, tries = session.execute(counted).one()
    if tries > limit.tries:
        raise TooOftenError(since + limit.within - now)


def _insert(session: Session) -> postgresql.Insert | sqlite.Insert:
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(Throttle) if on_postgresql else sqlite.insert(Throttle)


def _sweep(session: Session, now: datetime) -> None:
    """Forget what no longer counts; a row that somebody is counting in stays for the next time."""
    old = select(Throttle.key_sha256).where(Throttle.since <= now - LONGEST)
    session.execute(
        delete(Throttle).where(Throttle.key_sha256.in_(old.with_for_update(skip_locked=True))),
        execution_options={"synchronize_session": False},
    )


def _account_key(what: Tried, account: str) -> str:
    return _key(what, "account", stored_email(account))


def _key(what: Tried, kind: str, value: str) -> str:
    """Nobody who reads the table learns who tried what, or from where."""
    return hashlib.sha256(f"{what}\n{kind}\n{value}".encode()).hexdigest()


def _network(address: str) -> str:
    """The address; of IPv6 the first 64 bits, since the rest is for each subscriber to choose."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed)
