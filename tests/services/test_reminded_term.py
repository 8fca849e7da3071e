"""A term of 224 schools: every day passes, mail reaches a real server, and nobody is told twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from s11audit.config import MailServer
from s11audit.domain.permissions import Role
from s11audit.domain.reminding import USUAL_PLAN
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import Agency, AgencyReturn, Membership, OutgoingMail, Reminder, User
from s11audit.models.database import Database
from s11audit.models.people import agency_partnerships
from s11audit.services.mail_sending import NO_LONGER_SO, send_waiting
from s11audit.services.reminding import remind
from s11audit.services.return_mail import Links
from s11audit.services.rounds import extend
from tests.cast import LONG_AGO, PASSWORD_HASH, Cast
from tests.mail_server import Letterbox, mail_server, reached
from tests.rounds_and_returns import Opened, return_named

SCHOOLS = 224
# The round of the fixtures is due on this day.
DUE = date(2026, 12, 18)
LATER = date(2027, 1, 8)
FIRST, LAST = DUE - timedelta(40), LATER + timedelta(10)
# Numbers of schools that are given longer, and the day on which each other one returns, by its
# number: every sixth never does.
LONGER = frozenset(range(0, SCHOOLS, 20))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def returns_on(number: int) -> date | None:
    return None if number % 6 == 0 else FIRST + timedelta(2 + number % 35)


@pytest.fixture
def schools(database: Database, opened: Opened, cast: Cast) -> list[int]:
    """Ids of the returns of 224 schools, each with one lead, in the order of their numbers."""
    _do_not_wait_for_the_disk(database)
    with database.writing.begin() as session:
        agencies = _ids(session, Agency, [
            {"reference": f"S{n}", "name": f"School {n}", "agency_type": "school"}
            for n in range(SCHOOLS)
        ])  # fmt: skip
        home = cast.partnerships["DOWN"]
        session.execute(
            insert(agency_partnerships),
            [{"agency_id": one, "partnership_id": home} for one in agencies],
        )
        people = _ids(session, User, [
            {"name": f"Lead {n}", "email": f"lead-{n}@example.org", "is_active": True,
             "password_hash": PASSWORD_HASH, "created_at": LONG_AGO}
            for n in range(SCHOOLS)
        ])  # fmt: skip
        session.execute(insert(Membership), [
            {"user_id": user, "agency_id": agency, "role": Role.AGENCY_LEAD}
            for user, agency in zip(people, agencies, strict=True)
        ])  # fmt: skip
        returns = _ids(session, AgencyReturn, [
            {"round_id": opened.round_id, "agency_id": one, "reference": f"R1-S{n}", "due_on": DUE}
            for n, one in enumerate(agencies)
        ])  # fmt: skip
        # The cast's own three agencies have returned.
        others = update(AgencyReturn).where(AgencyReturn.id.not_in(returns))
        session.execute(others.values(status=ReturnStatus.SUBMITTED))
    return returns


def _do_not_wait_for_the_disk(database: Database) -> None:
    """A term takes thousands of transactions; no power fails during a test."""

    def hurry(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    if database.engine.dialect.name == "sqlite":
        event.listen(database.engine, "connect", hurry)
        database.dispose()


def _ids(session: Session, model: type, rows: list[dict[str, object]]) -> list[int]:
    before = set(session.scalars(select(model.id)))  # type: ignore[attr-defined]
    session.execute(insert(model), rows)
    return [
        one for one in session.scalars(select(model.id).order_by(model.id)) if one not in before
    ]  # type: ignore[attr-defined]


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture
def server(letterbox: Letterbox) -> Iterator[MailServer]:
    with mail_server(letterbox) as settings:
        yield settings


def expected(number: int) -> Counter[tuple[str, date]]:
    """Each occasion that this school's lead hears of, with the day."""
    told = Counter({("opened", FIRST): 1})
    returned = returns_on(number) or LAST + timedelta(1)
    due_on = DUE
    if number in LONGER:
        # Given longer on the day that the second reminder comes.
        told.update((str(one), DUE + timedelta(one)) for one in (-28, -7))
        told[("new-date", DUE - timedelta(6))] += 1
        due_on = LATER
    days = [one for one in USUAL_PLAN if number not in LONGER or one >= -7]
    told.update((str(one), due_on + timedelta(one)) for one in days)
    return Counter({key: count for key, count in told.items() if key[1] < returned})


@pytest.mark.slow
def test_a_term_tells_each_school_of_each_occasion_once_and_none_that_has_returned(
    database: Database,
    schools: list[int],
    cast: Cast,
    server: MailServer,
    letterbox: Letterbox,
) -> None:
    heard: Counter[str] = Counter()
    nowhere = reached("127.0.0.1", 1)
    for day in (FIRST + timedelta(one) for one in range((LAST - FIRST).days + 1)):
        with database.writing.begin() as session:
            _what_happens_on(session, day, schools, cast)
        for _ in range(2):
            with database.writing.begin() as session:
                remind(session, Links("https://a.example"), today=day, now=noon(day))
        # Once a week the mail server is away; what waits then is sent the day after.
        away = day.weekday() == 0
        send_waiting(database, nowhere if away else server, clock=lambda day=day: noon(day))  # type: ignore[misc]
    for _ in range(letterbox.arrived.qsize()):
        message = letterbox.next()
        assert message.get_content_type() == "multipart/alternative"
        heard[str(message["To"])] += 1
    with database.reading() as session:
        _check_what_was_told(session, schools)
        _check_that_all_was_sent(session, heard)


def _what_happens_on(session: Session, day: date, schools: list[int], cast: Cast) -> None:
    returning = [one for n, one in enumerate(schools) if returns_on(n) == day]
    session.execute(
        update(AgencyReturn)
        .where(AgencyReturn.id.in_(returning))
        .values(status=ReturnStatus.SUBMITTED, submitted_at=noon(day))
    )
    if day == DUE - timedelta(6):
        for number in LONGER:
            found = return_named(session, f"R1-S{number}")
            if found.status is ReturnStatus.NOT_STARTED:
                extend(session, found, LATER, "Ill", by=cast["Priya"], now=noon(day))


def _check_what_was_told(session: Session, schools: list[int]) -> None:
    for number, return_id in enumerate(schools):
        rows = session.scalars(select(Reminder).filter_by(return_id=return_id)).all()
        told = Counter((one.occasion, one.told_at.date()) for one in rows if one.mails)
        assert told == expected(number), number


def _check_that_all_was_sent(session: Session, heard: Counter[str]) -> None:
    mails = session.scalars(select(OutgoingMail)).all()
    sent = Counter(one.recipient for one in mails if one.sent_at)
    assert sent == heard
    unsent = [one for one in mails if not one.sent_at]
    # Whoever returned while the mail server was away is not asked for what has come.
    assert {one.failure for one in unsent} <= {NO_LONGER_SO}
    assert all(one.next_try_at is None for one in mails)
    assert len(mails) == sum(sum(expected(number).values()) for number in range(SCHOOLS))


def test_224_schools_are_told_in_one_go(database: Database, schools: list[int]) -> None:
    with database.writing.begin() as session:
        (done,) = remind(session, Links("https://a.example"), today=FIRST, now=noon(FIRST))
        assert done.mails == SCHOOLS
        assert session.query(OutgoingMail).count() == SCHOOLS


def test_what_was_returned_while_the_mail_server_was_away_is_not_asked_for(
    database: Database, opened: Opened, server: MailServer, letterbox: Letterbox
) -> None:
    with database.writing.begin() as session:
        remind(session, Links("https://a.example"), today=FIRST, now=noon(FIRST))
        return_named(session, "R1-POL").status = ReturnStatus.SUBMITTED
    assert send_waiting(database, server, clock=lambda: noon(FIRST)).sent == 2
    assert {letterbox.next()["To"] for _ in range(2)} == {"cara@example.org", "dana@example.org"}
    with database.reading() as session:
        found = session.scalars(select(OutgoingMail).filter_by(recipient="asif@example.org")).one()
    assert (found.sent_at, found.next_try_at, found.text) == (None, None, "")
    assert found.failure == NO_LONGER_SO
