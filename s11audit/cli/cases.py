"""`s11audit cases`: case audits, for whoever runs the machine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from s11audit.cli.case_drawing import draw
from s11audit.cli.export import EXPORTED_BY, FAILURES, replacing
from s11audit.cli.installation import catalogue_of, installation
from s11audit.domain.cases import OPENED_STATUSES
from s11audit.domain.permissions import Permission
from s11audit.queries.case_audits import audit_of
from s11audit.queries.case_reading import asked_in
from s11audit.queries.people import operator


@click.group()
def cases() -> None:
    """Draw the cases of a case audit, and write out what its panel read."""


@cases.command()
@click.option("--audit", "reference", required=True, metavar="REF", help="Such as MA-26-01.")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The workbook to write, such as audit.xlsx. One that is there is replaced.",
)
def export(reference: str, output: Path) -> None:
    """Write the workbook of a case audit whose panel is open or has agreed.

    It tells of single children under references: OFFICIAL-SENSITIVE.
    """
    from s11audit.exports.case_audit import write_case_audit

    with installation() as opened, opened.database.reading() as session:
        by, to = operator(session), Permission.RUN_CASE_AUDITS
        audit = audit_of(session, reference, visible_to=by, to=to)
        if audit is None:
            raise click.ClickException(f"There is no case audit {reference}.")
        if audit.status not in OPENED_STATUSES:
            raise click.ClickException(
                f"The panel of {reference} is not open yet, so nothing of its cases is written."
            )
        try:
            with replacing(output) as unfinished:
                write_case_audit(
                    session,
                    audit,
                    asked_in(audit, catalogue_of(opened, session)),
                    exported_by=EXPORTED_BY,
                    exported_at=datetime.now(UTC),
                    path_or_stream=unfinished,
                )
        except FAILURES as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"Wrote {output}")


cases.add_command(draw)
