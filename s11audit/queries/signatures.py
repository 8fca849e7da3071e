"""Every signature that a return ever had, also those that a later edit has voided."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.models import AgencyReturn, Signature
from s11audit.queries import reach


def signatures_of(
    session: Session, agency_return: AgencyReturn, *, visible_to: Viewer
) -> list[Signature]:
    """The signatures on the viewer's own return, with their signatories, the first one first."""
    found = (
        select(Signature)
        .join(Signature.user)
        .join(AgencyReturn, AgencyReturn.id == Signature.return_id)
        .options(contains_eager(Signature.user), contains_eager(Signature.snapshot))
        .join(Signature.snapshot)
        .where(
            Signature.return_id == agency_return.id,
            reach.returns(visible_to, Permission.KEEP_RETURN),
        )
        .order_by(Signature.signed_at, Signature.id)
    )
    return list(session.scalars(found))
