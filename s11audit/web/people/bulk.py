"""Inviting many people from one file: shown in full first, then done as it was shown."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.services.bulk_invitations import Plan, carry_out, plan_invitations
from s11audit.services.invitation_files import COLUMNS, read_rows, template
from s11audit.services.refusals import RefusedError
from s11audit.web.downloads import CSV, download
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import join_link, sends_mail
from s11audit.web.people.links import links_page
from s11audit.web.people.list_forms import ListForm
from s11audit.web.people.pages import blueprint
from s11audit.web.security import db, now, permitted, viewer

CHANGED = "Somebody has changed people or agencies since you looked. Check the list once more"


def _plan(form: ListForm) -> Plan:
    """What would be done for what was sent. Raises RefusedError."""
    file = read_rows(form.read())
    return plan_invitations(db(), file, form.home, form.round.data or "", by=viewer(), now=now())


@blueprint.get("/people/invite-many")
@permitted(Permission.RUN_PARTNERSHIP)
def invite_many() -> str:
    return _many_page(ListForm.offered())


@blueprint.get("/people/invite-many/template")
@permitted(Permission.RUN_PARTNERSHIP)
def many_template() -> Response:
    return download(template(), CSV, "people-to-invite.csv", about="template of people to invite")


@blueprint.post("/people/invite-many")
@permitted(Permission.RUN_PARTNERSHIP)
def check_many() -> str | tuple[str, int]:
    form = ListForm.offered()
    try:
        plan = _plan(form)
    except RefusedError as error:
        refuse(form, error)
        return _many_page(form), 422
    page = _many_page(form, plan)
    return (page, 422) if plan.faults else page


@blueprint.post("/people/invite-many/confirm")
@permitted(Permission.RUN_PARTNERSHIP)
def confirm_many() -> Response | str | tuple[str, int]:
    form = ListForm.offered()
    try:
        plan = _plan(form)
        if plan.digest != request.form.get("digest"):
            return _many_page(form, plan, CHANGED), 422
        sent = carry_out(db(), plan, by=viewer(), now=now(), address=join_link)
    except RefusedError as error:
        db().rollback()
        refuse(form, error)
        return _many_page(form), 422
    db().commit()
    flash(f"{counted(len(sent), 'invitation')} written.", "success")
    if sent and not sends_mail():
        return links_page(sent)
    return redirect(url_for("people.invitations"), 303)


def _many_page(form: ListForm, plan: Plan | None = None, problem: str = "") -> str:
    errors = errors_of(form)
    if plan and plan.faults:
        many = counted(len(plan.faults), "fault")
        errors = [("faults", f"The list has {many}, shown below. Nothing is done yet")]
    elif problem:
        errors = [("plan", problem)]
    return render_template(
        "people/invite-many.html",
        form=form,
        plan=plan,
        errors=errors,
        columns=COLUMNS.values(),
    )
