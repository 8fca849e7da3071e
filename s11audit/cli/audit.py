"""`s11audit audit`: proof that the history is whole, and anchors to keep it to."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from s11audit.cli.installation import installation
from s11audit.services.history import (
    Anchor,
    anchor,
    verify_anchor,
    verify_history,
    verify_published,
)


@click.group()
def audit() -> None:
    """Check the history of everything that was done."""


@audit.command()
@click.option(
    "--anchor",
    "anchors",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A file of `audit anchor`: check too that the history is the one that it tells of.",
)
def verify(anchors: tuple[Path, ...]) -> None:
    """Compute the seal of every event anew, and compare published uploads with theirs.

    Names the first that is not whole, and exits with 1.
    """
    kept = {path: _read(path) for path in anchors}
    with installation() as opened, opened.database.reading() as session:
        _verify(session, kept)


def _verify(session: Session, kept: dict[Path, Anchor]) -> None:
    verdict = verify_history(session)
    if verdict.fault:
        raise click.ClickException(f"{verdict.fault} The {verdict.whole} before it are whole.")
    published = verify_published(session)
    if published.fault:
        raise click.ClickException(f"{published.fault} The history itself is whole.")
    for path, one in kept.items():
        if fault := verify_anchor(session, one).fault:
            raise click.ClickException(f"{path}: {fault} The history was written anew.")
    click.echo(f"The history is whole: {verdict.whole} events.")
    for path, one in kept.items():
        click.echo(f"It contains the {one.events} events that {path} is an anchor of.")


@audit.command("anchor")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; without it, the anchor is printed.",
)
def write_anchor(output: Path | None) -> None:
    """Write down where the history ends now, to keep in another place than the database.

    Whoever can change the database could write the whole history anew; an anchor shows that.
    """
    with installation() as opened, opened.database.reading() as session:
        made = anchor(session, installation=opened.settings.base_url, now=datetime.now(UTC))
    if output is None:
        click.echo(made.as_json, nl=False)
        return
    output.write_text(made.as_json, encoding="utf-8")
    click.echo(f"Wrote {output}: an anchor of {made.events} events.")


def _read(path: Path) -> Anchor:
    try:
        return Anchor.from_json(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise click.ClickException(f"{path}: This is not an anchor of a history.") from error
