"""Multi-agency case-file audits: their lifecycle, and how cases and files of it are named."""

from __future__ import annotations

from enum import StrEnum

from s11audit.domain.permissions import Permission
from s11audit.domain.steps import Step


class CaseAuditStatus(StrEnum):
    PLANNED = "planned"
    COMMISSIONED = "commissioned"
    SAMPLED = "sampled"
    AGENCY_FILES = "agency-files"
    PANEL = "panel"
    AGREED = "agreed"
    REPORTED = "reported"
    REAUDIT_DUE = "re-audit-due"
    CANCELLED = "cancelled"


CASE_AUDIT_STATUS_LABELS: dict[CaseAuditStatus, str] = {
    CaseAuditStatus.PLANNED: "Planned",
    CaseAuditStatus.COMMISSIONED: "Commissioned",
    CaseAuditStatus.SAMPLED: "Cases drawn",
    CaseAuditStatus.AGENCY_FILES: "With agencies",
    CaseAuditStatus.PANEL: "Panel open",
    CaseAuditStatus.AGREED: "Grades agreed",
    CaseAuditStatus.REPORTED: "Reported",
    CaseAuditStatus.REAUDIT_DUE: "Re-audit due",
    CaseAuditStatus.CANCELLED: "Cancelled",
}

# Those of an audit that has been held: its panel has agreed.
HELD_STATUSES: frozenset[CaseAuditStatus] = frozenset(
    {CaseAuditStatus.AGREED, CaseAuditStatus.REPORTED, CaseAuditStatus.REAUDIT_DUE}
)
# Those in which a panel reads what agencies found.
OPENED_STATUSES: frozenset[CaseAuditStatus] = HELD_STATUSES | {CaseAuditStatus.PANEL}
_BEFORE_THE_END = frozenset(CaseAuditStatus) - HELD_STATUSES - {CaseAuditStatus.CANCELLED}


class AuditKind(StrEnum):
    """Whether an audit looks at everyday work, or at one theme."""

    REGULAR = "regular"
    THEMATIC = "thematic"


AUDIT_KIND_LABELS: dict[AuditKind, str] = {
    AuditKind.REGULAR: "Regular",
    AuditKind.THEMATIC: "Thematic",
}


CASE_AUDIT_STEPS: tuple[Step[CaseAuditStatus], ...] = (
    Step(
        name="commission",
        sources=frozenset({CaseAuditStatus.PLANNED}),
        target=CaseAuditStatus.COMMISSIONED,
        permission=Permission.RUN_CASE_AUDITS,
        button="Commission this audit",
        event="case-audit-commissioned",
    ),
    Step(
        name="draw",
        sources=frozenset({CaseAuditStatus.COMMISSIONED, CaseAuditStatus.SAMPLED}),
        target=CaseAuditStatus.SAMPLED,
        permission=Permission.RUN_CASE_AUDITS,
        button="Draw the cases",
        event="case-audit-sampled",
    ),
    Step(
        name="change-list",
        sources=frozenset({CaseAuditStatus.SAMPLED}),
        target=CaseAuditStatus.COMMISSIONED,
        permission=Permission.RUN_CASE_AUDITS,
        button="Change the list, and draw again",
        event="case-list-stored",
    ),
    Step(
        name="ask-agencies",
        sources=frozenset({CaseAuditStatus.SAMPLED}),
        target=CaseAuditStatus.AGENCY_FILES,
        permission=Permission.RUN_CASE_AUDITS,
        button="Ask agencies to audit their files",
        event="case-audit-sent-to-agencies",
    ),
    Step(
        name="open-panel",
        sources=frozenset({CaseAuditStatus.AGENCY_FILES}),
        target=CaseAuditStatus.PANEL,
        permission=Permission.RUN_CASE_AUDITS,
        button="Open the cases to the panel",
        event="case-audit-opened-to-panel",
    ),
    Step(
        name="agree",
        sources=frozenset({CaseAuditStatus.PANEL}),
        target=CaseAuditStatus.AGREED,
        permission=Permission.AGREE_GRADES,
        button="Sign off the agreed grades",
        event="case-audit-agreed",
    ),
    Step(
        name="report",
        sources=frozenset({CaseAuditStatus.AGREED}),
        target=CaseAuditStatus.REPORTED,
        permission=Permission.RUN_CASE_AUDITS,
        button="Mark as reported",
        event="case-audit-reported",
    ),
    Step(
        name="plan-re-audit",
        sources=frozenset({CaseAuditStatus.REPORTED}),
        target=CaseAuditStatus.REAUDIT_DUE,
        permission=Permission.RUN_CASE_AUDITS,
        button="Plan the re-audit",
        event="re-audit-planned",
    ),
    Step(
        name="cancel",
        sources=_BEFORE_THE_END,
        target=CaseAuditStatus.CANCELLED,
        permission=Permission.RUN_CASE_AUDITS,
        button="Cancel this audit",
        event="case-audit-cancelled",
        needs_reason=True,
    ),
    Step(
        name="plan-again",
        sources=frozenset({CaseAuditStatus.CANCELLED}),
        target=CaseAuditStatus.PLANNED,
        permission=Permission.RUN_CASE_AUDITS,
        button="Put it back into the programme",
        event="case-audit-planned-again",
        needs_reason=True,
    ),
)


class Drawn(StrEnum):
    """What became of an entry of the list that cases are drawn from."""

    NOT_DRAWN = "not-drawn"
    CASE = "case"
    RESERVE = "reserve"


class FileProgress(StrEnum):
    """How far an agency's audit of its own file is, as everybody may know it."""

    NO_INVOLVEMENT = "no-involvement"
    NO_AUDITOR = "no-auditor"
    CONFLICT = "conflict"
    NOT_BEGUN = "not-begun"
    BEGUN = "begun"
    FINISHED = "finished"


FILE_PROGRESS_LABELS: dict[FileProgress, str] = {
    FileProgress.NO_INVOLVEMENT: "No involvement",
    FileProgress.NO_AUDITOR: "No auditor yet",
    FileProgress.CONFLICT: "Conflict of interest",
    FileProgress.NOT_BEGUN: "Not started",
    FileProgress.BEGUN: "In progress",
    FileProgress.FINISHED: "Finished",
}


class ViewOf(StrEnum):
    """Whose view of the help was heard."""

    CHILD = "child"
    FAMILY = "family"
    PRACTITIONER = "practitioner"


VIEW_OF_LABELS: dict[ViewOf, str] = {
    ViewOf.CHILD: "The child",
    ViewOf.FAMILY: "The family",
    ViewOf.PRACTITIONER: "A practitioner",
}


class FindingKind(StrEnum):
    GOOD_PRACTICE = "good-practice"
    LEARNING = "learning"


FINDING_KIND_LABELS: dict[FindingKind, str] = {
    FindingKind.GOOD_PRACTICE: "Good practice",
    FindingKind.LEARNING: "Learning",
}


class BriefingAudience(StrEnum):
    """Who may read a learning briefing."""

    RESTRICTED = "restricted"
    PUBLISHED = "published"


def case_reference(audit_reference: str, number: int) -> str:
    """What a case is called everywhere: `MA-26-03-C2`. It says nothing about the child."""
    return f"{audit_reference}-C{number}"
