"""`s11audit init` and `s11audit serve`: setting an installation up, and running it."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.cli.installation import installation, plain_failures
from s11audit.config import ConfigurationError, Settings, read_settings
from s11audit.domain.permissions import Role
from s11audit.models import Membership, Partnership, User
from s11audit.models.database import Database
from s11audit.models.migrating import goes_round_walls, migrate
from s11audit.queries.people import operator, stored_email
from s11audit.services import people
from s11audit.services.installation import add_partnership
from s11audit.services.passwords import made_up_password
from s11audit.services.people import Post

HOW_TO_MAKE_A_KEY = (
    "S11AUDIT_SECRET_KEY is not set. Make one with "
    "`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'`, keep it secret, and set it "
    "to the same value every time."
)
HOW_TO_BIND_THE_ROLE = (
    "The role of DATABASE_URL may pass the walls between partnerships in the database. Use one "
    "that may not, or take that from it: ALTER ROLE … NOSUPERUSER NOBYPASSRLS."
)


@click.command()
@click.option("--partnership-name", help="Such as “Downshire Safeguarding Children Partnership”.")
@click.option("--partnership-reference", help="Up to 12 capital letters, digits and hyphens.")
@click.option("--manager-name", help="Who will set up rounds, agencies and people.")
@click.option("--manager-email", help="The address that the manager signs in with.")
@click.option("--password", help="The manager's. Left out, one is made up and printed.")
def init(
    partnership_name: str | None,
    partnership_reference: str | None,
    manager_name: str | None,
    manager_email: str | None,
    password: str | None,
) -> None:
    """Prepare the database, a partnership and its first manager.

    May be run again at any time: it brings the tables up to date and keeps what is there.
    """
    database = _migrated()
    told = (partnership_name, partnership_reference, manager_name, manager_email)
    try:
        with plain_failures(), database.writing.begin() as session:
            if not any(told) and _has_manager(session):
                click.echo("A partnership and its manager exist already.")
                return
            reference = _partnership(session, partnership_reference, partnership_name)
            _manager(session, reference, manager_name, manager_email, password)
    finally:
        database.dispose()


def _migrated() -> Database:
    with plain_failures():
        database = Database(read_settings(os.environ).database_url)
        migrate(database.engine)
    click.echo("The database is up to date.")
    return database


def _has_manager(session: Session) -> bool:
    return bool(session.scalar(select(Membership.id).where(Membership.role == Role.MANAGER)))


def _partnership(session: Session, reference: str | None, name: str | None) -> str:
    reference = _told(reference, "--partnership-reference", "Reference of the partnership").upper()
    existing = session.scalars(select(Partnership).filter_by(reference=reference)).one_or_none()
    if existing is not None:
        click.echo(f"The partnership {reference} exists already: {existing.name}.")
        return reference
    name = _told(name, "--partnership-name", "Name of the partnership")
    by = operator(session)
    added = add_partnership(session, reference, name, by=by, now=datetime.now(UTC))
    click.echo(f"Added the partnership {added.reference}: {added.name}.")
    return added.reference


def _manager(
    session: Session, reference: str, name: str | None, email: str | None, password: str | None
) -> None:
    email = stored_email(_told(email, "--manager-email", "E-mail address of its manager"))
    post, by, now = Post(Role.MANAGER, reference), operator(session), datetime.now(UTC)
    user = session.scalars(select(User).where(User.email == email)).one_or_none()
    if user is not None:
        _keep(session, user, post)
        return
    name = _told(name, "--manager-name", "Name of its manager")
    given = password or _typed_password() or made_up_password()
    people.add_person(session, name, email, given, post, by=by, now=now)
    click.echo(f"Added the manager {name}, who signs in as {email}.")
    if password is None:
        click.echo(f"Password: {given}\nIt is shown only now.")


def _keep(session: Session, user: User, post: Post) -> None:
    """Somebody with an account stays as they are, but for the manager's role if they lack it."""
    home = session.scalars(select(Partnership.id).filter_by(reference=post.place)).one()
    live = [m for m in user.memberships if m.is_live]
    if any(m.role is Role.MANAGER and m.partnership_id == home for m in live):
        click.echo(f"{user.email} manages {post.place} already; the password stays as it is.")
        return
    people.add_role(session, user.id, post, by=operator(session), now=datetime.now(UTC))
    click.echo(f"{user.email} has an account already, and now manages {post.place}.")


def _told(value: str | None, option: str, question: str) -> str:
    """What an option said, or whoever sits at the terminal says."""
    if value:
        return value
    if not sys.stdin.isatty():
        raise click.UsageError(f"Say {option}.")
    return str(click.prompt(question))


def _typed_password() -> str:
    if not sys.stdin.isatty():
        return ""
    question = "Password (leave empty to have one made up)"
    return str(
        click.prompt(
            question, default="", hide_input=True, show_default=False, confirmation_prompt=True
        )
    )


@click.command()
def serve() -> None:
    """Answer browsers, with what the environment says (docs/configuration.md)."""
    with installation() as opened:
        if not opened.settings.secret_key:
            raise ConfigurationError(HOW_TO_MAKE_A_KEY)
        if goes_round_walls(opened.database.engine):
            raise ConfigurationError(HOW_TO_BIND_THE_ROLE)
    serve_pages(opened.settings)


def serve_pages(settings: Settings) -> None:
    """Answer browsers with these settings until the process is told to stop."""
    # The web and its server are loaded only to be used.
    from s11audit.cli.retention import warn_of_deletions_not_done
    from s11audit.cli.web_server import require_free_port, serve_until_stopped
    from s11audit.web import create_app
    from s11audit.web.logs import log_json_lines

    require_free_port(settings)
    with plain_failures():
        log_json_lines(settings.log_level)
        app = create_app(settings)
        warn_of_deletions_not_done(settings)
    serve_until_stopped(app, settings)
