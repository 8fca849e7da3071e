"""`s11audit retention`: what is due for deletion, and doing again what a backup brought back.

Approving a deletion is for two people on the pages, and is not offered here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from s11audit.cli.days import Day
from s11audit.cli.installation import installation
from s11audit.config import Settings
from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.numbers import counted
from s11audit.domain.retention import Stage
from s11audit.models.database import Database
from s11audit.queries.retention import Keeping, all_kept
from s11audit.services.deletion_ledger import Ledger, LedgerError, LedgerLine
from s11audit.services.retention_replay import Outcome, Replayed, not_done
from s11audit.services.retention_replay import replay as replay_lines

log = logging.getLogger(__name__)

STAGE_WORDS = {
    Stage.DUE: "due since {}",
    Stage.LATER: "due on {}",
    Stage.ON_HOLD: "on hold; without it due on {}",
}


@click.group()
def retention() -> None:
    """Look after how long what is held of single cases is kept."""


@retention.command()
@click.option("--today", type=Day(), help="Say it for this day instead.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def due(today: date | None, as_json: bool) -> None:
    """List what is due for deletion, what comes next, and what is on hold. Deletes nothing."""
    day = today or today_in_london(datetime.now(UTC))
    with installation() as opened, opened.database.reading() as session:
        kept = all_kept(session, opened.settings.case_months, day)
        if as_json:
            found = {"today": day.isoformat(), "audits": [_keeping_as_json(one) for one in kept]}
            click.echo(json.dumps(found, indent=2, ensure_ascii=False))
            return
        for one in kept:
            when = STAGE_WORDS[one.stage].format(long_date(one.due_on))
            waits = "; waits for a second person" if one.proposal else ""
            rows = counted(one.total, "answer or text", "answers and texts")
            click.echo(f"{one.audit.reference}  {when}  {rows}{waits}")
    if not kept:
        click.echo("Nothing is held of single cases of any audit that has ended.")


@retention.command()
@click.option(
    "--ledger",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The ledger of deletions, if it is not the one that the environment names.",
)
@click.option(
    "--dry-run", is_flag=True, help="Say what would be deleted again, and delete nothing."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def replay(ledger: Path | None, dry_run: bool, as_json: bool) -> None:
    """Delete again what the ledger says was deleted, after a backup has been restored.

    May be run again at any time. Exits with 1 where a line of the ledger fits nothing here.
    """
    with installation() as opened:
        read_from = ledger or opened.settings.deletion_ledger
        lines = _lines(read_from)
        if dry_run:
            with opened.database.reading() as session:
                waiting = not_done(session, lines)
            done = [Replayed(line, Outcome.DELETED_AGAIN) for line in waiting]
        else:
            with opened.database.writing.begin() as session:
                done = replay_lines(session, lines, now=datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(_as_json(done, dry_run), indent=2, ensure_ascii=False))
    else:
        _print(done, dry_run)
    if not read_from.exists():
        click.echo(
            f"There is no ledger at {read_from}. If anything was ever deleted, put the newest "
            "ledger there, or name it with --ledger.",
            err=True,
        )
    if any(one.outcome in (Outcome.UNKNOWN, Outcome.FALSE) for one in done):
        raise SystemExit(1)


def warn_of_deletions_not_done(settings: Settings) -> None:
    """Say in the log that a restored backup holds what was deleted, or that nobody can tell."""
    database = Database(settings.database_url)
    try:
        with database.reading() as session:
            waiting = not_done(session, Ledger(settings.deletion_ledger).lines())
    except LedgerError as error:
        log.error("The ledger of deletions cannot be compared: %s", error)
        return
    finally:
        database.dispose()
    for line in waiting:
        log.warning(
            "%s was deleted before and is here again: run `s11audit retention replay`", line.audit
        )


def _lines(path: Path) -> list[LedgerLine]:
    try:
        return Ledger(path).lines()
    except LedgerError as error:
        raise click.ClickException(f"{error}.") from error


def _print(done: Sequence[Replayed], dry_run: bool) -> None:
    for one in done:
        outcome = "would be deleted again" if dry_run else one.outcome
        rows = f"  {counted(one.rows, 'answer or text', 'answers and texts')}" if one.rows else ""
        stray = one.outcome in (Outcome.UNKNOWN, Outcome.FALSE)
        click.echo(f"{one.line.audit}  {outcome}{rows}", err=stray)
    if not done:
        click.echo("Nothing to delete again.")


def _as_json(done: Sequence[Replayed], dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "deletions": [
            {
                "audit": one.line.audit,
                "deleted_at": one.line.deleted_at,
                "certificate_sha256": one.line.certificate_sha256,
                "outcome": "would be deleted again" if dry_run else str(one.outcome),
                "rows": one.rows,
            }
            for one in done
        ],
    }


def _keeping_as_json(one: Keeping) -> dict[str, Any]:
    return {
        "audit": one.audit.reference,
        "stage": str(one.stage),
        "ended_on": today_in_london(one.ended_at).isoformat(),
        "due_on": one.due_on.isoformat(),
        "proposed": one.proposal is not None,
        "held": {str(kind): number for kind, number in one.counts.items()},
    }
