"""`s11audit returns`: a return as an Excel form, and back, for whoever runs the machine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from s11audit.cli.export import FAILURES, replacing
from s11audit.cli.installation import Installation, catalogue_of, installation
from s11audit.domain.dates import today_in_london
from s11audit.domain.filled_forms import Comparison, Difference, FilledContent, WrongCell
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import AgencyReturn
from s11audit.queries.asking import questionnaire_for
from s11audit.queries.filled_forms import return_in_round, return_to_fill
from s11audit.queries.people import in_place_of_lead, operator
from s11audit.queries.returns import answers_of, unconfirmed
from s11audit.services.filled_forms import Decision, apply_content, compared
from s11audit.services.returns import RoundNotOpenError

FORM, ONLINE = "workbook", "online"


@dataclass(frozen=True)
class Outcome:
    """What a form says beside the return that it is of, and what was done with it.

    `taken` is what was chosen for conflicts, or nothing.
    """

    reference: str
    content: FilledContent
    found: Comparison
    applied: bool
    taken: str | None

    @property
    def is_clean(self) -> bool:
        """Whether nothing of the form is left that somebody must look at."""
        return not self.content.wrong and (not self.found.conflicts or self.taken is not None)


@click.group()
def returns() -> None:
    """Write a return as an Excel form to fill in offline, and read it back."""


@returns.command("export")
@click.option("--round", "round_reference", required=True, metavar="REF", help="Such as S11-2026.")
@click.option("--agency", required=True, metavar="REF", help="The agency, such as POL.")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The workbook to write. One that is there is replaced.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def export_form(round_reference: str, agency: str, output: Path, as_json: bool) -> None:
    """Write the form of one return: its questions, help, and the answers so far."""
    with _opened() as (opened, session):
        by = operator(session)
        found = return_in_round(session, round_reference, agency, visible_to=by)
        if found is None:
            raise click.ClickException(
                f"There is no return of {agency} in a round {round_reference} that was opened."
            )
        answers = _write(opened, session, found, output)
    if as_json:
        written = {"return": found.reference, "file": str(output), "answers": answers}
        click.echo(json.dumps(written, ensure_ascii=False))
    else:
        click.echo(f"Wrote {output}")


def _write(
    opened: Installation, session: Session, agency_return: AgencyReturn, output: Path
) -> int:
    """Write the form; returns how many answers the return has."""
    from s11audit.exports.forms.stamp import FormOfReturn
    from s11audit.exports.forms.writing import write_form

    held = answers_of(session, agency_return.id)
    answers = {key: one.answer for key, one in held.items()}
    digests = {key: answer.digest for key, answer in answers.items()}
    with replacing(output) as unfinished:
        write_form(
            questionnaire_for(agency_return, catalogue_of(opened, session)),
            agency_return.respondent,
            unfinished,
            answers=answers,
            agency=agency_return.agency.name,
            written_at=datetime.now(UTC),
            of=FormOfReturn(agency_return.reference, digests, unconfirmed(held)),
        )
    return len(answers)


@returns.command("import")
@click.argument("file", metavar="FILE.xlsx", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option(
    "--take",
    type=click.Choice([FORM, ONLINE]),
    help="What to keep where an answer was changed online since the form was written.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_form(file: Path, dry_run: bool, take: str | None, as_json: bool) -> None:
    """Read a form back: show every difference, and apply what is sound.

    While an answer was changed online meanwhile, nothing is applied without --take. Exits with 1
    where cells cannot be read or such an answer is left.
    """
    raw = _bytes(file)
    with _opened(writes=not dry_run) as (opened, session):
        outcome = _import(opened, session, raw, dry_run=dry_run, take=take)
    click.echo(json.dumps(_as_json(outcome), ensure_ascii=False) if as_json else _told(outcome))
    if not outcome.is_clean:
        raise SystemExit(1)


def _import(
    opened: Installation, session: Session, raw: bytes, *, dry_run: bool, take: str | None
) -> Outcome:
    from s11audit.exports.forms.reading import NotThisFormError, open_form

    now = datetime.now(UTC)
    try:
        form = open_form(raw)
        agency_return = _return_of(session, form.stamp.reference, to_change=not dry_run)
        questionnaire = questionnaire_for(agency_return, catalogue_of(opened, session))
        content = form.read(questionnaire, agency_return.reference, today_in_london(now))
    except NotThisFormError as error:
        raise click.ClickException(f"{error}.") from error
    by = in_place_of_lead(session, agency_return.agency_id)
    found = compared(session, agency_return, questionnaire, content, by=by)
    applies = not (dry_run or found.is_empty or (found.conflicts and take is None))
    if applies:
        decisions = {one.question.key: Decision(take == FORM, one.seen) for one in found.conflicts}
        _apply(opened, session, agency_return, questionnaire, content, decisions, by, now)
    return Outcome(agency_return.reference, content, found, applies, take)


def _apply(
    opened: Installation,
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    content: FilledContent,
    decisions: dict[str, Decision],
    by: Viewer,
    now: datetime,
) -> None:
    chain = catalogue_of(opened, session).chain(questionnaire)
    try:
        apply_content(
            session, agency_return, questionnaire, content, decisions, by=by, now=now, chain=chain
        )
    except (StepNotAllowedError, RoundNotOpenError) as error:
        raise click.ClickException(str(error)) from error


def _return_of(session: Session, reference: str, *, to_change: bool) -> AgencyReturn:
    by = operator(session)
    found = return_to_fill(session, reference, visible_to=by, to_change=to_change)
    if found is None:
        raise click.ClickException(f"This is the form of {reference}, and there is no such return.")
    return found


@contextmanager
def _opened(*, writes: bool = False) -> Iterator[tuple[Installation, Session]]:
    """The installation with a session; what the questionnaire lacks ends the command."""
    with installation() as opened:
        sessions = opened.database.writing.begin() if writes else opened.database.reading()
        try:
            with sessions as session:
                yield opened, session
        except FAILURES as error:
            raise click.ClickException(str(error)) from error


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror or error}.") from error


def _told(outcome: Outcome) -> str:
    """The outcome as lines to read."""
    found = outcome.found
    conflicts = [f"Changed online meanwhile: {line}" for line in _lines(found.conflicts)]
    wrong = [f"Cannot be read: {_place(one)}: {one.message}." for one in outcome.content.wrong]
    if outcome.applied:
        end = f"{outcome.reference}: applied."
    elif found.is_empty:
        end = f"{outcome.reference}: nothing differs."
    else:
        end = f"{outcome.reference}: nothing was changed."
    return "\n".join([*_lines(found.differences), *conflicts, *wrong, end])


def _lines(differences: Sequence[Difference]) -> Iterator[str]:
    for one in differences:
        if one.confirms and not one.parts:
            yield f"{one.question.key}: last time’s answer is confirmed"
        for part in one.parts:
            was, will = (json.dumps(text, ensure_ascii=False) for text in (part.was, part.will))
            yield f"{one.question.key}, {part.title.lower()}: {was} → {will}"


def _place(wrong: WrongCell) -> str:
    return f"{wrong.place} ({wrong.key})" if wrong.key else wrong.place


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "return": outcome.reference,
        "applied": outcome.applied,
        "differences": [_difference(one) for one in outcome.found.differences],
        "conflicts": [_difference(one) for one in outcome.found.conflicts],
        "wrong": [
            {"place": one.place, "question": one.key, "message": one.message}
            for one in outcome.content.wrong
        ],
    }


def _difference(one: Difference) -> dict[str, Any]:
    parts = [{"part": each.title, "was": each.was, "will": each.will} for each in one.parts]
    return {"question": one.question.key, "confirms": one.confirms, "parts": parts}
