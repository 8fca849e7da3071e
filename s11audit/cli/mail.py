"""`s11audit send-mail`, and the thread of `s11audit serve` that does the same again and again."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Event, Thread

import click

from s11audit.cli.installation import installation
from s11audit.config import ConfigurationError, MailServer, Settings
from s11audit.models.database import Database
from s11audit.services.mail_sending import Outcome, send_waiting

# Seconds between two looks: usually the first; after one look that failed the second, and so on.
PAUSES: tuple[float, ...] = (15, 30, 60, 120, 300)

log = logging.getLogger(__name__)


@click.command("send-mail")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def send_mail(as_json: bool) -> None:
    """Send the mail that waits, and say how much. Exits with 1 where some could not be sent."""
    with installation() as opened:
        server = opened.settings.mail_server
        if server is None:
            raise ConfigurationError("S11AUDIT_SMTP_HOST is not set: there is no mail server.")
        outcome = send_waiting(opened.database, server, clock=_now)
    _print(outcome, as_json)
    if outcome.failed:
        raise SystemExit(1)


def _print(outcome: Outcome, as_json: bool) -> None:
    counts = {"sent": outcome.sent, "failed": outcome.failed, "waiting": outcome.waiting}
    if as_json:
        click.echo(json.dumps({**counts, "reasons": list(outcome.reasons)}, ensure_ascii=False))
        return
    click.echo(", ".join(f"{count} {what}" for what, count in counts.items()))
    for reason in dict.fromkeys(outcome.reasons):
        click.echo(f"{reason}.", err=True)


def start_sending(settings: Settings) -> None:
    """Send mail for as long as this process lives, if there is a server for it."""
    if settings.mail_server is not None:
        arguments = (settings.database_url, settings.mail_server, Event())
        Thread(target=keep_sending, args=arguments, name="mail", daemon=True).start()


def keep_sending(
    database_url: str, server: MailServer, stop: Event, pauses: Sequence[float] = PAUSES
) -> None:
    """Look for mail and send it until told to stop; after failures look less often.

    The thread has a database of its own, and nothing that goes wrong ends it.
    """
    database = Database(database_url)
    failures = 0
    while not stop.wait(pauses[min(failures, len(pauses) - 1)]):
        failures = failures + 1 if _failed(database, server) else 0
    database.dispose()


def _failed(database: Database, server: MailServer) -> bool:
    try:
        outcome = send_waiting(database, server, clock=_now)
    except Exception:
        log.exception("Looking for mail failed")
        return True
    if outcome.failed:
        log.warning("%d messages could not be sent, %d wait", outcome.failed, outcome.waiting)
    return bool(outcome.failed)


def _now() -> datetime:
    return datetime.now(UTC)
