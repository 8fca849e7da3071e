"""`s11audit assessments`: joint assessments, for whoever runs the machine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from s11audit.cli.export import EXPORTED_BY, FAILURES, replacing
from s11audit.cli.installation import catalogue_of, installation
from s11audit.domain.assessments import ASSESSMENT_STATUS_LABELS
from s11audit.domain.permissions import Permission
from s11audit.queries.assessments import assessment_of, questionnaire_of
from s11audit.queries.assessments import assessments as all_assessments
from s11audit.queries.people import operator


@click.group()
def assessments() -> None:
    """List joint assessments, and write the workbook of one."""


@assessments.command("list")
def list_all() -> None:
    """List every joint assessment, the newest first."""
    with installation() as opened, opened.database.reading() as session:
        found = all_assessments(session, visible_to=operator(session))
        for one in found:
            status = ASSESSMENT_STATUS_LABELS[one.status].lower()
            click.echo(f"{one.reference}  {one.title}, {one.partnership.name} ({status})")
        if not found:
            click.echo("There is no joint assessment yet.")


@assessments.command()
@click.argument("reference")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The workbook to write. One that is there is replaced.",
)
def export(reference: str, output: Path) -> None:
    """Write the workbook of a joint assessment whose ratings are opened."""
    from s11audit.exports.assessment import write_assessment

    with installation() as opened, opened.database.reading() as session:
        by = replace(operator(session), name=EXPORTED_BY)
        reads = Permission.READ_RATINGS
        found = assessment_of(session, reference, visible_to=by, to=reads)
        if found is None:
            raise click.ClickException(
                f"There is no joint assessment {reference} whose ratings are opened: "
                "`s11audit assessments list` names those that there are."
            )
        catalogue = catalogue_of(opened, session)
        try:
            chain = catalogue.chain(questionnaire_of(found, catalogue))
            with replacing(output) as unfinished:
                write_assessment(
                    session,
                    found,
                    chain,
                    visible_to=by,
                    exported_at=datetime.now(UTC),
                    path_or_stream=unfinished,
                )
        except FAILURES as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"Wrote {output}")
