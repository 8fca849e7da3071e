"""Looking up people, agencies and who is looking."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, selectinload

from s11audit.domain.access import FRESH_FOR, SESSION_LIMITS, SessionLimits
from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Grant, Viewer
from s11audit.models import Agency, Membership, Partnership, SecondFactor, User, UserSession

# The user id of whoever runs commands on the machine itself: nobody's row.
OPERATOR_ID = 0


@dataclass(frozen=True)
class SignedIn:
    """A live session and the person behind it.

    `two_factors_at` is when this browser showed a second factor, `proved_at` when its person last
    showed who they are; None for never.
    """

    session_id: int
    viewer: Viewer
    started_at: datetime
    last_seen_at: datetime
    two_factors_at: datetime | None
    proved_at: datetime | None
    has_second_factor: bool
    has_password: bool

    @property
    def is_half(self) -> bool:
        """Whether a second factor is still to be shown, or to be set up."""
        needed = self.viewer.needs_second_factor or self.has_second_factor
        return needed and self.two_factors_at is None

    def has_proved(self, *, now: datetime) -> bool:
        """Whether the person showed who they are lately enough for what needs a fresh proof."""
        return self.proved_at is not None and now - self.proved_at < FRESH_FOR


def token_digest(token: str) -> str:
    """What is stored of a session's token: whoever reads the table cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def signed_in(
    session: Session, token: str, *, now: datetime, caps: SessionLimits
) -> SignedIn | None:
    """Who holds this token, or None where it is unknown, ended, too old or its user disabled.

    How old is too old depends on the person's roles, and is never more than `caps`.
    """
    factors = exists().where(SecondFactor.user_id == User.id)
    rows = session.execute(
        select(UserSession, User, factors, Membership)
        .join(User, User.id == UserSession.user_id)
        .outerjoin(Membership, (Membership.user_id == User.id) & Membership.is_live)
        .where(
            UserSession.token_sha256 == token_digest(token),
            UserSession.ended_at.is_(None),
            User.is_active,
        )
        .order_by(Membership.id)
    ).all()
    if not rows:
        return None
    browser, user, has_factor, _ = rows[0]
    viewer = as_viewer(user, [row[3] for row in rows if row[3] is not None])
    limits = session_limits(viewer.roles, caps)
    if now - browser.started_at >= limits.absolute or now - browser.last_seen_at >= limits.idle:
        return None
    return SignedIn(
        session_id=browser.id,
        viewer=viewer,
        started_at=browser.started_at,
        last_seen_at=browser.last_seen_at,
        two_factors_at=browser.two_factors_at,
        proved_at=browser.proved_at,
        has_second_factor=has_factor,
        has_password=bool(user.password_hash),
    )


def session_limits(roles: Iterable[Role], caps: SessionLimits) -> SessionLimits:
    """How long somebody with these roles stays signed in: the strictest of all, and of `caps`."""
    all_limits = [caps, *(SESSION_LIMITS[role] for role in roles)]
    return SessionLimits(
        idle=min(limits.idle for limits in all_limits),
        absolute=min(limits.absolute for limits in all_limits),
    )


@dataclass(frozen=True)
class LiveSession:
    """A browser that somebody is signed in with; `address` is where it was when they signed in."""

    id: int
    browser: str
    address: str
    started_at: datetime
    last_seen_at: datetime


def live_sessions(
    session: Session, *, visible_to: Viewer, now: datetime, caps: SessionLimits
) -> tuple[LiveSession, ...]:
    """The viewer's own sessions that would still be recognised, the last used first."""
    limits = session_limits(visible_to.roles, caps)
    found = session.scalars(
        select(UserSession)
        .where(
            UserSession.user_id == visible_to.user_id,
            UserSession.ended_at.is_(None),
            UserSession.started_at > now - limits.absolute,
            UserSession.last_seen_at > now - limits.idle,
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return tuple(
        LiveSession(one.id, one.browser, one.address, one.started_at, one.last_seen_at)
        for one in found
    )


@dataclass(frozen=True)
class OwnAgency:
    """An agency that somebody has a role for, and the partnerships that it answers to."""

    name: str
    agency_type: str
    partnerships: tuple[str, ...]


def own_agencies(session: Session, *, visible_to: Viewer) -> tuple[OwnAgency, ...]:
    """The agencies that the viewer has a role for, among them every school of their trust."""
    ids = {grant.agency_id for grant in visible_to.grants if grant.agency_id is not None}
    found = session.scalars(
        select(Agency)
        .where(Agency.id.in_(ids))
        .options(selectinload(Agency.partnerships))
        .order_by(func.lower(Agency.name), Agency.id)
    )
    return tuple(
        OwnAgency(one.name, one.agency_type, tuple(sorted(home.name for home in one.partnerships)))
        for one in found
    )


def stored_email(email: str) -> str:
    """An e-mail address as it is stored and compared: whoever types capitals is the same person."""
    return email.replace("\0", "").strip().lower()


def as_viewer(user: User, memberships: list[Membership]) -> Viewer:
    return Viewer(
        user_id=user.id,
        name=user.name,
        email=user.email,
        grants=tuple(grant for membership in memberships for grant in membership.grants),
    )


def account_id(viewer: Viewer) -> int | None:
    """Whom rows name as having done something; nobody for commands on the machine itself."""
    return None if viewer.user_id == OPERATOR_ID else viewer.user_id


def in_place_of_lead(session: Session, agency_id: int) -> Viewer:
    """The operator, who for this agency may also do what its lead may."""
    machine = operator(session)
    return replace(machine, grants=(*machine.grants, Grant(Role.AGENCY_LEAD, agency_id=agency_id)))


def operator(session: Session) -> Viewer:
    """Whoever runs commands on the machine itself: also a manager of every partnership there is."""
    partnerships = session.scalars(select(Partnership.id))
    managing = (Grant(Role.MANAGER, partnership_id=id_) for id_ in partnerships)
    return Viewer(OPERATOR_ID, "The operator", grants=(Grant(Role.OPERATOR), *managing))
