"""The identifier guard around what is typed about a case audit: nothing may tell who a child is."""

from __future__ import annotations

from s11audit.domain.guard.policy import Place
from s11audit.models import CaseAudit, CaseFile
from s11audit.web.guard import Guard


def guard_of_audit(audit: CaseAudit) -> Guard:
    """Looks at texts about an audit as a whole."""
    return Guard(Place.CASE_AUDITS, f"case audit {audit.reference}", of=audit)


def guard_of_file(file: CaseFile) -> Guard:
    """Looks at texts of one agency about one case."""
    return Guard(Place.CASE_AUDITS, file.subject, of=file.case.audit)
