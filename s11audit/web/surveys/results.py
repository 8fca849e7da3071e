"""What staff answered, beside what their agencies say: of all, of a type, and of one agency."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from flask import render_template, request
from werkzeug.wrappers import Response
from wtforms import Form, SelectField

from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.survey_results import AgencyResult, GroupResult, SurveyResults
from s11audit.domain.surveys import SurveyStatus
from s11audit.exports.survey import (
    BY_AGENCY,
    NamedGroup,
    groups_of,
    note_on,
    people_in_words,
    share_shown,
    small_left_out,
    write_survey,
)
from s11audit.models import Survey
from s11audit.queries.survey_results import agency_results, survey_results
from s11audit.queries.surveys import link_lines
from s11audit.web.downloads import XLSX, download
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.surveys.links import address_of
from s11audit.web.surveys.pages import (
    blueprint,
    link_or_404,
    questionnaire_asked,
    questionnaire_rated,
    survey_or_404,
)


class GroupForm(Form):
    """Which agencies the page tells of; sent in the address. What is none of the choices is all."""

    type = SelectField("Type of agency", validate_choice=False)

    @classmethod
    def asked(cls, results: SurveyResults) -> GroupForm:
        form = cls(request.args)
        whole = {"": "All agencies"} if results.whole else {}
        form.type.choices = whole | {code: agency_type_label(code) for code in results.by_type}
        if form.type.data not in form.type.choices:
            form.type.data = next(iter(form.type.choices), "")
        return form

    def group(self, results: SurveyResults) -> GroupResult | None:
        return results.by_type.get(self.type.data) or results.whole


@blueprint.get("/surveys/<reference>/results")
@permitted(Permission.SEE_SURVEYS)
def results(reference: str) -> str:
    survey = survey_or_404(reference)
    if survey.status is not SurveyStatus.CLOSED:
        return render_template("surveys/no-results.html", survey=survey)
    found = _results(survey)
    form = GroupForm.asked(found)
    group = form.group(found)
    return render_template(
        "surveys/results.html",
        survey=survey,
        form=form,
        group=group,
        agencies=_agencies_of(found, form.type.data),
        note_on=note_on,
        share_shown=share_shown,
        small_left_out=small_left_out,
        people_in_words=people_in_words,
    )


@blueprint.get("/surveys/<reference>/results.xlsx")
@permitted(Permission.SEE_SURVEYS)
def results_workbook(reference: str) -> Response:
    survey = survey_or_404(reference)
    found = _results(survey)
    return _download(survey, groups_of(found), found.agencies, f"{survey.reference}-results")


@blueprint.get("/surveys/<reference>/agencies/<agency>")
@permitted(Permission.SEE_SURVEYS)
def agency_page(reference: str, agency: str) -> str:
    link = link_or_404(reference, agency)
    survey, today = link.survey, today_in_london(now())
    is_closed = survey.status is SurveyStatus.CLOSED
    (line,), _ = link_lines(db(), [link], today)
    hands_out = viewer().may_at(Permission.REPLY_TO_SURVEYS, link.place) and not is_closed
    return render_template(
        "surveys/agency.html",
        survey=survey,
        link=link,
        line=line,
        result=_agency_result(reference, agency) if is_closed else None,
        questionnaire=questionnaire_asked(survey),
        address=address_of(link) if hands_out and not link.ended_at else "",
        sees_survey=survey.partnership_id in viewer().partnerships(Permission.SEE_SURVEYS),
        note_on=note_on,
        share_shown=share_shown,
        small_left_out=small_left_out,
        people_in_words=people_in_words,
    )


@blueprint.get("/surveys/<reference>/agencies/<agency>/results.xlsx")
@permitted(Permission.SEE_SURVEYS)
def agency_workbook(reference: str, agency: str) -> Response:
    survey = link_or_404(reference, agency).survey
    result = _agency_result(reference, agency)
    groups = [NamedGroup(BY_AGENCY, result.group)]
    return _download(survey, groups, [result], f"{survey.reference}-{result.reference}")


def _results(survey: Survey) -> SurveyResults:
    return survey_results(
        db(),
        survey,
        questionnaire_asked(survey),
        questionnaire_rated(survey),
        visible_to=viewer(),
    )


def _agency_result(reference: str, agency: str) -> AgencyResult:
    link = link_or_404(reference, agency)
    return agency_results(
        db(),
        link,
        questionnaire_asked(link.survey),
        questionnaire_rated(link.survey),
        visible_to=viewer(),
    )


def _agencies_of(found: SurveyResults, code: str) -> list[AgencyResult]:
    """The agencies of the type that was chosen, or all of them."""
    return [one for one in found.agencies if code in ("", one.agency_type)]


def _download(
    survey: Survey, groups: Sequence[NamedGroup], agencies: Sequence[AgencyResult], name: str
) -> Response:
    stream = BytesIO()
    write_survey(
        survey,
        questionnaire_asked(survey),
        groups,
        agencies,
        exported_by=viewer().name,
        exported_at=now(),
        path_or_stream=stream,
    )
    about = f"survey {survey.reference}"
    return download(stream, XLSX, f"{name}.xlsx", about=about, of=survey, agencies=len(agencies))
