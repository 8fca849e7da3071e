"""What stands on sheets: on one's own at any time, on others' once they are opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.models import AnswerSheet, SheetAnswer, User
from s11audit.queries.returns import HeldAnswer, held_answer


def answers_on(session: Session, sheet_id: int) -> dict[str, HeldAnswer]:
    """Every answer on a sheet, by question key; whoever calls has checked who is looking."""
    return answers_on_sheets(session, (sheet_id,)).get(sheet_id, {})


def answers_on_sheets(
    session: Session, sheet_ids: Iterable[int]
) -> Mapping[int, dict[str, HeldAnswer]]:
    """Sheet id → question key → answer, in one statement; sheets without answers are left out."""
    rows = session.execute(
        select(SheetAnswer.__table__, User.name.label("updated_by"))
        .outerjoin(User, User.id == SheetAnswer.updated_by_id)
        .where(SheetAnswer.sheet_id.in_(tuple(sheet_ids)))
    )
    found: dict[int, dict[str, HeldAnswer]] = {}
    for row in rows:
        found.setdefault(row.sheet_id, {})[row.question_key] = held_answer(row)
    return found


def opened_answers(
    session: Session, sheets: Iterable[AnswerSheet]
) -> Mapping[int, dict[str, HeldAnswer]]:
    """The same of those sheets that are opened; what a closed one says is never read."""
    return answers_on_sheets(session, (one.id for one in sheets if one.opened_at is not None))
