"""`s11audit rounds return-rate`: how many have returned, by type and sector of agency."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import click

from s11audit.cli.days import Day
from s11audit.cli.installation import installation
from s11audit.cli.listing import as_json_option
from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.return_rates import RateAsAt
from s11audit.exports.summary import of_whole
from s11audit.queries.people import operator
from s11audit.queries.return_rates import RateTable, ReturnRates, return_rates
from s11audit.queries.rounds import round_of


@click.command("return-rate")
@click.argument("reference")
@click.option("--as-at", type=Day(), help="Count by the end of this day; today if left out.")
@as_json_option
def return_rate(reference: str, as_at: date | None, as_json: bool) -> None:
    """Say how many agencies of a round have returned."""
    today = today_in_london(datetime.now(UTC))
    if as_at is not None and as_at > today:
        raise click.UsageError("Name today or an earlier day with --as-at.")
    with installation() as opened, opened.database.reading() as session:
        by = operator(session)
        audit_round = round_of(session, reference, visible_to=by)
        if audit_round is None:
            raise click.ClickException(
                f"There is no round {reference}: `s11audit rounds list` names those that there are."
            )
        rates = return_rates(session, audit_round, as_at or today, visible_to=by)
    if as_json:
        click.echo(json.dumps(_as_json(reference, rates), indent=2, ensure_ascii=False))
        return
    click.echo(f"{reference}, as at {long_date(rates.as_at)}")
    for table in rates.tables:
        click.echo("\n".join(_lines(table)))


def _lines(table: RateTable) -> Iterator[str]:
    yield ""
    yield table.whose
    for line in (*table.by_type, *table.by_sector):
        yield f"  {line.label}: {_in_words(line.rate)}"
    yield f"  All agencies: {_in_words(table.total)}"


def _in_words(rate: RateAsAt) -> str:
    told = [
        of_whole(rate.returned, rate.expected),
        f"{rate.on_time}/{rate.expected} in time",
        f"alternative assurance {rate.alternative}",
        f"nil returns {rate.nil}",
    ]
    return ", ".join([*told, f"exempt {rate.exempt}"] if rate.exempt else told)


def _as_json(reference: str, rates: ReturnRates) -> dict[str, Any]:
    return {
        "round": reference,
        "as_at": rates.as_at.isoformat(),
        **_table_as_json(rates.whole),
        "partnerships": [_table_as_json(table) for table in rates.by_partnership],
    }


def _table_as_json(table: RateTable) -> dict[str, Any]:
    return {
        "partnership": table.whose,
        "by_type": [{"type": line.label} | _rate(line.rate) for line in table.by_type],
        "by_sector": [{"sector": line.label} | _rate(line.rate) for line in table.by_sector],
        "total": _rate(table.total),
    }


def _rate(rate: RateAsAt) -> dict[str, Any]:
    """Counts, and percentages as text: JSON has no decimals."""
    share, on_time = rate.percentage, rate.on_time_percentage
    return {
        "returned": rate.returned,
        "expected": rate.expected,
        "percentage": None if share is None else f"{share:.1f}",
        "on_time": rate.on_time,
        "on_time_percentage": None if on_time is None else f"{on_time:.1f}",
        "submitted": rate.submitted,
        "alternative_assurance": rate.alternative,
        "nil_returns": rate.nil,
        "overdue": rate.overdue,
        "exempt": rate.exempt,
    }
