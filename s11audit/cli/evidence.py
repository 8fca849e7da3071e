"""`s11audit evidence`: looking after the contents of files that support answers."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from s11audit.cli.installation import installation
from s11audit.domain.numbers import counted
from s11audit.services.evidence_store import StoreError, store_at
from s11audit.services.evidence_sweeping import Swept
from s11audit.services.evidence_sweeping import sweep as sweep_store


@click.group()
def evidence() -> None:
    """Look after the files that support answers."""


@evidence.command()
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
def sweep(dry_run: bool) -> None:
    """Delete contents that no file has needed for a day; name those that are missing.

    A stop in the middle of an upload leaves such a content behind. Exits with 1 where the content
    of a file is missing, which only a backup brings back.
    """
    with installation() as opened, opened.database.writing.begin() as session:
        try:
            store = store_at(opened.settings.evidence)
            found = sweep_store(session, store, now=datetime.now(UTC), dry_run=dry_run)
        except StoreError as error:
            raise click.ClickException(f"{error}.") from error
    _say(found, dry_run)
    if found.missing:
        raise SystemExit(1)


def _say(found: Swept, dry_run: bool) -> None:
    number = len(found.contents)
    if dry_run:
        click.echo(f"{counted(number, 'content')} would be deleted.")
    else:
        unfinished = counted(found.unfinished, "unfinished upload")
        click.echo(f"{counted(number, 'content')} and {unfinished} deleted.")
    for sha256 in found.missing:
        click.echo(f"The content {sha256} is missing: bring it back from a backup.", err=True)
