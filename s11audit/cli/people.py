"""People, agencies and partnerships from the terminal, for whoever runs the machine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.cli.installation import installation
from s11audit.domain.agency_types import AGENCY_TYPE_LABELS, agency_type_label
from s11audit.domain.permissions import PARTNERSHIP_ROLES, Role
from s11audit.domain.viewers import Viewer
from s11audit.models import User
from s11audit.queries import directory
from s11audit.queries.people import operator, stored_email
from s11audit.questionnaires.audience_checks import misspelt
from s11audit.services import people
from s11audit.services.passwords import made_up_password
from s11audit.services.people import Post

attributes_option = click.option(
    "--with",
    "attributes",
    multiple=True,
    metavar="ATTRIBUTE",
    help="What it has or does, such as boarding or sixth-form. Give it once for each.",
)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def users() -> None:
    """Add people, list them, and decide who may sign in."""


@users.command("add")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--agency", metavar="REF", help="For agency-lead, contributor and signatory.")
@click.option("--partnership", metavar="REF", help="For manager and qa-member.")
@click.option("--password", help="Left out, one is made up and printed.")
def add_user(
    name: str,
    email: str,
    role: str,
    agency: str | None,
    partnership: str | None,
    password: str | None,
) -> None:
    """Add a person with a role, and print the password to hand over."""
    given = password or made_up_password()
    with installation() as opened, opened.database.writing.begin() as session:
        by = operator(session)
        post = Post(Role(role), _place(session, Role(role), agency, partnership, by))
        people.add_person(session, name, email, given, post, by=by, now=datetime.now(UTC))
    click.echo(f"{name} can sign in as {stored_email(email)}.")
    if password is None:
        click.echo(f"Password: {given}\nIt is shown only now.")


def _place(
    session: Session, role: Role, agency: str | None, partnership: str | None, by: Viewer
) -> str:
    if role in PARTNERSHIP_ROLES:
        if agency is not None:
            raise click.UsageError(f"Leave --agency out: {role} is a role in a partnership.")
        return _partnership(session, partnership, by)
    if agency is None:
        raise click.UsageError(f"Say for which agency, with --agency: {role} is a role in one.")
    return agency.upper()


def _partnership(session: Session, wanted: str | None, by: Viewer) -> str:
    """The partnership that was named, or the only one."""
    if wanted is not None:
        return wanted.upper()
    there = directory.partnerships(session, visible_to=by)
    if len(there) != 1:
        raise click.UsageError(
            f"Say which partnership, with --partnership: there are {len(there)}."
        )
    return there[0].reference


@users.command("list")
@as_json_option
def list_users(as_json: bool) -> None:
    """List everybody with an account."""
    with installation() as opened, opened.database.reading() as session:
        found = list(_everybody(session))
    rows = [
        {
            "name": person.name,
            "email": person.email,
            "active": person.is_active,
            "roles": [role.words for role in person.roles],
        }
        for person in found
    ]
    _print(rows, as_json)


def _everybody(session: Session) -> Iterable[directory.Person]:
    by, number, pages = operator(session), 0, 1
    while number < pages:
        number += 1
        page = directory.people(session, visible_to=by, page=number)
        pages = page.pages
        yield from page.people


@users.command("disable")
@click.argument("email")
def disable_user(email: str) -> None:
    """Sign somebody out and let them sign in no longer."""
    with installation() as opened, opened.database.writing.begin() as session:
        user = _user(session, email)
        people.disable_person(session, user.id, by=operator(session), now=datetime.now(UTC))
    click.echo(f"{user.name} can no longer sign in.")


@users.command("enable")
@click.argument("email")
def enable_user(email: str) -> None:
    """Let somebody sign in again."""
    with installation() as opened, opened.database.writing.begin() as session:
        user = _user(session, email)
        people.enable_person(session, user.id, by=operator(session), now=datetime.now(UTC))
    click.echo(f"{user.name} can sign in again.")


@users.command("new-password")
@click.argument("email")
def new_password(email: str) -> None:
    """Give somebody a new password, and print it: for a manager who has lost theirs."""
    given = made_up_password()
    with installation() as opened, opened.database.writing.begin() as session:
        user = _user(session, email)
        people.set_password(session, user.id, given, by=operator(session), now=datetime.now(UTC))
    click.echo(f"New password of {user.name}: {given}\nIt is shown only now.")


def _user(session: Session, email: str) -> User:
    user = session.scalars(select(User).where(User.email == stored_email(email))).one_or_none()
    if user is None or directory.person(session, user.id, visible_to=operator(session)) is None:
        raise click.ClickException(f"Nobody with a role has the address {email}.")
    return user


@click.group()
def agencies() -> None:
    """Add agencies and list them."""


@agencies.command("add")
@click.argument("reference")
@click.option("--name", required=True)
@click.option(
    "--type",
    "agency_type",
    required=True,
    metavar="TYPE",
    help="Such as police or school, or a word of your own.",
)
@click.option("--partnership", metavar="REF", help="Needed where there are several.")
@attributes_option
def add_agency(
    reference: str,
    name: str,
    agency_type: str,
    partnership: str | None,
    attributes: tuple[str, ...],
) -> None:
    """Add an agency to a partnership."""
    if meant := misspelt(agency_type, AGENCY_TYPE_LABELS):
        raise click.UsageError(f"There is no type “{agency_type}”: did you mean “{meant}”?")
    with installation() as opened, opened.database.writing.begin() as session:
        by = operator(session)
        home = _partnership(session, partnership, by)
        added = people.add_agency(
            session,
            reference,
            name,
            agency_type,
            home,
            frozenset(attributes),
            by=by,
            now=datetime.now(UTC),
        )
    label = agency_type_label(agency_type)
    click.echo(f"{added.name} ({added.reference}, {label}) is added to {home}.")
    if agency_type not in AGENCY_TYPE_LABELS:
        click.echo(f"{agency_type} is a type of your own; no shipped questionnaire names it.")


@agencies.command("change")
@click.argument("reference")
@attributes_option
def change_agency(reference: str, attributes: tuple[str, ...]) -> None:
    """Say what an agency has or does, in place of what was said before."""
    with installation() as opened, opened.database.writing.begin() as session:
        by = operator(session)
        changed = people.change_attributes(
            session, reference.upper(), frozenset(attributes), by=by, now=datetime.now(UTC)
        )
        held = ", ".join(sorted(changed.attributes)) or "nothing that changes what it is asked"
    click.echo(f"{changed.name} has or does: {held}.")


@agencies.command("list")
@as_json_option
def list_agencies(as_json: bool) -> None:
    """List the agencies of every partnership."""
    with installation() as opened, opened.database.reading() as session:
        found = directory.agencies(session, visible_to=operator(session))
    rows = [
        {
            "reference": agency.reference,
            "name": agency.name,
            "type": agency.agency_type,
            "attributes": sorted(agency.attributes),
            "people": agency.people,
        }
        for agency in found
    ]
    _print(rows, as_json)


@click.group()
def partnerships() -> None:
    """List partnerships; `s11audit init` adds them."""


@partnerships.command("list")
@as_json_option
def list_partnerships(as_json: bool) -> None:
    """List the partnerships of this installation."""
    with installation() as opened, opened.database.reading() as session:
        found = directory.partnerships(session, visible_to=operator(session))
    _print([{"reference": one.reference, "name": one.name} for one in found], as_json)


def _print(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo("  ".join(_shown(name, value) for name, value in row.items()).rstrip())


def _shown(name: str, value: object) -> str:
    if isinstance(value, bool):
        return name if value else f"not {name}"
    return "; ".join(value) if isinstance(value, list) else str(value)
