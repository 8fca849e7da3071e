"""What is held of a return: answers, scores, what was frozen and signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer
from s11audit.domain.ratings import Side
from s11audit.domain.scoring import ReturnScore, Scorecard
from s11audit.models import (
    Agency,
    AgencyReturn,
    AuditRound,
    Score,
    Snapshot,
    StoredAnswer,
    User,
)
from s11audit.models.returns import WHOLE_RETURN


@dataclass(frozen=True)
class HeldAnswer:
    """An answer as it is stored. `is_asked` is false while a condition hides its question.

    `to_confirm` is true of one that was brought forward, until somebody says it is still right.
    """

    id: int
    answer: Answer
    version: int
    is_asked: bool
    to_confirm: bool
    rag: str
    updated_at: datetime
    updated_by_id: int | None
    updated_by: str


@cache  # to put it together takes as long as to read the answers
def whole_returns() -> Select[AgencyReturn]:
    """Returns, each with its round, agency and partnerships, and local questions, in one statement.

    Whoever calls narrows it to what the viewer may see, and asks for `unique()` rows.
    """
    return (
        select(AgencyReturn)
        .join(AgencyReturn.round)
        .join(AuditRound.partnership)
        .join(AgencyReturn.agency)
        .options(
            contains_eager(AgencyReturn.round).options(
                contains_eager(AuditRound.partnership),
                joinedload(AuditRound.partnerships),
                joinedload(AuditRound.local_questions),
            ),
            contains_eager(AgencyReturn.agency).joinedload(Agency.partnerships),
        )
    )


def answers_of(session: Session, return_id: int) -> dict[str, HeldAnswer]:
    """Every answer held for a return, by question key; whoever calls has checked who is looking."""
    rows = session.execute(
        select(StoredAnswer.__table__, User.name.label("updated_by"))
        .outerjoin(User, User.id == StoredAnswer.updated_by_id)
        .where(StoredAnswer.return_id == return_id)
    )
    return {row.question_key: held_answer(row, row.to_confirm) for row in rows}


def held_answer(row: Row[Any], to_confirm: bool = False) -> HeldAnswer:
    """A row of answers, with the name of whoever changed it last as `updated_by`."""
    return HeldAnswer(
        id=row.id,
        answer=Answer(
            value=row.value,
            reason=row.reason,
            comment=row.comment,
            evidence=row.evidence,
            link=row.link,
            promise=Promise(row.action_what, row.action_post, row.action_due_on),
        ),
        version=row.version,
        is_asked=row.is_asked,
        to_confirm=to_confirm,
        rag=row.rag,
        updated_at=row.updated_at,
        updated_by_id=row.updated_by_id,
        updated_by=row.updated_by or "",
    )


def asked_answers_of(session: Session, return_id: int) -> dict[str, Answer]:
    """A return's answers to the questions that it was asked, by key; the viewer is checked."""
    held = answers_of(session, return_id)
    return {key: one.answer for key, one in held.items() if one.is_asked and not one.to_confirm}


def unconfirmed(held: Mapping[str, HeldAnswer]) -> frozenset[str]:
    """Keys of the answers brought forward that nobody has said are still right."""
    return frozenset(key for key, one in held.items() if one.to_confirm)


def is_given() -> ColumnElement[bool]:
    """Of an answer: its question is asked, and it is not one of last time that still waits."""
    return StoredAnswer.is_asked & ~StoredAnswer.to_confirm


def values_of(held: Mapping[str, HeldAnswer]) -> dict[str, str]:
    """Question key → value, as routing and scoring want them."""
    return {key: one.answer.value for key, one in held.items()}


def scores_of(session: Session, return_id: int) -> ReturnScore | None:
    """The kept self-scores of a return; None before it was started."""
    rows = session.scalars(
        select(Score).where(Score.return_id == return_id, Score.side == Side.SELF)
    ).all()
    by_standard = {row.standard_id: scorecard_of(row) for row in rows}
    overall = by_standard.pop(WHOLE_RETURN, None)
    return ReturnScore(overall, by_standard) if overall else None


def scorecard_of(row: Score) -> Scorecard:
    """A stored score as the scorecard that it was made from."""
    return Scorecard(
        visible=row.visible,
        required=row.required,
        answered=row.answered,
        red=row.red,
        amber=row.amber,
        green=row.green,
        not_applicable=row.not_applicable,
        unanswered=row.unanswered,
        unrated=row.unrated,
        points=row.exact_points,
        maximum=row.maximum,
        strict_maximum=row.strict_maximum,
        rating=row.rating,
        because=row.because,
    )


def latest_snapshot(session: Session, return_id: int) -> Snapshot | None:
    return session.scalars(
        select(Snapshot)
        .where(Snapshot.return_id == return_id)
        .order_by(Snapshot.id.desc())
        .limit(1)
    ).one_or_none()


def answers_in(snapshot: Snapshot) -> dict[str, Answer]:
    """The asked questions' answers as they were frozen, by question key."""
    return {
        key: Answer(
            value=kept["value"],
            reason=kept["reason"],
            comment=kept["comment"],
            evidence=kept["evidence"],
            link=kept["link"],
            promise=Promise(
                kept["action_what"],
                kept["action_post"],
                date.fromisoformat(kept["action_due"]) if kept["action_due"] else None,
            ),
        )
        for key, kept in json.loads(snapshot.content)["answers"].items()
    }
