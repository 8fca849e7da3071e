"""`s11audit audit verify`: proof that the history is whole."""

from __future__ import annotations

import click

from s11audit.cli.installation import installation
from s11audit.services.history import verify_history, verify_published


@click.group()
def audit() -> None:
    """Check the history of everything that was done."""


@audit.command()
def verify() -> None:
    """Compute the seal of every event anew, and compare published uploads with theirs.

    Names the first that is not whole, and exits with 1.
    """
    with installation() as opened, opened.database.reading() as session:
        verdict = verify_history(session)
        published = verify_published(session)
    if verdict.fault:
        raise click.ClickException(f"{verdict.fault} The {verdict.whole} before it are whole.")
    if published.fault:
        raise click.ClickException(f"{published.fault} The history itself is whole.")
    click.echo(f"The history is whole: {verdict.whole} events.")
