"""The links of a survey: made, made anew, ended, and how many people each is for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Survey, SurveyLink
from s11audit.queries.people import token_digest
from s11audit.services.refusals import RefusedError
from s11audit.services.secret_box import SecretBox
from s11audit.services.survey_checks import check_may_run, check_not_closed, record_of
from s11audit.services.tokens import new_token

# For what tokens are sealed.
PURPOSE = "survey link"
MOST_STAFF = 1_000_000


def renew_link(
    session: Session, link: SurveyLink, *, box: SecretBox, by: Viewer, now: datetime
) -> None:
    """Give an agency a new link in place of the old one, which nobody can follow any more.

    What was answered stays, and a link that was ended works again. Raises StepNotAllowedError once
    the survey has closed, and PermissionError.
    """
    _check_link(link, by)
    _seal(link, box)
    link.ended_at = None
    session.flush()
    _record_link(session, "survey-link-renewed", link, by, now)


def end_link(session: Session, link: SurveyLink, *, by: Viewer, now: datetime) -> None:
    """Take no more answers by this link. Raises what `renew_link` does."""
    _check_link(link, by)
    if link.ended_at is None:
        link.ended_at = now
        session.flush()
        _record_link(session, "survey-link-ended", link, by, now)


def set_staff(
    session: Session, link: SurveyLink, staff: int | None, *, by: Viewer, now: datetime
) -> None:
    """Note how many people an agency has; None where it did not say.

    Raises RefusedError (`staff`), and what `renew_link` does.
    """
    _check_link(link, by)
    if staff is not None and not 0 < staff <= MOST_STAFF:
        raise RefusedError("staff", f"Enter a whole number from 1 to {MOST_STAFF:,}")
    detail = {"agency": link.agency.reference, "before": link.staff, "after": staff}
    link.staff = staff
    session.flush()
    record_of(session, "survey-staff-changed", link.survey, by, now, detail)


def _record_link(session: Session, kind: str, link: SurveyLink, by: Viewer, now: datetime) -> None:
    record_of(session, kind, link.survey, by, now, {"agency": link.agency.reference})


def new_link(survey: Survey, agency: Agency, box: SecretBox) -> SurveyLink:
    """A link for an agency, not kept yet."""
    link = SurveyLink(
        survey=survey,
        partnership_id=survey.partnership_id,
        agency=agency,
        agency_type=agency.agency_type,
    )
    _seal(link, box)
    return link


def _seal(link: SurveyLink, box: SecretBox) -> None:
    token = new_token()
    link.token_sha256 = token_digest(token)
    link.token_sealed = box.close(token, PURPOSE)


def _check_link(link: SurveyLink, by: Viewer) -> None:
    check_may_run(by, link.partnership_id)
    check_not_closed(link.survey)
