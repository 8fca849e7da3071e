"""Looking at what a panel typed before it is kept: nothing may tell who a child is."""

from __future__ import annotations

from flask import request
from wtforms import Form

from s11audit.domain.guard.policy import Place
from s11audit.models import CaseAudit
from s11audit.web.guard import Guard


def panel_guard() -> Guard:
    """The guard of this request."""
    return Guard(Place.CASE_AUDITS, request.form)


def may_keep(form: Form, guard: Guard, audit: CaseAudit) -> bool:
    """Whether a form is sound and tells of no child; that something was stopped is remembered."""
    if form.validate() and guard.passes(form):
        return True
    guard.refused(f"case audit {audit.reference}", of=audit)
    return False
