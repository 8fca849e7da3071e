"""`s11audit rounds show`: one round with its dates, and how many of each type have returned."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import click

from s11audit.cli.installation import installation
from s11audit.cli.listing import as_json_option
from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.workflow import ROUND_STATUS_LABELS
from s11audit.models import AuditRound
from s11audit.queries.people import operator
from s11audit.queries.rounds import ReturnRow, rates_by_type, return_rate, return_rows, round_of


@click.command("show")
@click.argument("reference")
@as_json_option
def show_round(reference: str, as_json: bool) -> None:
    """Show the round REFERENCE: its dates, who has returned by type, and who is overdue."""
    with installation() as opened, opened.database.reading() as session:
        by, today = operator(session), today_in_london(datetime.now(UTC))
        found = round_of(session, reference.upper(), visible_to=by)
        if found is None:
            raise click.ClickException(
                f"There is no round {reference}: `s11audit rounds list` names those that there are."
            )
        rows = return_rows(session, found, visible_to=by)
        told = _as_json(found, rows, today)
        words = _in_words(found, rows, today)
    click.echo(json.dumps(told, indent=2, ensure_ascii=False) if as_json else words)


def _as_json(found: AuditRound, rows: list[ReturnRow], today: date) -> dict[str, Any]:
    rate = return_rate([(row.status, row.due_on, 1) for row in rows], today)
    return {
        "reference": found.reference,
        "title": found.title,
        "partnerships": [one.reference for one in found.partnerships],
        "questionnaire": found.questionnaire_id,
        "version": found.questionnaire_version,
        "status": found.status.value,
        "opens_on": found.opens_on.isoformat(),
        "due_on": found.due_on.isoformat(),
        "closes_on": found.closes_on.isoformat(),
        "signatures_needed": found.signatures_needed,
        "returned": rate.returned,
        "expected": rate.expected,
        "overdue": [row.agency_reference for row in rows if row.is_overdue(today)],
        "by_type": {
            code: {"returned": one.returned, "expected": one.expected}
            for code, one in rates_by_type(rows, today).items()
        },
    }


def _in_words(found: AuditRound, rows: list[ReturnRow], today: date) -> str:
    rate = return_rate([(row.status, row.due_on, 1) for row in rows], today)
    lines = [
        f"{found.reference}  {ROUND_STATUS_LABELS[found.status]}  {found.title}",
        f"Opens {long_date(found.opens_on)}, due {long_date(found.due_on)}, "
        f"closes {long_date(found.closes_on)}.",
        f"{rate.returned}/{rate.expected} returned, {rate.overdue} overdue.",
    ]
    for code, of_type in rates_by_type(rows, today).items():
        lines.append(f"  {agency_type_label(code)}  {of_type.returned}/{of_type.expected}")
    overdue = [row for row in rows if row.is_overdue(today)]
    lines += [f"Overdue  {row.agency_reference}  {row.agency}" for row in overdue]
    return "\n".join(lines)
