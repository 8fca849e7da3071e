"""People from the terminal, for whoever runs the machine."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.cli import own_data
from s11audit.cli.installation import installation
from s11audit.cli.listing import as_json_option, partnership_meant, print_rows
from s11audit.domain.permissions import (
    INSTALLATION_ROLES,
    PARTNERSHIP_ROLES,
    TRUST_ROLES,
    Role,
)
from s11audit.domain.viewers import Viewer
from s11audit.models import User
from s11audit.queries import directory
from s11audit.queries.people import operator, stored_email
from s11audit.services import people
from s11audit.services.passwords import made_up_password
from s11audit.services.people import Post
from s11audit.services.second_factors import reset_second_factors


@click.group()
def users() -> None:
    """Add people, list them, and decide who may sign in."""


users.add_command(own_data.data)


@users.command("add")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--agency", metavar="REF", help="For roles in an agency.")
@click.option("--partnership", metavar="REF", help="For roles in a partnership.")
@click.option("--trust", metavar="REF", help="For trust viewers.")
@click.option("--password", help="Left out, one is made up and printed.")
def add_user(
    name: str,
    email: str,
    role: str,
    agency: str | None,
    partnership: str | None,
    trust: str | None,
    password: str | None,
) -> None:
    """Add a person with a role, and print the password to hand over.

    A role is for an agency, a partnership or a trust; the operator's is for the whole installation.
    """
    given = password or made_up_password()
    with installation() as opened, opened.database.writing.begin() as session:
        by = operator(session)
        places = {"agency": agency, "partnership": partnership, "trust": trust}
        post = Post(Role(role), _place(session, Role(role), places, by))
        people.add_person(session, name, email, given, post, by=by, now=datetime.now(UTC))
    click.echo(f"{name} can sign in as {stored_email(email)}.")
    if password is None:
        click.echo(f"Password: {given}\nIt is shown only now.")


def _place(session: Session, role: Role, places: dict[str, str | None], by: Viewer) -> str:
    """The reference of the place that the role is for, of those that were given by kind."""
    kind = _kind_of_place(role)
    for other, given in places.items():
        if given is not None and other != kind:
            where = f"a role in one {kind}" if kind else "a role in the whole installation"
            raise click.UsageError(f"Leave --{other} out: {role} is {where}.")
    if kind is None:
        return ""
    place = places[kind]
    if kind == "partnership":
        return partnership_meant(session, place, by)
    if place is None:
        raise click.UsageError(f"Say for which {kind}, with --{kind}: {role} is a role in one.")
    return place.upper()


def _kind_of_place(role: Role) -> str | None:
    if role in INSTALLATION_ROLES:
        return None
    if role in TRUST_ROLES:
        return "trust"
    return "partnership" if role in PARTNERSHIP_ROLES else "agency"


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
    print_rows(rows, as_json)


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


@users.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take the second step of signing in from somebody who has lost it, to set up anew."""
    with installation() as opened, opened.database.writing.begin() as session:
        user, by = _user(session, email), operator(session)
        removed = reset_second_factors(session, user.id, by=by, now=datetime.now(UTC))
    if not removed:
        click.echo(f"{user.name} had no second step, so there was none to reset.")
        return
    click.echo(f"{user.name} is signed out, and can set up a second step after signing in again.")


def _user(session: Session, email: str) -> User:
    user = session.scalars(select(User).where(User.email == stored_email(email))).one_or_none()
    if user is None or directory.person(session, user.id, visible_to=operator(session)) is None:
        raise click.ClickException(f"Nobody with a role has the address {email}.")
    return user
