"""Nothing is written any more about the cases of an audit whose time to be kept was over.

One rule for every form of a case audit, whatever page it was sent from and however old that was.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from sqlalchemy import Select, select

from s11audit.domain.retention import deleted_on, not_written_because
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import AuditCase, CaseAudit, CaseFile
from s11audit.models.walls import without_walls
from s11audit.queries import reach
from s11audit.web.cases import blueprint
from s11audit.web.security import SAFE_METHODS, db, declared_permission, viewer

# What goes on, and why: form → reason. Every other form of case audits is refused.
GOES_ON: dict[str, str] = {
    "cases.plan_audit": "it begins another audit",
    "cases.plan_again": "it plans the audit that comes next",
    "cases.take_step": "an audit is reported later than agreed; planning it again is refused there",
    "cases.tell_steering_group": "it is of the whole audit",
    "cases.save_briefing": "a briefing is of the whole audit",
    "cases.issue_briefing": "a briefing is of the whole audit",
    "cases.take_back_briefing": "a briefing is of the whole audit",
    "cases.add_recommendation": "recommendations outlive the cases",
    "cases.edit_recommendation": "recommendations outlive the cases",
    "cases.remove_recommendation": "recommendations outlive the cases",
    "cases.add_action": "actions outlive the cases",
    "cases.see": "a concern is not over because an audit is; it holds no text",
    "cases.close": "a concern is not over because an audit is; its outcome is not kept",
    "cases.propose_deletion": "deletion refuses by itself what is done already",
    "cases.withdraw_deletion": "deletion refuses by itself what is done already",
    "cases.approve_deletion": "deletion refuses by itself what is done already",
    "cases.hold": "deletion refuses by itself what is done already",
    "cases.release": "deletion refuses by itself what is done already",
}
# What else somebody is told whose form is refused.
_TOLD_BESIDES: dict[str, str] = {
    "cases.raise_about": "No concern has been raised. Tell your agency’s safeguarding lead now. If "
    "a child is in danger at this moment, call 999.",
}

blueprint.add_app_template_filter(deleted_on)


@blueprint.before_request
def refuse_once_emptied() -> None:
    """Refuse whatever would be written about cases that are deleted.

    Whoever is deleting them waits until a form is done with, and the other way round. What the
    viewer does not reach is left to the view, which does not find it.
    """
    endpoint = request.endpoint or ""
    if request.method in SAFE_METHODS or endpoint in GOES_ON:
        return
    wanted = _emptied_at(endpoint, request.view_args or {})
    with without_walls(db()):
        emptied_at = db().scalar(wanted.with_for_update(of=CaseAudit, key_share=True))
    if emptied_at is not None:
        told = (not_written_because(emptied_at), _TOLD_BESIDES.get(endpoint, ""))
        raise StepNotAllowedError(" ".join(filter(None, told)))


def _emptied_at(endpoint: str, named: dict[str, Any]) -> Select[Any]:
    """When the cases of the audit were deleted that the address names, by itself or by a file.

    Raises LookupError for an address that names neither: it belongs into GOES_ON, or here.
    """
    permission = declared_permission(current_app, endpoint)
    if permission is None:
        raise LookupError(f"{endpoint} says nothing of who may use it")
    found = select(CaseAudit.emptied_at)
    if "audit" in named:
        within = reach.case_audits(viewer(), permission)
        return found.where(CaseAudit.reference == named["audit"], within)
    if "file_id" in named:
        of_file = found.join(AuditCase, AuditCase.audit_id == CaseAudit.id).join(
            CaseFile, CaseFile.case_id == AuditCase.id
        )
        within = reach.case_files(viewer(), permission)
        return of_file.where(CaseFile.id == named["file_id"], within)
    raise LookupError(f"{endpoint} names no case audit")
