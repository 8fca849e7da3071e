"""`s11audit people invite-many`: everybody of a list, shown first or invited at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from s11audit.cli.importing import say_faults
from s11audit.cli.installation import installation
from s11audit.cli.listing import partnership_meant
from s11audit.domain.numbers import counted
from s11audit.queries.people import operator
from s11audit.questionnaires.authoring.csv_lists import spreadsheet_text
from s11audit.services.bulk_invitations import Invitee, Plan, carry_out, plan_invitations
from s11audit.services.invitation_files import read_rows, template


@click.group()
def people() -> None:
    """Invite people from a list."""


@people.command("template")
def print_template() -> None:
    """Print an empty list with its headings, to fill in."""
    click.echo(template(), nl=False)


@people.command("invite-many")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--partnership", metavar="REF", help="Needed where there are several.")
@click.option("--round", "round_", metavar="REF", default="", help="The round that they join.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def invite_many(
    file: Path, partnership: str | None, round_: str, dry_run: bool, as_json: bool
) -> None:
    """Add the agencies of FILE, a CSV list, and invite its people: all of them or nobody.

    `s11audit people template` prints an empty list.
    """
    with installation() as opened, opened.database.writing.begin() as session:
        by, now = operator(session), datetime.now(UTC)
        rows = read_rows(spreadsheet_text(file.read_bytes()))
        home = partnership_meant(session, partnership, by)
        plan = plan_invitations(session, rows, home, round_.upper(), by=by, now=now)
        if not plan.faults and not dry_run:
            base = opened.settings.base_url
            carry_out(session, plan, by=by, now=now, address=lambda token: f"{base}/join/{token}")
    _say(plan, as_json, was_done=not dry_run)
    if plan.faults:
        many = counted(len(plan.faults), "fault")
        raise click.ClickException(f"The list has {many}. Nothing was done.")


def _say(plan: Plan, as_json: bool, *, was_done: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(plan), indent=2, ensure_ascii=False, default=sorted))
        return
    say_faults(plan.faults)
    if plan.faults:
        return
    for agency in plan.added:
        click.echo(f"Agency  {agency.reference}  {agency.agency_type}  {agency.name}")
    _list("Invite", plan.invited)
    _list("Has the role already", plan.present)
    _list("Is invited already", plan.waiting)
    if plan.unread:
        click.echo(f"These columns are not used: {'; '.join(plan.unread)}.")
    people_done = counted(len(plan.invited), "person", "people")
    agencies_done = counted(len(plan.added), "agency", "agencies")
    begins = "Done" if was_done else "To be done"
    joined = f", {len(plan.joining)} taken into {plan.round}" if plan.round else ""
    click.echo(f"{begins}: {people_done} invited, {agencies_done} added{joined}.")


def _list(title: str, people_of: Sequence[Invitee]) -> None:
    for one in people_of:
        click.echo(f"{title}  {one.email}  {one.role}  {one.agency}")
