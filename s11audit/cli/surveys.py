"""`s11audit surveys`: list surveys of staff, and say what of their answers may be shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from s11audit.cli.installation import catalogue_of, installation
from s11audit.cli.listing import as_json_option, print_rows
from s11audit.domain.question_types import without_capital
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.survey_results import QuestionResult, SurveyResults
from s11audit.domain.viewers import Viewer
from s11audit.exports.summary import of_whole
from s11audit.exports.survey import (
    NamedGroup,
    answer_rows,
    group_rows,
    groups_of,
    note_on,
    people_in_words,
    question_rows,
    share_shown,
    small_left_out,
    write_survey,
)
from s11audit.models import Survey
from s11audit.queries.asking import questionnaire_of
from s11audit.queries.people import operator
from s11audit.queries.survey_results import survey_results
from s11audit.queries.surveys import survey_lines, survey_of, survey_questionnaire
from s11audit.questionnaires.catalogue import Catalogue


@click.group()
def surveys() -> None:
    """List surveys of staff, and say what was answered."""


@surveys.command("list")
@as_json_option
def list_surveys(as_json: bool) -> None:
    """List every survey."""
    with installation() as opened, opened.database.reading() as session:
        lines = survey_lines(session, visible_to=operator(session))
    print_rows(
        [
            {
                "reference": one.reference,
                "title": one.title,
                "partnership": one.partnership,
                "status": one.status.value,
                "opens_on": one.opens_on.isoformat(),
                "closes_on": one.closes_on.isoformat(),
                "agencies": one.agencies,
            }
            for one in lines
        ],
        as_json,
    )


@surveys.command()
@click.argument("reference")
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a workbook to this file instead of printing.",
)
@as_json_option
def results(reference: str, to: Path | None, as_json: bool) -> None:
    """Say what staff answered in a closed survey.

    What fewer than five people answered is hidden, also from whoever runs the machine.
    """
    with installation() as opened, opened.database.reading() as session:
        by = operator(session)
        survey = survey_of(session, reference, visible_to=by)
        if survey is None:
            raise click.ClickException(
                f"There is no survey {reference}: `s11audit surveys list` names those there are."
            )
        asked, found = _results_of(session, survey, catalogue_of(opened, session), by)
        groups = groups_of(found)
        if to is not None:
            write_survey(
                survey, asked, groups, found.agencies,
                exported_by=by.name, exported_at=datetime.now(UTC), path_or_stream=to,
            )  # fmt: skip
            click.echo(f"Wrote {to}")
            return
    if as_json:
        told = {"survey": reference, **_as_json(groups, found)}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(reference, groups)))


def _results_of(
    session: Session, survey: Survey, catalogue: Catalogue, by: Viewer
) -> tuple[Questionnaire, SurveyResults]:
    asked = survey_questionnaire(survey, catalogue)
    compared = survey.audit_round
    rated = questionnaire_of(compared, catalogue, visible_to=by) if compared else None
    try:
        return asked, survey_results(session, survey, asked, rated, visible_to=by)
    except StepNotAllowedError as error:
        raise click.ClickException(str(error)) from error


def _as_json(groups: list[NamedGroup], found: SurveyResults) -> dict[str, Any]:
    """The rows of the workbook; percentages as text, because JSON has no decimals."""
    return {
        "hidden_agencies": found.hidden_agencies,
        "groups": [_plain(asdict(row)) for row in group_rows(groups)],
        "questions": [_plain(asdict(row)) for row in question_rows(groups)],
        "answers": [_plain(asdict(row)) for row in answer_rows(groups)],
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{value:.1f}" if isinstance(value, Decimal) else value for name, value in row.items()
    }


def _lines(reference: str, groups: list[NamedGroup]) -> Iterator[str]:
    yield reference
    for one in groups:
        yield ""
        yield f"{one.group.name}: {people_in_words(one.group)}"
        if one.group.people is None:
            continue
        notes = (small_left_out(one.group), share_shown(one.group))
        yield from (f"  {said}" for said in notes if said)
        yield from (f"  {_line(result)}" for result in one.group.results)


def _line(result: QuestionResult) -> str:
    """One question: its good answers or, where nobody said which are good, each of them; and why
    something of it is hidden."""
    told = [of_whole(*result.good)] if result.good else list(_each(result))
    said = "; ".join(one for one in (*told, without_capital(note_on(result))) if one)
    says_otherwise = "  ! staff say otherwise" if result.is_mismatch else ""
    return f"{result.question.title}: {said}{says_otherwise}"


def _each(result: QuestionResult) -> Iterator[str]:
    whole = result.shown.tally.people if result.shown else 0
    return (f"{one.label} {of_whole(one.people, whole)}" for one in result.answers)
