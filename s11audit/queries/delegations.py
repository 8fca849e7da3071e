"""Which standards of a return its lead has asked whom to answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission, Role
from s11audit.domain.shares import EVERYTHING, NOTHING, Share
from s11audit.domain.viewers import Viewer
from s11audit.models import AgencyReturn, Delegation, Membership, User


@dataclass(frozen=True)
class Colleague:
    """Somebody who works for an agency."""

    user_id: int
    name: str


def share_of(
    session: Session, agency_return: AgencyReturn, permission: Permission, *, visible_to: Viewer
) -> Share:
    """How much of an agency's own return the viewer may do this with; the whole asks no table."""
    reach = visible_to.reach(permission)
    if agency_return.agency_id in reach.agencies:
        return EVERYTHING
    if agency_return.agency_id not in reach.delegated:
        return NOTHING
    given = select(Delegation.standard_id).where(
        Delegation.return_id == agency_return.id, Delegation.user_id == visible_to.user_id
    )
    return Share(frozenset(session.scalars(given)))


def delegations_of(session: Session, agency_return: AgencyReturn) -> dict[str, list[Colleague]]:
    """Standard id → who answers it, by name; whoever calls has checked who is looking.

    Those who no longer help the agency are left out.
    """
    rows = session.execute(
        select(Delegation.standard_id, User.id, User.name)
        .join(User, User.id == Delegation.user_id)
        .where(
            Delegation.return_id == agency_return.id,
            User.id.in_(_with_role(Role.CONTRIBUTOR, [agency_return.agency_id])),
        )
        .order_by(User.name, User.id)
    )
    found: dict[str, list[Colleague]] = {}
    for standard_id, user_id, name in rows:
        found.setdefault(standard_id, []).append(Colleague(user_id, name))
    return found


def contributors_of(
    session: Session, agency_return: AgencyReturn, *, visible_to: Viewer
) -> list[Colleague]:
    """Whom the viewer can ask to answer standards of this return, by name."""
    within = visible_to.agencies(Permission.DELEGATE) & {agency_return.agency_id}
    return _people(session, Role.CONTRIBUTOR, within)


def signatories_of(session: Session, agency_return: AgencyReturn) -> list[Colleague]:
    """Who can sign this return, by name; whoever calls has checked who is looking."""
    return _people(session, Role.SIGNATORY, [agency_return.agency_id])


def leads_to_ask(session: Session, *, visible_to: Viewer) -> list[Colleague]:
    """Who can delegate standards to the viewer: the leads of the agencies that they help."""
    helped = visible_to.reach(Permission.EDIT_ANSWERS).delegated
    return _people(session, Role.AGENCY_LEAD, helped)


def _people(session: Session, role: Role, agency_ids: Collection[int]) -> list[Colleague]:
    if not agency_ids:
        return []
    rows = session.execute(
        select(User.id, User.name)
        .where(User.is_active, User.id.in_(_with_role(role, agency_ids)))
        .order_by(User.name, User.id)
    )
    return [Colleague(*row) for row in rows]


def _with_role(role: Role, agency_ids: Collection[int]) -> Select[int]:
    return select(Membership.user_id).where(
        Membership.role == role,
        Membership.agency_id.in_(agency_ids),
        Membership.is_live,
    )
