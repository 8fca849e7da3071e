"""Which case audits are due for deletion, which come next, and which are on hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from s11audit.domain.access import RULES
from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.permissions import Permission
from s11audit.domain.retention import ENDED_STATUSES, Ending, Held, Stage, due_on, stage_of
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    AuditCase,
    CaseAudit,
    CaseDeletion,
    CaseFile,
    Event,
    ImmediateConcern,
    User,
)
from s11audit.models.walls import without_walls
from s11audit.queries import reach
from s11audit.queries.assessments import people_with
from s11audit.queries.case_holdings import counts_held

CANCELLED = "case-audit-cancelled"


@dataclass(frozen=True)
class Keeping:
    """One audit that has ended: until when what it holds of its cases is kept, and how much it is.

    `proposal` is the order to delete it that waits for a second person, by `proposed_by`.
    """

    audit: CaseAudit
    ended_at: datetime
    due_on: date
    stage: Stage
    counts: Mapping[Held, int]
    proposal: CaseDeletion | None = None
    proposed_by: str = ""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def kept_audits(session: Session, months: int, today: date, *, visible_to: Viewer) -> list[Keeping]:
    """Every ended audit that is not emptied, the one that is due first before the others."""
    within = reach.case_audits(visible_to, Permission.RUN_CASE_AUDITS)
    found = keepings(session, _ended(session, within), months, today)
    return sorted(found, key=lambda one: (one.due_on, one.audit.reference))


def keepings(
    session: Session, audits: Iterable[CaseAudit], months: int, today: date
) -> list[Keeping]:
    """The same of these audits; those that go on, or are emptied, are left out."""
    found = [
        _keeping(session, audit, ended_at, stage, months)
        for audit in audits
        if (ended_at := ended_at_of(session, audit)) is not None
        and (stage := stage_of(_ending(audit, ended_at), months, today)) is not None
    ]
    return found


def all_kept(session: Session, months: int, today: date) -> list[Keeping]:
    """Every ended audit of the installation that is not emptied: for the machine's own session."""
    found = keepings(session, _ended(session), months, today)
    return sorted(found, key=lambda one: (one.due_on, one.audit.reference))


def ended_at_of(session: Session, audit: CaseAudit) -> datetime | None:
    """When an audit came to its end: signed off or, as the history says, cancelled."""
    if audit.status is not CaseAuditStatus.CANCELLED:
        return audit.signed_off_at
    return session.scalar(when_cancelled().where(CaseAudit.id == audit.id))


def when_cancelled() -> Select[datetime]:
    """When an audit was cancelled last, as the history says; of the audit of the row outside."""
    return select(func.max(Event.happened_at)).where(
        Event.kind == CANCELLED,
        Event.partnership_id == CaseAudit.partnership_id,
        Event.subject == "case audit " + CaseAudit.reference,
    )


def open_proposal(session: Session, audit_id: int) -> CaseDeletion | None:
    """The order to delete that waits for a second person, if there is one."""
    found = select(CaseDeletion).where(CaseDeletion.audit_id == audit_id, is_waiting())
    return session.scalars(found).one_or_none()


def is_waiting() -> reach.Condition:
    """The order waits: nobody has taken it back, and nobody has carried it out."""
    return and_(CaseDeletion.withdrawn_at.is_(None), CaseDeletion.done_at.is_(None))


def others_who_decide(session: Session, audit: CaseAudit, by_id: int) -> list[User]:
    """Who may approve what somebody proposed for an audit, by name: everybody else who decides."""
    roles = frozenset(RULES[Permission.DELETE_CASE_DATA].roles)
    return [one for one in people_with(session, audit.partnership_id, roles) if one.id != by_id]


def has_open_concern(session: Session, audit: CaseAudit) -> bool:
    """Whether an immediate concern of an audit is still open; whoever calls may decide about it."""
    found = (
        select(ImmediateConcern.id)
        .join(CaseFile, CaseFile.id == ImmediateConcern.file_id)
        .join(AuditCase, AuditCase.id == CaseFile.case_id)
        .where(AuditCase.audit_id == audit.id, ImmediateConcern.closed_at.is_(None))
        .limit(1)
    )
    return session.scalar(found) is not None


def deletion_done(session: Session, audit_id: int) -> CaseDeletion | None:
    """The order that was carried out last."""
    return session.scalars(
        select(CaseDeletion)
        .where(CaseDeletion.audit_id == audit_id, CaseDeletion.done_at.is_not(None))
        .order_by(CaseDeletion.id.desc())
        .limit(1)
    ).one_or_none()


def emptied_audits(session: Session, *, visible_to: Viewer) -> list[CaseAudit]:
    """Audits whose cases were deleted, the last first."""
    within = reach.case_audits(visible_to, Permission.RUN_CASE_AUDITS)
    found = select(CaseAudit).where(within, CaseAudit.emptied_at.is_not(None))
    return list(session.scalars(found.order_by(CaseAudit.emptied_at.desc(), CaseAudit.id)))


def audit_to_keep(session: Session, reference: str, *, visible_to: Viewer) -> CaseAudit | None:
    """The audit of this reference, for whoever may run it."""
    within = reach.case_audits(visible_to, Permission.RUN_CASE_AUDITS)
    return session.scalars(
        select(CaseAudit).where(CaseAudit.reference == reference, within)
    ).one_or_none()


def _ended(session: Session, *conditions: reach.Condition) -> list[CaseAudit]:
    found = select(CaseAudit).where(
        CaseAudit.status.in_(ENDED_STATUSES), CaseAudit.emptied_at.is_(None), *conditions
    )
    return list(session.scalars(found.order_by(CaseAudit.id)))


def _ending(audit: CaseAudit, ended_at: datetime | None) -> Ending:
    held, emptied = bool(audit.hold_reason), audit.emptied_at is not None
    return Ending(audit.status, ended_at, is_held=held, is_emptied=emptied)


def _keeping(
    session: Session, audit: CaseAudit, ended_at: datetime, stage: Stage, months: int
) -> Keeping:
    proposal = open_proposal(session, audit.id)
    by = session.get(User, proposal.proposed_by_id) if proposal else None
    with without_walls(session):  # numbers only, also of sheets that were never opened
        counts = counts_held(session, audit.id)
    return Keeping(
        audit=audit,
        ended_at=ended_at,
        due_on=due_on(ended_at, months),
        stage=stage,
        counts=counts,
        proposal=proposal,
        proposed_by=by.name if by else "",
    )
