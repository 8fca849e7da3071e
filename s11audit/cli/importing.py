"""`s11audit agencies import`: the agencies of a list, shown first or added at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from s11audit.cli.installation import installation
from s11audit.cli.listing import as_json_option, partnership_meant
from s11audit.domain.numbers import counted
from s11audit.domain.steps import StepNotAllowedError
from s11audit.queries.people import operator
from s11audit.questionnaires.authoring.csv_lists import spreadsheet_text
from s11audit.services.agency_lists import AgencyPlan, add_planned, plan_agencies
from s11audit.services.invitation_files import AGENCY_COLUMNS, Fault, read_rows, template


@click.command("template")
def agency_template() -> None:
    """Print an empty list with its headings, to fill in."""
    click.echo(template(AGENCY_COLUMNS), nl=False)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--partnership", metavar="REF", help="Needed where there are several.")
@click.option("--round", "round_", metavar="REF", default="", help="The round that they join.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@as_json_option
def import_agencies(
    file: Path, partnership: str | None, round_: str, dry_run: bool, as_json: bool
) -> None:
    """Add the agencies of FILE, a CSV list: all of them or none.

    With a round, those that are new and those that are there already join it.
    `s11audit agencies template` prints an empty list.
    """
    with installation() as opened, opened.database.writing.begin() as session:
        by = operator(session)
        rows = read_rows(spreadsheet_text(file.read_bytes()), AGENCY_COLUMNS)
        home = partnership_meant(session, partnership, by)
        plan = plan_agencies(session, rows, home, round_.upper(), by=by)
        if not plan.faults and not dry_run:
            try:
                add_planned(session, plan, by=by, now=datetime.now(UTC))
            except StepNotAllowedError as error:
                raise click.ClickException(str(error)) from error
    _say(plan, as_json, was_done=not dry_run)
    if plan.faults:
        many = counted(len(plan.faults), "fault")
        raise click.ClickException(f"The list has {many}. Nothing was done.")


def say_faults(faults: Iterable[Fault]) -> None:
    """A line for each thing that is wrong, and what would be right."""
    for fault in faults:
        column = f", {fault.column}" if fault.column else ""
        click.echo(f"Line {fault.line}{column}: {fault.message}.", err=True)


def _say(plan: AgencyPlan, as_json: bool, *, was_done: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(plan), indent=2, ensure_ascii=False, default=sorted))
        return
    say_faults(plan.faults)
    if plan.faults:
        return
    for agency in plan.added:
        click.echo(f"Agency  {agency.reference}  {agency.agency_type}  {agency.name}")
    for agency in plan.found:
        click.echo(f"There already  {agency.reference}  {agency.name}")
    for one in plan.repeated:
        click.echo(f"Line {one.line} names {one.reference} again, like line {one.first}")
    if plan.unread:
        click.echo(f"These columns are not used: {'; '.join(plan.unread)}.")
    added = counted(len(plan.added), "agency", "agencies")
    joined = f", {len(plan.joining)} taken into {plan.round}" if plan.round else ""
    click.echo(f"{'Done' if was_done else 'To be done'}: {added} added{joined}.")
