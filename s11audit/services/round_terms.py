"""What a round tells agencies and asks of them besides its questions, while it is a draft."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RoundStatus
from s11audit.models import AuditRound
from s11audit.services.events import record_by
from s11audit.services.rounds import check_signatures
from s11audit.services.running_rounds import check_may_run


@dataclass(frozen=True)
class RoundTerms:
    """The guidance that agencies read, and how many different people sign a return."""

    guidance: str
    signatures_needed: int


def terms_of(audit_round: AuditRound) -> RoundTerms:
    """The terms of a round as they are now."""
    return RoundTerms(audit_round.guidance, audit_round.signatures_needed)


def change_terms(
    session: Session, audit_round: AuditRound, terms: RoundTerms, *, by: Viewer, now: datetime
) -> bool:
    """Give a draft other guidance, or another number of signatures; says whether anything changed.

    Raises RefusedError (`signatures_needed`), StepNotAllowedError once agencies have been told,
    and PermissionError for a stranger.
    """
    check_may_run(by, audit_round.partnership_id)
    check_signatures(terms.signatures_needed)
    wanted, held = (
        RoundTerms(terms.guidance.strip(), terms.signatures_needed),
        terms_of(audit_round),
    )
    changed = session.execute(
        update(AuditRound)
        .where(AuditRound.id == audit_round.id, AuditRound.status == RoundStatus.DRAFT)
        .values(asdict(wanted))
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise StepNotAllowedError("Guidance and signatures can change only before a round opens.")
    session.refresh(audit_round)
    if wanted == held:
        return False
    detail = {
        "signatures_needed": wanted.signatures_needed,
        "guidance_changed": wanted.guidance != held.guidance,
    }
    subject = f"round {audit_round.reference}"
    record_by(session, "round-terms-changed", subject, by, now, detail, of=audit_round)
    return True
