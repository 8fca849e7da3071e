"""Setting up a joint assessment, and changing its details until its ratings are opened."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.assessments import AssessmentStatus
from s11audit.domain.guard.policy import Place
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.models import Partnership
from s11audit.queries.assessments import (
    CHAIRING_ROLES,
    agencies_to_assess,
    earlier_ones,
    people_with,
)
from s11audit.queries.directory import partnerships
from s11audit.services.assessments import change_details, set_up_assessment
from s11audit.services.refusals import RefusedError
from s11audit.web.assessments.forms import DetailsForm, SetUpForm
from s11audit.web.assessments.pages import assessment_or_404, blueprint, guard_of
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.guard import Guard
from s11audit.web.security import db, now, permitted, services, viewer

Page = str | tuple[str, int] | Response


@blueprint.get("/new")
@permitted(Permission.RUN_ASSESSMENTS)
def new() -> str:
    host, others = _hosts()
    form = _offered(SetUpForm(), host.id)
    form.questionnaire.data = form.only_questionnaire
    return _new_page(form, host, others)


@blueprint.post("/new")
@permitted(Permission.RUN_ASSESSMENTS)
def set_up() -> Page:
    host, others = _hosts()
    form = _offered(SetUpForm(), host.id)
    guard = Guard(Place.COMMENTS, "joint assessment", of=host)
    if not guard.accepts(form):
        return _new_page(form, host, others), 422
    try:
        made = set_up_assessment(
            db(), host.id, form.details, _questionnaire(form), by=viewer(), now=now()
        )
    except RefusedError as error:
        refuse(form, error)
        return _new_page(form, host, others), 422
    guard.subject, guard.of = f"joint assessment {made.reference}", made
    guard.remember()
    db().commit()
    flash(f"{made.reference} is set up. Name the assessors next.", "success")
    return redirect(url_for("assessments.assessors", assessment=made.reference), 303)


@blueprint.get("/<assessment>/details")
@permitted(Permission.RUN_ASSESSMENTS)
def details(assessment: str) -> str:
    return _details_page(assessment)


@blueprint.post("/<assessment>/details")
@permitted(Permission.RUN_ASSESSMENTS)
def change(assessment: str) -> Page:
    found = assessment_or_404(assessment, Permission.RUN_ASSESSMENTS)
    form = _choices_for(DetailsForm(obj=found), found.partnership_id)
    guard = guard_of(found)
    if not guard.accepts(form):
        return _details_page(assessment, form), 422
    try:
        change_details(db(), found, form.details, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _details_page(assessment, form), 422
    guard.remember()
    db().commit()
    flash("Your changes are saved.", "success")
    return redirect(url_for("assessments.show", assessment=assessment), 303)


def _details_page(reference: str, form: DetailsForm | None = None) -> str:
    found = assessment_or_404(reference, Permission.RUN_ASSESSMENTS)
    form = form or _choices_for(DetailsForm(obj=found), found.partnership_id)
    return render_template(
        "assessments/details.html",
        assessment=found,
        form=form,
        errors=errors_of(form),
        is_draft=found.status is AssessmentStatus.DRAFT,
    )


def _choices_for(form: DetailsForm, partnership_id: int) -> DetailsForm:
    form.offer(
        agencies_to_assess(db(), partnership_id),
        people_with(db(), partnership_id, CHAIRING_ROLES),
        earlier_ones(db(), partnership_id),
    )
    return form


def _offered(form: SetUpForm, partnership_id: int) -> SetUpForm:
    form.offer_questionnaires(services().catalogue)
    _choices_for(form, partnership_id)
    return form


def _questionnaire(form: SetUpForm) -> Questionnaire:
    id_, _, version = form.questionnaire.data.partition("/")
    return services().catalogue.to_ask(id_, version)


def _hosts() -> tuple[Partnership, list[Partnership]]:
    """The partnership named in the address, or else the viewer's first; and their others."""
    run = Permission.RUN_ASSESSMENTS
    theirs = {one.reference: one for one in partnerships(db(), visible_to=viewer(), permission=run)}
    host = request.args.get("partnership") or next(iter(theirs), "")
    if host not in theirs:
        abort(404)
    return theirs[host], [one for one in theirs.values() if one.reference != host]


def _new_page(form: SetUpForm, host: Partnership, others: list[Partnership]) -> str:
    return render_template(
        "assessments/new.html", form=form, errors=errors_of(form), host=host, others=others
    )
