"""The cases of an audit as its panel reads them: every agency's file, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from s11audit.domain.cases import HELD_STATUSES, CaseAuditStatus
from s11audit.domain.panels import grade_of, graded_questions, is_graded
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.routing import route
from s11audit.domain.variance import Variance, variance
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    AgreedGrade,
    AuditCase,
    CaseAudit,
    CaseFile,
    PanelNote,
)
from s11audit.queries import reach
from s11audit.queries.case_audits import audit_of
from s11audit.queries.returns import HeldAnswer
from s11audit.queries.sheets import opened_answers
from s11audit.questionnaires.catalogue import Catalogue


@dataclass(frozen=True)
class FileRead:
    """One agency's opened file on a case. `asked` holds the keys of what its answers ask.

    Of one whose answers were deleted nothing is known: it neither asks nor answers.
    """

    file: CaseFile
    held: Mapping[str, HeldAnswer] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()

    @property
    def agency(self) -> str:
        return self.file.agency.name

    @property
    def is_involved(self) -> bool:
        return self.file.no_involvement_at is None

    def answer(self, question: Question) -> HeldAnswer | None:
        """What it says of a question that it is asked."""
        return self.held.get(question.key) if question.key in self.asked else None

    def value(self, question: Question) -> str:
        found = self.answer(question)
        return found.answer.value if found else ""


@dataclass(frozen=True)
class CaseRead:
    """A case with every agency's file on it, by name of agency, and what the panel made of it."""

    case: AuditCase
    files: tuple[FileRead, ...]
    agreed: Mapping[str, AgreedGrade]
    notes: Mapping[str, PanelNote]

    @property
    def involved(self) -> tuple[FileRead, ...]:
        return tuple(one for one in self.files if one.is_involved)

    def values(self, question: Question) -> list[str]:
        """What the involved agencies that are asked say of it; empty where one says nothing."""
        return [one.value(question) for one in self.involved if question.key in one.asked]

    def variance(self, question: Question) -> Variance:
        return variance(question.scale, self.values(question))

    def agreed_level(self, question: Question) -> str:
        grade = self.agreed.get(question.key)
        return grade.level if grade else ""

    def by_disagreement(self, questions: Sequence[Question]) -> list[Question]:
        """Graded questions, those on which agencies are furthest apart first."""
        graded = [question for question in questions if is_graded(question)]
        return sorted(graded, key=lambda one: self.variance(one).apart, reverse=True)

    def differing(self, questionnaire: Questionnaire) -> list[Question]:
        """Graded questions on which agencies differ, the furthest apart first."""
        in_order = self.by_disagreement(graded_questions(questionnaire))
        return [question for question in in_order if self.variance(question).differs]

    def to_agree(self, questionnaire: Questionnaire) -> list[Question]:
        """Questions that need an agreed grade: those that any agency has graded."""
        return [
            question
            for question in graded_questions(questionnaire)
            if any(grade_of(question, value) for value in self.values(question))
        ]

    def lacking(self, questionnaire: Questionnaire) -> list[Question]:
        """Those of them that have none yet."""
        return [one for one in self.to_agree(questionnaire) if one.key not in self.agreed]


def asked_in(audit: CaseAudit, catalogue: Catalogue) -> Questionnaire:
    """What an audit asks: the very text that it was pinned to, once agencies are asked."""
    return catalogue.get(
        audit.questionnaire_id, audit.questionnaire_version, audit.questionnaire_sha256
    )


def audit_taught(session: Session, reference: str, *, visible_to: Viewer) -> CaseAudit | None:
    """An audit of which the viewer may see what it taught: one that was held, or of their panel."""
    held = audit_of(session, reference, visible_to=visible_to)
    if held is not None and held.status in HELD_STATUSES:
        return held
    return audit_of(session, reference, visible_to=visible_to, to=Permission.READ_CASES)


def panels_of(session: Session, *, visible_to: Viewer) -> list[CaseAudit]:
    """Audits with an open or finished panel on which the viewer sits, the newest first."""
    found = session.scalars(
        select(CaseAudit)
        .options(joinedload(CaseAudit.chair))
        .where(reach.case_audits(visible_to, Permission.SEE_PANELS))
        .order_by(CaseAudit.planned_on.desc(), CaseAudit.id.desc())
    )
    return list(found)


def sits_on(session: Session, audit: CaseAudit, *, visible_to: Viewer) -> bool:
    """Whether the viewer agrees grades on the panel of this audit while it is open."""
    found = audit_of(session, audit.reference, visible_to=visible_to, to=Permission.AGREE_GRADES)
    return found is not None


def cases_read(
    session: Session, audit: CaseAudit, questionnaire: Questionnaire, case: str = ""
) -> list[CaseRead]:
    """The cases of an audit, in order, or only the one of this reference.

    Whoever calls has found that the viewer reads them. Cases that were set aside are left out.
    """
    wanted = [AuditCase.audit_id == audit.id, AuditCase.set_aside_at.is_(None)]
    if case:
        wanted.append(AuditCase.reference == case)
    cases = session.scalars(select(AuditCase).where(*wanted).order_by(AuditCase.number)).all()
    ids = [one.id for one in cases]
    files = _files(session, ids)
    held = opened_answers(session, (one.sheet for one in files))
    grades = session.scalars(select(AgreedGrade).where(AgreedGrade.case_id.in_(ids))).all()
    notes = session.scalars(select(PanelNote).where(PanelNote.case_id.in_(ids))).all()
    return [
        CaseRead(
            one,
            tuple(
                file_read(file, held.get(file.sheet_id, {}), audit, questionnaire)
                for file in files
                if file.case_id == one.id
            ),
            {grade.question_key: grade for grade in grades if grade.case_id == one.id},
            {note.standard_id: note for note in notes if note.case_id == one.id},
        )
        for one in cases
    ]


def file_read(
    file: CaseFile,
    held: Mapping[str, HeldAnswer],
    audit: CaseAudit,
    questionnaire: Questionnaire,
) -> FileRead:
    """A file with its answers, as far as they are asked; nothing of one without involvement, or
    of one whose answers were deleted.
    """
    if file.no_involvement_at is not None or audit.emptied_at is not None:
        return FileRead(file)
    values = {key: one.answer.value for key, one in held.items()}
    asked = route(questionnaire, file.agency.respondent([audit.partnership]), values).asked
    keys = (question.key for questions in asked.values() for question in questions)
    return FileRead(file, held, frozenset(keys))


def _files(session: Session, case_ids: Sequence[int]) -> Sequence[CaseFile]:
    """The files on these cases, by name of agency."""
    found = session.scalars(
        select(CaseFile)
        .join(CaseFile.agency)
        .options(contains_eager(CaseFile.agency), joinedload(CaseFile.sheet))
        .where(CaseFile.case_id.in_(case_ids))
    ).unique()
    return sorted(found, key=lambda file: file.agency.name)


def all_lacking(
    cases: Sequence[CaseRead], questionnaire: Questionnaire
) -> Iterator[tuple[CaseRead, Question]]:
    """Every question that still needs an agreed grade, case by case."""
    for one in cases:
        for question in one.lacking(questionnaire):
            yield one, question


def is_open(audit: CaseAudit) -> bool:
    """Whether its panel still discusses and agrees."""
    return audit.status is CaseAuditStatus.PANEL
