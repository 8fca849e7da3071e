"""The case audits of the demonstration: a year's programme, and one audit that is with agencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.demo.content import read
from s11audit.demo.partnership import Company
from s11audit.demo.timeline import Deed, Timeline
from s11audit.domain.cases import AuditKind
from s11audit.domain.permissions import Role
from s11audit.domain.sampling import Entry, Size
from s11audit.domain.viewers import Viewer
from s11audit.models import CaseAudit
from s11audit.queries.case_audits import next_reference
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.asking_agencies import ask_agencies
from s11audit.services.case_audits import (
    AuditPlan,
    plan_audit,
    take_audit_step,
    tell_steering_group,
)
from s11audit.services.case_panels import choose_panel
from s11audit.services.sampling import draw, keep_list


def audit_cases(
    session: Session, catalogue: Catalogue, company: Company, timeline: Timeline
) -> None:
    """Put the whole programme of case-audits.yaml on the timeline."""
    for plan in read("case-audits")["audits"]:
        _Audit(session, catalogue, company, timeline, plan).run()


@dataclass
class _Audit:
    """Puts on the timeline what `plan` says of one audit; a step that it lacks is not taken."""

    session: Session
    catalogue: Catalogue
    company: Company
    timeline: Timeline
    plan: Mapping[str, Any]
    reference: str = ""

    def run(self) -> None:
        """Write down every step for its day."""
        self._on(self.plan["planned"], self._plan)
        steps = {"commissioned": self._commission, "listed": self._list, "drawn": self._draw}
        for name, deed in steps.items():
            if name in self.plan:
                self._on(self.plan[name], deed)
        for name, told in {
            "asked": self._ask,
            "cancelled": self._cancel,
            "steering": self._tell,
        }.items():
            if name in self.plan:
                self._on(self.plan[name]["day"], told)

    def _on(self, day: int, deed: Deed) -> None:
        self.timeline.add(self.timeline.day(day), deed)

    def _plan(self, now: datetime) -> None:
        plan, month = self.plan, self.timeline.day(self.plan["month"])
        first, last = plan.get("period", (None, None))
        chairs = self._people(plan["chair"]) if "chair" in plan else ()
        self.reference = next_reference(self.session, self.company.partnership, month)
        wanted = AuditPlan(
            reference=self.reference,
            title=plan["title"],
            kind=AuditKind(plan["kind"]),
            questionnaire_id=plan["questionnaire"]["id"],
            questionnaire_version=plan["questionnaire"]["version"],
            planned_on=month,
            cases_wanted=plan["cases"],
            theme=plan["theme"],
            period_from=self.timeline.day(first) if first else None,
            period_to=self.timeline.day(last) if last else None,
            files_due_on=self._day("due"),
            panel_on=self._day("panel-on"),
            chair_id=chairs[0].user_id if chairs else None,
        )
        home = self.company.partnership_id
        plan_audit(self.session, home, wanted, by=self.company.manager, now=now)

    def _commission(self, now: datetime) -> None:
        take_audit_step(self.session, self._audit, "commission", by=self.company.manager, now=now)

    def _cancel(self, now: datetime) -> None:
        reason = self.plan["cancelled"]["reason"]
        take_audit_step(
            self.session, self._audit, "cancel", reason, by=self.company.manager, now=now
        )

    def _list(self, now: datetime) -> None:
        entries = [
            Entry(reference, age_band=band)
            for band, references in self.plan["list"].items()
            for reference in references
        ]
        keep_list(
            self.session, self._audit, entries, replace=True, by=self.company.manager, now=now
        )

    def _draw(self, now: datetime) -> None:
        sizes = {name: Size(*size) for name, size in self.plan["sizes"].items()}
        strata, seed = self.plan["strata"], self.plan["seed"]
        draw(
            self.session,
            self._audit,
            sizes,
            seed,
            strata=strata,
            by=self.company.manager,
            now=now,
        )

    def _ask(self, now: datetime) -> None:
        audit, manager = self._audit, self.company.manager
        questionnaire = self.catalogue.to_ask(audit.questionnaire_id, audit.questionnaire_version)
        ids = [self.company.agencies[one].id for one in self.plan["asked"]["agencies"]]
        ask_agencies(self.session, audit, ids, questionnaire, by=manager, now=now)
        members = [one.user_id for role in self.plan["panel"] for one in self._people(role)]
        choose_panel(self.session, audit, members, by=manager, now=now)

    def _tell(self, now: datetime) -> None:
        told = self.plan["steering"]
        day = self.timeline.day(told["day"])
        text = " ".join(told["text"].split())
        tell_steering_group(self.session, self._audit, text, day, by=self.company.manager, now=now)

    @property
    def _audit(self) -> CaseAudit:
        found = select(CaseAudit).where(CaseAudit.reference == self.reference)
        return self.session.scalars(found).one()

    def _day(self, name: str) -> date | None:
        return self.timeline.day(self.plan[name]) if name in self.plan else None

    def _people(self, role: str) -> list[Viewer]:
        place = self.company.partnership.reference
        return list(self.company.people.get((place, Role(role)), ()))
