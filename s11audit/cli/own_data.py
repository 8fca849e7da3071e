"""`s11audit users data`: what is held about a person, for whoever asks by post."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import select

from s11audit.cli.installation import installation
from s11audit.domain.event_kinds import DOWNLOADED
from s11audit.domain.viewers import Viewer
from s11audit.exports.own_data import write_own_data
from s11audit.models import User
from s11audit.queries.own_data import own_data
from s11audit.queries.people import stored_email
from s11audit.services.events import record


@click.command("data")
@click.argument("email")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The zip file to write. It is personal data: send it to that person only.",
)
def data(email: str, output: Path) -> None:
    """Write everything that is held about the person of this e-mail address."""
    now = datetime.now(UTC)
    with installation() as opened, opened.database.writing.begin() as session:
        user = session.scalars(select(User).where(User.email == stored_email(email))).one_or_none()
        if user is None:
            raise click.ClickException(f"Nobody has an account with the address {email}.")
        parts = own_data(session, visible_to=Viewer(user.id, user.name, user.email))
        rows = sum(len(part.rows) for part in parts)
        detail = {"file": "my-s11audit-data.zip", "entries": rows}
        record(session, DOWNLOADED, f"user {user.id}", by=None, at=now, detail=detail)
        output.write_bytes(write_own_data(parts, user.name, now))
    click.echo(f"Wrote {output}: {rows} entries about {user.name}.")
