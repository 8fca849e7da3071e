"""A case audit at each point of its life, for a world in which there is one of everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from s11audit.domain.cases import AuditKind
from s11audit.domain.sampling import Entry, Size
from s11audit.models import CaseAudit
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.asking_agencies import ask_agencies
from s11audit.services.case_audits import AuditPlan, plan_audit, take_audit_step
from s11audit.services.case_panels import choose_panel
from s11audit.services.sampling import draw, keep_list
from tests.cast import Cast
from tests.rounds_and_returns import NOON
from tests.small import QUESTIONNAIRES

PLANNED, COMMISSIONED, SAMPLED, ASKED, CANCELLED = AUDITS = (
    "MA-26-11",
    "MA-26-12",
    "MA-26-13",
    "MA-26-14",
    "MA-26-15",
)
_LIST = [Entry("EH-001", "0 to 4"), Entry("EH-002", "5 to 9"), Entry("EH-003", "5 to 9")]
_PLAN = AuditPlan(
    reference="",
    title="An audit",
    kind=AuditKind.REGULAR,
    questionnaire_id="small-case",
    questionnaire_version="1",
    planned_on=date(2026, 11, 1),
    cases_wanted=2,
    files_due_on=date(2026, 12, 1),
)


def audits_in_every_state(session: Session, cast: Cast) -> None:
    """One audit that can take each of the steps that lead to an open panel, and one cancelled."""
    by = {"by": cast["Priya"], "now": NOON}
    audits = [
        plan_audit(session, cast.partnerships["DOWN"], replace(_PLAN, reference=one), **by)
        for one in AUDITS
    ]
    _, commissioned, sampled, asked, cancelled = audits
    take_audit_step(session, cancelled, "cancel", "Nobody has time", **by)
    for audit in (commissioned, sampled, asked):
        take_audit_step(session, audit, "commission", **by)
        keep_list(session, audit, _LIST, replace=True, **by)
    for audit in (sampled, asked):
        _draw(session, audit, cast)
    questionnaire = Catalogue([QUESTIONNAIRES]).to_ask("small-case", "1")
    ask_agencies(session, asked, [cast.agencies["POL"]], questionnaire, **by)
    choose_panel(session, asked, [cast["Mo"].user_id], **by)


def _draw(session: Session, audit: CaseAudit, cast: Cast) -> None:
    sizes = {"0 to 4": Size(1), "5 to 9": Size(1, 1)}
    draw(session, audit, sizes, "s", strata={"age-band"}, by=cast["Priya"], now=NOON)
