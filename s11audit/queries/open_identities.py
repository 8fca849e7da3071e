"""Accounts with OpenID providers by which people sign in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.models import OpenIdentity


def own_identities(session: Session, *, visible_to: Viewer) -> list[OpenIdentity]:
    """The viewer's own, oldest first."""
    return list(
        session.scalars(
            select(OpenIdentity)
            .where(OpenIdentity.user_id == visible_to.user_id)
            .order_by(OpenIdentity.id)
        )
    )
