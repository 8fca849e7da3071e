"""What the last signature of a return brings, and what ends every signature."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from s11audit.models import AgencyReturn, AuditRound, Signature

# Without letters and digits that are read for one another.
RECEIPT_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_receipt(audit_round: AuditRound) -> str:
    """A reference that can be read out on the telephone, and guessed by nobody."""
    suffix = "".join(secrets.choice(RECEIPT_LETTERS) for _ in range(6))
    return f"{audit_round.reference}-{suffix}"[-40:]


def void_signatures(session: Session, agency_return: AgencyReturn, now: datetime) -> int:
    """Make every signature void, because the return can be changed again. Gives how many stood.

    The rows stay.
    """
    voided = session.execute(
        update(Signature)
        .where(Signature.return_id == agency_return.id, Signature.voided_at.is_(None))
        .values(voided_at=now)
    )
    return int(voided.rowcount)  # type: ignore[attr-defined]
