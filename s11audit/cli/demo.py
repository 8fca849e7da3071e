"""`s11audit demo`: made-up partnerships on this machine, to try everything out."""

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
from s11audit.domain.permissions import ROLE_LABELS

# Dates count from the day of preparing, so after this many days an old one is worth mentioning.
DAYS_UNTIL_OLD = 14
# Agencies whose people are named in the table; the others follow the same pattern.
MAIN_AGENCIES = ("POL", "CSC", "HOSP", "YJS", "MILL", "KEST", "QUEN", "TCS", "TFIRE")
EVERYTHING = "The installation"


@click.command()
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-data"),
    show_default=True,
    help="Where the database, files of evidence and the secret key are kept.",
)
@click.option("--fresh", is_flag=True, help="Start again, even where a demonstration is kept.")
@click.option("--no-serve", is_flag=True, help="Prepare it and do not serve it.")
@click.option("--json", "as_json", is_flag=True, help="Print what was prepared as JSON.")
@click.option("--code", is_flag=True, help="Only print the code for the second step of signing in.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo(
    directory: Path, fresh: bool, no_serve: bool, as_json: bool, code: bool, port: int
) -> None:
    """Prepare two made-up partnerships and serve them on this machine only.

    Their people, agencies and answers are invented, and their passwords and codes are for
    demonstration only.
    """
    if code:
        click.echo(_code_of_now())
        return
    installation = prepare(directory, fresh=fresh, now=datetime.now(UTC))
    if as_json:
        click.echo(to_json.dumps(describe(installation), indent=2, ensure_ascii=False))
    else:
        click.echo(_greeting(installation))
    if not no_serve:
        _serve(installation, port)


def _code_of_now() -> str:
    """What an authenticator app of the demonstration shows at this moment."""
    import pyotp

    return pyotp.TOTP(Content().authenticator).now()


def _serve(installation: Installation, port: int) -> None:
    quietly = {"S11AUDIT_LOG_LEVEL": "WARNING", **os.environ}
    serve_pages(installation.settings(quietly, port))


def _greeting(installation: Installation) -> str:
    content = Content()
    lines = [_what_was_done(installation), "", "Sign in with one of these addresses:"]
    lines += [*_table(content), "", f"Everybody’s password is {content.password}"]
    lines += [
        "Whoever is marked * is asked for a code, too. To see the code of this moment:",
        "  .venv/bin/s11audit demo --code",
        f"or put this secret into an authenticator app: {content.authenticator}",
        "These passwords and codes are for demonstration only. Never keep real answers here.",
        "",
    ]
    return "\n".join(lines)


def _what_was_done(installation: Installation) -> str:
    if not installation.was_there:
        return f"Prepared two made-up partnerships in {installation.directory}."
    prepared_on = today_in_london(installation.prepared_at)
    kept = (
        f"Using the demonstration prepared on {long_date(prepared_on)} in {installation.directory}"
    )
    age = (today_in_london(datetime.now(UTC)) - prepared_on).days
    if age > DAYS_UNTIL_OLD:
        return f"{kept}. Its dates are {age} days old: --fresh makes new ones."
    return f"{kept}; --fresh starts again."


def _table(content: Content) -> list[str]:
    """People under the name of what they belong to, in columns."""
    rows = [(person, _roles(person)) for person in content.people]
    rows = [row for row in rows if _is_named(row[0], content)]
    widths = [max(len(roles) for _, roles in rows), max(len(one.name) for one, _ in rows)]
    lines, place = [], None
    for person, roles in rows:
        if person.posts[0].place != place:
            place = person.posts[0].place
            lines += ["", content.name_of(place) or EVERYTHING]
        mark = "*" if person.needs_second_factor else " "
        lines.append(f"{mark} {roles:<{widths[0]}}  {person.name:<{widths[1]}}  {person.email}")
    return lines


def _is_named(person: Person, content: Content) -> bool:
    place = person.posts[0].place
    return place in MAIN_AGENCIES or place not in content.agencies


def _roles(person: Person) -> str:
    own, *others = person.posts
    roles = [ROLE_LABELS[own.role]]
    if person.title:
        roles[0] += f" ({person.title})"
    roles += [f"{ROLE_LABELS[one.role]} of {one.place}" for one in others]
    return ", ".join(roles)
