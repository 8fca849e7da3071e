"""The list of surveys, and the page of one: its dates, its agencies and how many have answered."""

from __future__ import annotations

from flask import render_template

from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import steps_from
from s11audit.domain.surveys import SURVEY_STEPS, SurveyStatus
from s11audit.queries.surveys import link_lines, links_of, own_links, survey_lines
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.step_forms import step_buttons
from s11audit.web.surveys.pages import blueprint, is_run_by_viewer, survey_or_404


@blueprint.get("/surveys")
@permitted(Permission.SEE_SURVEYS)
def listing() -> str:
    return render_template(
        "surveys/listing.html",
        lines=survey_lines(db(), visible_to=viewer()),
        own=own_links(db(), visible_to=viewer()),
        may_run=viewer().may(Permission.RUN_SURVEYS),
        sees_partnerships=bool(viewer().partnerships(Permission.SEE_SURVEYS)),
    )


@blueprint.get("/surveys/<reference>")
@permitted(Permission.SEE_SURVEYS)
def show(reference: str) -> str:
    survey = survey_or_404(reference)
    today = today_in_london(now())
    links = links_of(db(), survey, visible_to=viewer())
    lines, total = link_lines(db(), links, today)
    may_run = is_run_by_viewer(survey)
    steps = steps_from(SURVEY_STEPS, survey.status) if may_run else ()
    reached = viewer().reach(Permission.SEE_SURVEYS)
    return render_template(
        "surveys/show.html",
        survey=survey,
        lines=lines,
        total=total,
        today=today,
        may_run=may_run,
        buttons=step_buttons(steps, {}),
        is_closed=survey.status is SurveyStatus.CLOSED,
        schools_only=survey.partnership_id not in reached.partnerships,
    )
