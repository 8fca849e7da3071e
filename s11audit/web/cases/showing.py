"""The page of a case audit: how far it is, and the one thing that comes next."""

from __future__ import annotations

from flask import render_template

from s11audit.domain.cases import FILE_PROGRESS_LABELS, CaseAuditStatus
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.models import CaseAudit
from s11audit.queries.asked_files import progress_of
from s11audit.queries.case_sampling import cases_of, cohort_of
from s11audit.queries.panel_members import members_of
from s11audit.services.case_audits import CHANGEABLE_STATUSES, plain_steps
from s11audit.web.cases import blueprint
from s11audit.web.cases.pages import audit_or_404, runs
from s11audit.web.cases.reading import reads
from s11audit.web.rounds.programme import how_far
from s11audit.web.security import db, now, permitted
from s11audit.web.step_forms import StepForm, Wanted, errors_in, step_buttons

_NO_NAMES = "Everybody who sees the programme can read this. Do not name any child."
WANTED = {
    "cancel": Wanted("Why is it cancelled?", _NO_NAMES, "Say why it is cancelled"),
    "plan-again": Wanted(
        "Why is it in the programme again?", _NO_NAMES, "Say why it is in the programme again"
    ),
}
# What stands further down the page, behind the step that comes next.
LAST_RESORTS = frozenset({"cancel"})
WITH_FILES = frozenset(CaseAuditStatus) - {
    CaseAuditStatus.PLANNED,
    CaseAuditStatus.COMMISSIONED,
    CaseAuditStatus.SAMPLED,
}


@blueprint.get("/case-audits/<audit>")
@permitted(Permission.SEE_CASE_AUDITS)
def show(audit: str) -> str:
    return audit_page(audit_or_404(audit))


def audit_page(audit: CaseAudit, sent: dict[str, StepForm] | None = None) -> str:
    """The page of an audit; `sent` holds a step's form that comes back with errors."""
    may_run = runs(audit)
    buttons = step_buttons(plain_steps(audit) if may_run else [], WANTED, sent)
    return render_template(
        "cases/show.html",
        audit=audit,
        may_run=may_run,
        may_change=may_run and audit.status in CHANGEABLE_STATUSES,
        next_steps=[one for one in buttons if one.step.name not in LAST_RESORTS],
        last_resorts=[one for one in buttons if one.step.name in LAST_RESORTS],
        errors=errors_in(buttons),
        cases=[case for case in cases_of(db(), audit) if case.set_aside_at is None],
        listed=len(cohort_of(db(), audit)),
        progress=progress_of(db(), audit),
        progress_labels=FILE_PROGRESS_LABELS,
        members=members_of(db(), audit),
        has_files=audit.status in WITH_FILES,
        today=today_in_london(now()),
        how_far=how_far,
        reads_cases=reads(audit),
    )
