"""What somebody may hand out, and who holds roles for the agencies that they lead."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from s11audit.domain.permissions import Permission, Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Membership, Trust, User
from s11audit.queries import directory
from s11audit.queries.directory import HeldRole


@dataclass(frozen=True)
class Gifts:
    """What somebody may hand out: roles, and the places by reference for which they may."""

    roles: tuple[Role, ...]
    partnerships: dict[str, str]
    trusts: dict[str, str]
    agencies: dict[str, str]


@dataclass(frozen=True)
class Colleague:
    """Somebody who holds roles for the same agency."""

    user_id: int
    name: str
    email: str
    roles: tuple[HeldRole, ...]


def gifts(session: Session, *, visible_to: Viewer) -> Gifts:
    """What the viewer may hand out; where exactly, each invitation is checked for."""
    grant = Permission.GRANT_ROLES
    roles = visible_to.grantable
    partnerships = directory.partnerships(session, visible_to=visible_to, permission=grant)
    agencies = directory.agencies(session, visible_to=visible_to, permission=grant)
    trusts = (
        session.scalars(select(Trust).order_by(Trust.name)).all()
        if Role.TRUST_VIEWER in roles
        else ()
    )
    return Gifts(
        roles=tuple(role for role in Role if role in roles),
        partnerships={one.reference: one.name for one in partnerships},
        trusts={one.reference: one.name for one in trusts},
        agencies={one.reference: one.name for one in agencies},
    )


def colleagues(session: Session, *, visible_to: Viewer) -> dict[str, list[Colleague]]:
    """Name of each agency that the viewer leads → who holds a role for it, by name."""
    led = visible_to.agencies(Permission.DELEGATE)
    agencies = session.execute(
        select(Agency.id, Agency.name).where(Agency.id.in_(led)).order_by(Agency.name)
    )
    return {name: _people_of(session, id_, visible_to) for id_, name in agencies}


def colleague(session: Session, membership_id: int, *, visible_to: Viewer) -> Colleague | None:
    """Whoever holds this role for an agency, with it alone, if it is the viewer's to end."""
    reached = directory.in_reach(visible_to, Permission.GRANT_ROLES)
    wanted = (Membership.id == membership_id) & Membership.agency_id.is_not(None)
    found = session.scalars(_held().where(wanted, reached)).one_or_none()
    if found is None:
        return None
    held, user = directory.held_role(found, visible_to), found.user
    return Colleague(user.id, user.name, user.email, (held,)) if held.is_ours else None


def _people_of(session: Session, agency_id: int, viewer: Viewer) -> list[Colleague]:
    rows = session.scalars(
        _held()
        .where(Membership.agency_id == agency_id, Membership.is_live, User.is_active)
        .order_by(func.lower(User.name), User.id, Membership.id)
    )
    held: dict[User, list[HeldRole]] = {}
    for membership in rows:
        held.setdefault(membership.user, []).append(directory.held_role(membership, viewer))
    return [Colleague(one.id, one.name, one.email, tuple(roles)) for one, roles in held.items()]


def _held() -> Select[Membership]:
    return (
        select(Membership)
        .join(Membership.user)
        .options(
            contains_eager(Membership.user),
            joinedload(Membership.agency).selectinload(Agency.partnerships),
        )
    )
