"""Setting up surveys of practitioners, and running them: agencies, links, the closing date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError, step_named
from s11audit.domain.surveys import SURVEY_STEPS, SurveyStatus, why_not_a_survey
from s11audit.domain.viewers import Viewer
from s11audit.models import AuditRound, Survey, SurveyLink
from s11audit.queries.surveys import agencies_to_survey, rounds_to_compare
from s11audit.services.events import record
from s11audit.services.refusals import RefusedError
from s11audit.services.secret_box import SecretBox
from s11audit.services.steps import move, step_for
from s11audit.services.survey_checks import check_may_run, check_not_closed, record_of
from s11audit.services.survey_links import new_link

LONGEST_REFERENCE = 20
LONGEST_TITLE = 200
_REFERENCE = re.compile(rf"[A-Z0-9][A-Z0-9-]{{1,{LONGEST_REFERENCE - 1}}}\Z")
REFERENCE_RULE = (
    f"Use 2 to {LONGEST_REFERENCE} capital letters, digits and hyphens for the reference, "
    "such as PS-2026"
)


def create_survey(
    session: Session,
    partnership_id: int,
    reference: str,
    title: str,
    questionnaire: Questionnaire,
    opens_on: date,
    closes_on: date,
    agency_ids: Iterable[int],
    *,
    audit_round: AuditRound | None = None,
    box: SecretBox,
    by: Viewer,
    now: datetime,
) -> Survey:
    """A draft with a link for each of these agencies; ratings of `audit_round` stand beside it.

    Raises RefusedError (`reference`, `title`, `questionnaire`, `closes_on`, `audit_round`,
    `agencies`), and PermissionError.
    """
    check_may_run(by, partnership_id)
    _check_words(session, reference, title)
    _check_asked(questionnaire, opens_on, closes_on, today_in_london(now))
    _check_compared(session, partnership_id, audit_round, by)
    survey = Survey(
        partnership_id=partnership_id,
        reference=reference,
        title=title.strip(),
        questionnaire_id=questionnaire.id,
        questionnaire_version=questionnaire.version,
        opens_on=opens_on,
        closes_on=closes_on,
        audit_round=audit_round,
        created_at=now,
    )
    _keep(session, survey)
    detail = {"questionnaire": questionnaire.id, "version": questionnaire.version}
    record_of(session, "survey-created", survey, by, now, detail)
    add_agencies(session, survey, agency_ids, box=box, by=by, now=now)
    return survey


def add_agencies(
    session: Session,
    survey: Survey,
    agency_ids: Iterable[int],
    *,
    box: SecretBox,
    by: Viewer,
    now: datetime,
) -> list[SurveyLink]:
    """Make a link for each agency that has none yet. Gives the new ones.

    Raises RefusedError (`agencies`) for an agency of another partnership, StepNotAllowedError once
    the survey has closed, and PermissionError.
    """
    check_may_run(by, survey.partnership_id)
    check_not_closed(survey)
    chosen = set(agency_ids)
    possible = agencies_to_survey(session, survey.partnership_id, visible_to=by)
    agencies = [agency for agency in possible if agency.id in chosen]
    if len(agencies) != len(chosen):
        raise RefusedError("agencies", "Select agencies of this partnership only")
    there = select(SurveyLink.agency_id).where(SurveyLink.survey_id == survey.id)
    present = set(session.scalars(there))
    added = [new_link(survey, one, box) for one in agencies if one.id not in present]
    session.add_all(added)
    session.flush()
    if added:
        agencies_added = [link.agency.reference for link in added]
        record_of(session, "survey-agencies-added", survey, by, now, {"agencies": agencies_added})
    return added


def take_survey_step(
    session: Session,
    survey: Survey,
    step_name: str,
    *,
    by: Viewer,
    now: datetime,
    questionnaire: Questionnaire | None = None,
) -> None:
    """Move a survey on. Opening it pins `questionnaire`, which it then needs; closing it makes
    today its last day.

    Raises StepNotAllowedError, and PermissionError for a stranger.
    """
    allows = partial(by.may_in_partnership, partnership_id=survey.partnership_id)
    step = step_for(SURVEY_STEPS, step_name, survey.status, by=by, allows=allows)
    pins: dict[str, Any] = {}
    ends: dict[str, Any] = {}
    today = today_in_london(now)
    if step.target is SurveyStatus.CLOSED and survey.opens_on <= today < survey.closes_on:
        ends = {"closes_on": today}
    if step.target is SurveyStatus.OPEN:
        _check_can_open(session, survey, today)
        if questionnaire is None:
            raise ValueError("Opening a survey pins its questionnaire, so it must be given")
        pins = {"questionnaire_sha256": questionnaire.sha256}
    statuses = move(session, survey, step, **pins, **ends)
    record_of(session, step.event, survey, by, now, {**statuses, **pins})


def change_closing_date(
    session: Session, survey: Survey, closes_on: date, *, by: Viewer, now: datetime
) -> None:
    """Let a survey close on another day, today or later.

    Raises RefusedError (`closes_on`), StepNotAllowedError once it has closed, and PermissionError.
    """
    check_may_run(by, survey.partnership_id)
    check_not_closed(survey)
    earliest = max(survey.opens_on, today_in_london(now))
    if closes_on < earliest:
        raise RefusedError("closes_on", f"Enter {long_date(earliest)} or a later date")
    detail = {"before": survey.closes_on.isoformat(), "after": closes_on.isoformat()}
    survey.closes_on = closes_on
    session.flush()
    record_of(session, "survey-dates-changed", survey, by, now, detail)


def close_ended_surveys(session: Session, now: datetime) -> list[Survey]:
    """Close every open survey whose last day is over in London, as the system itself."""
    is_over = Survey.closes_on < today_in_london(now)
    ended = session.scalars(
        select(Survey).where(Survey.status == SurveyStatus.OPEN, is_over).order_by(Survey.id)
    ).all()
    closed = []
    for survey in ended:
        step = step_named(SURVEY_STEPS, "close", SurveyStatus.OPEN)
        try:
            statuses = move(session, survey, step, is_over)
        except StepNotAllowedError:
            continue  # another process was faster, or a manager has just given longer
        subject = f"survey {survey.reference}"
        record(session, step.event, subject, by=None, at=now, detail=statuses, of=survey)
        closed.append(survey)
    return closed


def _keep(session: Session, survey: Survey) -> None:
    """Write the survey down, unless its reference is taken, perhaps out of the writer's sight."""
    try:
        with session.begin_nested():
            session.add(survey)
    except IntegrityError:
        raise RefusedError("reference", _taken(survey.reference)) from None


def _taken(reference: str) -> str:
    return f"There is already a survey {reference}"


def _check_words(session: Session, reference: str, title: str) -> None:
    if not _REFERENCE.match(reference):
        raise RefusedError("reference", REFERENCE_RULE)
    if session.scalar(select(Survey.id).where(Survey.reference == reference)):
        raise RefusedError("reference", _taken(reference))
    if not title.strip():
        raise RefusedError("title", "Enter a title")
    if len(title) > LONGEST_TITLE:
        raise RefusedError("title", f"Shorten the title to {LONGEST_TITLE} characters")


def _check_asked(
    questionnaire: Questionnaire, opens_on: date, closes_on: date, today: date
) -> None:
    if why := why_not_a_survey(questionnaire):
        raise RefusedError("questionnaire", why)
    if closes_on < max(opens_on, today):
        raise RefusedError("closes_on", "Enter a date on which it is open already, today or later")


def _check_compared(
    session: Session, partnership_id: int, audit_round: AuditRound | None, by: Viewer
) -> None:
    possible = rounds_to_compare(session, partnership_id, visible_to=by)
    if audit_round and audit_round not in possible:
        raise RefusedError("audit_round", "Choose a round of this partnership")


def _check_can_open(session: Session, survey: Survey, today: date) -> None:
    if not session.scalar(select(func.count()).where(SurveyLink.survey_id == survey.id)):
        raise StepNotAllowedError("Choose at least one agency before you open the survey.")
    if survey.closes_on < today:
        last = long_date(survey.closes_on)
        raise StepNotAllowedError(f"It would have closed on {last}: change its closing date first.")
