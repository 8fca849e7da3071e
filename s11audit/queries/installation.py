"""What the operator sees: partnerships and who manages them, trusts and their schools."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from s11audit.domain.permissions import Permission, Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Membership, Partnership, Trust, User
from s11audit.models.people import agency_partnerships


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a role."""

    membership_id: int
    name: str
    email: str


@dataclass(frozen=True)
class ListedPartnership:
    reference: str
    name: str
    agencies: int
    managers: tuple[Holder, ...]


@dataclass(frozen=True)
class ListedTrust:
    """A trust with its schools (reference and name) and who reads for it."""

    reference: str
    name: str
    schools: tuple[tuple[str, str], ...]
    viewers: tuple[Holder, ...]


@dataclass(frozen=True)
class SharedAgency:
    """An agency that works with several partnerships, by their names."""

    reference: str
    name: str
    partnerships: tuple[str, ...]


def partnerships(session: Session, *, visible_to: Viewer) -> list[ListedPartnership]:
    """Every partnership with its managers, by name: for the operator."""
    if not visible_to.may(Permission.RUN_INSTALLATION):
        return []
    managers = _holders(session, Role.MANAGER, Membership.partnership_id)
    columns = agency_partnerships.c
    many = select(func.count()).where(columns.partnership_id == Partnership.id).scalar_subquery()
    rows = session.execute(select(Partnership, many).order_by(Partnership.name))
    return [
        ListedPartnership(one.reference, one.name, count, tuple(managers[one.id]))
        for one, count in rows
    ]


def trusts(session: Session, *, visible_to: Viewer) -> list[ListedTrust]:
    """Every trust with its schools and viewers, by name: for the operator."""
    if not visible_to.may(Permission.RUN_INSTALLATION):
        return []
    viewers = _holders(session, Role.TRUST_VIEWER, Membership.trust_id)
    found = session.scalars(
        select(Trust).options(selectinload(Trust.agencies)).order_by(Trust.name)
    )
    return [
        ListedTrust(
            trust.reference,
            trust.name,
            tuple(sorted(((s.reference, s.name) for s in trust.agencies), key=lambda s: s[1])),
            tuple(viewers[trust.id]),
        )
        for trust in found
    ]


def shared_agencies(session: Session, *, visible_to: Viewer) -> list[SharedAgency]:
    """Agencies that work with several partnerships, by name: for the operator."""
    if not visible_to.may(Permission.RUN_INSTALLATION):
        return []
    columns = agency_partnerships.c
    several = select(columns.agency_id).group_by(columns.agency_id).having(func.count() > 1)
    found = session.scalars(
        select(Agency)
        .options(selectinload(Agency.partnerships))
        .where(Agency.id.in_(several))
        .order_by(Agency.name)
    )
    return [
        SharedAgency(one.reference, one.name, tuple(sorted(home.name for home in one.partnerships)))
        for one in found
    ]


def _holders(
    session: Session, role: Role, place: InstrumentedAttribute[int | None]
) -> dict[int, list[Holder]]:
    """Id of a place → who holds this role for it, by name."""
    rows = session.execute(
        select(place, Membership.id, User.name, User.email)
        .join(User, User.id == Membership.user_id)
        .where(Membership.role == role, Membership.is_live, User.is_active)
        .order_by(func.lower(User.name), Membership.id)
    )
    holders: dict[int, list[Holder]] = defaultdict(list)
    for place_id, membership_id, name, email in rows:
        holders[place_id or 0].append(Holder(membership_id, name, email))
    return holders
