"""Doing again what the ledger says was deleted, after a backup from before has been restored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from s11audit.domain.retention import certificate_from, digest_of
from s11audit.models import CaseAudit, CaseDeletion, User
from s11audit.services.deletion_ledger import LedgerLine
from s11audit.services.emptying import empty
from s11audit.services.events import record
from s11audit.services.retention import deletion_detail


class Outcome(StrEnum):
    """What became of a line of the ledger."""

    DONE_BEFORE = "done before"
    DELETED_AGAIN = "deleted again"
    UNKNOWN = "not in this database"
    FALSE = "its certificate is not the one that it names"


@dataclass(frozen=True)
class Replayed:
    """One line, and what became of it; `rows` were deleted or emptied."""

    line: LedgerLine
    outcome: Outcome
    rows: int = 0


def not_done(session: Session, lines: Sequence[LedgerLine]) -> list[LedgerLine]:
    """Deletions that the ledger knows and this database, restored from a backup, has not done."""
    return [line for line in lines if _outcome(session, line) is Outcome.DELETED_AGAIN]


def replay(session: Session, lines: Sequence[LedgerLine], *, now: datetime) -> list[Replayed]:
    """Delete everything again that is there again. Done twice, it does nothing the second time.

    A hold that the backup brought back does not stop it: what went then had none.
    """
    return [_replay(session, line, now) for line in lines]


def _replay(session: Session, line: LedgerLine, now: datetime) -> Replayed:
    outcome = _outcome(session, line)
    if outcome is not Outcome.DELETED_AGAIN:
        return Replayed(line, outcome)
    audit = _audit(session, line)
    emptied_at = datetime.fromisoformat(line.deleted_at)
    session.execute(
        update(CaseAudit)
        .where(CaseAudit.id == line.audit_id)
        .values(emptied_at=emptied_at, hold_reason="", version=CaseAudit.version + 1)
        .execution_options(synchronize_session=False)
    )
    emptied = empty(session, line.audit_id)
    _bring_back_certificate(session, line, emptied_at)
    subject = f"case audit {line.audit}"
    told = deletion_detail(emptied.counts, line.certificate_sha256)
    record(session, "case-data-deleted-again", subject, by=None, at=now, detail=told, of=audit)
    return Replayed(line, outcome, sum(emptied.counts.values()))


def _outcome(session: Session, line: LedgerLine) -> Outcome:
    """What is to become of a line, or what became of it."""
    if digest_of(line.certificate) != line.certificate_sha256:
        return Outcome.FALSE
    audit = _audit(session, line)
    if audit is None:
        return Outcome.UNKNOWN
    return Outcome.DELETED_AGAIN if audit.emptied_at is None else Outcome.DONE_BEFORE


def _audit(session: Session, line: LedgerLine) -> CaseAudit | None:
    """The same audit by its id and by its reference, or none."""
    return session.scalars(
        select(CaseAudit).where(CaseAudit.id == line.audit_id, CaseAudit.reference == line.audit)
    ).one_or_none()


def _bring_back_certificate(session: Session, line: LedgerLine, done_at: datetime) -> None:
    """The order and its certificate, as far as its people are there."""
    session.execute(
        update(CaseDeletion)
        .where(
            CaseDeletion.audit_id == line.audit_id,
            CaseDeletion.done_at.is_(None),
            CaseDeletion.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=done_at)
        .execution_options(synchronize_session=False)
    )
    certificate = certificate_from(line.certificate)
    proposed, approved = certificate.proposed_by, certificate.approved_by
    if proposed is None or approved is None or session.get(User, proposed.user) is None:
        return
    known = session.get(User, approved.user)
    session.add(
        CaseDeletion(
            audit_id=line.audit_id,
            due_on=datetime.fromisoformat(certificate.due_on).date(),
            proposed_by_id=proposed.user,
            proposed_at=datetime.fromisoformat(proposed.at),
            approved_by_id=known.id if known else None,
            approved_at=datetime.fromisoformat(approved.at),
            done_at=done_at,
            certificate=line.certificate,
        )
    )
    session.flush()
