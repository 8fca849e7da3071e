"""What somebody may hand out, and who holds roles for the agencies that they lead."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission, Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Membership, Trust, User
from s11audit.queries import directory


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

    name: str
    email: str
    roles: tuple[Role, ...]


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
    return {name: _people_of(session, id_) for id_, name in agencies}


def _people_of(session: Session, agency_id: int) -> list[Colleague]:
    rows = session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.agency_id == agency_id, Membership.is_live, User.is_active)
        .order_by(func.lower(User.name), User.id, Membership.id)
    )
    held: dict[User, list[Role]] = {}
    for user, role in rows:
        held.setdefault(user, []).append(role)
    return [Colleague(user.name, user.email, tuple(roles)) for user, roles in held.items()]
