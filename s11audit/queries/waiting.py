"""What waits for somebody elsewhere than on the page where they begin: one statement for each.

Numbers, references and days only, of what the viewer may change: nothing of what a file or
anybody's ratings say, and nothing of how far another assessor is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from s11audit.domain.assessments import AssessmentStatus
from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.permissions import Permission
from s11audit.domain.retention import ENDED_STATUSES
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    AnswerSheet,
    Assessment,
    Assessor,
    AuditCase,
    CaseAudit,
    CaseDeletion,
    CaseFile,
)
from s11audit.queries import reach
from s11audit.queries.retention import is_waiting, when_cancelled


@dataclass(frozen=True)
class WaitingFiles:
    """How many files of one audit wait. `has_auditor` is that whoever audits them cannot."""

    audit: str
    due_on: date | None
    number: int
    has_auditor: bool


@dataclass(frozen=True)
class WaitingRatings:
    """A joint assessment in which the viewer has not finished their own ratings."""

    assessment: str
    title: str
    due_on: date


@dataclass(frozen=True)
class WaitingDeletion:
    """A deletion that somebody else proposed, and that waits for a second person."""

    audit: str
    proposed_at: datetime


def files_without_auditor(session: Session, *, visible_to: Viewer) -> list[WaitingFiles]:
    """Files for which the viewer appoints somebody: nobody audits them, or has a conflict."""
    lacking = or_(CaseFile.auditor_id.is_(None), CaseFile.conflict != "")
    within = reach.case_files(visible_to, Permission.APPOINT_AUDITORS)
    return _by_audit(session, _unfinished().where(lacking, within))


def files_to_finish(session: Session, *, visible_to: Viewer) -> list[WaitingFiles]:
    """Files that the viewer audits and has not finished; not those where they have a conflict."""
    within = reach.case_files(visible_to, Permission.AUDIT_CASE)
    return _by_audit(session, _unfinished().where(CaseFile.conflict == "", within))


def ratings_to_finish(session: Session, *, visible_to: Viewer) -> list[WaitingRatings]:
    """Joint assessments in which the viewer still has to rate. Looks at their own sheets only."""
    rows = session.execute(
        select(Assessment.reference, Assessment.title, Assessment.due_on)
        .join(Assessor, Assessor.assessment_id == Assessment.id)
        .join(AnswerSheet, AnswerSheet.id == Assessor.sheet_id)
        .where(
            Assessment.status == AssessmentStatus.RATING,
            Assessor.user_id == visible_to.user_id,
            AnswerSheet.finished_at.is_(None),
            reach.assessments(visible_to, Permission.RATE),
        )
        .order_by(Assessment.due_on, Assessment.id)
    )
    return [WaitingRatings(*row) for row in rows]


def deletions_to_approve(session: Session, *, visible_to: Viewer) -> list[WaitingDeletion]:
    """Deletions that somebody else proposed and that the viewer may approve, the first first."""
    rows = session.execute(
        select(CaseAudit.reference, CaseDeletion.proposed_at)
        .join(CaseDeletion, CaseDeletion.audit_id == CaseAudit.id)
        .where(
            is_waiting(),
            CaseDeletion.proposed_by_id != visible_to.user_id,
            reach.case_audits(visible_to, Permission.DELETE_CASE_DATA),
        )
        .order_by(CaseDeletion.proposed_at, CaseDeletion.id)
    )
    return [WaitingDeletion(*row) for row in rows]


def ends_of_kept_audits(session: Session, *, visible_to: Viewer) -> list[datetime]:
    """When each audit ended whose cases are held and on no hold, and not proposed for deletion."""
    is_cancelled = CaseAudit.status == CaseAuditStatus.CANCELLED
    ended_at = case(
        (is_cancelled, when_cancelled().scalar_subquery()), else_=CaseAudit.signed_off_at
    )
    proposed = select(CaseDeletion.audit_id).where(is_waiting())
    found = session.scalars(
        select(ended_at).where(
            CaseAudit.status.in_(ENDED_STATUSES),
            CaseAudit.emptied_at.is_(None),
            CaseAudit.hold_reason == "",
            CaseAudit.id.not_in(proposed),
            reach.case_audits(visible_to, Permission.DELETE_CASE_DATA),
        )
    )
    return sorted(one for one in found if one is not None)


def _unfinished() -> Select[str, date | None, int, bool]:
    """Files that are asked for now and not finished, to be counted for each audit."""
    return (
        select(
            CaseAudit.reference,
            CaseAudit.files_due_on,
            func.count(),
            CaseFile.auditor_id.is_not(None),
        )
        .select_from(CaseFile)
        .join(AuditCase, AuditCase.id == CaseFile.case_id)
        .join(CaseAudit, CaseAudit.id == AuditCase.audit_id)
        .join(AnswerSheet, AnswerSheet.id == CaseFile.sheet_id)
        .where(
            CaseAudit.status == CaseAuditStatus.AGENCY_FILES,
            AuditCase.set_aside_at.is_(None),
            CaseFile.no_involvement_at.is_(None),
            AnswerSheet.finished_at.is_(None),
        )
    )


def _by_audit(session: Session, files: Select[str, date | None, int, bool]) -> list[WaitingFiles]:
    """The next due first."""
    of_each = (CaseAudit.reference, CaseAudit.files_due_on, CaseFile.auditor_id.is_not(None))
    in_order = files.group_by(*of_each).order_by(*of_each)
    found = [WaitingFiles(*row) for row in session.execute(in_order)]
    return sorted(found, key=lambda one: one.due_on or date.max)
