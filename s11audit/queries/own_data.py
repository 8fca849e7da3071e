"""Everything that is held about one person, for that person: UK GDPR, article 15.

Never anything about anybody else: who else did something, or is written to, is left out, and of an
answer only its place is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from s11audit.domain.event_details import detail_in_words
from s11audit.domain.event_kinds import sentence_of
from s11audit.domain.viewers import Viewer
from s11audit.models import Event, OpenIdentity, RecoveryCode, SecondFactor, User
from s11audit.queries.own_rows import TABLES

Fact = str | int | bool | date | datetime | None
Facts = dict[str, Fact]


@dataclass(frozen=True)
class Part:
    """One kind of thing held about somebody: its file, its heading, what it is, and the rows."""

    name: str
    title: str
    means: str
    rows: tuple[Facts, ...]


def own_data(session: Session, *, visible_to: Viewer) -> list[Part]:
    """All parts, in order, those without rows too. Raises LookupError for nobody's account."""
    user = session.get(User, visible_to.user_id)
    if user is None:
        raise LookupError("No such person")
    read = [
        Part(one.name, one.title, one.means, _facts(session.execute(one.of(user))))
        for one in TABLES
    ]
    return [
        _profile(user),
        *read[:1],
        _sign_in_methods(session, user),
        *read[1:],
        _events(session, user),
    ]


def _facts(rows: Iterable[Row[Any]]) -> tuple[Facts, ...]:
    return tuple(dict(row._mapping) for row in rows)


def _profile(user: User) -> Part:
    facts: Facts = {
        "name": user.name,
        "email": user.email,
        "account_since": user.created_at,
        "may_sign_in": user.is_active,
        "has_password": bool(user.password_hash),
    }
    return Part(
        "profile", "Who you are", "Your name, your e-mail address and your account", (facts,)
    )


def _sign_in_methods(session: Session, user: User) -> Part:
    """How somebody signs in, without a secret of any of it."""
    rows: list[Facts] = []
    factors = select(SecondFactor).where(SecondFactor.user_id == user.id)
    for factor in session.scalars(factors.order_by(SecondFactor.id)):
        used = factor.last_used_at
        rows.append(_method(factor.kind, factor.name, factor.added_at, used))
    accounts = select(OpenIdentity).where(OpenIdentity.user_id == user.id)
    for one in session.scalars(accounts.order_by(OpenIdentity.id)):
        named = f"{one.email} at {one.issuer}"
        rows.append(_method("organisation’s account", named, one.added_at, one.last_used_at))
    codes = select(RecoveryCode).where(RecoveryCode.user_id == user.id)
    for code in session.scalars(codes.order_by(RecoveryCode.id)):
        rows.append(_method("recovery code", "", code.made_at, code.used_at))
    means = (
        "What you prove with who you are. Secrets are not in here, and cannot be read by anybody"
    )
    return Part("sign_in_methods", "How you sign in", means, tuple(rows))


def _method(kind: str, name: str, added_at: datetime, used_at: datetime | None) -> Facts:
    return {"kind": str(kind), "name": name, "added_at": added_at, "last_used_at": used_at}


def _events(session: Session, user: User) -> Part:
    own = f"user {user.id}"
    matching = or_(Event.user_id == user.id, Event.subject == own)
    found = session.scalars(select(Event).where(matching).order_by(Event.id))
    means = "What you did, and what was done to your account"
    rows = tuple(_event(event, user.id, own) for event in found)
    return Part("events", "History", means, rows)


def _event(event: Event, user_id: int, own: str) -> Facts:
    """What happened; of another person only that it was one, and not from where they did it."""
    is_yours = event.user_id == user_id
    is_of_another = event.subject.startswith("user ") and event.subject != own
    thing = {own: "you"}.get(event.subject, event.subject)
    if is_of_another:
        thing = "another person"
    return {
        "at": event.happened_at,
        "who": "you" if is_yours else "somebody else",
        "what": sentence_of(event.kind, thing),
        "change": "" if is_of_another else detail_in_words(event.detail or {}),
        "address": event.address if is_yours else "",
    }
