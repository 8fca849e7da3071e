"""Deleting what is held of single cases: one proposes, another approves, a certificate stays."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from s11audit.domain.access import RULES
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import ROLE_LABELS, Permission
from s11audit.domain.retention import Certificate, Held, Signer, Stage, canonical, digest_of
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import AuditCase, CaseAudit, CaseDeletion, CaseFile, Membership, User
from s11audit.models.walls import without_walls
from s11audit.queries.retention import (
    Keeping,
    has_open_concern,
    keepings,
    open_proposal,
    others_who_decide,
)
from s11audit.services.case_mail import tell_of_deletion
from s11audit.services.deletion_ledger import Ledger, LedgerLine
from s11audit.services.emptying import Emptied, empty
from s11audit.services.events import record_by
from s11audit.services.refusals import RefusedError

LONGEST_REASON = 1_000
CONCERN_IS_OPEN = (
    "An immediate concern about a child is still open in this audit, so nothing of it is deleted. "
    "First the agency’s lead or a partnership manager closes it, with what came of it."
)


@dataclass(frozen=True)
class Ruling:
    """What decides on deletions here: how long things are kept, and where each is written down."""

    months: int
    ledger: Ledger


def propose(
    session: Session, audit: CaseAudit, months: int, *, by: Viewer, now: datetime, link: str = ""
) -> CaseDeletion:
    """Ask a second person to have what an audit holds of its cases deleted.

    Everybody else who may approve is told by mail, which leads to `link`; without it none is
    written. Raises PermissionError for a stranger, StepNotAllowedError where it is not due, is on
    hold, has an open concern, or is proposed already.
    """
    _check_may(audit, by)
    _lock(session, audit)
    _check_no_open_concern(session, audit)
    keeping = _due(session, audit, months, today_in_london(now))
    if keeping.proposal is not None:
        raise StepNotAllowedError("Somebody has proposed this already.")
    deletion = CaseDeletion(
        audit_id=audit.id,
        due_on=keeping.due_on,
        proposed_by_id=by.user_id,
        proposed_at=now,
    )
    session.add(deletion)
    session.flush()
    _record(session, "case-deletion-proposed", audit, by, now)
    if link:
        others = [one.id for one in others_who_decide(session, audit, by.user_id)]
        tell_of_deletion(session, audit, others, link, now=now)
    return deletion


def withdraw(session: Session, audit: CaseAudit, *, by: Viewer, now: datetime) -> None:
    """Take a proposal back, whoever made it.

    Raises PermissionError for a stranger, StepNotAllowedError where none waits.
    """
    _check_may(audit, by)
    if not _withdraw(session, audit, now):
        raise StepNotAllowedError("No proposal waits any more.")
    _record(session, "case-deletion-withdrawn", audit, by, now)


def approve(
    session: Session, audit: CaseAudit, ruling: Ruling, *, by: Viewer, now: datetime
) -> Certificate:
    """Approve what somebody else proposed: everything is deleted in this transaction.

    The ledger has it before it is committed. Raises PermissionError for a stranger, RefusedError
    (`approve`) for whoever proposed it, StepNotAllowedError where no proposal waits, it is no
    longer due, or a concern is open, and LedgerError.
    """
    _check_may(audit, by)
    _lock(session, audit)
    _check_no_open_concern(session, audit)
    keeping = _due(session, audit, ruling.months, today_in_london(now))
    deletion = keeping.proposal
    if deletion is None:
        raise StepNotAllowedError("No proposal waits any more.")
    if deletion.proposed_by_id == by.user_id:
        raise RefusedError("approve", "You proposed this, so somebody else must approve it")
    _mark_emptied(session, audit, now)
    signers = (
        _signer(session, deletion.proposed_by_id, audit, deletion.proposed_at),
        _signer(session, by.user_id, audit, now),
    )
    certificate = _certificate(
        audit, keeping, ruling.months, empty(session, audit.id), now, signers
    )
    text = canonical(asdict(certificate))
    deletion.approved_by_id, deletion.approved_at, deletion.done_at = by.user_id, now, now
    deletion.certificate = text
    session.flush()
    told = deletion_detail(certificate.counts, digest_of(text))
    _record(session, "case-data-deleted", audit, by, now, told)
    ruling.ledger.append(ledger_line(audit, certificate.deleted_at, text))
    return certificate


def put_on_hold(
    session: Session, audit: CaseAudit, reason: str, *, by: Viewer, now: datetime
) -> None:
    """Keep what an audit holds of its cases for as long as the law needs it.

    A proposal that waits is withdrawn. Raises PermissionError for a stranger, RefusedError
    (`reason`) without one, StepNotAllowedError where it is on hold or emptied already.
    """
    _check_may(audit, by)
    reason = reason.strip()
    if not reason:
        raise RefusedError("reason", "Say why this must be kept")
    _change(session, audit, CaseAudit.hold_reason == "", hold_reason=reason)
    _withdraw(session, audit, now)
    _record(session, "case-data-put-on-hold", audit, by, now)


def end_hold(session: Session, audit: CaseAudit, *, by: Viewer, now: datetime) -> None:
    """Let an audit be due again by its date.

    Raises PermissionError for a stranger, StepNotAllowedError where it is not on hold.
    """
    _check_may(audit, by)
    _change(session, audit, CaseAudit.hold_reason != "", hold_reason="")
    _record(session, "case-data-hold-ended", audit, by, now)


def deletion_detail(counts: Any, sha256: str) -> dict[str, Any]:
    """What the history remembers of a deletion: numbers, and the certificate's digest."""
    answers = counts[Held.ANSWERS]
    return {"answers": answers, "texts": sum(counts.values()) - answers, "sha256": sha256}


def ledger_line(audit: CaseAudit, deleted_at: str, certificate: str) -> LedgerLine:
    return LedgerLine(audit.reference, audit.id, deleted_at, digest_of(certificate), certificate)


def _check_may(audit: CaseAudit, by: Viewer) -> None:
    if not by.may_in_partnership(Permission.DELETE_CASE_DATA, audit.partnership_id):
        raise PermissionError(f"{by.name} may not {Permission.DELETE_CASE_DATA} here")


def _lock(session: Session, audit: CaseAudit) -> None:
    """Whoever else decides on this audit waits until this is done, and then sees what was."""
    session.execute(select(CaseAudit.id).where(CaseAudit.id == audit.id).with_for_update())
    session.refresh(audit)


def _check_no_open_concern(session: Session, audit: CaseAudit) -> None:
    """Whoever raises a concern has locked its file: this waits for them, and then sees it."""
    cases = select(AuditCase.id).where(AuditCase.audit_id == audit.id)
    with without_walls(session):
        session.execute(select(CaseFile.id).where(CaseFile.case_id.in_(cases)).with_for_update())
    if has_open_concern(session, audit):
        raise StepNotAllowedError(CONCERN_IS_OPEN)


def _due(session: Session, audit: CaseAudit, months: int, today: date) -> Keeping:
    for keeping in keepings(session, [audit], months, today):
        if keeping.stage is Stage.DUE:
            return keeping
        if keeping.stage is Stage.ON_HOLD:
            raise StepNotAllowedError("This audit is on hold, so nothing of it is deleted.")
    raise StepNotAllowedError("This audit is not due for deletion.")


def _mark_emptied(session: Session, audit: CaseAudit, now: datetime) -> None:
    _change(session, audit, CaseAudit.hold_reason == "", emptied_at=now)


def _change(session: Session, audit: CaseAudit, condition: Any, **values: Any) -> None:
    changed = session.execute(
        update(CaseAudit)
        .where(CaseAudit.id == audit.id, CaseAudit.emptied_at.is_(None), condition)
        .values(version=CaseAudit.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(audit)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise StepNotAllowedError("Somebody else has just decided about this audit. Look again.")


def _withdraw(session: Session, audit: CaseAudit, now: datetime) -> bool:
    waiting = open_proposal(session, audit.id)
    if waiting is None:
        return False
    changed = session.execute(
        update(CaseDeletion)
        .where(CaseDeletion.id == waiting.id, CaseDeletion.done_at.is_(None))
        .values(withdrawn_at=now)
        .execution_options(synchronize_session="fetch")
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def _signer(session: Session, user_id: int, audit: CaseAudit, at: datetime) -> Signer:
    """Who somebody is, and by which role they may decide here."""
    roles = session.scalars(
        select(Membership.role)
        .where(
            Membership.user_id == user_id,
            Membership.partnership_id == audit.partnership_id,
            Membership.role.in_(RULES[Permission.DELETE_CASE_DATA].roles),
        )
        .order_by(Membership.ended_at.is_not(None), Membership.id)
    ).first()
    name = session.get_one(User, user_id).name
    return Signer(user_id, name, ROLE_LABELS[roles] if roles else "", _iso(at))


def _certificate(
    audit: CaseAudit,
    keeping: Keeping,
    months: int,
    emptied: Emptied,
    now: datetime,
    signers: tuple[Signer, Signer],
) -> Certificate:
    return Certificate(
        partnership=audit.partnership.name,
        audit=audit.reference,
        title=audit.title,
        ended_on=today_in_london(keeping.ended_at).isoformat(),
        due_on=keeping.due_on.isoformat(),
        months=months,
        counts={str(kind): number for kind, number in emptied.counts.items()},
        rows_sha256=emptied.rows_sha256,
        deleted_at=_iso(now),
        proposed_by=signers[0],
        approved_by=signers[1],
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _record(
    session: Session,
    kind: str,
    audit: CaseAudit,
    by: Viewer,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    record_by(session, kind, f"case audit {audit.reference}", by, now, detail, of=audit)
