"""Returns as the agency that writes them finds them: its own, and the one of last time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager

from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import Side
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import SUBMITTED_STATUSES, RoundStatus
from s11audit.models import Agency, AgencyReturn, AuditRound, Delegation, Score
from s11audit.models.returns import WHOLE_RETURN
from s11audit.queries import reach
from s11audit.queries.returns import whole_returns


@dataclass(frozen=True)
class OwnReturn:
    """A return in the list of somebody of its agency: `answered` of `required` questions.

    Both are 0 before it is started; where it `is_delegated`, only the viewer's standards count.
    """

    agency_return: AgencyReturn
    answered: int
    required: int
    is_delegated: bool = False


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


def _is_own(
    visible_to: Viewer, permission: Permission = Permission.SEE_RETURN
) -> ColumnElement[bool]:
    """An agency's people see its returns, of rounds that have been opened."""
    within = reach.returns(visible_to, permission, in_any_state=True)
    return within & (AuditRound.status != RoundStatus.DRAFT)


def own_return(
    session: Session,
    reference: str,
    *,
    visible_to: Viewer,
    to: Permission = Permission.SEE_RETURN,
    to_change: bool = False,
) -> AgencyReturn | None:
    """The return of this reference with its round and agency, if the viewer may do this with it.

    What its status allows is for the caller. `to_change` locks it: whoever else wants to change it
    waits until this transaction ends.
    """
    mine = AgencyReturn.reference == reference, _is_own(visible_to, to)
    found = whole_returns().where(*mine)
    if to_change:
        found = found.with_for_update(of=AgencyReturn)
    return session.scalars(found).unique().one_or_none()


def own_returns(session: Session, *, visible_to: Viewer) -> list[OwnReturn]:
    """Every return of the viewer's agencies, latest due first, with how much is answered."""
    rows = session.execute(
        select(AgencyReturn, Score.answered, Score.required)
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
    delegated = visible_to.reach(Permission.SEE_RETURN).delegated
    theirs = _delegated_counts(session, visible_to) if delegated else {}
    return [
        OwnReturn(one, *theirs.get(one.id, (0, 0)), is_delegated=True)
        if one.agency_id in delegated
        else OwnReturn(one, answered or 0, required or 0)
        for one, answered, required in rows
    ]


def _delegated_counts(session: Session, viewer: Viewer) -> dict[int, tuple[int, int]]:
    """Return id → how many are answered of how many, in the standards delegated to the viewer."""
    rows = session.execute(
        select(Score.return_id, func.sum(Score.answered), func.sum(Score.required))
        .join(
            Delegation,
            (Delegation.return_id == Score.return_id)
            & (Delegation.standard_id == Score.standard_id),
        )
        .where(Delegation.user_id == viewer.user_id, Score.side == Side.SELF)
        .group_by(Score.return_id)
    )
    return {return_id: (int(answered), int(required)) for return_id, answered, required in rows}


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
    """Returns of the viewer's agencies, also those of which nothing was delegated to them then.

    What of them is shown is for the standards of this time.
    """
    return (
        select(
            AgencyReturn.id,
            AgencyReturn.reference,
            AuditRound.title,
            AuditRound.questionnaire_version,
            AgencyReturn.submitted_at,
        )
        .join(AgencyReturn.round)
        .where(AgencyReturn.agency_id.in_(visible_to.agencies(Permission.SEE_RETURN)))
    )
