"""The signatures of returns: those that stand, and, of one's own, all there ever were."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import SUBMITTED_STATUSES
from s11audit.models import AgencyReturn, AuditRound, Signature
from s11audit.queries import reach


def signatures_of(session: Session, return_id: int) -> list[Signature]:
    """Those of one return, each with its signatory and what was signed, the first one first.

    Whoever calls has checked who is looking.
    """
    return list(
        session.scalars(
            select(Signature)
            .join(Signature.user)
            .options(contains_eager(Signature.user), joinedload(Signature.snapshot))
            .where(Signature.return_id == return_id, Signature.voided_at.is_(None))
            .order_by(Signature.id)
        )
    )


def signatures_by_return(
    session: Session, audit_round: AuditRound, *, visible_to: Viewer
) -> dict[int, list[Signature]]:
    """Return id → the signatures with their signatories, of what is submitted, to take away."""
    rows = session.scalars(
        select(Signature)
        .join(AgencyReturn, AgencyReturn.id == Signature.return_id)
        .join(Signature.user)
        .options(contains_eager(Signature.user))
        .where(
            AgencyReturn.round_id == audit_round.id,
            AgencyReturn.status.in_(SUBMITTED_STATUSES),
            Signature.voided_at.is_(None),
            reach.returns(visible_to, Permission.EXPORT),
        )
        .order_by(Signature.id)
    )
    found: dict[int, list[Signature]] = {}
    for row in rows:
        found.setdefault(row.return_id, []).append(row)
    return found


def every_signature_of(
    session: Session, agency_return: AgencyReturn, *, visible_to: Viewer
) -> list[Signature]:
    """All that the viewer’s own return ever had, void ones too, with who signed, in order."""
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
