"""Buttons of a case audit that do nothing but move it on."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from s11audit.domain.cases import CASE_AUDIT_STATUS_LABELS
from s11audit.domain.permissions import Permission
from s11audit.services.case_audits import take_audit_step
from s11audit.services.refusals import RefusedError
from s11audit.web.cases import blueprint
from s11audit.web.cases.guarding import guard_of_audit
from s11audit.web.cases.pages import audit_to_run
from s11audit.web.cases.showing import WANTED, audit_page
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.step_forms import refuse_step, sent_form


@blueprint.post("/case-audits/<audit>/steps/<step>")
@permitted(Permission.RUN_CASE_AUDITS)
def take_step(audit: str, step: str) -> str | tuple[str, int] | Response:
    found, form = audit_to_run(audit), sent_form(step)
    guard = guard_of_audit(found)
    if not guard.accepts(form):
        return audit_page(found, {step: form}), 422
    try:
        take_audit_step(db(), found, step, form.text.data or "", by=viewer(), now=now())
    except RefusedError:
        return audit_page(found, {step: refuse_step(form, step, WANTED)}), 422
    guard.remember()
    db().commit()
    status = CASE_AUDIT_STATUS_LABELS[found.status].lower()
    flash(f"The audit is now “{status}”.", "success")
    return redirect(url_for("cases.show", audit=found.reference), 303)
