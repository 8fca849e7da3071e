"""Running a survey: opening and closing it, and giving it longer."""

from __future__ import annotations

from flask import flash, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError, steps_from
from s11audit.domain.suppression import SMALLEST
from s11audit.domain.surveys import SURVEY_STATUS_LABELS, SURVEY_STEPS, SurveyStatus
from s11audit.models import Survey
from s11audit.queries.surveys import link_lines, links_of
from s11audit.questionnaires.versions import UnpublishedQuestionnaireError
from s11audit.services import surveys
from s11audit.services.refusals import RefusedError
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.security import db, now, permitted, services, viewer
from s11audit.web.step_forms import step_buttons
from s11audit.web.surveys.forms import ClosingForm
from s11audit.web.surveys.pages import Page, blueprint, survey_or_404, to_survey


@blueprint.post("/surveys/<reference>/steps/<step>")
@permitted(Permission.RUN_SURVEYS)
def take_step(reference: str, step: str) -> Response:
    survey = survey_or_404(reference, Permission.RUN_SURVEYS)
    surveys.take_survey_step(
        db(), survey, step, by=viewer(), now=now(), questionnaire=_to_open(survey)
    )
    db().commit()
    flash(f"The survey is now {SURVEY_STATUS_LABELS[survey.status].lower()}.", "success")
    return to_survey(survey)


@blueprint.get("/surveys/<reference>/close")
@permitted(Permission.RUN_SURVEYS)
def closing(reference: str) -> str:
    survey = survey_or_404(reference, Permission.RUN_SURVEYS)
    links = links_of(db(), survey, visible_to=viewer())
    lines, total = link_lines(db(), links, today_in_london(now()))
    return render_template(
        "surveys/close.html",
        survey=survey,
        total=total,
        few=[one for one in lines if one.count.people < SMALLEST],
        buttons=step_buttons(steps_from(SURVEY_STEPS, survey.status), {}),
    )


@blueprint.get("/surveys/<reference>/closing-date")
@permitted(Permission.RUN_SURVEYS)
def closing_date(reference: str) -> str:
    survey = survey_or_404(reference, Permission.RUN_SURVEYS)
    return _date_page(survey, ClosingForm(obj=survey))


@blueprint.post("/surveys/<reference>/closing-date")
@permitted(Permission.RUN_SURVEYS)
def change_closing_date(reference: str) -> Page:
    survey = survey_or_404(reference, Permission.RUN_SURVEYS)
    form = ClosingForm(obj=survey)
    if not form.validate():
        return _date_page(survey, form), 422
    try:
        surveys.change_closing_date(db(), survey, form.closes_on.data, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _date_page(survey, form), 422
    db().commit()
    flash(f"The survey now closes on {long_date(survey.closes_on)}.", "success")
    return to_survey(survey)


def _to_open(survey: Survey) -> Questionnaire | None:
    """The questionnaire that opening pins, which must be published then."""
    if survey.status is not SurveyStatus.DRAFT:
        return None
    try:
        return services().catalogue.to_ask(survey.questionnaire_id, survey.questionnaire_version)
    except UnpublishedQuestionnaireError as error:
        raise StepNotAllowedError(str(error)) from error


def _date_page(survey: Survey, form: ClosingForm) -> str:
    return render_template(
        "surveys/closing-date.html",
        survey=survey,
        form=form,
        errors=errors_of(form),
        is_closed=survey.status is SurveyStatus.CLOSED,
        back=url_for("surveys.show", reference=survey.reference),
    )
