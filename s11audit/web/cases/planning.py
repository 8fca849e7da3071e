"""Planning a case audit, changing the plan, and what the Steering Group was told."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.dates import today_in_london
from s11audit.domain.guard.policy import Place
from s11audit.domain.permissions import Permission
from s11audit.models import CaseAudit, Partnership
from s11audit.queries.case_audits import next_reference, partnerships_to_audit
from s11audit.queries.panel_members import people_who_chair
from s11audit.services import case_audits
from s11audit.services.case_audits import CHANGEABLE_STATUSES, LATER_FIELDS, AuditPlan, plan_of
from s11audit.services.refusals import RefusedError
from s11audit.web.cases import blueprint
from s11audit.web.cases.forms import PlanForm, SteeringForm
from s11audit.web.cases.guarding import guard_of_audit
from s11audit.web.cases.pages import audit_to_run
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.guard import Guard
from s11audit.web.page_versions import page_version
from s11audit.web.security import db, now, permitted, services, viewer

Page = str | tuple[str, int] | Response
# Only when agencies are asked do the dates of an audit need a reason to change.
_ASKED = frozenset({CaseAuditStatus.AGENCY_FILES, CaseAuditStatus.PANEL})


@blueprint.get("/case-audits/new")
@permitted(Permission.RUN_CASE_AUDITS)
def new_audit() -> str:
    home = _home()
    today = today_in_london(now())
    form = _offered(PlanForm(data=_proposed(home, today)), home.id)
    form.questionnaire.data = form.only_questionnaire
    return _new_page(form, home)


@blueprint.post("/case-audits/new")
@permitted(Permission.RUN_CASE_AUDITS)
def plan_audit() -> Page:
    home = _home()
    form = _offered(PlanForm(), home.id)
    del form.reason
    guard = Guard(Place.CASE_AUDITS, "case audit", of=home)
    if not guard.accepts(form):
        return _new_page(form, home), 422
    try:
        audit = case_audits.plan_audit(db(), home.id, form.plan(), by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _new_page(form, home), 422
    guard.subject, guard.of = f"case audit {audit.reference}", audit
    guard.remember()
    db().commit()
    flash(f"“{audit.title}” is in the programme.", "success")
    return _to_audit(audit)


@blueprint.get("/case-audits/<audit>/plan")
@permitted(Permission.RUN_CASE_AUDITS)
def audit_plan(audit: str) -> str:
    found = audit_to_run(audit)
    return _plan_page(found, _form_of(found))


@blueprint.post("/case-audits/<audit>/plan")
@permitted(Permission.RUN_CASE_AUDITS)
def change_plan(audit: str) -> Page:
    found = audit_to_run(audit)
    form, guard = _form_of(found), guard_of_audit(found)
    if not guard.accepts(form):
        return _plan_page(found, form), 422
    reason = (form.reason.data or "") if form.reason else ""
    try:
        version = page_version()
        wanted = _wanted(found, form)
        case_audits.change_plan(
            db(), found, wanted, reason, version=version, by=viewer(), now=now()
        )
    except RefusedError as error:
        refuse(form, error)
        return _plan_page(found, form), 422
    guard.remember()
    db().commit()
    flash("Your changes are saved.", "success")
    return _to_audit(found)


@blueprint.get("/case-audits/<audit>/steering-group")
@permitted(Permission.RUN_CASE_AUDITS)
def steering_group(audit: str) -> str:
    found = audit_to_run(audit)
    return _steering_page(found, SteeringForm(data=_told(found)))


@blueprint.post("/case-audits/<audit>/steering-group")
@permitted(Permission.RUN_CASE_AUDITS)
def tell_steering_group(audit: str) -> Page:
    found = audit_to_run(audit)
    form, guard = SteeringForm(data=_told(found)), guard_of_audit(found)
    if not guard.accepts(form):
        return _steering_page(found, form), 422
    told, day = form.told.data or "", form.told_on.data
    try:
        case_audits.tell_steering_group(db(), found, told, day, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _steering_page(found, form), 422
    guard.remember()
    db().commit()
    flash("What the Steering Group was told is saved.", "success")
    return _to_audit(found)


def _told(audit: CaseAudit) -> dict[str, Any]:
    return {"told": audit.steering_told, "told_on": audit.steering_told_on}


def _to_audit(audit: CaseAudit) -> Response:
    return redirect(url_for("cases.show", audit=audit.reference), 303)


def _home() -> Partnership:
    """The partnership named in the address, or else the viewer's first."""
    theirs = {one.reference: one for one in partnerships_to_audit(db(), visible_to=viewer())}
    home = request.args.get("partnership") or next(iter(theirs), "")
    if home not in theirs:
        abort(404)
    return theirs[home]


def _proposed(home: Partnership, today: date) -> dict[str, Any]:
    return {
        "reference": next_reference(db(), home, today),
        "cases_wanted": "6",
        "planned_on": f"{today:%Y-%m}",
    }


def _offered(form: PlanForm, partnership_id: int) -> PlanForm:
    chairs = people_who_chair(db(), partnership_id)
    form.offer(services().catalogue, chairs, today_in_london(now()))
    return form


def _form_of(audit: CaseAudit) -> PlanForm:
    """The form with the plan as it is or was sent, and only the fields that may still change."""
    held = {
        **vars(plan_of(audit)),
        "questionnaire": f"{audit.questionnaire_id}/{audit.questionnaire_version}",
        "kind": audit.kind.value,
        "cases_wanted": str(audit.cases_wanted),
        "planned_on": f"{audit.planned_on:%Y-%m}",
        "chair_id": str(audit.chair_id or ""),
    }
    form = _offered(PlanForm(data=held), audit.partnership_id)
    if audit.status is not CaseAuditStatus.PLANNED:
        for name in [field.name for field in form]:
            if name not in (*LATER_FIELDS, "reason", "csrf_token"):
                del form[name]
    if audit.status not in _ASKED:
        del form.reason
    return form


def _wanted(audit: CaseAudit, form: PlanForm) -> AuditPlan:
    """What was typed, with what may not change any more as it is."""
    if audit.status is CaseAuditStatus.PLANNED:
        return form.plan()
    planned_on = date.fromisoformat(f"{form.planned_on.data}-01")
    return AuditPlan(**{**vars(plan_of(audit)), **form.later(), "planned_on": planned_on})


def _new_page(form: PlanForm, home: Partnership) -> str:
    if "reason" in form:
        del form.reason
    others = [one for one in partnerships_to_audit(db(), visible_to=viewer()) if one.id != home.id]
    return render_template(
        "cases/new.html", form=form, errors=errors_of(form), home=home, others=others
    )


def _plan_page(audit: CaseAudit, form: PlanForm) -> str:
    return render_template(
        "cases/plan.html",
        audit=audit,
        form=form,
        errors=errors_of(form),
        may_change=audit.status in CHANGEABLE_STATUSES,
    )


def _steering_page(audit: CaseAudit, form: SteeringForm) -> str:
    return render_template(
        "cases/steering-group.html", audit=audit, form=form, errors=errors_of(form)
    )
