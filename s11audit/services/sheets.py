"""Filling a sheet: nothing typed is lost or overwritten unseen, nothing changes once opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.audience import Respondent
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import AnswerSheet, SheetAnswer
from s11audit.queries.returns import HeldAnswer
from s11audit.queries.sheets import answers_on
from s11audit.services.answer_changes import Change, Conflict, sort_out
from s11audit.services.answer_rows import AnswerRows

FIXED = "This was finished or opened meanwhile, so its answers cannot be changed."


@dataclass(frozen=True)
class FilledIn:
    """What became of the changes. `answers` are all of the sheet's, as now stored."""

    answers: Mapping[str, Answer]
    changed: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


def fill_in(
    session: Session,
    sheet: AnswerSheet,
    questionnaire: Questionnaire,
    respondent: Respondent,
    changes: Sequence[Change],
    *,
    by: Viewer,
    now: datetime,
    held: Mapping[str, HeldAnswer] | None = None,
) -> FilledIn:
    """Save what was typed on a sheet; what somebody else changed comes back as a conflict.

    Whoever calls has checked that `by` may fill it, and records what happened. `held` are its
    answers, if they were read since it was locked. Raises StepNotAllowedError where the sheet is
    finished or opened.
    """
    _change(session, sheet, AnswerSheet.finished_at.is_(None), updated_at=now)
    if held is None:
        held = answers_on(session, sheet.id)
    found = sort_out(changes, held)
    answers = {key: one.answer for key, one in held.items()} | dict(found.wanted)
    if found.wanted:
        owner = ("sheet_id", sheet.id)
        AnswerRows(
            session, SheetAnswer, owner, questionnaire, respondent, held, answers, by, now
        ).store(found.wanted.keys())
    return FilledIn(answers, tuple(found.wanted), found.conflicts)


def touch(session: Session, sheet: AnswerSheet, *, now: datetime) -> None:
    """Lock a sheet to change what belongs to it besides answers. Raises as `fill_in` does."""
    _change(session, sheet, AnswerSheet.finished_at.is_(None), updated_at=now)


def keep_closed(session: Session, sheet: AnswerSheet) -> None:
    """Lock a sheet, so that nobody opens it before what follows is done.

    Raises StepNotAllowedError where it is opened.
    """
    _change(session, sheet)


def finish(session: Session, sheet: AnswerSheet, *, now: datetime) -> None:
    """Say that a sheet is done. Raises StepNotAllowedError where it is already, or is opened."""
    _change(session, sheet, AnswerSheet.finished_at.is_(None), finished_at=now)


def take_up_again(session: Session, sheet: AnswerSheet) -> None:
    """Go on with a sheet that was done. StepNotAllowedError where it is not, or is opened."""
    _change(session, sheet, AnswerSheet.finished_at.is_not(None), finished_at=None)


def open_sheets(session: Session, sheets: Iterable[AnswerSheet], *, now: datetime) -> None:
    """From now on whoever compares the sheets reads them, and nobody changes them any more."""
    ids = [sheet.id for sheet in sheets]
    session.execute(
        update(AnswerSheet)
        .where(AnswerSheet.id.in_(ids), AnswerSheet.opened_at.is_(None))
        .values(opened_at=now, version=AnswerSheet.version + 1)
        .execution_options(synchronize_session="fetch")
    )


def wipe(session: Session, sheet_ids: Iterable[int]) -> int:
    """Delete every answer on these sheets for good, and say how many there were."""
    gone = session.execute(
        delete(SheetAnswer)
        .where(SheetAnswer.sheet_id.in_(tuple(sheet_ids)))
        .execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _change(session: Session, sheet: AnswerSheet, *conditions: Any, **values: Any) -> None:
    """Lock a sheet that is not opened, and count its version up: others who save it wait."""
    changed = session.execute(
        update(AnswerSheet)
        .where(AnswerSheet.id == sheet.id, AnswerSheet.opened_at.is_(None), *conditions)
        .values(version=AnswerSheet.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(sheet)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise StepNotAllowedError(FIXED)
