"""`s11audit rounds`: list, set up, open and close rounds, for whoever runs the machine."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from s11audit.cli.days import Day
from s11audit.cli.installation import catalogue_of, installation
from s11audit.cli.return_rate import return_rate
from s11audit.cli.round_details import show_round
from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import ROUND_STATUS_LABELS
from s11audit.models import AuditRound, Partnership
from s11audit.queries.asking import (
    ChangedQuestionnaireError,
    local_questions_to_open,
    questionnaire_to_open,
)
from s11audit.queries.people import operator
from s11audit.queries.rounds import (
    RoundLine,
    agencies_to_invite,
    partnerships_to_run,
    round_lines,
    round_of,
)
from s11audit.questionnaires import (
    QuestionnaireFaultsError,
    UnknownQuestionnaireError,
    UnpublishedQuestionnaireError,
)
from s11audit.services.local_questions import choose_local_questions, remove_local_questions
from s11audit.services.refusals import RefusedError
from s11audit.services.rounds import create_round, take_round_step

QUESTIONNAIRE_FAULTS = (
    UnknownQuestionnaireError,
    UnpublishedQuestionnaireError,
    QuestionnaireFaultsError,
    ChangedQuestionnaireError,
)


@click.group()
def rounds() -> None:
    """List audit rounds, set one up, open it and close it, and say who has returned."""


rounds.add_command(return_rate)


rounds.add_command(show_round)


@rounds.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_rounds(as_json: bool) -> None:
    """List every round of this installation, latest due first."""
    with installation() as opened, opened.database.reading() as session:
        today = today_in_london(datetime.now(UTC))
        lines = round_lines(session, today, visible_to=operator(session))
    if as_json:
        click.echo(json.dumps([_as_json(line) for line in lines], indent=2, ensure_ascii=False))
        return
    for line in lines:
        click.echo(
            f"{line.reference}  {ROUND_STATUS_LABELS[line.status]}  due {long_date(line.due_on)}  "
            f"{line.rate.returned}/{line.rate.expected} returned  {line.title}"
        )
    if not lines:
        click.echo("There is no round yet: `s11audit rounds create` sets one up.")


@rounds.command("create")
@click.argument("reference")
@click.option("--title", required=True, help="What agencies see.")
@click.option("--questionnaire", required=True, metavar="ID")
@click.option("--version", required=True, help="Version of the questionnaire.")
@click.option("--opens", required=True, type=Day())
@click.option("--due", required=True, type=Day())
@click.option("--closes", required=True, type=Day())
@click.option("--partnership", metavar="REF", help="Needed where there are several.")
@click.option(
    "--agency", "agencies", multiple=True, metavar="REF", help="Repeat it; left out means all."
)
@click.option("--guidance", default="", help="What agencies read on their return.")
@click.option(
    "--signatures", default=1, show_default=True, help="How many people sign a return: 1 or 2."
)
def create(
    reference: str,
    title: str,
    questionnaire: str,
    version: str,
    opens: date,
    due: date,
    closes: date,
    partnership: str | None,
    agencies: tuple[str, ...],
    guidance: str,
    signatures: int,
) -> None:
    """Set up a round as a draft, which agencies do not see until it is opened."""
    with installation() as opened, opened.database.writing.begin() as session:
        by = operator(session)
        home = _partnership(session, partnership, by)
        chosen = _agencies(session, home, agencies, by)
        try:
            asked = catalogue_of(opened, session).to_ask(questionnaire, version)
        except QUESTIONNAIRE_FAULTS as error:
            raise click.ClickException(str(error)) from error
        create_round(
            session,
            home.id,
            reference,
            title,
            asked,
            opens,
            due,
            closes,
            chosen,
            guidance=guidance,
            signatures_needed=signatures,
            by=by,
            now=datetime.now(UTC),
        )
    click.echo(f"Round {reference} is a draft. Agencies: {len(chosen)}.")
    click.echo(f"Open it with: s11audit rounds open {reference}")


@rounds.command("local-questions")
@click.argument("reference")
@click.argument("questionnaire", required=False)
@click.argument("version", required=False)
@click.option("--partnership", required=True, metavar="REF", help="Whose local questions they are.")
@click.option("--remove", is_flag=True, help="Ask the common questions only.")
def local_questions(
    reference: str,
    questionnaire: str | None,
    version: str | None,
    partnership: str,
    remove: bool,
) -> None:
    """Choose what one partnership asks in a draft besides the common questions."""
    if remove == bool(questionnaire and version):
        raise click.UsageError("Name a questionnaire and its version, or say --remove.")
    with installation() as opened, opened.database.writing.begin() as session:
        by, moment = operator(session), datetime.now(UTC)
        audit_round, asking = _round(session, reference, by), _partnership(session, partnership, by)
        catalogue = catalogue_of(opened, session)
        try:
            if remove:
                remove_local_questions(session, audit_round, asking, by=by, now=moment)
            else:
                choose_local_questions(
                    session,
                    audit_round,
                    asking,
                    catalogue.to_ask(questionnaire or "", version or ""),
                    common=questionnaire_to_open(audit_round, catalogue),
                    others=local_questions_to_open(session, audit_round, catalogue),
                    by=by,
                    now=moment,
                )
        except (*QUESTIONNAIRE_FAULTS, PermissionError, RefusedError, StepNotAllowedError) as error:
            raise click.ClickException(str(error)) from error
    asked = "the common questions only" if remove else f"{questionnaire} {version} as well"
    click.echo(f"In round {reference}, {asking.name} asks {asked}.")


@rounds.command("open")
@click.argument("reference")
def open_round(reference: str) -> None:
    """Open a draft to its agencies; this fixes the version of its questionnaire."""
    _take_step(reference, "open")


@rounds.command("close")
@click.argument("reference")
def close_round(reference: str) -> None:
    """Close a round: its returns can no longer be changed or signed."""
    _take_step(reference, "close")


def _take_step(reference: str, step: str) -> None:
    with installation() as opened, opened.database.writing.begin() as session:
        by = operator(session)
        audit_round = _round(session, reference, by)
        catalogue = catalogue_of(opened, session)
        try:
            take_round_step(
                session,
                audit_round,
                step,
                by=by,
                now=datetime.now(UTC),
                questionnaire=questionnaire_to_open(audit_round, catalogue),
                local=local_questions_to_open(session, audit_round, catalogue),
            )
        except (*QUESTIONNAIRE_FAULTS, StepNotAllowedError) as error:
            raise click.ClickException(str(error)) from error
        status = ROUND_STATUS_LABELS[audit_round.status].lower()
    click.echo(f"Round {reference} is {status}.")


def _round(session: Session, reference: str, by: Viewer) -> AuditRound:
    found = round_of(session, reference, visible_to=by)
    if found is None:
        raise click.ClickException(
            f"There is no round {reference}: `s11audit rounds list` names those that there are."
        )
    return found


def _partnership(session: Session, reference: str | None, by: Viewer) -> Partnership:
    there = partnerships_to_run(session, visible_to=by)
    named = [one for one in there if reference in (None, one.reference)]
    if len(named) == 1:
        return named[0]
    names = ", ".join(one.reference for one in there) or "none yet"
    raise click.ClickException(f"Name one partnership with --partnership: {names}.")


def _agencies(
    session: Session, home: Partnership, references: tuple[str, ...], by: Viewer
) -> list[int]:
    """Ids of the agencies named, or of all of them."""
    there = {one.reference: one.id for one in agencies_to_invite(session, [home.id], visible_to=by)}
    unknown = [reference for reference in references if reference not in there]
    if unknown:
        raise click.ClickException(f"{home.name} has no agency {', '.join(unknown)}.")
    return [there[reference] for reference in references] or list(there.values())


def _as_json(line: RoundLine) -> dict[str, Any]:
    return {
        "reference": line.reference,
        "title": line.title,
        "partnership": line.partnership,
        "questionnaire": line.questionnaire,
        "version": line.version,
        "status": line.status.value,
        "opens_on": line.opens_on.isoformat(),
        "due_on": line.due_on.isoformat(),
        "closes_on": line.closes_on.isoformat(),
        "returned": line.rate.returned,
        "expected": line.rate.expected,
        "overdue": line.rate.overdue,
    }
