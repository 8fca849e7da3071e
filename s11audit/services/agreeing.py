"""A panel at work: what it said of a domain, the grades that it agreed, and its sign-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from s11audit.domain.cases import CASE_AUDIT_STEPS, CaseAuditStatus
from s11audit.domain.numbers import counted
from s11audit.domain.panels import is_graded
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import AgreedGrade, AuditCase, CaseAudit, PanelNote
from s11audit.queries.case_audits import audit_of
from s11audit.queries.case_reading import all_lacking, cases_read
from s11audit.services.events import record_by
from s11audit.services.measures import count_again
from s11audit.services.steps import move, step_for

CLOSED = "The panel is no longer open, so what it said and agreed stays as it is."
CHOOSE = "Choose the agreed grade"
SAY_WHY = "Say why the panel agreed this grade"


@dataclass(frozen=True)
class TypedGrade:
    """An agreed grade as it was typed; `version` is that of the one on the page, 0 of none."""

    level: str
    reasons: str
    version: int = 0


@dataclass(frozen=True)
class TypedNote:
    """What was typed of a discussion; `version` is that of the note on the page, 0 of none."""

    text: str
    version: int = 0


@dataclass(frozen=True)
class Fault:
    """What is wrong with a grade: `part` is `level` or `reasons`."""

    part: str
    message: str


@dataclass(frozen=True)
class Discussed:
    """What became of what was typed for one domain of a case.

    `saved` are keys of questions whose grade changed. `clashes` are those that somebody else has
    changed since the page was shown, with what is stored now; `faults` lack something.
    """

    saved: tuple[str, ...] = ()
    note_saved: bool = False
    clashes: Mapping[str, AgreedGrade] = field(default_factory=dict)
    note_clash: PanelNote | None = None
    faults: Mapping[str, Fault] = field(default_factory=dict)

    @property
    def has_clash(self) -> bool:
        return bool(self.clashes) or self.note_clash is not None


def discuss(
    session: Session,
    case: AuditCase,
    standard: Standard,
    grades: Mapping[str, TypedGrade],
    note: TypedNote | None,
    *,
    by: Viewer,
    now: datetime,
) -> Discussed:
    """Keep what a panel said of a domain (a standard), and the grades that it agreed there.

    `grades` are by question key; what is the same as on the page is left alone. Raises
    PermissionError for whoever does not agree grades on this panel, StepNotAllowedError once the
    panel is no longer open.
    """
    _check_agrees(session, case.audit, by)
    _lock(session, case.audit)
    desk = _Desk(session, case, by, now)
    saved, clashes, faults = [], {}, {}
    for question in filter(is_graded, standard.questions):
        typed = grades.get(question.key)
        held = session.get(AgreedGrade, (case.id, question.key), populate_existing=True)
        if typed is None or _is_same_grade(typed, held):
            continue
        if fault := _fault(question, typed):
            faults[question.key] = fault
        elif desk.keep_grade(question, typed, held):
            saved.append(question.key)
        elif held is not None:
            clashes[question.key] = held
    note_saved, note_clash = desk.discuss(standard, note)
    if saved or note_saved:
        desk.record(standard, saved)
    return Discussed(tuple(saved), note_saved, clashes, note_clash, faults)


def sign_off(
    session: Session, audit: CaseAudit, questionnaire: Questionnaire, *, by: Viewer, now: datetime
) -> None:
    """Settle what the panel agreed: from now on nothing of it changes.

    Raises StepNotAllowedError while a question still lacks its agreed grade, or where the panel is
    not open; PermissionError for whoever does not agree grades on it.
    """

    def allows(permission: Permission) -> bool:
        found = audit_of(session, audit.reference, visible_to=by, to=permission)
        return found is not None

    step = step_for(CASE_AUDIT_STEPS, "agree", audit.status, by=by, allows=allows)
    _lock(session, audit)
    cases = cases_read(session, audit, questionnaire)
    lacking = len(list(all_lacking(cases, questionnaire)))
    if lacking:
        wanted = counted(lacking, "question still lacks", "questions still lack")
        raise StepNotAllowedError(f"{wanted} an agreed grade.")
    statuses = move(session, audit, step, signed_off_at=now, version=CaseAudit.version + 1)
    count_again(session, audit, questionnaire, now=now)
    grades = sum(len(one.agreed) for one in cases)
    detail = {**statuses, "cases": len(cases), "grades": grades}
    record_by(session, step.event, f"case audit {audit.reference}", by, now, detail, of=audit)


@dataclass
class _Desk:
    """Who writes about which case, and when."""

    session: Session
    case: AuditCase
    by: Viewer
    now: datetime

    def keep_grade(self, question: Question, typed: TypedGrade, held: AgreedGrade | None) -> bool:
        """Store it, unless somebody else has changed it since; says whether it is stored."""
        level = question.scale.level(typed.level) if question.scale else None
        values = {
            "level": typed.level,
            "rag": (level.rag or "") if level else "",
            "reasons": typed.reasons,
            "agreed_at": self.now,
            "agreed_by_id": self.by.user_id,
        }
        if held is None:
            key = question.key
            self.session.add(AgreedGrade(case_id=self.case.id, question_key=key, **values))
            self.session.flush()
            return True
        own = (AgreedGrade.case_id == self.case.id, AgreedGrade.question_key == question.key)
        return self._change(AgreedGrade, own, typed.version, values, held)

    def discuss(self, standard: Standard, typed: TypedNote | None) -> tuple[bool, PanelNote | None]:
        """Store the note; says whether it is stored, and else what somebody else has written."""
        held = self.session.get(PanelNote, (self.case.id, standard.id), populate_existing=True)
        if typed is None or typed.text == (held.text if held else ""):
            return False, None
        values = {"text": typed.text, "updated_at": self.now, "updated_by_id": self.by.user_id}
        if held is None:
            note = PanelNote(case_id=self.case.id, standard_id=standard.id, **values)
            self.session.add(note)
            self.session.flush()
            return True, None
        own = (PanelNote.case_id == self.case.id, PanelNote.standard_id == standard.id)
        kept = self._change(PanelNote, own, typed.version, values, held)
        return kept, None if kept else held

    def record(self, standard: Standard, saved: Sequence[str]) -> None:
        detail = {"part": standard.id, "questions": list(saved)}
        subject = f"case {self.case.reference}"
        record_by(
            self.session, "case-discussed", subject, self.by, self.now, detail, of=self.case.audit
        )

    def _change(
        self,
        model: type[AgreedGrade] | type[PanelNote],
        own: tuple[ColumnElement[bool], ...],
        version: int,
        values: Mapping[str, Any],
        held: AgreedGrade | PanelNote,
    ) -> bool:
        changed = self.session.execute(
            update(model)
            .where(*own, model.version == version)
            .values(version=model.version + 1, **values)
            .execution_options(synchronize_session=False)
        )
        self.session.refresh(held)
        return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def _is_same_grade(typed: TypedGrade, held: AgreedGrade | None) -> bool:
    if held is None:
        return not (typed.level or typed.reasons)
    return (typed.level, typed.reasons) == (held.level, held.reasons)


def _fault(question: Question, typed: TypedGrade) -> Fault | None:
    if question.scale is None or question.scale.level(typed.level) is None:
        return Fault("level", CHOOSE)
    return None if typed.reasons.strip() else Fault("reasons", SAY_WHY)


def _check_agrees(session: Session, audit: CaseAudit, by: Viewer) -> None:
    find = partial(audit_of, session, audit.reference, visible_to=by)
    if find(to=Permission.AGREE_GRADES) is None:
        raise PermissionError(f"{by.name} may not {Permission.AGREE_GRADES} here")


def _lock(session: Session, audit: CaseAudit) -> None:
    """Wait for whoever else of the panel is saving. StepNotAllowedError once it is not open."""
    status = session.scalar(
        select(CaseAudit.status).where(CaseAudit.id == audit.id).with_for_update()
    )
    if status is not CaseAuditStatus.PANEL:
        raise StepNotAllowedError(CLOSED)
