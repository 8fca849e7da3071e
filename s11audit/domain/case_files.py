"""How far an agency's part in a sampled case has come: in words, and never in numbers.

Who leads the agency or runs the audit is told these words; what the file says, and how much of it
is answered, is for its auditor alone until the panel opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from s11audit.domain.cases import (
    CASE_AUDIT_STATUS_LABELS,
    OPENED_STATUSES,
    CaseAuditStatus,
    FileProgress,
)
from s11audit.domain.retention import not_written_because

# Somebody who answers “yes” here raises an immediate concern before they finish.
CHILD_AT_RISK = "immediate-concern.child-at-risk"

# Days before files are due on which those are told who have not finished.
REMIND_BEFORE = (7, 1)


@dataclass(frozen=True)
class FileState:
    """What is known of a file without opening it. `declared` is that a conflict, or none, was.

    `emptied_at` is when what it said was deleted, since its time to be kept was over.
    """

    audit: CaseAuditStatus
    set_aside: bool
    has_auditor: bool
    declared: bool
    conflict: bool
    no_involvement: bool
    begun: bool
    finished: bool
    opened: bool
    emptied_at: datetime | None = None

    @property
    def progress(self) -> FileProgress:
        if self.no_involvement:
            return FileProgress.NO_INVOLVEMENT
        if self.finished:
            return FileProgress.FINISHED
        if not self.has_auditor:
            return FileProgress.NO_AUDITOR
        if self.conflict:
            return FileProgress.CONFLICT
        return FileProgress.BEGUN if self.begun else FileProgress.NOT_BEGUN

    @property
    def not_asked_because(self) -> str:
        """Why nobody can do anything about this file now, in a sentence; empty where they can."""
        if self.emptied_at is not None:
            return not_written_because(self.emptied_at)
        if self.opened or self.audit in OPENED_STATUSES:
            return "The case has been opened to its panel, so this file cannot be changed any more."
        if self.set_aside:
            return "This case was set aside and another has taken its place."
        if self.audit is not CaseAuditStatus.AGENCY_FILES:
            status = CASE_AUDIT_STATUS_LABELS[self.audit].lower()
            return f"This audit is “{status}”, so its files cannot be changed."
        return ""

    @property
    def not_answered_because(self) -> str:
        """Why its auditor cannot answer it now, in a sentence; empty where they can."""
        if self.not_asked_because:
            return self.not_asked_because
        if self.no_involvement:
            return "Your agency has stated that it was not involved in this case."
        if self.conflict:
            return (
                "You have declared a conflict of interest, so somebody else has to audit this file."
            )
        if not self.declared:
            return "Say first whether you have a conflict of interest."
        return ""


def days_to_remind(due_on: date, today: date) -> int | None:
    """Which of REMIND_BEFORE has been reached, the latest first; None before and after."""
    left = (due_on - today).days
    reached = [days for days in REMIND_BEFORE if 0 <= left <= days]
    return min(reached, default=None)
