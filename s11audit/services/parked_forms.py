"""Keeping what somebody typed while they show again who they are: encrypted, for a day, for them.

A form is parked under a token, which is stored hashed. Nobody else's token opens it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from s11audit.models import ParkedForm, UserSession
from s11audit.queries.people import token_digest
from s11audit.services.secret_box import BrokenSealError, SecretBox
from s11audit.services.tokens import new_token

KEPT_FOR = timedelta(hours=24)
# A browser that keeps sending fills no disk: of more than this, the oldest go.
MOST_KEPT = 20
PURPOSE = "parked-form"


@dataclass(frozen=True)
class TypedForm:
    """A form as it was sent: the path that it was sent to, and its fields in their order.

    `files` are the names of files that came with it, which are not kept.
    """

    place: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """A form that is parked, and until when."""

    form: TypedForm
    expires_at: datetime


def owner_of(session: Session, token: str) -> int | None:
    """Id of the person whose browser was given this session token, whether it has ended or not."""
    return session.scalar(
        select(UserSession.user_id).where(UserSession.token_sha256 == token_digest(token))
    )


def park(session: Session, box: SecretBox, user_id: int, form: TypedForm, *, now: datetime) -> str:
    """Keep a form for one person; gives the token that finds it. What is too old goes."""
    sweep(session, now=now)
    _make_room(session, user_id)
    token = new_token()
    content = json.dumps({"fields": form.fields, "files": form.files})
    session.add(
        ParkedForm(
            token_sha256=token_digest(token),
            user_id=user_id,
            place=form.place,
            content=box.close(content, PURPOSE),
            parked_at=now,
            expires_at=now + KEPT_FOR,
        )
    )
    return token


def kept(
    session: Session, box: SecretBox, token: str, *, user_id: int, now: datetime
) -> Kept | None:
    """What is parked under this token for this person.

    None for anybody else's, for one that was sent or thrown away, and where it is too old or
    closed with another secret key.
    """
    parked = session.scalars(
        select(ParkedForm).where(
            ParkedForm.token_sha256 == token_digest(token),
            ParkedForm.user_id == user_id,
            ParkedForm.expires_at > now,
        )
    ).one_or_none()
    if parked is None:
        return None
    try:
        content = json.loads(box.open(parked.content, PURPOSE))
    except BrokenSealError:
        return None
    fields = tuple((name, text) for name, text in content["fields"])
    return Kept(TypedForm(parked.place, fields, tuple(content["files"])), parked.expires_at)


def take(session: Session, token: str, *, user_id: int, now: datetime) -> bool:
    """Remove what is parked under this token. Of several who try at once, one is told True."""
    taken = session.execute(
        delete(ParkedForm)
        .where(
            ParkedForm.token_sha256 == token_digest(token),
            ParkedForm.user_id == user_id,
            ParkedForm.expires_at > now,
        )
        .returning(ParkedForm.id)
    )
    return taken.first() is not None


def sweep(session: Session, *, now: datetime) -> None:
    """Remove what nobody came back for."""
    session.execute(delete(ParkedForm).where(ParkedForm.expires_at <= now))


def _make_room(session: Session, user_id: int) -> None:
    """Leave a person so many that one more is no more than they may have."""
    newest_first = (
        select(ParkedForm.id)
        .where(ParkedForm.user_id == user_id)
        .order_by(ParkedForm.parked_at.desc(), ParkedForm.id.desc())
    )
    too_many = session.scalars(newest_first.offset(MOST_KEPT - 1)).all()
    session.execute(delete(ParkedForm).where(ParkedForm.id.in_(too_many)))
