"""Planning the audit that looks again at what an earlier one found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import partial

from sqlalchemy.orm import Session

from s11audit.domain.cases import CASE_AUDIT_STEPS
from s11audit.domain.viewers import Viewer
from s11audit.models import CaseAudit
from s11audit.queries.case_audits import next_reference
from s11audit.services.case_audits import plan_audit, plan_of, record_of_audit
from s11audit.services.refusals import RefusedError
from s11audit.services.steps import move, step_for


def plan_re_audit(
    session: Session, audit: CaseAudit, planned_on: date | None, *, by: Viewer, now: datetime
) -> CaseAudit:
    """Plan when a reported audit is looked at again; gives the new audit of the programme.

    It is planned for a month, of which any day will do. It has the same title, theme, questionnaire
    and chair, which can be changed there, and the next free reference. Raises RefusedError
    (`planned_on`), StepNotAllowedError unless the audit is reported, PermissionError for whoever
    does not run the partnership's audits.
    """
    allows = partial(by.may_in_partnership, partnership_id=audit.partnership_id)
    step = step_for(CASE_AUDIT_STEPS, "plan-re-audit", audit.status, by=by, allows=allows)
    if planned_on is None:
        raise RefusedError("planned_on", "Enter the month of the re-audit")
    planned_on = planned_on.replace(day=1)
    if planned_on <= audit.planned_on:
        raise RefusedError("planned_on", "The re-audit must be later than this audit")
    statuses = move(session, audit, step, re_audit_on=planned_on, version=CaseAudit.version + 1)
    plan = replace(
        plan_of(audit),
        reference=next_reference(session, audit.partnership, planned_on),
        planned_on=planned_on,
        period_from=None,
        period_to=None,
        files_due_on=None,
        panel_on=None,
    )
    following = plan_audit(session, audit.partnership_id, plan, repeats=audit, by=by, now=now)
    detail = {**statuses, "re_audit": following.reference, "planned": planned_on.isoformat()}
    record_of_audit(session, step.event, audit, by, now, detail)
    return following
