"""Setting up joint assessments, and moving them on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from s11audit.domain.assessments import (
    ASSESSMENT_STEPS,
    FEWEST_ASSESSORS,
    AssessmentStatus,
)
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Kind, Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import AnswerSheet, Assessment
from s11audit.models.walls import without_walls
from s11audit.queries.assessments import (
    CHAIRING_ROLES,
    agencies_to_assess,
    earlier_ones,
    people_with,
    rates_in,
    reaches,
)
from s11audit.services.agreed_ratings import make_actions_of_assessment
from s11audit.services.assessment_mail import ASKED, Address, tell
from s11audit.services.events import record_by
from s11audit.services.opening import lock, open_finished
from s11audit.services.refusals import RefusedError
from s11audit.services.steps import check_may, check_reason, move, step_for

LONGEST_TITLE = 200
# In these, what an assessment is called and when it is due may still change.
CHANGEABLE_STATUSES = frozenset({AssessmentStatus.DRAFT, AssessmentStatus.RATING})


@dataclass(frozen=True)
class AssessmentDetails:
    """What a manager says of an assessment. `about_agency_id` is empty for the partnership."""

    title: str
    due_on: date
    chair_id: int
    about_agency_id: int | None = None
    repeats_id: int | None = None


def set_up_assessment(
    session: Session,
    partnership_id: int,
    details: AssessmentDetails,
    questionnaire: Questionnaire,
    *,
    by: Viewer,
    now: datetime,
) -> Assessment:
    """A draft, which nobody but the partnership’s own sees. Its reference is made here.

    Raises RefusedError (`title`, `due_on`, `chair_id`, `about_agency_id`, `repeats_id`,
    `questionnaire`), and PermissionError for a stranger.
    """
    if not by.may_in_partnership(Permission.RUN_ASSESSMENTS, partnership_id):
        raise PermissionError(f"{by.name} may not set up joint assessments here")
    if questionnaire.kind is not Kind.JOINT_ASSESSMENT:
        raise RefusedError("questionnaire", "Choose a questionnaire for joint assessments")
    _check(session, partnership_id, details, now)
    assessment = Assessment(
        partnership_id=partnership_id,
        reference=_next_reference(session, now),
        questionnaire_id=questionnaire.id,
        questionnaire_version=questionnaire.version,
        created_at=now,
        **asdict(details),
    )
    try:
        with session.begin_nested():
            session.add(assessment)
    except IntegrityError:
        raise RefusedError("title", "Somebody has just set one up, too. Try again") from None
    record_about(session, "assessment-set-up", assessment, by, now)
    return assessment


def change_details(
    session: Session,
    assessment: Assessment,
    details: AssessmentDetails,
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """Another title, date, chair or comparator. RefusedError as for a new one.

    Raises StepNotAllowedError once the ratings are opened, and for another thing to rate once
    anybody was asked to.
    """
    check_runs(session, assessment, by)
    if assessment.status not in CHANGEABLE_STATUSES:
        raise StepNotAllowedError("The ratings are opened, so the details stay as they are.")
    if (
        assessment.status is not AssessmentStatus.DRAFT
        and details.about_agency_id != assessment.about_agency_id
    ):
        raise StepNotAllowedError("Assessors have been asked, so what they rate stays the same.")
    if any(one.user_id == details.chair_id for one in assessment.assessors):
        raise RefusedError("chair_id", "Choose a chair who does not rate")
    _check(session, assessment.partnership_id, details, now)
    session.execute(
        update(Assessment)
        .where(Assessment.id == assessment.id)
        .values(**asdict(details))
        .execution_options(synchronize_session=False)
    )
    before = assessment.due_on.isoformat()
    session.refresh(assessment)
    detail = {"before": before, "after": details.due_on.isoformat()}
    record_about(session, "assessment-changed", assessment, by, now, detail)


def take_assessment_step(
    session: Session,
    assessment: Assessment,
    step_name: str,
    questionnaire: Questionnaire,
    *,
    by: Viewer,
    now: datetime,
    reason: str = "",
    address: Address | None = None,
) -> None:
    """Move an assessment on. Starting it pins `questionnaire`, and tells the assessors.

    Raises StepNotAllowedError where that is not possible or something is missing, RefusedError
    (`reason`) without words, PermissionError for a stranger, and for an assessor who would open
    ratings early: whoever rates learns nothing before the others.
    """
    allows = partial(_allows, session, assessment, by)
    check_may(ASSESSMENT_STEPS, step_name, by=by, allows=allows)
    lock(session, assessment)
    step = step_for(ASSESSMENT_STEPS, step_name, assessment.status, by=by, allows=allows)
    check_reason(step, reason)
    if step.target is AssessmentStatus.DISCUSSION:
        open_finished(session, assessment, step, reason, by=by, now=now, address=address)
        return
    values: dict[str, Any] = {"status_reason": reason}
    if step.target is AssessmentStatus.RATING:
        values |= _begin(session, assessment, questionnaire, now)
    if step.target is AssessmentStatus.AGREED:
        make_actions_of_assessment(session, assessment, questionnaire, by=by, now=now)
        values["agreed_at"] = now
    statuses = move(session, assessment, step, **values)
    record_about(session, step.event, assessment, by, now, statuses)
    if step.target is AssessmentStatus.RATING:
        people = [one.user for one in assessment.assessors]
        tell(session, ASKED, assessment, people, address, now=now)


def _begin(
    session: Session, assessment: Assessment, questionnaire: Questionnaire, now: datetime
) -> dict[str, Any]:
    """Give every assessor an empty sheet, and fix what is asked."""
    if len(assessment.assessors) < FEWEST_ASSESSORS:
        raise StepNotAllowedError(
            f"Name at least {FEWEST_ASSESSORS} assessors before you ask them."
        )
    for one in assessment.assessors:
        one.sheet = AnswerSheet(partnership_id=assessment.partnership_id, user_id=one.user_id)
    session.flush()
    return {"questionnaire_sha256": questionnaire.sha256, "started_at": now}


def _allows(session: Session, assessment: Assessment, by: Viewer, permission: Permission) -> bool:
    # Finishing does that by itself.
    if permission is Permission.RATE:
        return False
    if permission is Permission.AGREE_RATINGS and rates_in(assessment, by):
        return False
    return reaches(session, assessment, permission, visible_to=by)


def _check(
    session: Session, partnership_id: int, details: AssessmentDetails, now: datetime
) -> None:
    if not details.title.strip() or len(details.title) > LONGEST_TITLE:
        raise RefusedError("title", f"Enter a title of at most {LONGEST_TITLE} characters")
    if details.due_on < today_in_london(now):
        raise RefusedError("due_on", "The ratings cannot be due on a day that is over")
    could_chair = people_with(session, partnership_id, CHAIRING_ROLES)
    if details.chair_id not in {one.id for one in could_chair}:
        raise RefusedError("chair_id", "Choose who chairs from the list")
    agencies = {one.id for one in agencies_to_assess(session, partnership_id)}
    if details.about_agency_id is not None and details.about_agency_id not in agencies:
        raise RefusedError("about_agency_id", "Choose an agency of this partnership")
    earlier = {one.id: one for one in earlier_ones(session, partnership_id)}
    if details.repeats_id is None:
        return
    if (
        details.repeats_id not in earlier
        or earlier[details.repeats_id].about_agency_id != details.about_agency_id
    ):
        raise RefusedError("repeats_id", "Choose an earlier assessment of the same agency, or none")


def check_runs(session: Session, assessment: Assessment, by: Viewer) -> None:
    """Raises PermissionError for whoever does not run this assessment."""
    if not reaches(session, assessment, Permission.RUN_ASSESSMENTS, visible_to=by):
        raise PermissionError(f"{by.name} may not run this joint assessment")


def _next_reference(session: Session, now: datetime) -> str:
    """`JA-26-01`: the year, and the next number of any partnership’s in it."""
    prefix = f"JA-{today_in_london(now):%y}-"
    with without_walls(session):
        taken = select(func.count()).where(Assessment.reference.startswith(prefix))
        return f"{prefix}{(session.scalar(taken) or 0) + 1:02}"


def record_about(
    session: Session,
    kind: str,
    assessment: Assessment,
    by: Viewer,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append an event about an assessment, seen by those who manage its partnership."""
    subject = f"joint assessment {assessment.reference}"
    record_by(session, kind, subject, by, now, detail, of=assessment)
