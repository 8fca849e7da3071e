"""The blueprint that the views of surveys share, and finding the survey of an address."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.models import Survey, SurveyLink
from s11audit.queries.asking import questionnaire_of
from s11audit.queries.surveys import link_of, survey_of, survey_questionnaire
from s11audit.web.security import db, services, viewer

blueprint = Blueprint("surveys", __name__)

Page = str | tuple[str, int] | Response


def survey_or_404(reference: str, to: Permission = Permission.SEE_SURVEYS) -> Survey:
    """The survey of this reference; another partnership's is not found."""
    survey = survey_of(db(), reference, visible_to=viewer(), to=to)
    if survey is None:
        abort(404)
    return survey


def link_or_404(reference: str, agency: str, to: Permission = Permission.SEE_SURVEYS) -> SurveyLink:
    """One agency in a survey; another agency's is not found by those who work for one."""
    link = link_of(db(), reference, agency, visible_to=viewer(), to=to)
    if link is None:
        abort(404)
    return link


def questionnaire_asked(survey: Survey) -> Questionnaire:
    """What a survey asks, also where it was uploaded: whoever sees a survey sees its questions."""
    return survey_questionnaire(survey, services().whole_catalogue)


def questionnaire_rated(survey: Survey) -> Questionnaire | None:
    """What the round asks whose ratings stand beside a survey, where one was chosen."""
    if survey.audit_round is None:
        return None
    return questionnaire_of(survey.audit_round, services().whole_catalogue, visible_to=viewer())


def to_survey(survey: Survey) -> Response:
    return redirect(url_for("surveys.show", reference=survey.reference), 303)


def is_run_by_viewer(survey: Survey) -> bool:
    return viewer().may_in_partnership(Permission.RUN_SURVEYS, survey.partnership_id)
