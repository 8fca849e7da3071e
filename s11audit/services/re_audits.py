"""Planning the audit that looks again at what an earlier one found."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from s11audit.domain.cases import CASE_AUDIT_STEPS, CaseAuditStatus
from s11audit.domain.viewers import Viewer
from s11audit.models import CaseAudit
from s11audit.services.events import record_by
from s11audit.services.refusals import RefusedError
from s11audit.services.steps import move, step_for


def plan_re_audit(
    session: Session,
    audit: CaseAudit,
    planned_on: date | None,
    reference: str,
    *,
    by: Viewer,
    now: datetime,
) -> CaseAudit:
    """Plan when a reported audit is looked at again; gives the new audit of the programme.

    It has the same title, theme and questionnaire, which can be changed there. Raises RefusedError
    about a field, StepNotAllowedError unless the audit is reported, PermissionError.
    """
    allows = partial(by.may_in_partnership, partnership_id=audit.partnership_id)
    step = step_for(CASE_AUDIT_STEPS, "plan-re-audit", audit.status, by=by, allows=allows)
    if planned_on is None:
        raise RefusedError("planned_on", "Enter the month of the re-audit")
    if audit.panel_on and planned_on <= audit.panel_on:
        raise RefusedError("planned_on", "The re-audit must be later than this audit")
    if not reference:
        raise RefusedError("reference", "Enter the reference of the re-audit")
    statuses = move(session, audit, step, re_audit_on=planned_on, version=CaseAudit.version + 1)
    following = CaseAudit(
        partnership_id=audit.partnership_id,
        reference=reference,
        title=audit.title,
        theme=audit.theme,
        kind=audit.kind,
        questionnaire_id=audit.questionnaire_id,
        questionnaire_version=audit.questionnaire_version,
        status=CaseAuditStatus.PLANNED,
        planned_on=planned_on.replace(day=1),
        cases_wanted=audit.cases_wanted,
        chair_id=audit.chair_id,
        repeats_id=audit.id,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(following)
    except IntegrityError:
        raise RefusedError(
            "reference", f"There is already an audit {reference}: use another reference"
        ) from None
    detail = {**statuses, "re_audit": reference, "planned": planned_on.isoformat()}
    record_by(session, step.event, f"case audit {audit.reference}", by, now, detail, of=audit)
    return following
