"""Case audits with panels: one held two years ago, its re-audit, and one whose panel meets now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from s11audit.demo.partnership import Company
from s11audit.demo.timeline import Timeline
from s11audit.domain.answers import Answer
from s11audit.domain.cases import AuditKind, FindingKind
from s11audit.domain.measures import CountedOf
from s11audit.domain.panels import is_graded
from s11audit.domain.permissions import Role
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.sampling import EVERYTHING, Entry, Size
from s11audit.domain.viewers import Viewer
from s11audit.models import Action, CaseAudit, CaseFile, Recommendation
from s11audit.queries.asked_files import files_of
from s11audit.queries.case_audits import next_reference
from s11audit.queries.case_reading import CaseRead, cases_read
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.actions import take_action_step
from s11audit.services.agreeing import TypedGrade, TypedNote, discuss, sign_off
from s11audit.services.answer_changes import Change
from s11audit.services.asking_agencies import ask_agencies
from s11audit.services.case_audits import (
    AuditPlan,
    change_plan,
    plan_audit,
    plan_of,
    take_audit_step,
)
from s11audit.services.case_panels import choose_panel, open_panel
from s11audit.services.findings import NewFinding, NewRecommendation, recommend, write_finding
from s11audit.services.measures import NewMeasure, count_measure
from s11audit.services.re_audits import plan_re_audit
from s11audit.services.recommended_actions import ask_for_action
from s11audit.services.sampling import draw, keep_list
from s11audit.services.sheets import fill_in, finish

CONTENT = Path(__file__).parent / "data" / "panel-audits.yaml"
# How many references a list has for each case that is drawn from it.
LIST_PER_CASE = 6
PANEL = (Role.QA_CHAIR, Role.QA_MEMBER, Role.SCRUTINEER, Role.YOUNG_PANELLIST)


def audit_with_panels(
    session: Session, catalogue: Catalogue, company: Company, timeline: Timeline
) -> None:
    """Put all audits of panel-audits.yaml onto the timeline."""
    content = yaml.safe_load(CONTENT.read_text("utf-8"))
    asked = catalogue.get(content["questionnaire"], content["version"])
    held: dict[str, _Audit] = {}
    for plan in content["audits"]:
        earlier = held.get(plan.get("repeats", ""))
        held[plan["id"]] = _Audit(session, company, asked, timeline, content, plan, earlier)
        held[plan["id"]].begin()


@dataclass
class _Audit:
    """One audit of panel-audits.yaml. `earlier` is the one that it repeats."""

    session: Session
    company: Company
    asked: Questionnaire
    timeline: Timeline
    content: Mapping[str, Any]
    told: Mapping[str, Any]
    earlier: _Audit | None = None
    made: list[CaseAudit] = field(default_factory=list)

    @property
    def audit(self) -> CaseAudit:
        return self.made[0]

    @property
    def chair(self) -> Viewer:
        return self.company.people[self.company.partnership.reference, Role.QA_CHAIR][0]

    def begin(self) -> None:
        """Say what happens on which day."""
        day, told = self.timeline.day, self.told
        asked = self.timeline.add(day(told["planned"]), self._ask)
        filled = self.timeline.add(day(told["opened"] - 3), self._fill, asked)
        opened = self.timeline.add(day(told["opened"]), self._open, filled)
        if "agreed" not in told:
            self.timeline.add(day(told["opened"] + 5), self._begin_to_discuss, opened)
            return
        agreed = self.timeline.add(day(told["agreed"]), self._agree, opened)
        self.timeline.add(day(told["agreed"] + 14), self._report, agreed)

    def _ask(self, now: datetime) -> None:
        by = self.company.manager
        self.made.append(self._planned(now))
        take_audit_step(self.session, self.audit, "commission", by=by, now=now)
        entries = [
            Entry(f"W{self.audit.id}-{number:03}")
            for number in range(1, LIST_PER_CASE * self.told["cases"] + 1)
        ]
        keep_list(self.session, self.audit, entries, replace=True, by=by, now=now)
        sizes = {EVERYTHING: Size(self.told["cases"], 2)}
        draw(self.session, self.audit, sizes, f"demo {self.audit.reference}", by=by, now=now)
        ids = [self.company.agencies[reference].id for reference in self.content["agencies"]]
        ask_agencies(self.session, self.audit, ids, self.asked, by=by, now=now)

    def _planned(self, now: datetime) -> CaseAudit:
        """Planned afresh; or, where it repeats another, by planning the re-audit of that."""
        by, today = self.company.manager, now.date()
        if self.earlier is None:
            home, plan = self.company.partnership_id, _with_dates(self._plan(now), today)
            return plan_audit(self.session, home, plan, by=by, now=now)
        audit = plan_re_audit(self.session, self.earlier.audit, today, by=by, now=now)
        plan = _with_dates(plan_of(audit), today)
        change_plan(self.session, audit, plan, version=audit.version, by=by, now=now)
        return audit

    def _plan(self, now: datetime) -> AuditPlan:
        today = now.date()
        return AuditPlan(
            reference=next_reference(self.session, self.company.partnership, today),
            title=self.told["title"],
            kind=AuditKind.THEMATIC,
            questionnaire_id=self.asked.id,
            questionnaire_version=self.asked.version,
            planned_on=today,
            cases_wanted=self.told["cases"],
            theme=self.told.get("theme", self.content["theme"]),
            period_from=today - timedelta(210),
            period_to=today - timedelta(30),
            chair_id=self.chair.user_id,
        )

    def _fill(self, now: datetime) -> None:
        away = {(number, agency) for number, agency in self.told["away"]}
        involved = []
        for file in files_of(self.session, self.audit):
            if (file.case.number, file.agency.reference) in away:
                file.no_involvement_at = now
                file.no_involvement_reason = "The child and the family are not known to us."
            else:
                involved.append(file)
        for place, file in enumerate(involved):
            self._fill_file(file, place, now)

    def _fill_file(self, file: CaseFile, place: int, now: datetime) -> None:
        by = self.company.lead(file.agency.reference)
        respondent = file.agency.respondent([self.company.partnership])
        nothing = Answer().digest
        changes = [Change(key, answer, nothing) for key, answer in self._answers(file, place)]
        fill_in(self.session, file.sheet, self.asked, respondent, changes, by=by, now=now)
        finish(self.session, file.sheet, now=now)

    def _answers(self, file: CaseFile, place: int) -> Iterator[tuple[str, Answer]]:
        """Grades that differ by agency and question, and the answer that is measured."""
        yield "immediate-concern.child-at-risk", Answer("no")
        took_steps = place < self.told["carried-out"]
        yield self.content["measured"], Answer("carried-out" if took_steps else "only-child")
        agency = self.content["agencies"].index(file.agency.reference)
        for number, question in enumerate(filter(is_graded, self.asked.questions())):
            level = self._level(file.case.number, number, agency)
            yield question.key, Answer(level, comment=self.content["comments"][level])

    def _level(self, case: int, question: int, agency: int) -> str:
        """The level of a question of a case, which some agencies see better or worse."""
        order, grades = self.content["order"], self.told["grades"]
        usual = order.index(grades[(2 * case + question) % len(grades)])
        apart = self.content["apart"][(case + 2 * question) % len(self.content["apart"])]
        return str(order[min(max(usual + apart[agency], 0), len(order) - 1)])

    def _open(self, now: datetime) -> None:
        home = self.company.partnership.reference
        members = {one.user_id for role in PANEL for one in self.company.people[home, role]}
        choose_panel(self.session, self.audit, members, by=self.company.manager, now=now)
        open_panel(self.session, self.audit, by=self.company.manager, now=now)

    def _begin_to_discuss(self, now: datetime) -> None:
        """The first case is talked through in part; the rest is for the visitor to try."""
        one = cases_read(self.session, self.audit, self.asked)[0]
        for question in one.differing(self.asked)[-2:]:
            self._agree_part(one, question.standard_id, now)

    def _agree(self, now: datetime) -> None:
        for one in cases_read(self.session, self.audit, self.asked):
            for standard in self.asked.standards:
                self._agree_part(one, standard.id, now)
        sign_off(self.session, self.audit, self.asked, by=self.chair, now=now)
        self._measure(now)

    def _agree_part(self, one: CaseRead, standard_id: str, now: datetime) -> None:
        standard = self.asked.standard(standard_id)
        if standard is None:
            return
        wanted = [held for held in one.to_agree(self.asked) if held.standard_id == standard_id]
        if not wanted:
            return
        reasons = self.content["notes"]["agreed"]
        grades = {held.key: TypedGrade(_middle(one, held), reasons) for held in wanted}
        note = TypedNote(self.content["notes"]["discussed"])
        discuss(self.session, one.case, standard, grades, note, by=self.chair, now=now)

    def _measure(self, now: datetime) -> None:
        by = self.company.manager
        count = partial(count_measure, self.session, self.audit, self.asked, by=by, now=now)
        count(
            NewMeasure(
                self.content["measure"],
                CountedOf.CASE_FILES,
                self.content["measured"],
                "carried-out",
            )
        )

    def _report(self, now: datetime) -> None:
        by, findings = self.chair, []
        for told in self.told["findings"]:
            case = f"{self.audit.reference}-C{told['case']}" if "case" in told else ""
            kind = FindingKind(told["kind"])
            new = NewFinding(kind, told["text"], case, told["standard"])
            made = write_finding(self.session, self.audit, self.asked, new, by=by, now=now)
            findings.append(made)
        for told in self.told["recommendations"]:
            new_one = NewRecommendation(told["text"], findings[told["finding"]].id)
            made_one = recommend(self.session, self.audit, new_one, by=by, now=now)
            for asked in told["actions"]:
                self._act(made_one, asked, now)
        take_audit_step(self.session, self.audit, "report", by=self.company.manager, now=now)

    def _act(self, recommendation: Recommendation, told: Mapping[str, Any], now: datetime) -> None:
        due = now.date() + timedelta(told["due"])
        action = ask_for_action(
            self.session, recommendation, told["agency"], told["what"], told["post"], due,
            by=self.company.manager, now=now,
        )  # fmt: skip
        if "impact" in told:
            day = self.timeline.day((due - self.timeline.today).days - 7)
            claimed = self.timeline.add(day, partial(self._claim, action, told["impact"]))
            self.timeline.add(day + timedelta(20), partial(self._verify, action), claimed)

    def _claim(self, action: Action, impact: str, now: datetime) -> None:
        by, version = self.company.lead(action.agency.reference), action.version
        take_action_step(
            self.session, action, "claim-complete", impact, by=by, now=now, version=version
        )

    def _verify(self, action: Action, now: datetime) -> None:
        seen = "The agency showed us what it counted, and two families said the same."
        take_action_step(
            self.session, action, "verify", seen, by=self.company.qa_member, now=now,
            version=action.version,
        )  # fmt: skip


def _with_dates(plan: AuditPlan, today: date) -> AuditPlan:
    return replace(plan, files_due_on=today + timedelta(21), panel_on=today + timedelta(35))


def _middle(one: CaseRead, question: Question) -> str:
    """The grade in the middle of those that were given, or the weaker of two."""
    levels = [level.id for level in question.scale.levels] if question.scale else []
    given = sorted((value for value in one.values(question) if value), key=levels.index)
    return given[len(given) // 2]
