"""What scrutiny does to a return: send it back, move it through moderation, excuse its agency."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import Step, StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import (
    EDITABLE_STATUSES,
    RETURN_STEPS,
    ReturnStatus,
    takes_answers,
)
from s11audit.models import AgencyReturn, AuditRound
from s11audit.services.events import record
from s11audit.services.return_mail import SENT_BACK, Address, write_notice
from s11audit.services.side_states import where_it_was
from s11audit.services.signatures import void_signatures
from s11audit.services.steps import check_reason, move, step_for

# The other rows of the table are for the agency's own people: see services/returns.py.
SCRUTINY_STEPS: tuple[Step[ReturnStatus], ...] = tuple(
    step
    for step in RETURN_STEPS
    if step.permission in (Permission.SEND_BACK, Permission.MODERATE, Permission.EXEMPT)
)
# After these nothing stands that was signed, or stated, before.
_NOT_RETURNED = EDITABLE_STATUSES | {ReturnStatus.EXEMPT}


def take_return_step(
    session: Session,
    agency_return: AgencyReturn,
    step_name: str,
    *,
    by: Viewer,
    now: datetime,
    reason: str = "",
    address: Address | None = None,
) -> None:
    """Take one of scrutiny's steps.

    `address` makes the link for mail that tells the agency what was sent back to it; without it
    none is written. A return that the agency may edit again, or need not make, is no longer
    submitted: its signatures are void and its receipt no longer stands (both stay in the history).
    Raises StepNotAllowedError, RefusedError without a reason, PermissionError for a stranger.
    """
    allows = partial(by.may_at, place=agency_return.place)
    step = step_for(SCRUTINY_STEPS, step_name, agency_return.status, by=by, allows=allows)
    check_reason(step, reason)
    detail: dict[str, Any] = {"reason_given": True} if step.needs_reason else {}
    values: dict[str, Any] = {"version": AgencyReturn.version + 1, "updated_at": now}
    if step.target in EDITABLE_STATUSES:
        _check_can_be_changed(agency_return.round, now)
        step = where_it_was(session, agency_return, step)
    if step.target in _NOT_RETURNED:
        detail["receipt"] = agency_return.receipt
        values |= {"submitted_at": None, "receipt": None}
        void_signatures(session, agency_return, now)
    statuses = move(session, agency_return, step, status_reason=reason, **values)
    subject, held = f"return {agency_return.reference}", statuses | detail
    record(session, step.event, subject, by=by.user_id, at=now, detail=held, of=agency_return)
    if step.target in EDITABLE_STATUSES:
        write_notice(session, SENT_BACK, agency_return, address, now=now)


def _check_can_be_changed(audit_round: AuditRound, now: datetime) -> None:
    if not takes_answers(audit_round.status, audit_round.closes_on, today_in_london(now)):
        raise StepNotAllowedError(
            "The round is not open, so the agency could not change its return. "
            "Open the round again first."
        )
