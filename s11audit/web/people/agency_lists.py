"""Adding many agencies from one file: shown in full first, then done as it was shown."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.services.agency_lists import AgencyPlan, add_planned, plan_agencies
from s11audit.services.invitation_files import AGENCY_COLUMNS, read_rows, template
from s11audit.services.refusals import RefusedError
from s11audit.web.downloads import CSV, download
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.people.bulk import CHANGED
from s11audit.web.people.list_forms import ListForm
from s11audit.web.people.pages import blueprint
from s11audit.web.security import db, now, permitted, viewer


def _plan(form: ListForm) -> AgencyPlan:
    """What would be done for what was sent. Raises RefusedError."""
    file = read_rows(form.read(), AGENCY_COLUMNS)
    return plan_agencies(db(), file, form.home, form.round.data or "", by=viewer())


@blueprint.get("/agencies/from-list")
@permitted(Permission.EDIT_AGENCIES)
def agency_list() -> str:
    form = ListForm.offered()
    form.round.data = request.args.get("round", "")
    return _list_page(form)


@blueprint.get("/agencies/from-list/template")
@permitted(Permission.EDIT_AGENCIES)
def agency_template() -> Response:
    empty = template(AGENCY_COLUMNS)
    return download(empty, CSV, "agencies-to-add.csv", about="template of agencies to add")


@blueprint.post("/agencies/from-list")
@permitted(Permission.EDIT_AGENCIES)
def check_agencies() -> str | tuple[str, int]:
    form = ListForm.offered()
    try:
        plan = _plan(form)
    except RefusedError as error:
        refuse(form, error)
        return _list_page(form), 422
    page = _list_page(form, plan)
    return (page, 422) if plan.faults else page


@blueprint.post("/agencies/from-list/confirm")
@permitted(Permission.EDIT_AGENCIES)
def confirm_agencies() -> Response | str | tuple[str, int]:
    form = ListForm.offered()
    try:
        plan = _plan(form)
        if plan.digest != request.form.get("digest"):
            return _list_page(form, plan, CHANGED), 422
        add_planned(db(), plan, by=viewer(), now=now())
    except RefusedError as error:
        db().rollback()
        refuse(form, error)
        return _list_page(form), 422
    db().commit()
    flash(_done(plan), "success")
    if plan.round:
        return redirect(url_for("rounds.show", reference=plan.round), 303)
    return redirect(url_for("people.agencies"), 303)


def _done(plan: AgencyPlan) -> str:
    joined = f", {counted(len(plan.joining), 'joined', 'joined')} the round" if plan.round else ""
    return f"{counted(len(plan.added), 'agency', 'agencies')} added{joined}."


def _list_page(form: ListForm, plan: AgencyPlan | None = None, problem: str = "") -> str:
    errors = errors_of(form)
    if plan and plan.faults:
        many = counted(len(plan.faults), "fault")
        errors = [("faults", f"The list has {many}, shown below. Nothing is done yet")]
    elif problem:
        errors = [("plan", problem)]
    return render_template(
        "people/agency-list.html",
        form=form,
        plan=plan,
        errors=errors,
        columns=AGENCY_COLUMNS.values(),
    )
