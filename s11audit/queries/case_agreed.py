"""What an agency is told of the grades that a panel agreed: beside its own, once signed off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from s11audit.domain.panels import graded_questions
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.viewers import Viewer
from s11audit.models import AgreedGrade, AuditCase, CaseAudit, CaseFile
from s11audit.queries import reach
from s11audit.queries.case_reading import FileRead, asked_in, file_read
from s11audit.queries.sheets import answers_on
from s11audit.questionnaires.catalogue import Catalogue


@dataclass(frozen=True)
class AgreedBesideOwn:
    """One agency's file on a case, and the grades that the panel agreed for the case."""

    audit: CaseAudit
    questionnaire: Questionnaire
    own: FileRead
    agreed: Mapping[str, AgreedGrade]

    @property
    def case(self) -> AuditCase:
        return self.own.file.case

    @property
    def questions(self) -> list[Question]:
        """Those that have an agreed grade."""
        return [one for one in graded_questions(self.questionnaire) if one.key in self.agreed]


def agreed_beside_own(
    session: Session, file_id: int, catalogue: Catalogue, *, visible_to: Viewer
) -> AgreedBesideOwn | None:
    """None where the file is not the viewer's, or the audit is not signed off."""
    file = session.scalar(
        select(CaseFile)
        .join(CaseFile.case)
        .join(AuditCase.audit)
        .options(
            joinedload(CaseFile.agency),
            joinedload(CaseFile.case).joinedload(AuditCase.audit).joinedload(CaseAudit.partnership),
        )
        .where(
            CaseFile.id == file_id,
            CaseAudit.signed_off_at.is_not(None),
            reach.case_files(visible_to, Permission.READ_AGREED_GRADES),
        )
    )
    if file is None:
        return None
    audit = file.case.audit
    asked = asked_in(audit, catalogue)
    grades = session.scalars(select(AgreedGrade).where(AgreedGrade.case_id == file.case_id))
    return AgreedBesideOwn(
        audit,
        asked,
        file_read(file, answers_on(session, file.sheet_id), audit, asked),
        {one.question_key: one for one in grades},
    )
