"""The thread of `s11audit serve`: what is due by the clock, and sending the mail that waits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from s11audit.config import MailServer, Settings
from s11audit.domain.dates import LONDON, today_in_london
from s11audit.models.database import Database
from s11audit.services.case_reminding import remind_of_case_files
from s11audit.services.mail_sending import send_waiting
from s11audit.services.reminding import remind
from s11audit.services.return_mail import Links
from s11audit.services.round_dates import close_ended_rounds
from s11audit.services.surveys import close_ended_surveys

# Seconds between two looks: usually the first; after one look that failed the second, and so on.
PAUSES: tuple[float, ...] = (15, 30, 60, 120, 300)
# How often what goes by the clock is done; each may be done at any time, and again.
CHORES_EVERY = timedelta(hours=1)
# Nobody wants to be reminded at night. London's hours.
REMIND_FROM_HOUR = 7

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def start_working(settings: Settings) -> None:
    """Work for as long as this process lives."""
    Thread(target=keep_working, args=(settings, Event()), name="work", daemon=True).start()


def keep_working(
    settings: Settings,
    stop: Event,
    pauses: Sequence[float] = PAUSES,
    clock: Clock = lambda: datetime.now(UTC),
) -> None:
    """Do what is due and send mail until told to stop; after failures look less often.

    The thread has a database of its own, and nothing that goes wrong ends it.
    """
    database = Database(settings.database_url)
    failures, last = 0, None
    while not stop.wait(pauses[min(failures, len(pauses) - 1)]):
        now = clock()
        if last is None or now - last >= CHORES_EVERY:
            do_chores(database, settings, now)
            last = now
        if settings.mail_server is not None:
            failed = _sending_failed(database, settings.mail_server, clock)
            failures = failures + 1 if failed else 0
    database.dispose()


def do_chores(database: Database, settings: Settings, now: datetime) -> None:
    """Do everything that goes by the clock. Whatever fails is logged, and the rest is done."""
    for chore in CHORES:
        try:
            chore(database, settings, now)
        except Exception:
            log.exception("A chore failed: %s", chore.__name__.strip("_"))


def _close_rounds(database: Database, _settings: Settings, now: datetime) -> None:
    """Close the rounds whose last day is over, so that nobody is reminded of them."""
    with database.writing.begin() as session:
        closed = close_ended_rounds(session, now)
    for one in closed:
        log.info("Round %s was closed: its last day is over", one.reference)


def _close_surveys(database: Database, _settings: Settings, now: datetime) -> None:
    """Close the surveys whose last day is over, so that their results can be read."""
    with database.writing.begin() as session:
        closed = close_ended_surveys(session, now)
    for one in closed:
        log.info("Survey %s was closed: its last day is over", one.reference)


def _remind(database: Database, settings: Settings, now: datetime) -> None:
    """Write the reminders that are due, if there is a server to send them and it is day."""
    if settings.mail_server is None or now.astimezone(LONDON).hour < REMIND_FROM_HOUR:
        return
    links = Links(settings.base_url)
    with database.writing.begin() as session:
        done = remind(session, links, today=today_in_london(now), now=now)
    for one in done:
        if one.mails:
            log.info("Round %s: %d reminders were written", one.round.reference, one.mails)


def _remind_of_case_files(database: Database, settings: Settings, now: datetime) -> None:
    """Write to those who audit files on cases that are due soon, as for returns."""
    if settings.mail_server is None or now.astimezone(LONDON).hour < REMIND_FROM_HOUR:
        return
    link = f"{settings.base_url}/case-files"
    with database.writing.begin() as session:
        written = remind_of_case_files(session, link, today=today_in_london(now), now=now)
    if written:
        log.info("%d reminders of files on cases were written", written)


# What is done by the clock, in this order, each in transactions of its own.
CHORES: tuple[Callable[[Database, Settings, datetime], None], ...] = (
    _close_rounds,
    _close_surveys,
    _remind,
    _remind_of_case_files,
)


def _sending_failed(database: Database, server: MailServer, clock: Clock) -> bool:
    try:
        outcome = send_waiting(database, server, clock=clock)
    except Exception:
        log.exception("Looking for mail failed")
        return True
    if outcome.failed:
        log.warning("%d messages could not be sent, %d wait", outcome.failed, outcome.waiting)
    return bool(outcome.failed)
