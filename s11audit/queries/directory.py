"""Whom a manager finds: the people, agencies and partnerships within reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from s11audit.domain.permissions import ROLE_LABELS, Permission, Role
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import Agency, AgencyReturn, AuditRound, Membership, Partnership, User
from s11audit.queries import reach

PEOPLE_A_PAGE = 50


@dataclass(frozen=True)
class HeldRole:
    """One role of one person and the name of the partnership or agency that it is held for."""

    membership_id: int
    role: Role
    place: str
    agency_reference: str = ""

    @property
    def words(self) -> str:
        return f"{ROLE_LABELS[self.role]}, {self.place}"


@dataclass(frozen=True)
class Person:
    """A person with the roles that the viewer may see; `roles_elsewhere` counts the others."""

    id: int
    name: str
    email: str
    is_active: bool
    created_at: datetime
    roles: tuple[HeldRole, ...]
    roles_elsewhere: int = 0


@dataclass(frozen=True)
class PeoplePage:
    """One page of a list of people, of `total` that match."""

    people: tuple[Person, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PEOPLE_A_PAGE))


@dataclass(frozen=True)
class ListedAgency:
    id: int
    reference: str
    name: str
    agency_type: str
    attributes: frozenset[str]
    people: int


@dataclass(frozen=True)
class AgencysReturn:
    """A return as a manager sees it on the agency's page: how far it is, not what it says."""

    reference: str
    round_reference: str
    round_title: str
    status: ReturnStatus
    due_on: date


def in_reach(visible_to: Viewer) -> ColumnElement[bool]:
    """Live memberships that the viewer may see: of their partnerships and of those' agencies."""
    partnerships = visible_to.partnerships(Permission.SEE_PEOPLE)
    return Membership.ended_at.is_(None) & or_(
        Membership.partnership_id.in_(partnerships),
        Membership.agency_id.in_(reach.agencies_of(partnerships)),
    )


def people(
    session: Session,
    *,
    visible_to: Viewer,
    search: str = "",
    role: Role | None = None,
    agency_reference: str = "",
    page: int = 1,
) -> PeoplePage:
    """People within reach by name, `page` from 1; `search` is part of a name or e-mail address."""
    held = in_reach(visible_to)
    if role is not None:
        held &= Membership.role == role
    if agency_reference:
        held &= Membership.agency.has(Agency.reference == agency_reference)
    matching = User.memberships.any(held)
    if search:
        matching &= or_(
            User.name.icontains(search, autoescape=True),
            User.email.icontains(search, autoescape=True),
        )
    total = session.scalar(select(func.count()).select_from(User).where(matching)) or 0
    found = session.scalars(
        _with_roles()
        .where(matching)
        .order_by(func.lower(User.name), User.id)
        .limit(PEOPLE_A_PAGE)
        .offset((page - 1) * PEOPLE_A_PAGE)
    ).all()
    return PeoplePage(_as_people(session, found, visible_to), total, page)


def person(session: Session, user_id: int, *, visible_to: Viewer) -> Person | None:
    """One person, if any role of theirs is within reach."""
    found = session.scalars(
        _with_roles().where(User.id == user_id, User.memberships.any(in_reach(visible_to)))
    ).all()
    return next(iter(_as_people(session, found, visible_to)), None)


def own_roles(session: Session, *, visible_to: Viewer) -> tuple[HeldRole, ...]:
    """Every role of the viewer's own."""
    user = session.scalars(_with_roles().where(User.id == visible_to.user_id)).one_or_none()
    held = user.memberships if user else ()
    return tuple(_held(membership) for membership in held if membership.ended_at is None)


def _with_roles() -> Select[User]:
    roles = selectinload(User.memberships)
    return select(User).options(
        roles.joinedload(Membership.agency), roles.joinedload(Membership.partnership)
    )


def _as_people(session: Session, users: Sequence[User], visible_to: Viewer) -> tuple[Person, ...]:
    ids = [membership.id for user in users for membership in user.memberships]
    seen = set(
        session.scalars(select(Membership.id).where(Membership.id.in_(ids), in_reach(visible_to)))
    )
    return tuple(_as_person(user, seen) for user in users)


def _as_person(user: User, seen: set[int]) -> Person:
    roles = sorted(
        (m for m in user.memberships if m.id in seen),
        key=lambda m: (list(Role).index(m.role), m.id),
    )
    return Person(
        id=user.id,
        name=user.name,
        email=user.email,
        is_active=user.is_active,
        created_at=user.created_at,
        roles=tuple(_held(membership) for membership in roles),
        roles_elsewhere=sum(m.ended_at is None for m in user.memberships) - len(roles),
    )


def _held(membership: Membership) -> HeldRole:
    if membership.agency is not None:
        agency = membership.agency
        return HeldRole(membership.id, membership.role, agency.name, agency.reference)
    place = membership.partnership or membership.trust
    return HeldRole(membership.id, membership.role, place.name if place else "the installation")


def partnerships(session: Session, *, visible_to: Viewer) -> list[Partnership]:
    """The partnerships whose people the viewer may see, by name."""
    ids = visible_to.partnerships(Permission.SEE_PEOPLE)
    return list(
        session.scalars(
            select(Partnership).where(Partnership.id.in_(ids)).order_by(Partnership.name)
        )
    )


def agencies(session: Session, *, visible_to: Viewer) -> list[ListedAgency]:
    """Agencies within reach by name, each with how many people hold a role for it."""
    count = func.count(func.distinct(Membership.user_id))
    rows = session.execute(
        select(
            Agency.id, Agency.reference, Agency.name, Agency.agency_type, Agency.attributes, count
        )
        .outerjoin(Membership, (Membership.agency_id == Agency.id) & Membership.ended_at.is_(None))
        .where(Agency.id.in_(reach.agencies_of(visible_to.partnerships(Permission.SEE_PEOPLE))))
        .group_by(Agency.id)
        .order_by(Agency.name)
    )
    return [ListedAgency(*row) for row in rows]


def agency(session: Session, reference: str, *, visible_to: Viewer) -> Agency | None:
    """One agency with its partnerships, if it is within reach."""
    return session.scalars(
        select(Agency)
        .options(selectinload(Agency.partnerships))
        .where(
            Agency.reference == reference,
            Agency.id.in_(reach.agencies_of(visible_to.partnerships(Permission.SEE_PEOPLE))),
        )
    ).one_or_none()


def returns_of(session: Session, agency_id: int, *, visible_to: Viewer) -> list[AgencysReturn]:
    """An agency's returns in rounds of the viewer's partnerships, latest due first."""
    rows = session.scalars(
        select(AgencyReturn)
        .join(AgencyReturn.round)
        .options(joinedload(AgencyReturn.round))
        .where(
            AgencyReturn.agency_id == agency_id,
            reach.returns(visible_to, Permission.SEE_ROUNDS),
            AuditRound.status != RoundStatus.DRAFT,
        )
        .order_by(AgencyReturn.due_on.desc(), AgencyReturn.id)
    )
    return [
        AgencysReturn(row.reference, row.round.reference, row.round.title, row.status, row.due_on)
        for row in rows
    ]
