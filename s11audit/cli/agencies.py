"""Agencies, partnerships and trusts from the terminal, for whoever runs the machine."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from s11audit.cli.importing import agency_template, import_agencies
from s11audit.cli.installation import installation
from s11audit.cli.listing import as_json_option, partnership_meant, print_rows
from s11audit.domain.agency_types import AGENCY_TYPE_LABELS, agency_type_label
from s11audit.queries import directory
from s11audit.queries.installation import trusts as listed_trusts
from s11audit.queries.people import operator
from s11audit.questionnaires.audience_checks import misspelt
from s11audit.services import agencies as services
from s11audit.services import installation as founding

attributes_option = click.option(
    "--with",
    "attributes",
    multiple=True,
    metavar="ATTRIBUTE",
    help="What it has or does, such as boarding or sixth-form. Give it once for each.",
)


@click.group()
def agencies() -> None:
    """Add agencies and list them."""


agencies.add_command(import_agencies)
agencies.add_command(agency_template)


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
        home = partnership_meant(session, partnership, by)
        added = services.add_agency(
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
        changed = services.change_attributes(
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
    print_rows(rows, as_json)


@click.group()
def partnerships() -> None:
    """Add partnerships and list them."""


@partnerships.command("list")
@as_json_option
def list_partnerships(as_json: bool) -> None:
    """List the partnerships of this installation."""
    with installation() as opened, opened.database.reading() as session:
        found = directory.partnerships(session, visible_to=operator(session))
    print_rows([{"reference": one.reference, "name": one.name} for one in found], as_json)


@partnerships.command("add")
@click.argument("reference")
@click.option("--name", required=True)
def add_partnership(reference: str, name: str) -> None:
    """Add a partnership. Invite its first manager with `s11audit users add --role manager`."""
    with installation() as opened, opened.database.writing.begin() as session:
        by, now = operator(session), datetime.now(UTC)
        added = founding.add_partnership(session, reference, name, by=by, now=now)
    click.echo(f"{added.name} ({added.reference}) is added.")


@agencies.command("share")
@click.argument("reference")
@click.option("--with", "partnership", required=True, metavar="PARTNERSHIP")
def share_agency(reference: str, partnership: str) -> None:
    """Let an agency work with one more partnership, such as a cross-border police force."""
    with installation() as opened, opened.database.writing.begin() as session:
        by, now = operator(session), datetime.now(UTC)
        shared = founding.share_agency(session, reference, partnership, by=by, now=now)
        names = "; ".join(sorted(home.name for home in shared.partnerships))
    click.echo(f"{shared.name} works with: {names}.")


@click.group()
def trusts() -> None:
    """Add trusts of schools, list them, and say which schools are theirs."""


@trusts.command("add")
@click.argument("reference")
@click.option("--name", required=True)
def add_trust(reference: str, name: str) -> None:
    """Add a trust."""
    with installation() as opened, opened.database.writing.begin() as session:
        by, now = operator(session), datetime.now(UTC)
        added = founding.add_trust(session, reference, name, by=by, now=now)
    click.echo(f"{added.name} ({added.reference}) is added.")


@trusts.command("join")
@click.argument("reference")
@click.argument("school")
def join_trust(reference: str, school: str) -> None:
    """Count SCHOOL, by the reference of the agency, among those of the trust REFERENCE."""
    with installation() as opened, opened.database.writing.begin() as session:
        by, now = operator(session), datetime.now(UTC)
        joined = founding.join_trust(session, school, reference, by=by, now=now)
    click.echo(f"{joined.name} belongs to {joined.trust.name if joined.trust else 'none'}.")


@trusts.command("leave")
@click.argument("school")
def leave_trust(school: str) -> None:
    """Take SCHOOL out of its trust."""
    with installation() as opened, opened.database.writing.begin() as session:
        by, now = operator(session), datetime.now(UTC)
        left = founding.leave_trust(session, school, by=by, now=now)
    click.echo(f"{left.name} belongs to no trust.")


@trusts.command("list")
@as_json_option
def list_trusts(as_json: bool) -> None:
    """List the trusts and their schools."""
    with installation() as opened, opened.database.reading() as session:
        found = listed_trusts(session, visible_to=operator(session))
    rows = [
        {
            "reference": trust.reference,
            "name": trust.name,
            "schools": [reference for reference, _ in trust.schools],
        }
        for trust in found
    ]
    print_rows(rows, as_json)
