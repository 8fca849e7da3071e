"""Requests of people who say that they have taken over as an agency's lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from s11audit.domain.permissions import Permission, Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Membership, TakeoverRequest
from s11audit.queries import reach
from s11audit.queries.installation import Holder


@dataclass(frozen=True)
class WaitingRequest:
    """A request that no manager has answered yet, and who leads for the agency now."""

    id: int
    name: str
    email: str
    message: str
    asked_at: datetime
    agency: str
    agency_reference: str
    leads: tuple[Holder, ...]


def how_many_wait(session: Session, *, visible_to: Viewer) -> int:
    """How many requests wait for this manager or another of the same partnership."""
    waiting = select(func.count()).select_from(TakeoverRequest).where(_waiting_for(visible_to))
    return session.scalar(waiting) or 0


def waiting_requests(session: Session, *, visible_to: Viewer) -> list[WaitingRequest]:
    """Requests about agencies of the viewer's partnerships, those that waited longest first."""
    found = session.scalars(
        select(TakeoverRequest)
        .options(joinedload(TakeoverRequest.agency))
        .where(_waiting_for(visible_to))
        .order_by(TakeoverRequest.asked_at, TakeoverRequest.id)
    ).all()
    leads = _leads(session, [request.agency_id for request in found])
    return [
        WaitingRequest(
            id=one.id,
            name=one.name,
            email=one.email,
            message=one.message,
            asked_at=one.asked_at,
            agency=one.agency.name,
            agency_reference=one.agency.reference,
            leads=tuple(Holder(m.id, m.user.name, m.user.email) for m in leads[one.agency_id]),
        )
        for one in found
    ]


def waiting_request(
    session: Session, request_id: int, *, visible_to: Viewer
) -> TakeoverRequest | None:
    """One request that waits for this manager."""
    return session.scalars(
        select(TakeoverRequest)
        .options(joinedload(TakeoverRequest.agency))
        .where(TakeoverRequest.id == request_id, _waiting_for(visible_to))
    ).one_or_none()


def _waiting_for(viewer: Viewer) -> ColumnElement[bool]:
    managed = viewer.reach(Permission.SEE_PEOPLE).partnerships
    return TakeoverRequest.decided_at.is_(None) & TakeoverRequest.agency_id.in_(
        reach.agencies_of(managed)
    )


def _leads(session: Session, agency_ids: list[int]) -> dict[int, list[Membership]]:
    """Agency id → the live roles of its leads."""
    found = session.scalars(
        select(Membership)
        .options(joinedload(Membership.user))
        .where(
            Membership.agency_id.in_(agency_ids),
            Membership.role == Role.AGENCY_LEAD,
            Membership.is_live,
        )
        .order_by(Membership.id)
    )
    leads: dict[int, list[Membership]] = {agency_id: [] for agency_id in agency_ids}
    for membership in found:
        leads[membership.agency_id or 0].append(membership)
    return leads
