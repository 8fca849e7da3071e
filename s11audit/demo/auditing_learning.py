"""What audits of more than a year ago taught: their briefings, and their cases that are due.

No service does what led there in so short a time, so the audits are written straight into tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from s11audit.demo.content import read
from s11audit.demo.partnership import Company
from s11audit.demo.timeline import Timeline
from s11audit.domain.briefings import BRIEFING_BOXES
from s11audit.domain.cases import (
    AuditKind,
    BriefingAudience,
    CaseAuditStatus,
    Drawn,
    FindingKind,
    case_reference,
)
from s11audit.domain.questionnaire import Question
from s11audit.models import (
    AgreedGrade,
    AnswerSheet,
    AskedAgency,
    AuditCase,
    AuditMeasure,
    CaseAudit,
    CaseFile,
    CohortEntry,
    Finding,
    SheetAnswer,
)
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.briefings import BriefingText, issue, write_briefing
from s11audit.services.retention import put_on_hold

# How many graded questions of each file are answered.
ANSWERED = 6
DAYS_UNTIL_BRIEFED = 14


def teach(session: Session, catalogue: Catalogue, company: Company, timeline: Timeline) -> None:
    """Put the audits of learning.yaml on the timeline, with their briefings."""
    for plan in read("learning")["audits"]:
        _Taught(session, catalogue, company, timeline, plan).run()


@dataclass
class _Taught:
    """One audit that was held."""

    session: Session
    catalogue: Catalogue
    company: Company
    timeline: Timeline
    plan: Mapping[str, Any]
    audit: CaseAudit | None = None
    rng: Random = field(default_factory=lambda: Random(1))  # noqa: S311 - the same every time

    def run(self) -> None:
        day = self.timeline.day
        held = self.timeline.add(day(self.plan["signed-off"]), self._hold_it)
        briefed = day(self.plan["signed-off"] + DAYS_UNTIL_BRIEFED)
        after = self.timeline.add(briefed, self._brief, after=held)
        if "hold" in self.plan:
            self.timeline.add(briefed, self._keep, after=after)

    def _hold_it(self, now: datetime) -> None:
        """The audit as it was when its panel signed off."""
        planned = self.timeline.day(self.plan["planned"])
        asked = self.plan["questionnaire"]
        questionnaire = self.catalogue.get(asked["id"], asked["version"])
        self.audit = CaseAudit(
            partnership_id=self.company.partnership_id,
            reference=f"MA-{planned:%y}-{self.plan['reference-ends']}",
            title=self.plan["title"],
            theme=self.plan["theme"],
            kind=AuditKind.THEMATIC,
            questionnaire_id=asked["id"],
            questionnaire_version=asked["version"],
            questionnaire_sha256=questionnaire.sha256,
            status=CaseAuditStatus.REPORTED,
            planned_on=planned,
            cases_wanted=self.plan["cases"],
            signed_off_at=now,
            drawn_at=datetime.combine(planned, time(10), UTC),
            created_at=datetime.combine(planned, time(9), UTC),
        )
        self.session.add(self.audit)
        self.session.flush()
        graded = [one for one in questionnaire.questions() if one.type == "rating"][:ANSWERED]
        for agency in self.plan["agencies"]:
            agency_id = self.company.agencies[agency].id
            self.session.add(AskedAgency(audit_id=self.audit.id, agency_id=agency_id))
        for number in range(1, self.plan["cases"] + 1):
            self._case(self.audit, number, graded, now)
        self._findings(self.audit, now)

    def _case(self, audit: CaseAudit, number: int, graded: list[Question], now: datetime) -> None:
        entry = CohortEntry(
            audit_id=audit.id, local_reference=f"EX{number:03}", drawn=Drawn.CASE, draw_order=number
        )
        self.session.add(entry)
        self.session.flush()
        reference = case_reference(audit.reference, number)
        case = AuditCase(audit_id=audit.id, number=number, reference=reference, entry_id=entry.id)
        self.session.add(case)
        self.session.flush()
        for agency in self.plan["agencies"]:
            self._file(audit, case, self.company.agencies[agency].id, graded, now)
        for question in graded:
            level = self._level(question)
            self.session.add(
                AgreedGrade(
                    case_id=case.id,
                    question_key=question.key,
                    level=level.id,
                    rag=str(level.rag or ""),
                    reasons="The panel followed most agencies.",
                    agreed_at=now,
                    agreed_by_id=self.company.qa_member.user_id,
                )
            )

    def _file(
        self,
        audit: CaseAudit,
        case: AuditCase,
        agency_id: int,
        graded: list[Question],
        now: datetime,
    ) -> None:
        sheet = AnswerSheet(
            partnership_id=audit.partnership_id,
            agency_id=agency_id,
            updated_at=now,
            finished_at=now,
            opened_at=now,
        )
        self.session.add(sheet)
        self.session.flush()
        self.session.add(CaseFile(case_id=case.id, agency_id=agency_id, sheet_id=sheet.id))
        for question in graded:
            level = self._level(question)
            self.session.add(
                SheetAnswer(
                    sheet_id=sheet.id,
                    question_key=question.key,
                    value=level.id,
                    rag=str(level.rag or ""),
                    updated_at=now,
                )
            )

    def _level(self, question: Question) -> Any:
        """One of the levels that have a colour."""
        assert question.scale is not None, question.key  # noqa: S101 - a rating has one
        return self.rng.choice([one for one in question.scale.levels if one.rag])

    def _findings(self, audit: CaseAudit, now: datetime) -> None:
        for kind, texts in self.plan["findings"].items():
            for text in texts:
                self.session.add(
                    Finding(audit_id=audit.id, kind=FindingKind(kind), text=text, written_at=now)
                )
        for title, count, of in self.plan["measures"]:
            self.session.add(
                AuditMeasure(
                    audit_id=audit.id, title=title, numerator=count, denominator=of, counted_at=now
                )
            )
        self.session.flush()

    def _brief(self, now: datetime) -> None:
        told, by = self.plan["briefing"], self.company.manager
        boxes = {box.name: told.get(box.name, "") for box in BRIEFING_BOXES}
        text = BriefingText(told["title"], boxes, told["contact"])
        assert self.audit is not None  # noqa: S101 - it is held before
        write_briefing(self.session, self.audit, text, by=by, now=now, version=0)
        audience = BriefingAudience(told["audience"])
        issue(self.session, self.audit, audience, by=by, now=now, version=1)

    def _keep(self, now: datetime) -> None:
        assert self.audit is not None  # noqa: S101 - it is held before
        put_on_hold(self.session, self.audit, self.plan["hold"], by=self.company.manager, now=now)
