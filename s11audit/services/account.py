"""What people do with their own account: sign in, sign out, change their password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.models import User, UserSession
from s11audit.queries.people import stored_email, token_digest
from s11audit.services.events import record
from s11audit.services.passwords import (
    hash_password,
    is_outdated,
    password_fits,
    what_is_wrong_with,
)
from s11audit.services.refusals import RefusedError
from s11audit.services.tokens import new_token

# What the columns hold.
LONGEST_ADDRESS = 45
LONGEST_BROWSER = 200


def recognised_user(session: Session, email: str, password: str) -> int | None:
    """Id of the active person with this e-mail address and password; None for everybody else.

    Reads only, so that checking a password, which is slow on purpose, holds up nobody's writing.
    """
    user = session.scalars(select(User).where(User.email == stored_email(email))).one_or_none()
    fits = password_fits(user.password_hash if user else None, password)
    return user.id if user and fits and user.is_active else None


def renew_hash(session: Session, user_id: int, password: str) -> None:
    """Hash a password anew that was just recognised, where its hash is weaker than today's."""
    user = session.get_one(User, user_id)
    if is_outdated(user.password_hash):
        user.password_hash = hash_password(password)


def start_session(
    session: Session,
    user_id: int,
    *,
    how: str,
    two_factors: bool,
    address: str,
    browser: str,
    now: datetime,
) -> str:
    """Start a session for somebody just recognised; gives its token, which is stored nowhere.

    `how` is password, link, openid or invitation; `address` and `browser` are for the person to
    recognise the session by. Raises PermissionError for somebody disabled.
    """
    user = session.get_one(User, user_id)
    if not user.is_active:
        raise PermissionError
    token = new_token()
    session.add(
        UserSession(
            user_id=user.id,
            token_sha256=token_digest(token),
            started_at=now,
            last_seen_at=now,
            two_factors_at=now if two_factors else None,
            proved_at=now,
            address=address[:LONGEST_ADDRESS],
            browser=browser[:LONGEST_BROWSER],
        )
    )
    record(session, "signed-in", f"user {user.id}", by=user.id, at=now, detail={"how": how})
    return token


def prove(session: Session, session_id: int, now: datetime) -> None:
    """Note that whoever is behind this session has just shown again who they are."""
    session.get_one(UserSession, session_id).proved_at = now


def pass_second_factor(session: Session, session_id: int, now: datetime) -> str:
    """Note that a second factor was shown; gives the session's new token for the cookie.

    The token before it is worth nothing from then on: whoever had copied it stays outside.
    """
    token = new_token()
    passed = session.get_one(UserSession, session_id)
    passed.two_factors_at = passed.proved_at = now
    passed.token_sha256 = token_digest(token)
    return token


def sign_out(session: Session, session_id: int, *, by: Viewer, now: datetime) -> None:
    """End one session of a person: its cookie no longer works, wherever it is.

    Raises LookupError where it is not one of theirs.
    """
    ended = session.scalars(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.user_id == by.user_id)
        .values(ended_at=func.coalesce(UserSession.ended_at, now))
        .returning(UserSession.id)
    ).one_or_none()
    if ended is None:
        raise LookupError("No such session of this person")
    _record(session, "signed-out", by, now)


def sign_out_everywhere(session: Session, *, by: Viewer, now: datetime) -> None:
    """End every session of a person, this one among them."""
    end_sessions(session, by.user_id, now=now)
    _record(session, "signed-out-everywhere", by, now)


def knows_password(session: Session, password: str, *, by: Viewer) -> bool:
    """Whether this is the person's own password. Reads only, as `recognised_user` does."""
    return password_fits(session.get_one(User, by.user_id).password_hash, password)


def change_password(
    session: Session, new: str, *, by: Viewer, session_id: int, now: datetime
) -> None:
    """Give a person the new password they chose, and end their sessions in other browsers.

    Raises RefusedError about `new`.
    """
    user = session.get_one(User, by.user_id)
    if fault := what_is_wrong_with(new, user.name, user.email):
        raise RefusedError("new", fault)
    user.password_hash = hash_password(new)
    end_sessions(session, user.id, now=now, but=session_id)
    _record(session, "password-changed", by, now)


def end_sessions(session: Session, user_id: int, *, now: datetime, but: int | None = None) -> None:
    """End every live session of a person, except the one of id `but`."""
    live = (UserSession.user_id == user_id) & UserSession.ended_at.is_(None)
    if but is not None:
        live &= UserSession.id != but
    session.execute(update(UserSession).where(live).values(ended_at=now))


def _record(session: Session, kind: str, by: Viewer, now: datetime) -> None:
    record(session, kind, f"user {by.user_id}", by=by.user_id, at=now)
