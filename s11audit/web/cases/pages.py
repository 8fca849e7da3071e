"""Finding the case audit of an address."""

from __future__ import annotations

from flask import abort

from s11audit.domain.permissions import Permission
from s11audit.models import AuditCase, CaseAudit
from s11audit.queries.case_audits import audit_of
from s11audit.queries.case_sampling import case_of
from s11audit.web.security import db, viewer


def audit_or_404(reference: str) -> CaseAudit:
    """The case audit of this reference; another partnership's is not found."""
    audit = audit_of(db(), reference, visible_to=viewer())
    if audit is None:
        abort(404)
    return audit


def runs(audit: CaseAudit) -> bool:
    """Whether the viewer runs this audit."""
    return viewer().may_in_partnership(Permission.RUN_CASE_AUDITS, audit.partnership_id)


def audit_to_run(reference: str) -> CaseAudit:
    """The case audit of this reference; refused to whoever sees it but does not run it."""
    audit = audit_or_404(reference)
    if not runs(audit):
        abort(403)
    return audit


def case_to_run(audit: CaseAudit, reference: str) -> AuditCase:
    """The case of this reference, if it is one of this audit."""
    case = case_of(db(), audit, reference)
    if case is None:
        abort(404)
    return case
