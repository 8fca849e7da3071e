"""Taking a step of a lifecycle: once, even when two people press the button at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.steps import Status, Step, StepNotAllowedError, step_named
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    Action,
    AgencyReturn,
    Assessment,
    AuditRound,
    CaseAudit,
    QuestionnaireVersion,
    Survey,
)
from s11audit.services.refusals import RefusedError

Stepping = (
    AuditRound | AgencyReturn | Action | CaseAudit | Assessment | QuestionnaireVersion | Survey
)


def step_for(
    steps: Sequence[Step[Status]],
    name: str,
    status: Status,
    *,
    by: Viewer,
    allows: Callable[[Permission], bool],
) -> Step[Status]:
    """The step of this name, which `by` may take and which leads on from this status.

    Whoever may not take it is told that (PermissionError), whatever the status; for everybody else
    StepNotAllowedError says that it is not possible now.
    """
    check_may(steps, name, by=by, allows=allows)
    return step_named(steps, name, status)


def check_may(
    steps: Sequence[Step[Status]], name: str, *, by: Viewer, allows: Callable[[Permission], bool]
) -> None:
    """Raises PermissionError where `by` may not take the step of this name in any status."""
    needed = {step.permission for step in steps if step.name == name}
    if needed and not any(allows(permission) for permission in needed):
        raise PermissionError(f"{by.name} may not {min(needed)} here")


def check_reason(step: Step[Any], reason: str) -> None:
    """Raises RefusedError (`reason`) where the step needs words and there are none."""
    if step.needs_reason and not reason.strip():
        raise RefusedError("reason", "Say why")


def move(
    session: Session,
    thing: Stepping,
    step: Step[Any],
    *conditions: ColumnElement[bool],
    **values: Any,
) -> dict[str, str]:
    """Put the thing into the step's next status, and set `values` (column → value) with it.

    Gives the statuses `before` and `after`, for the history. Raises StepNotAllowedError where
    somebody else has moved it on since it was read.
    """
    model, before = type(thing), thing.status
    moved = session.execute(
        update(model)
        .where(model.id == thing.id, model.status == before, *conditions)
        .values(status=step.target, **values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(thing)
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        status = thing.status.replace("-", " ")
        raise StepNotAllowedError(f"Somebody else has just moved this to “{status}”.")
    return {"before": str(before), "after": str(step.target)}
