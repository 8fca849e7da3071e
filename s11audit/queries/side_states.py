"""What agencies state instead of answering, as their own people and scrutiny read it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import Agency, AgencyReturn, AuditRound, SideState
from s11audit.queries import reach


@dataclass(frozen=True)
class Unassured:
    """An agency that says that it cannot be sure that children are safe."""

    agency_reference: str
    agency: str


@dataclass(frozen=True)
class StatedLine:
    """What one agency of a round states in place of answers."""

    agency_reference: str
    agency: str
    statement: SideState


def statement_of(session: Session, agency_return: AgencyReturn) -> SideState | None:
    """What stands in place of the return's answers, with who stated it; None where they answer.

    Whoever calls has checked who is looking.
    """
    return session.scalars(
        select(SideState)
        .options(joinedload(SideState.user), joinedload(SideState.file))
        .where(SideState.return_id == agency_return.id, SideState.state == agency_return.status)
    ).one_or_none()


def earlier_statement(
    session: Session, agency_return: AgencyReturn, state: ReturnStatus
) -> SideState | None:
    """What the agency stated last, whether or not it still stands, if it was of this kind.

    Whoever calls has checked who is looking.
    """
    held = session.get(SideState, agency_return.id)
    return held if held is not None and held.state is state else None


def unassured(session: Session, audit_round: AuditRound, *, visible_to: Viewer) -> list[Unassured]:
    """The agencies of a round, by name, that state that they cannot assure."""
    rows = session.execute(
        select(Agency.reference, Agency.name)
        .join(AgencyReturn, AgencyReturn.agency_id == Agency.id)
        .join(SideState, SideState.return_id == AgencyReturn.id)
        .where(
            AgencyReturn.round_id == audit_round.id,
            SideState.state == AgencyReturn.status,
            SideState.can_assure.is_(False),
            reach.returns(visible_to, Permission.SEE_ROUNDS),
        )
        .order_by(Agency.name, Agency.id)
    )
    return [Unassured(*row) for row in rows]


def stated_in(session: Session, audit_round: AuditRound, *, visible_to: Viewer) -> list[StatedLine]:
    """Everything that stands in place of answers in a round, by agency name, to take away."""
    rows = session.execute(
        select(Agency.reference, Agency.name, SideState)
        .options(joinedload(SideState.file))
        .join(AgencyReturn, AgencyReturn.agency_id == Agency.id)
        .join(SideState, SideState.return_id == AgencyReturn.id)
        .where(
            AgencyReturn.round_id == audit_round.id,
            SideState.state == AgencyReturn.status,
            reach.returns(visible_to, Permission.EXPORT),
        )
        .order_by(Agency.name, Agency.id)
    )
    return [StatedLine(*row) for row in rows]
