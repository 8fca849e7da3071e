"""Agencies' files on the cases that are with them: who audits them, and how far each has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.demo.content import read
from s11audit.demo.partnership import Company
from s11audit.demo.timeline import Timeline
from s11audit.domain.answers import Answer
from s11audit.domain.case_files import CHILD_AT_RISK
from s11audit.domain.cases import CaseAuditStatus, ViewOf
from s11audit.domain.permissions import Role
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.routing import route
from s11audit.domain.viewers import Viewer
from s11audit.models import AuditCase, CaseAudit, CaseFile
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.answer_changes import Change
from s11audit.services.case_files import (
    appoint,
    declare,
    finish_file,
    note_answers,
    state_no_involvement,
)
from s11audit.services.case_material import KeyEventText, ViewText, add_entry
from s11audit.services.concerns import raise_concern
from s11audit.services.sheets import fill_in

FINISHED, BEGUN, WAITING, UNASSIGNED = "finished", "begun", "waiting", "unassigned"
NO_INVOLVEMENT, CONCERN = "no-involvement", "concern"
# Counted from today.
DAY_OF_BEGINNING = -24
# How many of the questions a file that is begun has answers to.
SHARE_BEGUN = 0.4
# Levels with no colour are not chosen: every agency had a part in what is asked.
WEIGHTS = {"green": 5, "amber": 4, "red": 1}


def audit_files(
    session: Session, catalogue: Catalogue, company: Company, timeline: Timeline
) -> None:
    """Let agencies begin with the files that they are asked for by then, and that are due later."""
    begin = partial(_begin, session, catalogue, company, timeline)
    timeline.add(timeline.day(DAY_OF_BEGINNING), begin)


def _begin(
    session: Session, catalogue: Catalogue, company: Company, timeline: Timeline, now: datetime
) -> None:
    found = session.scalars(
        select(CaseFile)
        .join(AuditCase, AuditCase.id == CaseFile.case_id)
        .join(CaseAudit, CaseAudit.id == AuditCase.audit_id)
        .where(
            CaseAudit.partnership_id == company.partnership_id,
            CaseAudit.status == CaseAuditStatus.AGENCY_FILES,
            CaseAudit.files_due_on > timeline.today,
            CaseFile.auditor_id.is_(None),
        )
        .order_by(CaseFile.id)
    )
    plan = read("case-files")
    for file in found.all():
        audit = file.case.audit
        pinned = (audit.questionnaire_id, audit.questionnaire_version, audit.questionnaire_sha256)
        _Auditing(session, catalogue.get(*pinned), company, timeline, plan, file).begin(now)


@dataclass
class _Auditing:
    """One file, and what `plan` (case-files.yaml) says of it."""

    session: Session
    asked: Questionnaire
    company: Company
    timeline: Timeline
    plan: Mapping[str, Any]
    file: CaseFile

    def begin(self, now: datetime) -> None:
        """The lead appoints an auditor or states no involvement; the rest is for days to come."""
        lead, fate = self.company.lead(self.file.agency.reference), self._fate
        if fate == NO_INVOLVEMENT:
            reason = " ".join(self.plan["no-involvement"].split())
            state_no_involvement(self.session, self.file, reason, by=lead, now=now)
        elif fate != UNASSIGNED and self._auditor is not None:
            appoint(self.session, [self.file], self._auditor.user_id, by=lead, now=now)
            if fate != WAITING:
                days = (now.date() - self.timeline.today).days + 3 + self.file.case.number
                self.timeline.add(self.timeline.day(days), partial(self._audit, fate), now)

    def _audit(self, fate: str, now: datetime) -> None:
        told: dict[str, Any] = {"by": self._auditor, "now": now}
        declare(self.session, self.file, "", **told)
        self._answer(fate, now)
        entries: list[KeyEventText | ViewText] = [*self._events(now.date()), *self._views()]
        for entry in entries:
            add_entry(self.session, self.file, entry, **told)
        if fate == FINISHED:
            finish_file(self.session, self.file, self.asked, **told)
        if fate == CONCERN:
            raise_concern(self.session, self.file, after=0, **told)

    def _answer(self, fate: str, now: datetime) -> None:
        answers = self._answers(Answer("yes" if fate == CONCERN else "no"))
        keys = list(answers)
        kept = keys if fate == FINISHED else keys[: round(len(keys) * SHARE_BEGUN)]
        changes = [Change(key, answers[key], Answer().digest) for key in kept]
        told: dict[str, Any] = {"by": self._auditor, "now": now}
        respondent = self.file.agency.respondent([self.company.partnership])
        fill_in(self.session, self.file.sheet, self.asked, respondent, changes, **told)
        note_answers(self.session, self.file, **told)

    def _answers(self, at_risk: Answer) -> dict[str, Answer]:
        """Everything that is asked, and what an answer brings into sight."""
        answers = {CHILD_AT_RISK: at_risk}
        respondent = self.file.agency.respondent([self.company.partnership])
        while True:
            values = {key: one.value for key, one in answers.items()}
            asked = route(self.asked, respondent, values).asked
            waiting = [
                question
                for questions in asked.values()
                for question in questions
                if question.key not in answers and type_of(question).has_answer
            ]
            if not waiting:
                return answers
            answers |= {question.key: self._one(question) for question in waiting}

    def _one(self, question: Question) -> Answer:
        match question.type:
            case "rating":
                return self._grade(question)
            case "yes-no" | "yes-no-unsure":
                return Answer("yes")
            case "choice":
                return Answer(self.rng.choice(question.options).id)
            case "multiple-choice":
                together = [option.id for option in question.options if not option.alone]
                chosen = set(self.rng.sample(together, min(2, len(together))))
                return Answer(" ".join(code for code in together if code in chosen))
            case "number":
                return Answer(str(self.rng.randint(1, 40)))
            case "long-text" | "short-text":
                texts = self.plan["words"].get(question.id) or self.plan["words"]["other"]
                return Answer(self.rng.choice(texts))
        return Answer()

    def _grade(self, question: Question) -> Answer:
        levels = [one for one in question.scale.levels if one.rag] if question.scale else []
        level = self.rng.choices(levels, [WEIGHTS[str(one.rag)] for one in levels])[0]
        comment = self.rng.choice(self.plan["comments"][str(level.rag)])
        return Answer(level.id, comment=comment, evidence=self.rng.choice(self.plan["evidence"]))

    def _events(self, today: date) -> list[KeyEventText]:
        """Some of the events, in the months in which they would have been."""
        chosen = self.rng.sample(self.plan["events"], 4)
        return [KeyEventText(_months_before(today, months), what) for months, what in chosen]

    def _views(self) -> list[ViewText]:
        view_of = self.rng.choice(list(ViewOf))
        how, said = self.rng.choice(self.plan["views"][view_of])
        return [ViewText(view_of, how, said)]

    @property
    def _fate(self) -> str:
        fates = self.plan["fates"].get(self.file.agency.reference, {})
        return str(fates.get(self.file.case.number, FINISHED))

    @property
    def _auditor(self) -> Viewer | None:
        auditors = self.company.people.get((self.file.agency.reference, Role.CASE_AUDITOR), ())
        return next(iter(auditors), None)

    @cached_property
    def rng(self) -> Random:
        seed = f"{self.file.case.reference} {self.file.agency.reference}"
        return Random(seed)  # noqa: S311 - chosen for being the same every time


def _months_before(today: date, months: int) -> date:
    """The first day of the month that many months ago."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, 1)
