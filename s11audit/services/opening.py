"""Opening ratings: once, for everybody at the same moment, and never before.

Nothing here looks at what anybody rated. Who has finished is looked up under a lock on the
assessment, so that of two who finish at the same moment the second one finds the first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.assessments import ASSESSMENT_STEPS, FEWEST_ASSESSORS, AssessmentStatus
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import Step, StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import AnswerSheet, Assessment, Assessor
from s11audit.queries.people import account_id
from s11audit.services.assessment_mail import OPENED, Address, tell
from s11audit.services.events import record
from s11audit.services.sheets import open_sheets
from s11audit.services.steps import move

LAST_IN = next(one for one in ASSESSMENT_STEPS if one.permission is Permission.RATE)


def lock(session: Session, assessment: Assessment) -> None:
    """Let nobody else finish, open or cancel until this transaction ends; read it anew."""
    row = select(Assessment.id).where(Assessment.id == assessment.id).with_for_update()
    session.execute(row)
    session.refresh(assessment)


def open_if_all_are_in(
    session: Session, assessment: Assessment, address: Address | None, *, now: datetime
) -> bool:
    """Open the ratings by themselves where nobody is waited for. The assessment is locked."""
    if any(sheet.finished_at is None for sheet in _sheets(session, assessment)):
        return False
    open_finished(session, assessment, LAST_IN, "", by=None, now=now, address=address)
    return True


def open_finished(
    session: Session,
    assessment: Assessment,
    step: Step[AssessmentStatus],
    reason: str,
    *,
    by: Viewer | None,
    now: datetime,
    address: Address | None,
) -> None:
    """Open what is finished, and tell everybody. `by` is None where it opens by itself.

    What somebody has not finished stays theirs alone. Raises StepNotAllowedError where fewer than
    two have finished: one alone would be read by all who have not.
    """
    finished = [one for one in _sheets(session, assessment) if one.finished_at is not None]
    if len(finished) < FEWEST_ASSESSORS:
        raise StepNotAllowedError(
            "Fewer than two assessors have finished, so there is nothing to compare. Wait for "
            "them, or cancel the assessment."
        )
    statuses = move(session, assessment, step, opened_at=now, opened_because=reason)
    open_sheets(session, finished, now=now)
    detail: dict[str, Any] = {**statuses, "early": by is not None}
    subject = f"joint assessment {assessment.reference}"
    who = account_id(by) if by else None
    record(session, step.event, subject, by=who, at=now, detail=detail, of=assessment)
    people = [one.user for one in assessment.assessors]
    people += [assessment.chair] if assessment.chair else []
    tell(session, OPENED, assessment, people, address, now=now)


def _sheets(session: Session, assessment: Assessment) -> list[AnswerSheet]:
    found = (
        select(AnswerSheet)
        .join(Assessor, Assessor.sheet_id == AnswerSheet.id)
        .where(Assessor.assessment_id == assessment.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(found))
