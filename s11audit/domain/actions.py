"""Actions: what an agency will do, tracked until somebody has verified what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from s11audit.domain.permissions import Permission
from s11audit.domain.steps import Step


class ActionStatus(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in-progress"
    CLAIMED_COMPLETE = "claimed-complete"
    VERIFIED = "verified"
    REOPENED = "reopened"


ACTION_STATUS_LABELS: dict[ActionStatus, str] = {
    ActionStatus.OPEN: "Open",
    ActionStatus.IN_PROGRESS: "In progress",
    ActionStatus.CLAIMED_COMPLETE: "Claimed complete",
    ActionStatus.VERIFIED: "Verified",
    ActionStatus.REOPENED: "Reopened",
}


class ActionSource(StrEnum):
    """What an action came out of."""

    ANSWER = "answer"
    STATEMENT = "statement"
    RECOMMENDATION = "recommendation"
    ASSESSMENT = "assessment"
    NONE = "none"


ACTION_SOURCE_LABELS: dict[ActionSource, str] = {
    ActionSource.ANSWER: "An answer in a return",
    ActionSource.STATEMENT: "A statement in place of answers",
    ActionSource.RECOMMENDATION: "A recommendation of a case audit",
    ActionSource.NONE: "No longer promised",
}

ACTION_STEPS: tuple[Step[ActionStatus], ...] = (
    Step(
        name="start",
        sources=frozenset({ActionStatus.OPEN, ActionStatus.REOPENED}),
        target=ActionStatus.IN_PROGRESS,
        permission=Permission.PROGRESS_ACTION,
        button="Start this action",
        event="action-started",
    ),
    Step(
        name="claim-complete",
        sources=frozenset({ActionStatus.OPEN, ActionStatus.IN_PROGRESS, ActionStatus.REOPENED}),
        target=ActionStatus.CLAIMED_COMPLETE,
        permission=Permission.PROGRESS_ACTION,
        button="Say it is complete",
        event="action-claimed-complete",
        needs_reason=True,
    ),
    Step(
        name="verify",
        sources=frozenset({ActionStatus.CLAIMED_COMPLETE}),
        target=ActionStatus.VERIFIED,
        permission=Permission.VERIFY_ACTION,
        button="Verify its impact",
        event="action-verified",
        needs_reason=True,
    ),
    Step(
        name="reopen",
        sources=frozenset({ActionStatus.CLAIMED_COMPLETE, ActionStatus.VERIFIED}),
        target=ActionStatus.REOPENED,
        permission=Permission.VERIFY_ACTION,
        button="Reopen this action",
        event="action-reopened",
        needs_reason=True,
    ),
)

FINISHED_STATUSES: frozenset[ActionStatus] = frozenset(
    {ActionStatus.CLAIMED_COMPLETE, ActionStatus.VERIFIED}
)


@dataclass(frozen=True)
class Promise:
    """The action that an answer promises while its return is being written."""

    what: str = ""
    post: str = ""
    due_on: date | None = None

    @property
    def is_complete(self) -> bool:
        return bool(self.what and self.post and self.due_on)

    @property
    def is_empty(self) -> bool:
        return not (self.what or self.post or self.due_on)


def is_overdue(status: ActionStatus, due_on: date | None, today: date) -> bool:
    """Whether an action is late: derived every time, never stored."""
    return due_on is not None and today > due_on and status not in FINISHED_STATUSES
