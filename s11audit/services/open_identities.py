"""Whom an account with an OpenID provider signs in, and which ones belong to a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.models import OpenIdentity, User
from s11audit.queries.people import stored_email
from s11audit.queries.sign_in_links import may_use_links
from s11audit.services.events import record
from s11audit.services.openid_client import Claimed
from s11audit.services.refusals import RefusedError

LINKED_ALREADY = "That account already belongs to somebody else here"
ONLY_WAY = "This is your only way to sign in, so it stays. Set a password first."


def recognised_by_provider(
    session: Session, claimed: Claimed, domains: Collection[str], *, now: datetime
) -> int | None:
    """Id of the active person whom these claims are about; None for everybody else.

    Somebody whose account is not linked yet is recognised by an e-mail address only where the
    provider has verified it and answers for its domain (`domains`); it is linked from then on.
    """
    identity = _found(session, claimed)
    if identity is None:
        return _recognised_by_address(session, claimed, domains, now)
    if not session.get_one(User, identity.user_id).is_active:
        return None
    identity.last_used_at = now
    return identity.user_id


def _recognised_by_address(
    session: Session, claimed: Claimed, domains: Collection[str], now: datetime
) -> int | None:
    email = stored_email(claimed.email)
    if not claimed.email_verified or email.rpartition("@")[2] not in domains:
        return None
    # Whoever has the address now may have got it from somebody who left: a new account there.
    has_one = exists().where(OpenIdentity.user_id == User.id, OpenIdentity.issuer == claimed.issuer)
    known = select(User.id).where(User.email == email, User.is_active, ~has_one)
    user_id = session.scalar(known)
    if user_id is None:
        return None
    try:
        _add(session, claimed, user_id, now)
    except RefusedError:  # linked to somebody else at this very moment
        return None
    return user_id


def link_identity(session: Session, claimed: Claimed, *, by: Viewer, now: datetime) -> None:
    """Let these claims sign in this person from now on. Raises RefusedError."""
    identity = _found(session, claimed)
    if identity is None:
        _add(session, claimed, by.user_id, now)
    elif identity.user_id != by.user_id:
        raise RefusedError("identity", LINKED_ALREADY)


def unlink_identity(session: Session, identity_id: int, *, by: Viewer, now: datetime) -> None:
    """Forget one of a person's own accounts. Raises RefusedError where it is their only way in."""
    identity = session.get(OpenIdentity, identity_id)
    if identity is None or identity.user_id != by.user_id:
        raise LookupError("No such account of this person")
    # Two requests that each leave the other's account would leave none: one waits.
    user = session.scalars(select(User).where(User.id == by.user_id).with_for_update()).one()
    if not _has_other_way_in(session, user):
        raise RefusedError("identity", ONLY_WAY)
    session.delete(identity)
    detail = {"issuer": identity.issuer}
    record(session, "identity-unlinked", f"user {user.id}", by=user.id, at=now, detail=detail)


def _has_other_way_in(session: Session, user: User) -> bool:
    if user.password_hash:
        return True
    own = select(func.count()).where(OpenIdentity.user_id == user.id)
    if (session.scalar(own) or 0) > 1:
        return True
    by_link = select(User.id).where(User.id == user.id, may_use_links())
    return session.scalar(by_link) is not None


def _found(session: Session, claimed: Claimed) -> OpenIdentity | None:
    return session.scalars(
        select(OpenIdentity).where(
            OpenIdentity.issuer == claimed.issuer, OpenIdentity.subject == claimed.subject
        )
    ).one_or_none()


def _add(session: Session, claimed: Claimed, user_id: int, now: datetime) -> None:
    identity = OpenIdentity(
        user_id=user_id,
        issuer=claimed.issuer,
        subject=claimed.subject,
        email=stored_email(claimed.email),
        added_at=now,
        last_used_at=now,
    )
    try:
        with session.begin_nested():
            session.add(identity)
    except IntegrityError as error:
        raise RefusedError("identity", LINKED_ALREADY) from error
    detail = {"issuer": claimed.issuer}
    record(session, "identity-linked", f"user {user_id}", by=user_id, at=now, detail=detail)
