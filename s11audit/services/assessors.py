"""Who rates in a joint assessment: naming them, taking them out again, reminding them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.domain.assessments import AssessmentStatus
from s11audit.domain.dates import today_in_london
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import Assessment, Assessor
from s11audit.queries.assessments import RATING_ROLES, people_with
from s11audit.services.assessment_mail import DUE, Address, tell
from s11audit.services.assessments import check_runs, record_about
from s11audit.services.refusals import RefusedError


def name_assessor(
    session: Session, assessment: Assessment, user_id: int, label: str, *, by: Viewer, now: datetime
) -> Assessor:
    """Name somebody who rates, and for whom they speak (`label`).

    Raises RefusedError (`user_id`, `label`), and StepNotAllowedError once it has begun.
    """
    check_runs(session, assessment, by)
    _check_is_draft(assessment)
    could = people_with(session, assessment.partnership_id, RATING_ROLES)
    if user_id not in {one.id for one in could}:
        raise RefusedError("user_id", "Choose somebody who has the role of an assessor here")
    if user_id == assessment.chair_id:
        raise RefusedError("user_id", "Choose somebody other than the chair, who does not rate")
    if any(one.user_id == user_id for one in assessment.assessors):
        raise RefusedError("user_id", "This person is named already")
    if not label.strip():
        raise RefusedError("label", "Enter the body or the post that they speak for")
    named = Assessor(assessment_id=assessment.id, user_id=user_id, label=label.strip())
    session.add(named)
    session.flush()
    session.refresh(assessment, ["assessors"])
    record_about(session, "assessor-named", assessment, by, now, {"assessor": named.label})
    return named


def remove_assessor(
    session: Session, assessment: Assessment, assessor: Assessor, *, by: Viewer, now: datetime
) -> None:
    """Take somebody out again. Raises StepNotAllowedError once it has begun."""
    check_runs(session, assessment, by)
    _check_is_draft(assessment)
    label = assessor.label
    session.delete(assessor)
    session.flush()
    session.refresh(assessment, ["assessors"])
    record_about(session, "assessor-removed", assessment, by, now, {"assessor": label})


def remind_assessors(
    session: Session, assessment: Assessment, address: Address | None, *, by: Viewer, now: datetime
) -> int:
    """Write to those who have not finished, once a day at most; how many they were is given.

    Raises StepNotAllowedError where nobody is asked to rate just now, or all were told today.
    """
    check_runs(session, assessment, by)
    if assessment.status is not AssessmentStatus.RATING:
        raise StepNotAllowedError("Nobody is asked to rate just now.")
    last = assessment.reminded_at
    if last and today_in_london(last) == today_in_london(now):
        raise StepNotAllowedError("Those who have not finished were reminded today.")
    waiting = [
        one.user for one in assessment.assessors if one.sheet and one.sheet.finished_at is None
    ]
    told = tell(session, DUE, assessment, waiting, address, now=now)
    assessment.reminded_at = now
    session.flush()
    record_about(session, "assessors-reminded", assessment, by, now, {"mails": told})
    return told


def _check_is_draft(assessment: Assessment) -> None:
    if assessment.status is not AssessmentStatus.DRAFT:
        raise StepNotAllowedError("The assessors have been asked, so they stay who they are.")
