"""Links sent by e-mail that sign a respondent in once, where their partnerships allow it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import insert, literal, select, update
from sqlalchemy.orm import Session

from s11audit.domain.dates import long_time
from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.models import Partnership, SignInLink, User
from s11audit.queries.people import stored_email, token_digest
from s11audit.queries.sign_in_links import link_owner, may_use_links
from s11audit.services.events import record
from s11audit.services.mail import is_address, write_mail
from s11audit.services.refusals import RefusedError
from s11audit.services.tokens import new_token

LIVES = timedelta(minutes=15)
# No user has it: what is done for an address that nobody has, is done for this one.
NOBODY = (0, "nobody@nowhere.invalid")


def send_link(
    session: Session, email: str, *, address: Callable[[str], str], now: datetime
) -> None:
    """Write mail with a link to whoever has this e-mail address and may use one.

    `address` makes the link from its token. For anybody else the database does the same work and
    takes it back, so that neither the answer nor its time tells who is known.
    """
    entitled = select(User).where(User.email == stored_email(email), may_use_links())
    user = session.scalars(entitled).one_or_none()
    user_id, to = (user.id, user.email) if user and is_address(user.email) else NOBODY
    token = new_token()
    attempt = session.begin_nested()
    _revoke(session, user_id, now)
    _add(session, user_id, token, now)
    facts = {"link": address(token), "until": long_time(now + LIVES)}
    write_mail(session, "sign-in-link", to, facts, now=now)
    record(session, "sign-in-link-sent", f"user {user_id}", by=None, at=now)
    if (user_id, to) == NOBODY:
        attempt.rollback()
    else:
        attempt.commit()


def _revoke(session: Session, user_id: int, now: datetime) -> None:
    session.execute(
        update(SignInLink)
        .where(SignInLink.user_id == user_id, SignInLink.used_at.is_(None))
        .values(used_at=now)
    )


def _add(session: Session, user_id: int, token: str, now: datetime) -> None:
    values = (token_digest(token), now, now + LIVES)
    columns = (SignInLink.token_sha256, SignInLink.made_at, SignInLink.expires_at)
    row = [literal(value, column.type) for value, column in zip(values, columns, strict=True)]
    session.execute(
        insert(SignInLink).from_select(
            ["user_id", "token_sha256", "made_at", "expires_at"],
            select(User.id, *row).where(User.id == user_id),
        )
    )


def shown_link(session: Session, token: str, *, now: datetime) -> str | None:
    """E-mail address of the person whom this link would sign in now; None where it would not."""
    found = link_owner(session, token)
    if found is None:
        return None
    link, user = found
    is_live = link.used_at is None and link.expires_at > now
    return user.email if is_live and _may_use(session, user.id) else None


def use_link(session: Session, token: str, *, now: datetime) -> int | None:
    """Use up a link; id of the person whom it signs in, or None where it is no good (any more).

    Whether its person may still use links is asked again: roles change within minutes.
    """
    live = (
        (SignInLink.token_sha256 == token_digest(token))
        & SignInLink.used_at.is_(None)
        & (SignInLink.expires_at > now)
    )
    used = update(SignInLink).where(live).values(used_at=now).returning(SignInLink.user_id)
    user_id = session.scalars(used).one_or_none()
    return user_id if user_id is not None and _may_use(session, user_id) else None


def _may_use(session: Session, user_id: int) -> bool:
    allowed = select(User.id).where(User.id == user_id, may_use_links())
    return session.scalar(allowed) is not None


def allow_links(
    session: Session, partnership_id: int, allowed: bool, *, by: Viewer, now: datetime
) -> Partnership:
    """Say whether respondents of a partnership may sign in by links. Raises RefusedError."""
    if not by.may_in_partnership(Permission.RUN_PARTNERSHIP, partnership_id):
        raise RefusedError("partnership", "Choose a partnership that you manage")
    partnership = session.get_one(Partnership, partnership_id)
    if partnership.allows_email_links != allowed:
        before, partnership.allows_email_links = partnership.allows_email_links, allowed
        record(
            session,
            "email-links-switched",
            f"partnership {partnership.reference}",
            by=by.user_id,
            at=now,
            detail={"before": before, "after": allowed},
            of=partnership,
        )
    return partnership
