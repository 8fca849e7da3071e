"""The identifier guard around what is typed about a case audit: nothing may tell who a child is."""

from __future__ import annotations

from flask import request
from wtforms import Form
from wtforms.form import BaseForm

from s11audit.domain.guard.policy import Place
from s11audit.models import CaseAudit
from s11audit.web.guard import Guard


class AuditGuard:
    """Looks at the texts of one form, and writes down in the audit's history what it found."""

    def __init__(self, audit: CaseAudit) -> None:
        self._guard = Guard(Place.CASE_AUDITS, request.form)
        self._audit = audit
        self._subject = f"case audit {audit.reference}"

    def accepts(self, form: BaseForm) -> bool:
        """Whether a form is valid and holds nothing that may tell who a child is.

        Where it is not, its boxes say what was found, and that is written down.
        """
        if form.validate() and self._guard.passes(form):
            return True
        self._guard.refused(self._subject, of=self._audit)
        return False

    def remember(self) -> None:
        """Write down what was found and confirmed; whoever calls commits."""
        self._guard.remember(self._subject, of=self._audit)


def panel_guard() -> Guard:
    """The guard of this request."""
    return Guard(Place.CASE_AUDITS, request.form)


def may_keep(form: Form, guard: Guard, audit: CaseAudit) -> bool:
    """Whether a form is sound and tells of no child; that something was stopped is remembered."""
    if form.validate() and guard.passes(form):
        return True
    guard.refused(f"case audit {audit.reference}", of=audit)
    return False
