"""Naming who rates, taking them out again, and reminding those who have not finished."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.assessments import FEWEST_ASSESSORS, AssessmentStatus
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.models import Assessment
from s11audit.queries.assessments import RATING_ROLES, people_with
from s11audit.services.assessors import name_assessor, remind_assessors, remove_assessor
from s11audit.services.refusals import RefusedError
from s11audit.web.assessments.forms import AssessorForm
from s11audit.web.assessments.pages import assessment_or_404, blueprint
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import assessment_links
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response


@blueprint.get("/<assessment>/assessors")
@permitted(Permission.RUN_ASSESSMENTS)
def assessors(assessment: str) -> str:
    found = assessment_or_404(assessment, Permission.RUN_ASSESSMENTS)
    return _assessors_page(found, _offered(AssessorForm(), found))


@blueprint.post("/<assessment>/assessors")
@permitted(Permission.RUN_ASSESSMENTS)
def add_assessor(assessment: str) -> Page:
    found = assessment_or_404(assessment, Permission.RUN_ASSESSMENTS)
    form = _offered(AssessorForm(), found)
    if not form.validate():
        return _assessors_page(found, form), 422
    user_id, label = form.user_id.data or 0, form.label.data or ""
    try:
        named = name_assessor(db(), found, user_id, label, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _assessors_page(found, form), 422
    db().commit()
    flash(f"{named.label} is named.", "success")
    return redirect(url_for("assessments.assessors", assessment=assessment), 303)


@blueprint.post("/<assessment>/assessors/<int:assessor_id>/remove")
@permitted(Permission.RUN_ASSESSMENTS)
def take_out_assessor(assessment: str, assessor_id: int) -> Response:
    found = assessment_or_404(assessment, Permission.RUN_ASSESSMENTS)
    named = next((one for one in found.assessors if one.id == assessor_id), None)
    if named is None:
        abort(404)
    label = named.label
    remove_assessor(db(), found, named, by=viewer(), now=now())
    db().commit()
    flash(f"{label} is taken out.", "success")
    return redirect(url_for("assessments.assessors", assessment=assessment), 303)


@blueprint.post("/<assessment>/reminders")
@permitted(Permission.RUN_ASSESSMENTS)
def remind(assessment: str) -> Response:
    found = assessment_or_404(assessment, Permission.RUN_ASSESSMENTS)
    told = remind_assessors(db(), found, assessment_links(), by=viewer(), now=now())
    db().commit()
    flash(f"{counted(told, 'assessor is', 'assessors are')} reminded.", "success")
    return redirect(url_for("assessments.show", assessment=assessment), 303)


def _offered(form: AssessorForm, found: Assessment) -> AssessorForm:
    """The form with those who may rate, but for the chair and those who are named."""
    taken = {found.chair_id, *(one.user_id for one in found.assessors)}
    could = people_with(db(), found.partnership_id, RATING_ROLES)
    form.offer(one for one in could if one.id not in taken)
    return form


def _assessors_page(found: Assessment, form: AssessorForm) -> str:
    return render_template(
        "assessments/assessors.html",
        assessment=found,
        form=form,
        errors=errors_of(form),
        is_draft=found.status is AssessmentStatus.DRAFT,
        fewest=FEWEST_ASSESSORS,
    )
