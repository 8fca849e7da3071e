"""Setting up a survey, and adding agencies to one."""

from __future__ import annotations

from flask import abort, flash, render_template, request
from sqlalchemy.orm import Session

from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.domain.surveys import SurveyStatus
from s11audit.models import AuditRound, Partnership, Survey
from s11audit.queries.surveys import (
    agencies_to_survey,
    partnerships_to_survey,
    rounds_to_compare,
)
from s11audit.services import surveys
from s11audit.services.refusals import RefusedError
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.rounds.choosing import wants_list
from s11audit.web.rounds.forms import AgenciesForm
from s11audit.web.security import box, db, now, permitted, services, viewer
from s11audit.web.surveys.forms import SurveyForm
from s11audit.web.surveys.pages import Page, blueprint, survey_or_404, to_survey


@blueprint.get("/surveys/new")
@permitted(Permission.RUN_SURVEYS)
def new() -> str:
    host = _host()
    form = _offered(SurveyForm(), host)
    form.questionnaire.data = form.only_questionnaire
    return _new_page(form, host)


@blueprint.post("/surveys/new")
@permitted(Permission.RUN_SURVEYS)
def create() -> Page:
    host = _host()
    form = _offered(SurveyForm(), host)
    if wants_list(form):
        return _new_page(form, host)
    if not form.validate():
        return _new_page(form, host), 422
    try:
        survey = _created(form, host)
    except RefusedError as error:
        refuse(form, error)
        return _new_page(form, host), 422
    db().commit()
    flash(f"“{survey.title}” is set up. Open it when you are ready.", "success")
    return to_survey(survey)


@blueprint.get("/surveys/<reference>/agencies")
@permitted(Permission.RUN_SURVEYS)
def agencies(reference: str) -> str:
    survey = survey_or_404(reference, Permission.RUN_SURVEYS)
    return _agencies_page(survey, _agencies_form(survey))


@blueprint.post("/surveys/<reference>/agencies")
@permitted(Permission.RUN_SURVEYS)
def add_agencies(reference: str) -> Page:
    survey = survey_or_404(reference, Permission.RUN_SURVEYS)
    form = _agencies_form(survey)
    if wants_list(form):
        return _agencies_page(survey, form)
    if form.validate() and not form.chosen:
        form.types.errors = ["Select at least one agency, or a type of agency"]
    if form.errors:
        return _agencies_page(survey, form), 422
    try:
        added = surveys.add_agencies(db(), survey, form.chosen, box=box(), by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _agencies_page(survey, form), 422
    db().commit()
    flash(f"{counted(len(added), 'agency was', 'agencies were')} added.", "success")
    return to_survey(survey)


def _created(form: SurveyForm, host: Partnership) -> Survey:
    id_, _, version = form.questionnaire.data.partition("/")
    return surveys.create_survey(
        db(),
        host.id,
        (form.reference.data or "").upper(),
        form.title.data or "",
        services().catalogue.to_ask(id_, version),
        form.opens_on.data,
        form.closes_on.data,
        form.chosen,
        audit_round=_round(db(), form, host),
        box=box(),
        by=viewer(),
        now=now(),
    )


def _round(session: Session, form: SurveyForm, host: Partnership) -> AuditRound | None:
    rounds = rounds_to_compare(session, host.id, visible_to=viewer())
    return next((one for one in rounds if one.reference == form.audit_round.data), None)


def _host() -> Partnership:
    """The partnership named in the address, or else the viewer's first."""
    theirs = {one.reference: one for one in partnerships_to_survey(db(), visible_to=viewer())}
    host = request.args.get("partnership") or next(iter(theirs), "")
    if host not in theirs:
        abort(404)
    return theirs[host]


def _offered(form: SurveyForm, host: Partnership) -> SurveyForm:
    form.offer_questionnaires(services().catalogue)
    form.offer_rounds(rounds_to_compare(db(), host.id, visible_to=viewer()))
    form.offer_agencies(agencies_to_survey(db(), host.id, visible_to=viewer()))
    return form


def _new_page(form: SurveyForm, host: Partnership) -> str:
    possible = partnerships_to_survey(db(), visible_to=viewer())
    others = [one for one in possible if one.id != host.id]
    return render_template(
        "surveys/new.html", form=form, errors=errors_of(form), host=host, others=others
    )


def _agencies_form(survey: Survey) -> AgenciesForm:
    form = AgenciesForm()
    form.offer_agencies(
        agencies_to_survey(db(), survey.partnership_id, visible_to=viewer(), besides=survey)
    )
    return form


def _agencies_page(survey: Survey, form: AgenciesForm) -> str:
    return render_template(
        "surveys/agencies.html",
        survey=survey,
        form=form,
        errors=errors_of(form) if request.method == "POST" else [],
        is_closed=survey.status is SurveyStatus.CLOSED,
    )
