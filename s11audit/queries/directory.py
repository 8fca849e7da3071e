"""Whom a manager finds: the people, agencies and partnerships within reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session, selectinload

from s11audit.domain.granting import Scope, may_grant
from s11audit.domain.numbers import pages_of
from s11audit.domain.permissions import ROLE_LABELS, Permission, Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Membership, Partnership, User
from s11audit.models.people import ForAPlace
from s11audit.models.walls import without_walls
from s11audit.queries import reach
from s11audit.queries.people import OPERATOR_ID

PEOPLE_A_PAGE = 50


@dataclass(frozen=True)
class HeldRole:
    """One role of one person and the name of the partnership or agency that it is held for.

    `since` is None where nobody wrote it down, `until` while it is held. `is_ours` says whether
    the viewer may end it.
    """

    membership_id: int
    role: Role
    place: str
    agency_reference: str = ""
    since: datetime | None = None
    until: datetime | None = None
    is_ours: bool = False

    @property
    def words(self) -> str:
        return f"{ROLE_LABELS[self.role]}, {self.place}"


@dataclass(frozen=True)
class Person:
    """A person with the roles that the viewer may see; `roles_elsewhere` counts other live ones.

    `past_roles` have ended, the latest first.
    """

    id: int
    name: str
    email: str
    is_active: bool
    created_at: datetime
    roles: tuple[HeldRole, ...]
    past_roles: tuple[HeldRole, ...] = ()
    roles_elsewhere: int = 0


@dataclass(frozen=True)
class PeoplePage:
    """One page of a list of people, of `total` that match."""

    people: tuple[Person, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return pages_of(self.total, PEOPLE_A_PAGE)


@dataclass(frozen=True)
class ListedAgency:
    id: int
    reference: str
    name: str
    agency_type: str
    attributes: frozenset[str]
    people: int


def agencies_in_reach(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    """Agencies for whose people the viewer has this permission."""
    reached = viewer.reach(permission)
    if reached.everywhere:
        return true()
    return or_(
        Agency.id.in_(reached.agencies), Agency.id.in_(reach.agencies_of(reached.partnerships))
    )


def places_in_reach(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    """Memberships, live or ended, of places for whose people the viewer has this permission."""
    reached = viewer.reach(permission)
    is_machine = viewer.user_id == OPERATOR_ID and Role.OPERATOR in viewer.roles
    if reached.everywhere or is_machine:
        return true()
    return or_(
        Membership.partnership_id.in_(reached.partnerships),
        Membership.agency_id.in_(reached.agencies),
        Membership.agency_id.in_(reach.agencies_of(reached.partnerships)),
    )


def in_reach(
    visible_to: Viewer, permission: Permission = Permission.SEE_PEOPLE
) -> ColumnElement[bool]:
    """Live memberships that the viewer may see: of their partnerships and of those' agencies."""
    return Membership.is_live & places_in_reach(visible_to, permission)


def people(
    session: Session,
    *,
    visible_to: Viewer,
    search: str = "",
    role: Role | None = None,
    agency_reference: str = "",
    left: bool = False,
    page: int = 1,
) -> PeoplePage:
    """People within reach by name, `page` from 1; `search` is part of a name or e-mail address.

    With `left`, those who hold no role within reach any longer.
    """
    held = places_in_reach(visible_to, Permission.SEE_PEOPLE) if left else in_reach(visible_to)
    if role is not None:
        held &= Membership.role == role
    if agency_reference:
        held &= Membership.agency.has(Agency.reference == agency_reference)
    matching = User.memberships.any(held)
    if left:
        matching &= ~User.memberships.any(in_reach(visible_to))
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
    """One person, if any role that they hold or held is within reach."""
    known = User.memberships.any(places_in_reach(visible_to, Permission.SEE_PEOPLE))
    found = session.scalars(_with_roles().where(User.id == user_id, known)).all()
    return next(iter(_as_people(session, found, visible_to)), None)


def beside(session: Session, membership_id: int, *, visible_to: Viewer) -> tuple[Person, ...]:
    """People who hold a role at the same place as this one, by name, if they may sign in.

    Whoever may end it knows them.
    """
    here = session.get_one(Membership, membership_id)
    same_place = in_reach(visible_to, Permission.GRANT_ROLES) & Membership.is_at_place_of(here)
    found = session.scalars(
        _with_roles()
        .where(User.memberships.any(same_place), User.is_active)
        .order_by(func.lower(User.name), User.id)
    ).all()
    return _as_people(session, found, visible_to)


def own_roles(session: Session, *, visible_to: Viewer) -> tuple[HeldRole, ...]:
    """Every role that the viewer holds."""
    user = session.scalars(_with_roles().where(User.id == visible_to.user_id)).one_or_none()
    held = user.memberships if user else ()
    return tuple(held_role(one, visible_to) for one in held if one.is_live)


def _with_roles() -> Select[User]:
    roles = selectinload(User.memberships)
    return select(User).options(
        roles.joinedload(Membership.agency).selectinload(Agency.partnerships),
        roles.joinedload(Membership.partnership),
        roles.joinedload(Membership.trust),
    )


def _as_people(session: Session, users: Sequence[User], visible_to: Viewer) -> tuple[Person, ...]:
    ids = [membership.id for user in users for membership in user.memberships]
    ours = places_in_reach(visible_to, Permission.SEE_PEOPLE)
    seen = set(session.scalars(select(Membership.id).where(Membership.id.in_(ids), ours)))
    live = _live_roles(session, [user.id for user in users])
    return tuple(_as_person(user, seen, live.get(user.id, 0), visible_to) for user in users)


def _live_roles(session: Session, user_ids: Sequence[int]) -> dict[int, int]:
    """User id → how many roles they hold, here and elsewhere."""
    counted = (
        select(Membership.user_id, func.count())
        .where(Membership.user_id.in_(user_ids), Membership.is_live)
        .group_by(Membership.user_id)
    )
    with without_walls(session):
        rows = session.execute(counted).all()
    return {user_id: many for user_id, many in rows}  # noqa: C416 - rows are no pairs to mypy


def _as_person(user: User, seen: set[int], live: int, viewer: Viewer) -> Person:
    held = [held_role(m, viewer) for m in user.memberships if m.id in seen]
    held.sort(key=lambda one: (list(Role).index(one.role), one.membership_id))
    roles = tuple(one for one in held if one.until is None)
    past = [one for one in held if one.until is not None]
    return Person(
        id=user.id,
        name=user.name,
        email=user.email,
        is_active=user.is_active,
        created_at=user.created_at,
        roles=roles,
        past_roles=tuple(sorted(past, key=lambda one: str(one.until), reverse=True)),
        roles_elsewhere=live - len(roles),
    )


def held_role(membership: Membership, viewer: Viewer) -> HeldRole:
    """A membership in words."""
    return HeldRole(
        membership.id,
        membership.role,
        membership.place_name,
        membership.agency.reference if membership.agency else "",
        membership.started_at,
        membership.ended_at,
        may_grant(viewer, membership.role, scope_of(membership)),
    )


def scope_of(post: ForAPlace) -> Scope:
    """What a role is for, as the rules of granting see it."""
    homes = frozenset(home.id for home in post.agency.partnerships) if post.agency else frozenset()
    return Scope(post.partnership_id, post.trust_id, post.agency_id, homes)


def partnerships(
    session: Session, *, visible_to: Viewer, permission: Permission = Permission.SEE_PEOPLE
) -> list[Partnership]:
    """The partnerships for whose people the viewer has this permission, by name."""
    reached = visible_to.reach(permission)
    ours = true() if reached.everywhere else Partnership.id.in_(reached.partnerships)
    return list(session.scalars(select(Partnership).where(ours).order_by(Partnership.name)))


def agencies(
    session: Session, *, visible_to: Viewer, permission: Permission = Permission.SEE_PEOPLE
) -> list[ListedAgency]:
    """Agencies within reach by name, each with how many people hold a role for it."""
    count = func.count(func.distinct(Membership.user_id))
    rows = session.execute(
        select(
            Agency.id, Agency.reference, Agency.name, Agency.agency_type, Agency.attributes, count
        )
        .outerjoin(Membership, (Membership.agency_id == Agency.id) & Membership.is_live)
        .where(agencies_in_reach(visible_to, permission))
        .group_by(Agency.id)
        .order_by(Agency.name)
    )
    return [ListedAgency(*row) for row in rows]


def agency(
    session: Session,
    reference: str,
    *,
    visible_to: Viewer,
    permission: Permission = Permission.SEE_PEOPLE,
) -> Agency | None:
    """One agency with its partnerships, if it is within reach."""
    return session.scalars(
        select(Agency)
        .options(selectinload(Agency.partnerships))
        .where(Agency.reference == reference, agencies_in_reach(visible_to, permission))
    ).one_or_none()
