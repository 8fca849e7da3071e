"""`s11audit remind`: once what the thread of `s11audit serve` does every hour."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import click

from s11audit.cli.installation import Installation, installation
from s11audit.cli.mail import NO_SERVER
from s11audit.config import ConfigurationError
from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import ROLE_LABELS
from s11audit.domain.reminding import occasion_in_words
from s11audit.services.reminding import RoundTold, Telling, remind, to_remind
from s11audit.services.return_mail import Links
from s11audit.services.round_dates import close_ended_rounds


@click.command("remind")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Write what is due on this day instead, to try something out.",
)
@click.option("--dry-run", is_flag=True, help="Only say who would be written to.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def remind_people(today: datetime | None, dry_run: bool, as_json: bool) -> None:
    """Write to those who have not returned, in every open round, what is due today.

    Rounds whose last day is over are closed first. Each occasion is used once, however often this
    runs. `s11audit send-mail` sends what is written.
    """
    now = datetime.now(UTC)
    day = today_in_london(now) if today is None else today.date()
    with installation() as opened:
        if dry_run:
            with opened.database.reading() as session:
                done = to_remind(session, today=day)
        else:
            done = _reminded(opened, day, now)
    if as_json:
        click.echo(json.dumps(_as_json(done, day, dry_run), indent=2, ensure_ascii=False))
    else:
        _print(done, day, dry_run)


def _reminded(opened: Installation, day: date, now: datetime) -> list[RoundTold]:
    with opened.database.writing.begin() as session:
        close_ended_rounds(session, now)
    if opened.settings.mail_server is None:
        raise ConfigurationError(NO_SERVER)
    links = Links(opened.settings.base_url)
    with opened.database.writing.begin() as session:
        return remind(session, links, today=day, now=now)


def _print(done: Sequence[RoundTold], day: date, dry_run: bool) -> None:
    for one in done:
        told = [telling for telling in one.told if telling.mails]
        people = counted(one.mails, "message")
        verb = "to write" if dry_run else "written"
        agencies = counted(len(told), "agency", "agencies")
        click.echo(f"{one.round.reference}  {people} {verb} to {agencies}")
        for telling in told:
            when = occasion_in_words(telling.occasion or "")
            click.echo(f"  {telling.of.agency_reference}  {when}  {telling.of.agency}")
        for lacking in one.unreached:
            role = ROLE_LABELS[lacking.lacks].lower() if lacking.lacks else ""
            place = f"{lacking.agency_reference}  {lacking.agency}"
            click.echo(f"  {place} has no {role} who can be written to", err=True)
    if not done:
        click.echo(f"No round is open on {long_date(day)}.")


def _as_json(done: Sequence[RoundTold], day: date, dry_run: bool) -> dict[str, Any]:
    return {
        "today": day.isoformat(),
        "dry_run": dry_run,
        "mails": sum(one.mails for one in done),
        "rounds": [
            {
                "round": one.round.reference,
                "mails": one.mails,
                "told": [_told_as_json(telling) for telling in one.told if telling.mails],
                "nobody_to_write_to": [
                    {"agency": lacking.agency_reference, "lacks": lacking.lacks}
                    for lacking in one.unreached
                ],
            }
            for one in done
        ],
    }


def _told_as_json(telling: Telling) -> dict[str, Any]:
    return {
        "agency": telling.of.agency_reference,
        "return": telling.of.reference,
        "occasion": telling.occasion,
        "due_on": telling.of.due_on.isoformat(),
        "people": telling.mails,
    }
