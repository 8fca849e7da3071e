"""What somebody has set up to show, besides a password, that it is they who sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.models import FactorKind, RecoveryCode, SecondFactor


@dataclass(frozen=True)
class Factor:
    """An authenticator app or a passkey, as its owner sees it.

    `credential_id` is a passkey's, base64url as browsers give it; an app has none.
    """

    id: int
    kind: FactorKind
    name: str
    added_at: datetime
    last_used_at: datetime | None
    credential_id: str | None

    @property
    def is_passkey(self) -> bool:
        return self.kind is FactorKind.PASSKEY


def own_factors(session: Session, *, visible_to: Viewer) -> tuple[Factor, ...]:
    """The viewer's own second factors, the oldest first."""
    rows = session.scalars(
        select(SecondFactor)
        .where(SecondFactor.user_id == visible_to.user_id)
        .order_by(SecondFactor.id)
    )
    return tuple(
        Factor(row.id, row.kind, row.name, row.added_at, row.last_used_at, row.credential_id)
        for row in rows
    )


def own_factor(session: Session, factor_id: int, *, visible_to: Viewer) -> Factor | None:
    """One of the viewer's own second factors."""
    factors = own_factors(session, visible_to=visible_to)
    return next((factor for factor in factors if factor.id == factor_id), None)


def recovery_codes_left(session: Session, *, visible_to: Viewer) -> int:
    """How many of the viewer's own recovery codes are still unused."""
    return unused_codes(session, visible_to.user_id)


def unused_codes(session: Session, user_id: int) -> int:
    """How many recovery codes somebody has left; whoever calls has checked who is asking."""
    unused = (RecoveryCode.user_id == user_id) & RecoveryCode.used_at.is_(None)
    return session.scalars(select(func.count()).where(unused)).one()
