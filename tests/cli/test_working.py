"""What the server does besides answering: sending mail, and what goes by the clock."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from s11audit.cli import working
from s11audit.cli.working import CHORES_EVERY, do_chores, keep_working
from s11audit.config import MailServer, Settings
from s11audit.domain.surveys import SurveyStatus
from s11audit.domain.workflow import RoundStatus
from s11audit.models import AuditRound, OutgoingMail, Reminder, Survey
from s11audit.models.database import Database
from s11audit.services.mail import write_mail
from s11audit.services.surveys import change_closing_date
from tests.cast import Cast
from tests.mail_server import PATIENCE_SECONDS, Letterbox, mail_server
from tests.rounds_and_returns import Opened
from tests.services.test_mail import INVITATION
from tests.surveys import make_survey

MORNING = datetime(2026, 12, 11, 9, tzinfo=UTC)


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture
def server(letterbox: Letterbox) -> Iterator[MailServer]:
    with mail_server(letterbox) as settings:
        yield settings


@pytest.fixture
def with_server(settings: Settings, server: MailServer) -> Settings:
    return replace(settings, mail_server=server, base_url="https://audit.example.org")


@contextmanager
def working_thread(settings: Settings, clock: Callable[[], datetime]) -> Iterator[None]:
    stop = threading.Event()
    worker = threading.Thread(target=keep_working, args=(settings, stop, (0.02,), clock))
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


def put(database: Database, address: str, now: datetime) -> None:
    with database.writing.begin() as session:
        write_mail(session, "invitation", address, INVITATION, now=now)


def reminders(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Reminder.occasion).where(Reminder.mails > 0)))


def test_serving_keeps_sending_what_comes(
    database: Database, with_server: Settings, letterbox: Letterbox
) -> None:
    with working_thread(with_server, lambda: datetime.now(UTC)):
        for address in ("noor@example.org", "mo@example.org"):
            put(database, address, datetime.now(UTC))
            assert letterbox.next()["To"] == address


def test_serving_reminds_and_sends_what_it_wrote(
    database: Database, with_server: Settings, letterbox: Letterbox, opened: Opened
) -> None:
    with working_thread(with_server, lambda: MORNING):
        messages = [letterbox.next() for _ in range(3)]
    for message in messages:
        plain, html = message.iter_parts()
        link = "https://audit.example.org/returns/R1-"
        assert link in plain.get_content()
        assert f'<a href="{link}' in html.get_content()


def test_what_goes_by_the_clock_is_done_once_an_hour_and_no_failure_ends_it(
    database: Database,
    with_server: Settings,
    letterbox: Letterbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: queue.Queue[datetime] = queue.Queue()
    clock = [MORNING]

    def fails(_database: Database, _settings: Settings, now: datetime) -> None:
        done.put(now)
        raise OSError("The disk is full")

    monkeypatch.setattr(working, "CHORES", (fails,))
    with working_thread(with_server, lambda: clock[0]):
        assert done.get(timeout=PATIENCE_SECONDS) == MORNING
        clock[0] = MORNING + CHORES_EVERY / 2
        put(database, "noor@example.org", MORNING)
        letterbox.next()
        clock[0] = MORNING + CHORES_EVERY
        assert done.get(timeout=PATIENCE_SECONDS) == MORNING + CHORES_EVERY
    assert "A chore failed: fails" in caplog.text


@pytest.mark.parametrize(
    ("moment", "is_day"),
    [
        # In winter London keeps UTC, in summer it is an hour on.
        (datetime(2026, 12, 11, 6, 59, tzinfo=UTC), False),
        (datetime(2026, 12, 11, 7, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 1, 5, 59, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 6, 0, tzinfo=UTC), True),
    ],
)
def test_nobody_is_reminded_at_night(
    database: Database, with_server: Settings, opened: Opened, moment: datetime, is_day: bool
) -> None:
    do_chores(database, with_server, moment)
    assert bool(reminders(database)) is is_day


def test_without_a_mail_server_nothing_is_written_that_nobody_sends(
    database: Database, settings: Settings, opened: Opened
) -> None:
    do_chores(database, settings, MORNING)
    with database.reading() as session:
        assert session.scalars(select(OutgoingMail)).all() == []
    assert reminders(database) == []


def test_a_second_look_on_the_same_day_tells_nobody_again(
    database: Database, with_server: Settings, opened: Opened
) -> None:
    for hours in range(3):
        do_chores(database, with_server, MORNING + timedelta(hours=hours))
    assert len(reminders(database)) == 3


def test_a_round_whose_last_day_is_over_is_closed_and_nobody_is_reminded_of_it(
    database: Database, with_server: Settings, opened: Opened
) -> None:
    with database.writing.begin() as session:
        session.get_one(AuditRound, opened.round_id).closes_on = MORNING.date() - timedelta(days=1)
    do_chores(database, with_server, MORNING)
    with database.reading() as session:
        assert session.get_one(AuditRound, opened.round_id).status is RoundStatus.CLOSED
    assert reminders(database) == []


def test_rounds_are_closed_where_there_is_no_mail_server(
    database: Database, settings: Settings, opened: Opened
) -> None:
    with database.writing.begin() as session:
        session.get_one(AuditRound, opened.round_id).closes_on = MORNING.date() - timedelta(days=1)
    do_chores(database, settings, MORNING)
    with database.reading() as session:
        assert session.get_one(AuditRound, opened.round_id).status is RoundStatus.CLOSED


def test_a_survey_whose_last_day_is_over_is_closed_by_the_clock(
    database: Database, cast: Cast, settings: Settings
) -> None:
    with database.writing.begin() as session:
        survey = make_survey(session, cast)
        change_closing_date(session, survey, MORNING.date(), by=cast["Priya"], now=MORNING)
    for day, status in ((0, SurveyStatus.OPEN), (1, SurveyStatus.CLOSED)):
        do_chores(database, settings, MORNING + timedelta(days=day))
        with database.reading() as session:
            assert session.scalars(select(Survey.status)).one() is status
