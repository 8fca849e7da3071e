"""`s11audit send-mail`: once what the thread of `s11audit serve` does again and again."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from s11audit.cli.installation import installation
from s11audit.config import ConfigurationError
from s11audit.services.mail_sending import Outcome, send_waiting

NO_SERVER = "S11AUDIT_SMTP_HOST is not set: there is no mail server."


@click.command("send-mail")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def send_mail(as_json: bool) -> None:
    """Send the mail that waits, and say how much. Exits with 1 where some could not be sent."""
    with installation() as opened:
        server = opened.settings.mail_server
        if server is None:
            raise ConfigurationError(NO_SERVER)
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


def _now() -> datetime:
    return datetime.now(UTC)
