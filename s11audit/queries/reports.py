"""What workbooks and charts of a round, and an agency's own workbook, are made from.

Each function is one statement. Scrutiny sees the answers and ratings of submitted returns only; of
the others it sees how far they have got.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload

from s11audit.domain.actions import ActionStatus, Promise
from s11audit.domain.answers import Answer
from s11audit.domain.audience import Respondent
from s11audit.domain.permissions import Permission
from s11audit.domain.ratings import Rating, Side
from s11audit.domain.scoring import Scorecard
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import SUBMITTED_STATUSES, ReturnStatus
from s11audit.models import (
    Action,
    Agency,
    AgencyReturn,
    AuditRound,
    Score,
    StoredAnswer,
)
from s11audit.models.returns import WHOLE_RETURN
from s11audit.queries import reach
from s11audit.queries.evidence import file_names_of_round, files_of_return
from s11audit.queries.respondents import respondents_of
from s11audit.queries.returns import is_given, scorecard_of

# Rows that a reading of answers holds in memory at a time.
ROWS_AT_A_TIME = 500


@dataclass(frozen=True)
class ReturnLine:
    """One agency's return, by status. `rating` is None until scrutiny may read the return."""

    return_id: int
    reference: str
    agency_reference: str
    agency: str
    agency_type: str
    status: ReturnStatus
    due_on: date
    submitted_at: datetime | None
    receipt: str | None
    required: int
    answered: int
    rating: Rating | None
    because: str


@dataclass(frozen=True)
class ActionLine:
    """One action of a round, with the agency that owns it."""

    reference: str
    agency_reference: str
    agency: str
    question_key: str
    what: str
    post: str
    due_on: date
    status: ActionStatus
    impact: str


@dataclass(frozen=True)
class ReturnAnswers:
    """The answers (question key → answer) of one return, without hidden questions.

    Those of `to_confirm` (keys) were brought forward and are no answers until they are confirmed;
    only an agency's own return shows any. `files` are names, by question key.
    """

    agency_reference: str
    agency: str
    respondent: Respondent
    answers: dict[str, Answer]
    to_confirm: frozenset[str] = frozenset()
    files: Mapping[str, Sequence[str]] = field(default_factory=dict)


def round_to_export(session: Session, reference: str, *, visible_to: Viewer) -> AuditRound | None:
    """The round of this reference with its partnership, or None where it is not theirs to take."""
    found = (
        select(AuditRound)
        .options(
            joinedload(AuditRound.partnership),
            joinedload(AuditRound.partnerships),
            joinedload(AuditRound.local_questions),
        )
        .where(AuditRound.reference == reference, reach.rounds(visible_to, Permission.EXPORT))
    )
    return session.scalars(found).unique().one_or_none()


def return_lines(
    session: Session, audit_round: AuditRound, *, visible_to: Viewer
) -> list[ReturnLine]:
    """Every return of a round, by agency name."""
    overall = and_(
        Score.return_id == AgencyReturn.id,
        Score.standard_id == WHOLE_RETURN,
        Score.side == Side.SELF,
    )
    rows = session.execute(
        select(
            AgencyReturn.id,
            AgencyReturn.reference,
            Agency.reference,
            Agency.name,
            Agency.agency_type,
            AgencyReturn.status,
            AgencyReturn.due_on,
            AgencyReturn.submitted_at,
            AgencyReturn.receipt,
            Score.required,
            Score.answered,
            Score.rating,
            Score.because,
        )
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .outerjoin(Score, overall)
        .where(AgencyReturn.round_id == audit_round.id, _may_export(visible_to))
        .order_by(Agency.name, Agency.id)
    )
    return [_return_line(row) for row in rows]


def _return_line(row: Any) -> ReturnLine:
    *facts, required, answered, rating, because = row
    readable = ReturnStatus(facts[5]) in SUBMITTED_STATUSES
    shown = (rating, because or "") if readable else (None, "")
    values = (*facts, required or 0, answered or 0, *shown)
    return ReturnLine(*values)


def scorecards(
    session: Session, audit_round: AuditRound, *, visible_to: Viewer
) -> dict[int, dict[str, Scorecard]]:
    """Self-rated scorecards of the submitted returns: return id → standard id → scorecard.

    The scorecard of the whole return stands under WHOLE_RETURN; a standard that asks nothing of
    the agency has none.
    """
    rows = session.scalars(
        select(Score)
        .join(AgencyReturn, AgencyReturn.id == Score.return_id)
        .where(
            AgencyReturn.round_id == audit_round.id,
            AgencyReturn.status.in_(SUBMITTED_STATUSES),
            Score.side == Side.SELF,
            _may_export(visible_to),
        )
    )
    cards: dict[int, dict[str, Scorecard]] = {}
    for row in rows:
        cards.setdefault(row.return_id, {})[row.standard_id] = scorecard_of(row)
    return cards


_ANSWER_COLUMNS = (
    StoredAnswer.question_key,
    StoredAnswer.value,
    StoredAnswer.reason,
    StoredAnswer.comment,
    StoredAnswer.evidence,
    StoredAnswer.link,
    StoredAnswer.action_what,
    StoredAnswer.action_post,
    StoredAnswer.action_due_on,
)


def submitted_answers(
    session: Session, audit_round: AuditRound, *, visible_to: Viewer
) -> Iterator[ReturnAnswers]:
    """The submitted returns of a round, by agency name, each with its answers.

    What was brought forward and never confirmed is no answer, whatever became of the return.

    Reads as it goes: no more than one return's answers, and one batch of rows, are in memory. A
    submitted return without any answer is there too.
    """
    respondents = respondents_of(session, audit_round)
    files = file_names_of_round(session, audit_round, visible_to=visible_to)
    given = and_(StoredAnswer.return_id == AgencyReturn.id, is_given())
    rows = session.execute(
        select(AgencyReturn.id, Agency.id, Agency.reference, Agency.name, *_ANSWER_COLUMNS)
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .outerjoin(StoredAnswer, given)
        .where(
            AgencyReturn.round_id == audit_round.id,
            AgencyReturn.status.in_(SUBMITTED_STATUSES),
            _may_export(visible_to),
        )
        .order_by(Agency.name, AgencyReturn.id)
        .execution_options(yield_per=ROWS_AT_A_TIME)
    )
    for head, group in groupby(rows, key=_head):
        _, agency_id, reference, name = head
        answers = _answers(row[4:] for row in group)
        named = files.get(reference, {})
        yield ReturnAnswers(reference, name, respondents[agency_id], answers, files=named)


def _head(row: Any) -> tuple[int, int, str, str]:
    return row[0], row[1], row[2], row[3]


def _answers(rows: Iterable[Any]) -> dict[str, Answer]:
    return {
        key: Answer(value, reason, comment, evidence, link, Promise(what, post, due_on))
        for key, value, reason, comment, evidence, link, what, post, due_on in rows
        if key is not None
    }


def action_lines(
    session: Session, audit_round: AuditRound, *, visible_to: Viewer
) -> list[ActionLine]:
    """Every action of a round, by agency name and in the order they were made."""
    rows: Iterable[Any] = session.execute(
        select(
            Action.reference,
            Agency.reference,
            Agency.name,
            Action.question_key,
            Action.what,
            Action.post,
            Action.due_on,
            Action.status,
            Action.impact,
        )
        .join(Agency, Agency.id == Action.agency_id)
        .where(Action.round_id == audit_round.id, reach.actions(visible_to, Permission.EXPORT))
        .order_by(Agency.name, Action.id)
    )
    return [ActionLine(*row) for row in rows]


def own_answers(
    session: Session, agency_return: AgencyReturn, *, visible_to: Viewer
) -> ReturnAnswers | None:
    """An agency's answers in its own return, or None where the return is not theirs to read."""
    asked = and_(StoredAnswer.return_id == AgencyReturn.id, StoredAnswer.is_asked)
    rows = session.execute(
        select(StoredAnswer.to_confirm, *_ANSWER_COLUMNS)
        .select_from(AgencyReturn)
        .outerjoin(StoredAnswer, asked)
        .where(AgencyReturn.id == agency_return.id, _own(visible_to))
    ).all()
    if not rows:
        return None
    to_confirm = frozenset(row.question_key for row in rows if row.to_confirm)
    agency = agency_return.agency
    own = _answers(row[1:] for row in rows)
    attached = files_of_return(session, agency_return.id)
    names = {key: [file.name for file in files] for key, files in attached.items()}
    respondent = agency_return.respondent
    return ReturnAnswers(agency.reference, agency.name, respondent, own, to_confirm, names)


def own_actions(
    session: Session, agency_return: AgencyReturn, *, visible_to: Viewer
) -> dict[str, Action]:
    """The actions that came out of an agency's own return, by question key."""
    rows = session.scalars(
        select(Action)
        .join(AgencyReturn, AgencyReturn.id == Action.return_id)
        .where(AgencyReturn.id == agency_return.id, _own(visible_to))
    )
    return {row.question_key: row for row in rows}


def _may_export(viewer: Viewer) -> ColumnElement[bool]:
    return reach.returns(viewer, Permission.EXPORT)


def _own(viewer: Viewer) -> ColumnElement[bool]:
    return reach.returns(viewer, Permission.KEEP_RETURN)
