"""`s11audit cases draw`: for whoever runs the machine, or checks how cases were drawn."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from s11audit.cli.installation import installation
from s11audit.domain.cases import case_reference
from s11audit.domain.cohort_lists import read_cohort
from s11audit.domain.sampling import (
    Draw,
    Entry,
    Size,
    Stratum,
    draw_cases,
    proportional_sizes,
    strata_of,
    stratum_of,
)
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import CaseAudit
from s11audit.queries.case_audits import audit_of
from s11audit.queries.people import operator
from s11audit.questionnaires.authoring.csv_lists import spreadsheet_text
from s11audit.services.sampling import check_sizes, draw_facts, keep_list
from s11audit.services.sampling import draw as draw_and_keep

Sizes = dict[str, Size]


@click.command()
@click.option("--audit", required=True, metavar="REF", help="Such as MA-26-03.")
@click.option(
    "--list", "path", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--seed", required=True, help="The same seed, list and sizes give the same cases.")
@click.option("--by", "strata", multiple=True, type=click.Choice([one.value for one in Stratum]))
@click.option(
    "--size",
    "typed",
    multiple=True,
    metavar="GROUP=CASES+RESERVES",
    help="Such as '0 to 4=2+1'; repeat it. Left out, the cases wanted are shared out fairly.",
)
@click.option("--dry-run", is_flag=True, help="Only print what would be drawn.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def draw(
    audit: str,
    path: Path,
    seed: str,
    strata: tuple[str, ...],
    typed: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Store a list as that of an audit, in place of any other, and draw its cases."""
    entries = _entries(path)
    with installation() as opened, opened.database.writing.begin() as session:
        by, now = operator(session), datetime.now(UTC)
        found = audit_of(session, audit.upper(), visible_to=by)
        if found is None:
            raise click.ClickException(f"There is no case audit {audit}.")
        sizes = _sizes(typed, entries, strata, found.cases_wanted)
        total = sum(size.cases for size in sizes.values())
        check_sizes(entries, strata, sizes, total)
        if dry_run:
            drawn = draw_cases(entries, strata, sizes, seed)
        else:
            try:
                keep_list(session, found, entries, replace=True, by=by, now=now)
                drawn = draw_and_keep(
                    session, found, sizes, seed, strata=strata, expected=total, by=by, now=now
                )
            except StepNotAllowedError as error:
                raise click.ClickException(str(error)) from error
        facts = draw_facts(entries, strata, sizes, seed)
        told = _told(found, drawn, strata)
    _print(told, facts, as_json)
    if dry_run and not as_json:
        click.echo("Nothing is stored.")


def _entries(path: Path) -> Sequence[Entry]:
    """The references of a file; every fault of it is printed."""
    read = read_cohort(spreadsheet_text(path.read_bytes()))
    for fault in read.faults:
        click.echo(f"{path}:{fault.line}: {fault.column or 'line'}: {fault.message}", err=True)
    if read.faults:
        raise click.ClickException("The list has faults, so nothing is drawn.")
    return read.entries


def _sizes(
    typed: Collection[str], entries: Sequence[Entry], strata: Collection[str], wanted: int
) -> Sizes:
    if not typed:
        counts = {name: len(of) for name, of in strata_of(entries, strata).items()}
        return proportional_sizes(counts, wanted)
    return dict(_size(one) for one in typed)


def _size(typed: str) -> tuple[str, Size]:
    name, _, numbers = typed.rpartition("=")
    cases, _, reserves = numbers.partition("+")
    if not name or not all(one.isascii() and one.isdigit() for one in (cases, reserves or "0")):
        raise click.UsageError(f"--size {typed}: write it like '0 to 4=2+1'")
    return name, Size(int(cases), int(reserves or 0))


def _told(audit: CaseAudit, drawn: Draw, strata: Collection[str]) -> dict[str, Any]:
    return {
        "cases": [
            {
                "case": case_reference(audit.reference, number),
                "reference": entry.reference,
                "group": stratum_of(entry, strata),
            }
            for number, entry in enumerate(drawn.cases, 1)
        ],
        "reserves": [
            {"reference": entry.reference, "group": name}
            for name, reserves in drawn.reserves.items()
            for entry in reserves
        ],
    }


def _print(told: Mapping[str, Any], facts: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({**told, **facts}, indent=2, ensure_ascii=False))
        return
    for row in told["cases"]:
        click.echo(f"{row['case']}  {row['reference']}  {row['group']}")
    for row in told["reserves"]:
        click.echo(f"reserve  {row['reference']}  {row['group']}")
