"""The programme of case audits: planning one, changing it, commissioning and cancelling it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from s11audit.domain.cases import CASE_AUDIT_STEPS, HELD_STATUSES, AuditKind, CaseAuditStatus
from s11audit.domain.permissions import Permission
from s11audit.domain.retention import not_written_because
from s11audit.domain.steps import Step, StepNotAllowedError, steps_from
from s11audit.domain.viewers import Viewer
from s11audit.models import AskedAgency, CaseAudit
from s11audit.queries.panel_members import people_who_chair
from s11audit.services.events import record_by
from s11audit.services.refusals import RefusedError
from s11audit.services.steps import check_reason, move, step_for

LONGEST_REFERENCE = 20
LONGEST_TITLE = 200
MOST_CASES = 50
_REFERENCE = re.compile(rf"[A-Z0-9][A-Z0-9-]{{1,{LONGEST_REFERENCE - 1}}}\Z")
# What is taken as it is: it has no other work to do than to move the audit on.
PLAIN_STEPS = frozenset({"commission", "report", "cancel", "plan-again"})
PERIOD_ORDER = "The last day of the period is before its first"
PANEL_ORDER = "The panel meets after agencies have finished"
REASON_NEEDED = "Say why the dates change"
# What may change later on, and the statuses in which it then may.
LATER_FIELDS = ("planned_on", "files_due_on", "panel_on", "chair_id")
CHANGEABLE_STATUSES = frozenset(CaseAuditStatus) - HELD_STATUSES - {CaseAuditStatus.CANCELLED}
_ASKED = frozenset({CaseAuditStatus.AGENCY_FILES, CaseAuditStatus.PANEL})


@dataclass(frozen=True)
class AuditPlan:
    """What is planned of an audit. `planned_on` is the first day of its month."""

    reference: str
    title: str
    kind: AuditKind
    questionnaire_id: str
    questionnaire_version: str
    planned_on: date
    cases_wanted: int
    theme: str = ""
    period_from: date | None = None
    period_to: date | None = None
    files_due_on: date | None = None
    panel_on: date | None = None
    chair_id: int | None = None

    def checked(self) -> AuditPlan:
        """This plan, tidied. Raises RefusedError about the field that is at fault."""
        if not _REFERENCE.match(self.reference):
            raise RefusedError(
                "reference",
                f"Use 2 to {LONGEST_REFERENCE} capital letters, digits and hyphens for the "
                "reference, such as MA-26-01",
            )
        if not self.title.strip() or len(self.title) > LONGEST_TITLE:
            raise RefusedError("title", f"Enter a title of at most {LONGEST_TITLE} characters")
        if not 1 <= self.cases_wanted <= MOST_CASES:
            raise RefusedError("cases_wanted", f"Enter a number of cases from 1 to {MOST_CASES}")
        if self.period_from and self.period_to and self.period_to < self.period_from:
            raise RefusedError("period_to", PERIOD_ORDER)
        if self.files_due_on and self.panel_on and self.panel_on < self.files_due_on:
            raise RefusedError("panel_on", PANEL_ORDER)
        return replace(
            self,
            title=self.title.strip(),
            theme=self.theme.strip(),
            planned_on=self.planned_on.replace(day=1),
        )


def plan_of(audit: CaseAudit) -> AuditPlan:
    """What is planned of an audit as it is now."""
    return AuditPlan(**{name: getattr(audit, name) for name in AuditPlan.__annotations__})


def plan_audit(
    session: Session,
    partnership_id: int,
    plan: AuditPlan,
    *,
    repeats: CaseAudit | None = None,
    by: Viewer,
    now: datetime,
) -> CaseAudit:
    """Put an audit into the programme of a partnership; `repeats` is the one that it follows up.

    Raises RefusedError about a field of the plan, and PermissionError for a stranger.
    """
    check_runs(by, partnership_id)
    plan = plan.checked()
    _check_chair(session, partnership_id, plan.chair_id)
    audit = CaseAudit(
        partnership_id=partnership_id,
        repeats_id=repeats.id if repeats else None,
        created_at=now,
        **asdict(plan),
    )
    try:
        with session.begin_nested():
            session.add(audit)
    except IntegrityError:  # perhaps of another partnership, out of the writer's sight
        raise RefusedError(
            "reference", f"There is already an audit {plan.reference}: use another reference"
        ) from None
    record_of_audit(session, "case-audit-planned", audit, by, now)
    return audit


def change_plan(
    session: Session,
    audit: CaseAudit,
    plan: AuditPlan,
    reason: str = "",
    *,
    version: int,
    by: Viewer,
    now: datetime,
) -> None:
    """Change an audit: all of it until it is commissioned, from then on dates and the chair.

    Once agencies are asked, another date needs a reason, which they read. `version` is that of the
    page that was shown. Raises RefusedError, and StepNotAllowedError once the audit is over.
    """
    check_runs(by, audit.partnership_id)
    if audit.status not in CHANGEABLE_STATUSES:
        raise StepNotAllowedError("This audit is over or cancelled, so it stays as it is.")
    wanted, before = plan.checked(), plan_of(audit)
    if audit.status is not CaseAuditStatus.PLANNED:
        wanted = replace(before, **{name: getattr(wanted, name) for name in LATER_FIELDS})
    changed = sorted(name for name, held in asdict(wanted).items() if held != getattr(before, name))
    if not changed:
        return
    _check_chair(session, audit.partnership_id, wanted.chair_id)
    values: dict[str, Any] = asdict(wanted)
    if audit.status in _ASKED and {"files_due_on", "panel_on"} & set(changed):
        if not reason.strip():
            raise RefusedError("reason", REASON_NEEDED)
        values["dates_reason"] = reason.strip()
    _keep(session, audit, version, values)
    dates = {name: str(getattr(wanted, name)) for name in changed if name.endswith("_on")}
    detail = {"changed": changed, **dates, "reason_given": bool(reason.strip())}
    record_of_audit(session, "case-audit-changed", audit, by, now, detail)


def tell_steering_group(
    session: Session, audit: CaseAudit, text: str, day: date | None, *, by: Viewer, now: datetime
) -> None:
    """Write down what the Steering Group was told of an audit, and when; empty takes it back.

    Raises RefusedError (`told_on`) where there are words and no date.
    """
    check_runs(by, audit.partnership_id)
    if text.strip() and day is None:
        raise RefusedError("told_on", "Enter the date on which the Steering Group was told")
    audit.steering_told = text.strip()
    audit.steering_told_on = day if text.strip() else None
    detail = {"told_on": day.isoformat() if day else ""}
    record_of_audit(session, "steering-group-told", audit, by, now, detail)


def plain_steps(audit: CaseAudit) -> list[Step[CaseAuditStatus]]:
    """Those of PLAIN_STEPS that lead on from where an audit is."""
    ended = {"plan-again"} if audit.emptied_at is not None else set()
    steps = steps_from(CASE_AUDIT_STEPS, audit.status)
    return [step for step in steps if step.name in PLAIN_STEPS - ended]


def take_audit_step(
    session: Session, audit: CaseAudit, name: str, reason: str = "", *, by: Viewer, now: datetime
) -> None:
    """Take one of PLAIN_STEPS. Raises StepNotAllowedError, RefusedError (`reason`).

    What agencies have begun is not put back into the programme: that would mix two samples. Nor is
    an audit whose cases are deleted: what came after would never be.
    """
    if name not in PLAIN_STEPS:
        raise StepNotAllowedError("This step has a page of its own.")
    allows = partial(by.may_in_partnership, partnership_id=audit.partnership_id)
    step = step_for(CASE_AUDIT_STEPS, name, audit.status, by=by, allows=allows)
    check_reason(step, reason)
    if name == "plan-again":
        _check_not_begun(session, audit)
    statuses = move(session, audit, step, status_reason=reason.strip())
    detail = {**statuses, "reason_given": bool(reason.strip())}
    record_of_audit(session, step.event, audit, by, now, detail)


def _check_not_begun(session: Session, audit: CaseAudit) -> None:
    if audit.emptied_at is not None:
        raise StepNotAllowedError(
            f"{not_written_because(audit.emptied_at)} Plan a new audit instead."
        )
    if has_asked(session, audit):
        raise StepNotAllowedError(
            "Agencies were asked about the cases of this audit already. Plan a new audit instead."
        )


def has_asked(session: Session, audit: CaseAudit) -> bool:
    """Whether any agency has been asked to audit its files for it."""
    asked = select(func.count()).where(AskedAgency.audit_id == audit.id)
    return bool(session.scalar(asked))


def lock_audit(session: Session, audit: CaseAudit) -> None:
    """Wait for whoever else is changing an audit, and read it anew."""
    session.execute(select(CaseAudit.id).where(CaseAudit.id == audit.id).with_for_update())
    session.refresh(audit)


def check_runs(by: Viewer, partnership_id: int) -> None:
    """Raises PermissionError for whoever does not run this partnership's case audits."""
    if not by.may_in_partnership(Permission.RUN_CASE_AUDITS, partnership_id):
        raise PermissionError(f"{by.name} may not {Permission.RUN_CASE_AUDITS} here")


def record_of_audit(
    session: Session,
    kind: str,
    audit: CaseAudit,
    by: Viewer,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append an event of a case audit."""
    subject = f"case audit {audit.reference}"
    record_by(session, kind, subject, by, now, detail, of=audit)


def _check_chair(session: Session, partnership_id: int, chair_id: int | None) -> None:
    if chair_id is None:
        return
    if chair_id not in {one.user_id for one in people_who_chair(session, partnership_id)}:
        raise RefusedError("chair_id", "Choose a chair from the list")


def _keep(session: Session, audit: CaseAudit, version: int, values: dict[str, Any]) -> None:
    """Write the values, unless somebody else has since this version."""
    try:
        with session.begin_nested():
            kept = session.execute(
                update(CaseAudit)
                .where(
                    CaseAudit.id == audit.id,
                    CaseAudit.version == version,
                    CaseAudit.status == audit.status,
                )
                .values(version=CaseAudit.version + 1, **values)
                .execution_options(synchronize_session=False)
            )
    except IntegrityError:
        raise RefusedError(
            "reference", f"There is already an audit {values['reference']}: use another reference"
        ) from None
    session.refresh(audit)
    if kept.rowcount != 1:  # type: ignore[attr-defined]
        raise RefusedError(
            "reference",
            "Somebody else changed this audit meanwhile. Compare what you typed with its page, "
            "then save again",
        )
