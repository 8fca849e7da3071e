"""Returns as the agency that writes them sees them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session, contains_eager

from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import Side
from s11audit.domain.scoring import ReturnScore, Scorecard
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import SUBMITTED_STATUSES, RoundStatus
from s11audit.models import (
    Agency,
    AgencyReturn,
    AuditRound,
    Score,
    Signature,
    Snapshot,
    StoredAnswer,
    User,
)
from s11audit.models.returns import WHOLE_RETURN
from s11audit.queries import reach


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


@dataclass(frozen=True)
class EarlierReturn:
    """A submitted return of the same agency whose answers can be brought forward.

    `title` is its round's, `version` the version of the questionnaire that it answered.
    """

    id: int
    reference: str
    title: str
    version: str
    submitted_at: datetime | None

    @property
    def submitted_on(self) -> date | None:
        """The day in London."""
        return today_in_london(self.submitted_at) if self.submitted_at else None


def _is_own(visible_to: Viewer) -> ColumnElement[bool]:
    """An agency's people see its returns, of rounds that have been opened."""
    return reach.returns(visible_to, Permission.SEE_RETURN) & (
        AuditRound.status != RoundStatus.DRAFT
    )


def own_return(
    session: Session, reference: str, *, visible_to: Viewer, to_change: bool = False
) -> AgencyReturn | None:
    """The return of this reference with its round and agency, if it is the viewer's own.

    `to_change` locks it: whoever else wants to change it waits until this transaction ends.
    """
    found = (
        select(AgencyReturn)
        .join(AgencyReturn.round)
        .join(AuditRound.partnership)
        .join(AgencyReturn.agency)
        .options(
            contains_eager(AgencyReturn.round).contains_eager(AuditRound.partnership),
            contains_eager(AgencyReturn.agency).joinedload(Agency.partnerships),
        )
        .where(AgencyReturn.reference == reference, _is_own(visible_to))
    )
    if to_change:
        found = found.with_for_update(of=AgencyReturn)
    return session.scalars(found).unique().one_or_none()


def own_returns(session: Session, *, visible_to: Viewer) -> list[tuple[AgencyReturn, Score | None]]:
    """Every return of the viewer's agencies, latest due first, with its overall score so far."""
    rows = session.execute(
        select(AgencyReturn, Score)
        .join(AgencyReturn.round)
        .join(AuditRound.partnership)
        .join(AgencyReturn.agency)
        .outerjoin(
            Score,
            (Score.return_id == AgencyReturn.id)
            & (Score.standard_id == WHOLE_RETURN)
            & (Score.side == Side.SELF),
        )
        .options(
            contains_eager(AgencyReturn.round).contains_eager(AuditRound.partnership),
            contains_eager(AgencyReturn.agency),
        )
        .where(_is_own(visible_to))
        .order_by(AgencyReturn.due_on.desc(), Agency.name)
    )
    return [(agency_return, score) for agency_return, score in rows]


def answers_of(session: Session, return_id: int) -> dict[str, HeldAnswer]:
    """Every answer held for a return, by question key; whoever calls has checked who is looking."""
    rows = session.execute(
        select(StoredAnswer.__table__, User.name.label("updated_by"))
        .outerjoin(User, User.id == StoredAnswer.updated_by_id)
        .where(StoredAnswer.return_id == return_id)
    )
    return {row.question_key: _held(row) for row in rows}


def _held(row: Row[tuple[object, ...]]) -> HeldAnswer:
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
        to_confirm=row.to_confirm,
        rag=row.rag,
        updated_at=row.updated_at,
        updated_by_id=row.updated_by_id,
        updated_by=row.updated_by or "",
    )


def earlier_return(
    session: Session,
    agency_return: AgencyReturn,
    chain: Sequence[Questionnaire],
    *,
    visible_to: Viewer,
) -> EarlierReturn | None:
    """The agency's latest other submitted return of any version in `chain`, if it is the viewer's.

    None where the agency has not answered this questionnaire before.
    """
    found = _earlier(visible_to).where(
        AgencyReturn.agency_id == agency_return.agency_id,
        AgencyReturn.id != agency_return.id,
        AgencyReturn.status.in_(SUBMITTED_STATUSES),
        AuditRound.questionnaire_id == chain[0].id,
        AuditRound.questionnaire_version.in_([one.version for one in chain]),
    )
    latest = found.order_by(AgencyReturn.submitted_at.desc(), AgencyReturn.id.desc()).limit(1)
    row = session.execute(latest).one_or_none()
    return EarlierReturn(*row) if row else None


def return_carried_from(
    session: Session, agency_return: AgencyReturn, *, visible_to: Viewer
) -> EarlierReturn | None:
    """The earlier return whose answers were brought forward into this one, if there is one."""
    if agency_return.carried_from_id is None:
        return None
    found = _earlier(visible_to).where(
        AgencyReturn.id == agency_return.carried_from_id,
        AgencyReturn.agency_id == agency_return.agency_id,
    )
    row = session.execute(found).one_or_none()
    return EarlierReturn(*row) if row else None


def _earlier(visible_to: Viewer) -> Select[int, str, str, str, datetime | None]:
    return (
        select(
            AgencyReturn.id,
            AgencyReturn.reference,
            AuditRound.title,
            AuditRound.questionnaire_version,
            AgencyReturn.submitted_at,
        )
        .join(AgencyReturn.round)
        .where(_is_own(visible_to))
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


def signature_of(session: Session, return_id: int) -> Signature | None:
    """The signature that stands, with its signatory; None before signing or once it is void."""
    return session.scalars(
        select(Signature)
        .join(Signature.user)
        .options(contains_eager(Signature.user))
        .where(Signature.return_id == return_id, Signature.voided_at.is_(None))
        .order_by(Signature.id.desc())
        .limit(1)
    ).one_or_none()
