"""Looking up people, agencies and who is looking."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.access import SessionLimits
from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Grant, Viewer
from s11audit.models import Membership, Partnership, User, UserSession

# The user id of whoever runs commands on the machine itself: nobody's row.
OPERATOR_ID = 0


@dataclass(frozen=True)
class SignedIn:
    """A live session and the person behind it."""

    session_id: int
    last_seen_at: datetime
    viewer: Viewer


def token_digest(token: str) -> str:
    """What is stored of a session's token: whoever reads the table cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def signed_in(
    session: Session, token: str, *, now: datetime, limits: SessionLimits
) -> SignedIn | None:
    """Who holds this token, or None where it is unknown, ended, too old or its user disabled."""
    rows = session.execute(
        select(UserSession, User, Membership)
        .join(User, User.id == UserSession.user_id)
        .outerjoin(Membership, (Membership.user_id == User.id) & Membership.ended_at.is_(None))
        .where(
            UserSession.token_sha256 == token_digest(token),
            UserSession.ended_at.is_(None),
            UserSession.started_at > now - limits.absolute,
            UserSession.last_seen_at > now - limits.idle,
            User.is_active,
        )
        .order_by(Membership.id)
    ).all()
    if not rows:
        return None
    user_session, user, _ = rows[0]
    memberships = [membership for _, _, membership in rows if membership is not None]
    return SignedIn(user_session.id, user_session.last_seen_at, as_viewer(user, memberships))


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


def operator(session: Session) -> Viewer:
    """Whoever runs commands on the machine itself: also a manager of every partnership there is."""
    partnerships = session.scalars(select(Partnership.id))
    managing = (Grant(Role.MANAGER, partnership_id=id_) for id_ in partnerships)
    return Viewer(OPERATOR_ID, "The operator", grants=(Grant(Role.OPERATOR), *managing))
