"""Planning the audit that looks again at what this one found."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import CaseAudit
from s11audit.queries.case_audits import audit_of
from s11audit.queries.measures import measures_of
from s11audit.services.re_audits import plan_re_audit
from s11audit.services.refusals import RefusedError
from s11audit.web.cases import blueprint
from s11audit.web.fields import MonthParts
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response


class ReAuditForm(FlaskForm):
    planned_on = MonthParts(
        label="In which month do you look again?",
        description="For example, 4 2028. The re-audit comes into the programme for this month. "
        "Its own dates follow.",
    )


@blueprint.get("/case-audits/<audit>/re-audit")
@permitted(Permission.RUN_CASE_AUDITS)
def re_audit(audit: str) -> str:
    return _page(_audit_or_404(audit), ReAuditForm(formdata=None))


@blueprint.post("/case-audits/<audit>/re-audit")
@permitted(Permission.RUN_CASE_AUDITS)
def plan_again(audit: str) -> Page:
    found = _audit_or_404(audit)
    form = ReAuditForm()
    if not form.validate():
        return _page(found, form), 422
    try:
        following = plan_re_audit(db(), found, form.planned_on.data, by=viewer(), now=now())
    except RefusedError as error:
        db().rollback()
        refuse(form, error)
        return _page(_audit_or_404(audit), form), 422
    except StepNotAllowedError as error:
        db().rollback()
        return _page(_audit_or_404(audit), form, problem=str(error)), 409
    reference = following.reference
    db().commit()
    flash(f"The re-audit {reference} is in the programme.", "success")
    return redirect(url_for("cases.re_audit", audit=audit), 303)


def _audit_or_404(reference: str) -> CaseAudit:
    found = audit_of(db(), reference, visible_to=viewer(), to=Permission.RUN_CASE_AUDITS)
    if found is None:
        abort(404)
    return found


def _page(audit: CaseAudit, form: ReAuditForm, problem: str = "") -> str:
    return render_template(
        "cases/re-audit.html",
        audit=audit,
        form=form,
        errors=errors_of(form),
        measures=measures_of(db(), audit),
        can_plan=audit.status is CaseAuditStatus.REPORTED,
        problem=problem,
    )
