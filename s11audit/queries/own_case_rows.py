"""The tables about case audits that hold rows of a person, and what that person is told of each.

What is said of a case is never told again here: it is about a child.
"""

from __future__ import annotations

from sqlalchemy import Executable, or_, select

from s11audit.models import (
    AgreedGrade,
    AuditCase,
    CaseAudit,
    CaseDeletion,
    CaseFile,
    Finding,
    ImmediateConcern,
    PanelMember,
    PanelNote,
    Recommendation,
    SheetAnswer,
    User,
)
from s11audit.queries.own_return_rows import Table


def _panels(user: User) -> Executable:
    return (
        select(CaseAudit.reference.label("case_audit"), PanelMember.added_at)
        .join(CaseAudit, CaseAudit.id == PanelMember.audit_id)
        .where(PanelMember.user_id == user.id)
        .order_by(CaseAudit.id)
    )


def _chaired(user: User) -> Executable:
    return (
        select(CaseAudit.reference.label("case_audit"))
        .where(CaseAudit.chair_id == user.id)
        .order_by(CaseAudit.id)
    )


def _files(user: User) -> Executable:
    return (
        select(AuditCase.reference.label("case"), CaseFile.conflict, CaseFile.conflict_at)
        .join(AuditCase, AuditCase.id == CaseFile.case_id)
        .where(CaseFile.auditor_id == user.id)
        .order_by(CaseFile.id)
    )


def _answers(user: User) -> Executable:
    return (
        select(
            SheetAnswer.question_key.label("question"),
            SheetAnswer.updated_at.label("last_changed_at"),
        )
        .where(SheetAnswer.updated_by_id == user.id)
        .order_by(SheetAnswer.id)
    )


def _concerns(user: User) -> Executable:
    concern = ImmediateConcern
    by = (concern.raised_by_id, concern.seen_by_id, concern.closed_by_id)
    raised, seen, closed = (who.is_not_distinct_from(user.id) for who in by)
    return (
        select(
            AuditCase.reference.label("case"),
            raised.label("you_raised"),
            seen.label("you_saw"),
            closed.label("you_closed"),
            concern.raised_at,
            concern.closed_at,
        )
        .join(CaseFile, CaseFile.id == concern.file_id)
        .join(AuditCase, AuditCase.id == CaseFile.case_id)
        .where(or_(raised, seen, closed))
        .order_by(concern.id)
    )


def _discussed(user: User) -> Executable:
    return (
        select(AuditCase.reference.label("case"), PanelNote.standard_id, PanelNote.updated_at)
        .join(AuditCase, AuditCase.id == PanelNote.case_id)
        .where(PanelNote.updated_by_id == user.id)
        .order_by(AuditCase.id, PanelNote.standard_id)
    )


def _agreed(user: User) -> Executable:
    return (
        select(
            AuditCase.reference.label("case"),
            AgreedGrade.question_key.label("question"),
            AgreedGrade.agreed_at,
        )
        .join(AuditCase, AuditCase.id == AgreedGrade.case_id)
        .where(AgreedGrade.agreed_by_id == user.id)
        .order_by(AuditCase.id, AgreedGrade.question_key)
    )


def _findings(user: User) -> Executable:
    return (
        select(CaseAudit.reference.label("case_audit"), Finding.written_at)
        .join(CaseAudit, CaseAudit.id == Finding.audit_id)
        .where(Finding.written_by_id == user.id)
        .order_by(Finding.id)
    )


def _recommendations(user: User) -> Executable:
    return (
        select(CaseAudit.reference.label("case_audit"), Recommendation.written_at)
        .join(CaseAudit, CaseAudit.id == Recommendation.audit_id)
        .where(Recommendation.written_by_id == user.id)
        .order_by(Recommendation.id)
    )


def _deletions(user: User) -> Executable:
    deletion = CaseDeletion
    by = (deletion.proposed_by_id, deletion.approved_by_id)
    proposed, approved = (who.is_not_distinct_from(user.id) for who in by)
    return (
        select(
            CaseAudit.reference.label("case_audit"),
            proposed.label("you_proposed"),
            approved.label("you_approved"),
            deletion.done_at,
        )
        .join(CaseAudit, CaseAudit.id == deletion.audit_id)
        .where(or_(proposed, approved))
        .order_by(deletion.id)
    )


TABLES_OF_CASES: tuple[Table, ...] = (
    Table("panels", "Panels that you sit on", "Audits whose cases you may read", _panels),
    Table("chaired", "Panels that you chair", "Case audits that you lead", _chaired),
    Table(
        "case_files",
        "Files on cases that you audit",
        "By their references, with what you declared of a conflict",
        _files,
    ),
    Table(
        "sheet_answers",
        "Questions that you were the last to answer on a sheet",
        "Which question. What it says is about a child, or waits to be opened",
        _answers,
    ),
    Table("concerns", "Immediate concerns", "Those that you raised, saw or closed", _concerns),
    Table("discussed", "What you wrote for a panel", "About which case, and what part", _discussed),
    Table("agreed", "Grades that you wrote down as agreed", "Of which case", _agreed),
    Table("findings", "Findings that you wrote", "Of which audit", _findings),
    Table("recommendations", "Recommendations that you wrote", "Of which audit", _recommendations),
    Table("deletions", "Deletions that you proposed or approved", "Of which audit", _deletions),
)
