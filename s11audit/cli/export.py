"""`s11audit export`: a round's workbook and charts, for whoever runs the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from sqlalchemy.orm import Session

from s11audit.cli.installation import catalogue_of, installation
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.viewers import Viewer
from s11audit.exports.layout import LayoutError
from s11audit.models import AuditRound
from s11audit.queries.asking import ChangedQuestionnaireError, questionnaire_of
from s11audit.queries.people import operator
from s11audit.queries.reports import round_to_export
from s11audit.questionnaires import QuestionnaireFaultsError, UnknownQuestionnaireError

# Who a workbook says that it was exported by.
EXPORTED_BY = "s11audit command line"
FAILURES = (
    ChangedQuestionnaireError,
    LayoutError,
    QuestionnaireFaultsError,
    UnknownQuestionnaireError,
)


@dataclass(frozen=True)
class Found:
    """A round, what it asks, and who looks at it."""

    session: Session
    audit_round: AuditRound
    questionnaire: Questionnaire
    by: Viewer


@click.group()
def export() -> None:
    """Write a round's workbook, or draw its charts."""


_round_option = click.option(
    "--round", "reference", required=True, metavar="REF", help="The round, such as S11-2026."
)


@export.command()
@_round_option
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The workbook to write, such as compliance.xlsx. One that is there is replaced.",
)
def compliance(reference: str, output: Path) -> None:
    """Write the workbook of a round: ratings, answers, actions and return status."""
    from s11audit.exports.compliance import write_compliance

    with _round_of(reference) as found, replacing(output) as unfinished:
        write_compliance(
            found.session,
            found.audit_round,
            found.questionnaire,
            visible_to=found.by,
            exported_at=datetime.now(UTC),
            path_or_stream=unfinished,
        )
    click.echo(f"Wrote {output}")


@export.command()
@_round_option
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write into; it is made where there is none.",
)
def charts(reference: str, output: Path) -> None:
    """Draw the charts of a round, each as PNG and as SVG."""
    from s11audit.exports.chart_pack import rows_of_round, write_charts

    with _round_of(reference) as found:
        rows = rows_of_round(
            found.session,
            found.audit_round,
            found.questionnaire,
            visible_to=found.by,
            exported_at=datetime.now(UTC),
        )
        for path in write_charts(rows, output):
            click.echo(f"Wrote {path}")


@contextmanager
def _round_of(reference: str) -> Iterator[Found]:
    """The round of this reference. Whatever is wrong ends the command with a sentence."""
    with installation() as opened, opened.database.reading() as session:
        by = replace(operator(session), name=EXPORTED_BY)
        audit_round = round_to_export(session, reference, visible_to=by)
        if audit_round is None:
            raise click.ClickException(
                f"There is no round {reference}: `s11audit rounds list` names those that there are."
            )
        try:
            catalogue = catalogue_of(opened, session)
            asked = questionnaire_of(audit_round, catalogue, visible_to=by, to=Permission.EXPORT)
            yield Found(session, audit_round, asked, by)
        except FAILURES as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(
                f"Nothing was written. {place}{error.strerror or error}."
            ) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to; it takes the place of `path` once it is complete."""
    if not path.parent.is_dir():
        raise click.ClickException(f"There is no folder {path.parent}: make it, or name another.")
    with TemporaryDirectory(prefix=".s11audit-", dir=path.parent) as folder:
        unfinished = Path(folder) / path.name
        yield unfinished
        unfinished.replace(path)
