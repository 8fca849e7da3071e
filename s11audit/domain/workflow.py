"""Lifecycles of rounds and returns: tables that decide what may happen next.

Buttons, guards and the documentation are made from these rows; no other code names a next status.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from s11audit.domain.permissions import Permission
from s11audit.domain.steps import Step


class RoundStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    MODERATION = "moderation"
    REPORTED = "reported"
    ARCHIVED = "archived"


class ReturnStatus(StrEnum):
    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    AWAITING_SIGN_OFF = "awaiting-sign-off"
    SUBMITTED = "submitted"
    UNDER_MODERATION = "under-moderation"
    AGREED = "agreed"
    CLOSED = "closed"
    EXEMPT = "exempt"
    ALTERNATIVE_ASSURANCE = "alternative-assurance"
    NIL_RETURN = "nil-return"


ROUND_STATUS_LABELS: dict[RoundStatus, str] = {
    RoundStatus.DRAFT: "Draft",
    RoundStatus.OPEN: "Open",
    RoundStatus.CLOSED: "Closed",
    RoundStatus.MODERATION: "Moderation",
    RoundStatus.REPORTED: "Reported",
    RoundStatus.ARCHIVED: "Archived",
}

RETURN_STATUS_LABELS: dict[ReturnStatus, str] = {
    ReturnStatus.NOT_STARTED: "Not started",
    ReturnStatus.IN_PROGRESS: "In progress",
    ReturnStatus.AWAITING_SIGN_OFF: "Awaiting sign-off",
    ReturnStatus.SUBMITTED: "Submitted",
    ReturnStatus.UNDER_MODERATION: "Under moderation",
    ReturnStatus.AGREED: "Agreed",
    ReturnStatus.CLOSED: "Closed",
    ReturnStatus.EXEMPT: "Exempt",
    ReturnStatus.ALTERNATIVE_ASSURANCE: "Alternative assurance",
    ReturnStatus.NIL_RETURN: "Nil return",
}

# Those whose answers scrutiny may read.
SUBMITTED_STATUSES: frozenset[ReturnStatus] = frozenset(
    {
        ReturnStatus.SUBMITTED,
        ReturnStatus.UNDER_MODERATION,
        ReturnStatus.AGREED,
        ReturnStatus.CLOSED,
    }
)
# Those in which an agency has stated something instead of answering.
STATED_STATUSES: frozenset[ReturnStatus] = frozenset(
    {ReturnStatus.ALTERNATIVE_ASSURANCE, ReturnStatus.NIL_RETURN}
)
# Those that count as returned in a return rate; exempt agencies leave its denominator.
RETURNED_STATUSES: frozenset[ReturnStatus] = SUBMITTED_STATUSES | STATED_STATUSES
EDITABLE_STATUSES: frozenset[ReturnStatus] = frozenset(
    {ReturnStatus.NOT_STARTED, ReturnStatus.IN_PROGRESS}
)


ROUND_STEPS: tuple[Step[RoundStatus], ...] = (
    Step(
        name="open",
        sources=frozenset({RoundStatus.DRAFT}),
        target=RoundStatus.OPEN,
        permission=Permission.EDIT_ROUNDS,
        button="Open the round",
        event="round-opened",
    ),
    Step(
        name="close",
        sources=frozenset({RoundStatus.OPEN}),
        target=RoundStatus.CLOSED,
        permission=Permission.EDIT_ROUNDS,
        button="Close the round",
        event="round-closed",
    ),
    Step(
        name="reopen",
        sources=frozenset({RoundStatus.CLOSED}),
        target=RoundStatus.OPEN,
        permission=Permission.EDIT_ROUNDS,
        button="Open the round again",
        event="round-reopened",
        needs_reason=True,
    ),
    Step(
        name="moderate",
        sources=frozenset({RoundStatus.CLOSED}),
        target=RoundStatus.MODERATION,
        permission=Permission.EDIT_ROUNDS,
        button="Start moderation",
        event="round-moderation-started",
    ),
    Step(
        name="report",
        sources=frozenset({RoundStatus.MODERATION}),
        target=RoundStatus.REPORTED,
        permission=Permission.EDIT_ROUNDS,
        button="Mark as reported",
        event="round-reported",
    ),
    Step(
        name="archive",
        sources=frozenset({RoundStatus.REPORTED}),
        target=RoundStatus.ARCHIVED,
        permission=Permission.EDIT_ROUNDS,
        button="Archive the round",
        event="round-archived",
    ),
)

RETURN_STEPS: tuple[Step[ReturnStatus], ...] = (
    Step(
        name="start",
        sources=frozenset({ReturnStatus.NOT_STARTED}),
        target=ReturnStatus.IN_PROGRESS,
        permission=Permission.EDIT_ANSWERS,
        button="Start the return",
        event="return-started",
    ),
    Step(
        name="send-for-sign-off",
        sources=frozenset({ReturnStatus.IN_PROGRESS}),
        target=ReturnStatus.AWAITING_SIGN_OFF,
        permission=Permission.SEND_FOR_SIGN_OFF,
        button="Send for sign-off",
        event="return-sent-for-sign-off",
    ),
    Step(
        name="take-back",
        sources=frozenset({ReturnStatus.AWAITING_SIGN_OFF}),
        target=ReturnStatus.IN_PROGRESS,
        permission=Permission.SEND_FOR_SIGN_OFF,
        button="Take back to change answers",
        event="return-taken-back",
    ),
    Step(
        name="hand-back",
        sources=frozenset({ReturnStatus.AWAITING_SIGN_OFF}),
        target=ReturnStatus.IN_PROGRESS,
        permission=Permission.SIGN_RETURN,
        button="Hand back for changes",
        event="return-handed-back",
        needs_reason=True,
    ),
    Step(
        name="sign",
        sources=frozenset({ReturnStatus.AWAITING_SIGN_OFF}),
        target=ReturnStatus.SUBMITTED,
        permission=Permission.SIGN_RETURN,
        button="Sign and submit",
        event="return-submitted",
    ),
    Step(
        name="send-back",
        sources=STATED_STATUSES | {ReturnStatus.SUBMITTED},
        target=ReturnStatus.IN_PROGRESS,
        permission=Permission.SEND_BACK,
        button="Send back to the agency",
        event="return-sent-back",
        needs_reason=True,
    ),
    Step(
        name="moderate",
        sources=frozenset({ReturnStatus.SUBMITTED}),
        target=ReturnStatus.UNDER_MODERATION,
        permission=Permission.MODERATE,
        button="Start moderation",
        event="return-moderation-started",
    ),
    Step(
        name="assure-otherwise",
        sources=EDITABLE_STATUSES,
        target=ReturnStatus.ALTERNATIVE_ASSURANCE,
        permission=Permission.STATE_INSTEAD,
        button="Give other assurance",
        event="return-assured-otherwise",
    ),
    Step(
        name="state-nil",
        sources=EDITABLE_STATUSES,
        target=ReturnStatus.NIL_RETURN,
        permission=Permission.STATE_INSTEAD,
        button="Make a nil return",
        event="return-stated-nil",
    ),
    Step(
        name="answer-after-all",
        sources=STATED_STATUSES,
        target=ReturnStatus.IN_PROGRESS,
        permission=Permission.STATE_INSTEAD,
        button="Answer the questions after all",
        event="return-answered-after-all",
    ),
    Step(
        name="exempt",
        sources=EDITABLE_STATUSES | {ReturnStatus.AWAITING_SIGN_OFF},
        target=ReturnStatus.EXEMPT,
        permission=Permission.EXEMPT,
        button="Excuse from this round",
        event="return-made-exempt",
        needs_reason=True,
    ),
    Step(
        name="end-exemption",
        sources=frozenset({ReturnStatus.EXEMPT}),
        target=ReturnStatus.IN_PROGRESS,
        permission=Permission.EXEMPT,
        button="Ask for a return after all",
        event="return-exemption-ended",
        needs_reason=True,
    ),
    Step(
        name="agree",
        sources=frozenset({ReturnStatus.UNDER_MODERATION}),
        target=ReturnStatus.AGREED,
        permission=Permission.MODERATE,
        button="Mark as agreed",
        event="return-agreed",
    ),
    Step(
        name="close",
        sources=frozenset({ReturnStatus.AGREED}),
        target=ReturnStatus.CLOSED,
        permission=Permission.MODERATE,
        button="Close the return",
        event="return-closed",
    ),
)


def takes_answers(status: RoundStatus, closes_on: date, today: date) -> bool:
    """Whether a round takes answers: it is open, and its last day (in London) is not over."""
    return status is RoundStatus.OPEN and today <= closes_on


def is_overdue(status: ReturnStatus, due_on: date | None, today: date) -> bool:
    """Whether a return is late: derived every time, never stored."""
    if due_on is None or status in RETURNED_STATUSES or status is ReturnStatus.EXEMPT:
        return False
    return today > due_on
