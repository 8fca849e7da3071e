"""What every change of a survey has in common: who may make it, until when, and its history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.surveys import SurveyStatus
from s11audit.domain.viewers import Viewer
from s11audit.models import Survey
from s11audit.services.events import Detail, record_by


def record_of(
    session: Session, kind: str, survey: Survey, by: Viewer, now: datetime, detail: Detail
) -> None:
    """The partnership's own history: another one of the same agency does not learn of it."""
    record_by(session, kind, f"survey {survey.reference}", by, now, detail, of=survey)


def check_may_run(by: Viewer, partnership_id: int) -> None:
    """Raises PermissionError for whoever does not run surveys of this partnership."""
    if not by.may_in_partnership(Permission.RUN_SURVEYS, partnership_id):
        raise PermissionError(f"{by.name} may not {Permission.RUN_SURVEYS} here")


def check_not_closed(survey: Survey) -> None:
    """Raises StepNotAllowedError once a survey has closed."""
    if survey.status is SurveyStatus.CLOSED:
        raise StepNotAllowedError("The survey has closed, and one that is closed stays so.")
