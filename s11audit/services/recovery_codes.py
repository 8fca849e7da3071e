"""Codes on paper, each of which stands once for a second factor that is lost."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.models import RecoveryCode
from s11audit.queries.second_factors import unused_codes
from s11audit.services.events import record

HOW_MANY = 10
# With so few left, their owner is told to make new ones.
FEW = 3
# No letter or digit that looks like another on paper: 31 of them, so 16 make 79 bits.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS = 4
GROUP_LENGTH = 4


def make_recovery_codes(session: Session, *, by: Viewer, now: datetime) -> tuple[str, ...]:
    """Ten new codes in the place of all before; they are stored hashed, so shown only now."""
    delete_recovery_codes(session, by.user_id)
    codes = tuple(_code() for _ in range(HOW_MANY))
    session.add_all(
        RecoveryCode(user_id=by.user_id, code_sha256=_digest(by.user_id, code), made_at=now)
        for code in codes
    )
    subject = f"user {by.user_id}"
    record(session, "recovery-codes-made", subject, by=by.user_id, at=now)
    return codes


def use_recovery_code(session: Session, user_id: int, code: str, *, now: datetime) -> bool:
    """Whether this is an unused code of this person; it is used from now on.

    Capitals, spaces and hyphens make no difference.
    """
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_sha256 == _digest(user_id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    if cast(CursorResult[Any], used).rowcount != 1:
        return False
    record(
        session,
        "recovery-code-used",
        f"user {user_id}",
        by=user_id,
        at=now,
        detail={"left": unused_codes(session, user_id)},
    )
    return True


def delete_recovery_codes(session: Session, user_id: int) -> None:
    """Forget every code of this person, used or not."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _code() -> str:
    return "-".join(
        "".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS)
    )


def _digest(user_id: int, code: str) -> str:
    """What is stored: two people's codes never look alike, and too long to be guessed back."""
    bare = "".join(character for character in code.lower() if character in LETTERS)
    return hashlib.sha256(f"{user_id} {bare}".encode()).hexdigest()
