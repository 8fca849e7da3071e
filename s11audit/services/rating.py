"""Rating apart: what one assessor does on their own sheet. No other sheet is read here.

The history says that somebody worked, finished or went on, and never what they rated or how many
questions: whoever manages the assessment may read the history.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.domain.answers import Gap
from s11audit.domain.assessments import AssessmentStatus
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import AnswerSheet, Assessment, Assessor
from s11audit.queries.assessments import own_place
from s11audit.services.assessment_mail import Address
from s11audit.services.events import record_by
from s11audit.services.opening import lock, open_if_all_are_in
from s11audit.services.sheets import finish, take_up_again


class GapsError(Exception):
    """Ratings cannot be finished while an answer lacks something: `gaps`, in the page’s order."""

    def __init__(self, gaps: list[Gap]) -> None:
        super().__init__(f"{len(gaps)} answers lack something")
        self.gaps = gaps


def check_may_rate(assessment: Assessment) -> None:
    """Raises StepNotAllowedError where nobody rates just now: it has not begun, or is opened."""
    if assessment.status is not AssessmentStatus.RATING:
        raise StepNotAllowedError("Ratings can be changed only until they are opened or cancelled.")


def note_saved(session: Session, assessment: Assessment, *, by: Viewer, now: datetime) -> None:
    """Remember that an assessor worked on their sheet, and nothing else."""
    _record(session, "ratings-saved", assessment, by, now)


def finish_ratings(
    session: Session,
    assessment: Assessment,
    gaps: list[Gap],
    *,
    by: Viewer,
    now: datetime,
    address: Address | None = None,
) -> bool:
    """Say that `by` has rated. Where all others have, too, everything opens: then this is True.

    `gaps` are what their answers lack. Raises GapsError where that is anything,
    StepNotAllowedError where they have finished already or nobody rates now, and PermissionError
    for somebody who is no assessor here.
    """
    own, sheet = _own_sheet(assessment, by)
    lock(session, assessment)
    check_may_rate(assessment)
    if gaps:
        raise GapsError(gaps)
    finish(session, sheet, now=now)
    _record(session, "ratings-finished", assessment, by, now, label=own.label)
    return open_if_all_are_in(session, assessment, address, now=now)


def take_up_ratings(session: Session, assessment: Assessment, *, by: Viewer, now: datetime) -> None:
    """Go on rating after having finished, until the ratings are opened. Raises as above."""
    own, sheet = _own_sheet(assessment, by)
    lock(session, assessment)
    check_may_rate(assessment)
    take_up_again(session, sheet)
    _record(session, "ratings-taken-up", assessment, by, now, label=own.label)


def _own_sheet(assessment: Assessment, by: Viewer) -> tuple[Assessor, AnswerSheet]:
    own = own_place(assessment, visible_to=by)
    if own is None or own.sheet is None:
        raise PermissionError(f"{by.name} does not rate in {assessment.reference}")
    return own, own.sheet


def _record(
    session: Session,
    kind: str,
    assessment: Assessment,
    by: Viewer,
    now: datetime,
    label: str = "",
) -> None:
    subject = f"joint assessment {assessment.reference}"
    detail = {"assessor": label} if label else None
    record_by(session, kind, subject, by, now, detail, of=assessment)
