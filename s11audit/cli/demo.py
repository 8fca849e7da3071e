"""`s11audit demo`: a made-up partnership on this machine, to try everything out."""

from __future__ import annotations

import json as to_json
import os
from datetime import UTC, datetime
from pathlib import Path

import click

from s11audit.cli.serving import serve_pages
from s11audit.demo.content import Content, Person
from s11audit.demo.installation import Installation, describe, prepare
from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.permissions import ROLE_LABELS, Role

# Dates count from the day of preparing, so after this many days an old one is worth mentioning.
DAYS_UNTIL_OLD = 14
# Agencies whose people are named in the table; the others follow the same pattern.
MAIN_AGENCIES = ("POL", "HOSP", "YJS", "HOL", "MILL", "KEST")


@click.command()
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-data"),
    show_default=True,
    help="Where the database and the secret key are kept.",
)
@click.option("--fresh", is_flag=True, help="Start again, even where a demonstration is kept.")
@click.option("--no-serve", is_flag=True, help="Prepare it and do not serve it.")
@click.option("--json", "as_json", is_flag=True, help="Print what was prepared as JSON.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo(directory: Path, fresh: bool, no_serve: bool, as_json: bool, port: int) -> None:
    """Prepare a made-up partnership and serve it on this machine only.

    Its people, agencies and answers are invented, and its passwords are for demonstration only.
    """
    installation = prepare(directory, fresh=fresh, now=datetime.now(UTC))
    if as_json:
        click.echo(to_json.dumps(describe(installation), indent=2, ensure_ascii=False))
    else:
        click.echo(_greeting(installation))
    if not no_serve:
        _serve(installation, port)


def _serve(installation: Installation, port: int) -> None:
    quietly = {"S11AUDIT_LOG_LEVEL": "WARNING", **os.environ}
    serve_pages(installation.settings(quietly, port))


def _greeting(installation: Installation) -> str:
    content = Content()
    lines = [_what_was_done(installation), "", "Sign in with one of these addresses:", ""]
    lines += [*_table(content), "", f"Everybody’s password is {content.password}"]
    lines += ["These passwords are for demonstration only. Never keep real answers here.", ""]
    return "\n".join(lines)


def _what_was_done(installation: Installation) -> str:
    if not installation.was_there:
        return f"Prepared a made-up partnership in {installation.directory}."
    prepared_on = today_in_london(installation.prepared_at)
    kept = (
        f"Using the demonstration prepared on {long_date(prepared_on)} in {installation.directory}"
    )
    age = (today_in_london(datetime.now(UTC)) - prepared_on).days
    if age > DAYS_UNTIL_OLD:
        return f"{kept}. Its dates are {age} days old: --fresh makes new ones."
    return f"{kept}; --fresh starts again."


def _table(content: Content) -> list[str]:
    main = [person for person in content.people if person.agency in (None, *MAIN_AGENCIES)]
    rows = [(_role(person, content), person.name, person.email) for person in main]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return [f"  {role:<{widths[0]}}  {name:<{widths[1]}}  {email}" for role, name, email in rows]


def _role(person: Person, content: Content) -> str:
    label = ROLE_LABELS[Role(person.role)]
    return f"{label}, {content.agencies[person.agency].name}" if person.agency else label
