"""What a panel recommends, and the actions that agencies are asked for because of it."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.actions import is_overdue
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import Action, CaseAudit
from s11audit.queries.asked_files import without_lead
from s11audit.queries.case_reading import asked_in, sits_on
from s11audit.queries.findings import (
    RecommendationRead,
    agencies_to_ask,
    findings_of_whole,
    recommendation_of,
    recommendations_of,
)
from s11audit.services.findings import (
    WRITABLE_STATUSES,
    ChangedMeanwhileError,
    change_recommendation,
    delete_recommendation,
    recommend,
)
from s11audit.services.recommended_actions import ask_for_action
from s11audit.services.refusals import RefusedError
from s11audit.web.cases import blueprint
from s11audit.web.cases.guarding import guard_of_audit
from s11audit.web.cases.reading import taught_or_404
from s11audit.web.cases.recommendation_forms import ActionForm, RecommendationForm
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import action_links, sends_mail
from s11audit.web.page_versions import page_version
from s11audit.web.security import db, now, permitted, services, viewer

Page = str | tuple[str, int] | Response


@blueprint.get("/case-audits/<audit>/recommendations")
@permitted(Permission.SEE_CASE_AUDITS)
def recommendations(audit: str) -> str:
    found = taught_or_404(audit)
    return _list_page(found, _recommendation_form(found, formdata=None))


@blueprint.post("/case-audits/<audit>/recommendations")
@permitted(Permission.AGREE_GRADES)
def add_recommendation(audit: str) -> Page:
    found = taught_or_404(audit)
    form, guard = _recommendation_form(found), guard_of_audit(found)
    if not guard.accepts(form):
        return _list_page(found, form), 422
    try:
        recommend(db(), found, form.recommendation, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _list_page(found, form), 422
    except StepNotAllowedError as error:
        db().rollback()
        return _list_page(taught_or_404(audit), form, problem=str(error)), 409
    guard.remember()
    db().commit()
    flash("The recommendation is added.", "success")
    return redirect(url_for("cases.recommendations", audit=audit), 303)


@blueprint.get("/case-audits/<audit>/recommendations/<int(max=2147483647):recommendation_id>")
@permitted(Permission.SEE_CASE_AUDITS)
def recommendation(audit: str, recommendation_id: int) -> str:
    return _page(_recommendation_or_404(audit, recommendation_id))


@blueprint.post("/case-audits/<audit>/recommendations/<int(max=2147483647):recommendation_id>")
@permitted(Permission.AGREE_GRADES)
def edit_recommendation(audit: str, recommendation_id: int) -> Page:
    one = _recommendation_or_404(audit, recommendation_id)
    about = one.recommendation.audit
    form, guard = _recommendation_form(about, data=_stored(one)), guard_of_audit(about)
    if not guard.accepts(form):
        return _page(one, form), 422
    told: dict[str, Any] = {"version": page_version(), "by": viewer(), "now": now()}
    try:
        change_recommendation(db(), one.recommendation, form.recommendation, **told)
    except RefusedError as error:
        refuse(form, error)
        return _page(one, form), 422
    except (ChangedMeanwhileError, StepNotAllowedError) as error:
        return _problem(audit, recommendation_id, str(error), form.text.data or "")
    guard.remember()
    db().commit()
    flash("The recommendation is saved.", "success")
    return _to(audit, recommendation_id)


@blueprint.post(
    "/case-audits/<audit>/recommendations/<int(max=2147483647):recommendation_id>/delete"
)
@permitted(Permission.AGREE_GRADES)
def remove_recommendation(audit: str, recommendation_id: int) -> Page:
    one = _recommendation_or_404(audit, recommendation_id)
    try:
        delete_recommendation(db(), one.recommendation, by=viewer(), now=now())
    except (RefusedError, StepNotAllowedError) as error:
        return _problem(audit, recommendation_id, str(error))
    db().commit()
    flash("The recommendation is deleted.", "success")
    return redirect(url_for("cases.recommendations", audit=audit), 303)


@blueprint.post(
    "/case-audits/<audit>/recommendations/<int(max=2147483647):recommendation_id>/actions"
)
@permitted(Permission.RUN_CASE_AUDITS)
def add_action(audit: str, recommendation_id: int) -> Page:
    one = _recommendation_or_404(audit, recommendation_id)
    about = one.recommendation.audit
    form, guard = _action_form(about), guard_of_audit(about)
    if not guard.accepts(form):
        return _page(one, action_form=form), 422
    try:
        made = _ask(one, form)
    except RefusedError as error:
        refuse(form, error)
        return _page(one, action_form=form), 422
    except StepNotAllowedError as error:
        return _problem(audit, recommendation_id, str(error), form.what.data or "")
    guard.remember()
    db().commit()
    flash(_done(made), "success")
    return _to(audit, recommendation_id)


def _ask(one: RecommendationRead, form: ActionForm) -> Action:
    asked = (form.agency.data or "", form.what.data or "", form.post.data or "", form.due_on.data)
    told: dict[str, Any] = {"by": viewer(), "now": now(), "address": action_links()}
    return ask_for_action(db(), one.recommendation, *asked, **told)


def _done(made: Action) -> str:
    told = f"{made.agency.name} now has the action {made.reference}."
    if without_lead(db(), [made.agency]):
        return f"{told} Nobody leads it yet, so nobody there was told."
    return f"{told} Its leads are being told by e-mail." if sends_mail() else told


def _to(audit: str, recommendation_id: int) -> Response:
    there = url_for("cases.recommendation", audit=audit, recommendation_id=recommendation_id)
    return redirect(there, 303)


def _recommendation_or_404(audit: str, recommendation_id: int) -> RecommendationRead:
    one = recommendation_of(db(), taught_or_404(audit), recommendation_id)
    if one is None:
        abort(404)
    return one


def _recommendation_form(audit: CaseAudit, **options: Any) -> RecommendationForm:
    return RecommendationForm(**options).offer(findings_of_whole(db(), audit))


def _action_form(audit: CaseAudit, **options: Any) -> ActionForm:
    return ActionForm(**options).offer(agencies_to_ask(db(), audit))


def _may_write(audit: CaseAudit) -> bool:
    return audit.status in WRITABLE_STATUSES and sits_on(db(), audit, visible_to=viewer())


def _problem(audit: str, recommendation_id: int, why: str, typed: str = "") -> tuple[str, int]:
    db().rollback()
    one = _recommendation_or_404(audit, recommendation_id)
    return _page(one, problem=why, typed=typed), 409


def _list_page(audit: CaseAudit, form: RecommendationForm, problem: str = "") -> str:
    return render_template(
        "cases/recommendations.html",
        audit=audit,
        questionnaire=asked_in(audit, services().catalogue),
        findings=findings_of_whole(db(), audit),
        found=recommendations_of(db(), audit),
        form=form,
        errors=errors_of(form),
        may_write=_may_write(audit),
        problem=problem,
        typed=form.text.data if problem else "",
    )


def _stored(one: RecommendationRead) -> dict[str, Any]:
    """What the boxes of a stored recommendation hold."""
    held = one.recommendation
    finding = str(held.finding_id or "")
    return {"text": held.text, "finding": finding, "version": held.version}


def _late(one: RecommendationRead) -> set[int]:
    """Ids of its actions that are overdue."""
    today = today_in_london(now())
    return {held.id for held in one.actions if is_overdue(held.status, held.due_on, today)}


def _page(
    one: RecommendationRead,
    form: RecommendationForm | None = None,
    *,
    action_form: ActionForm | None = None,
    problem: str = "",
    typed: str = "",
) -> str:
    audit = one.recommendation.audit
    form = form or _recommendation_form(audit, formdata=None, data=_stored(one))
    action_form = action_form or _action_form(audit, formdata=None)
    return render_template(
        "cases/recommendation.html",
        audit=audit,
        one=one,
        form=form,
        action_form=action_form,
        errors=errors_of(form) + errors_of(action_form),
        may_write=_may_write(audit),
        may_ask=viewer().may_in_partnership(Permission.RUN_CASE_AUDITS, audit.partnership_id),
        late=_late(one),
        problem=problem,
        typed=typed,
    )
