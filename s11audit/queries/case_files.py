"""Files on cases as the agency whose files they are finds them, and what is on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from s11audit.domain.answers import Gap, gaps
from s11audit.domain.case_files import CHILD_AT_RISK
from s11audit.domain.permissions import Permission, Role
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.routing import route
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    AuditCase,
    CaseAudit,
    CaseEvent,
    CaseFile,
    CaseView,
    ImmediateConcern,
    Membership,
    User,
)
from s11audit.queries import reach
from s11audit.queries.delegations import Colleague
from s11audit.queries.returns import values_of
from s11audit.queries.sheets import answers_on


@dataclass(frozen=True)
class Lacking:
    """What a file lacks before it can be finished: answers, and a concern that was not raised."""

    gaps: tuple[Gap, ...]
    concern: bool

    @property
    def number(self) -> int:
        """How many things are missing."""
        return len(self.gaps) + self.concern


def own_files(
    session: Session, *, visible_to: Viewer, to: Permission = Permission.SEE_CASE_FILES
) -> list[CaseFile]:
    """The files with which the viewer may do this as one of their agency, the next due first."""
    found = _whole_files().where(reach.case_files(visible_to, to))
    in_order = found.order_by(
        CaseAudit.files_due_on, CaseAudit.id, CaseFile.agency_id, AuditCase.number
    )
    return list(session.scalars(in_order).unique())


def own_file(
    session: Session,
    file_id: int,
    *,
    visible_to: Viewer,
    to: Permission,
    to_change: bool = False,
) -> CaseFile | None:
    """The file of this id with its case, audit and sheet, if the viewer may do this with it.

    What its state allows is for the caller. `to_change` locks it: whoever else wants to change it
    waits until this transaction ends.
    """
    found = _whole_files().where(CaseFile.id == file_id, reach.case_files(visible_to, to))
    if to_change:
        found = found.with_for_update(of=CaseFile).execution_options(populate_existing=True)
    return session.scalars(found).unique().one_or_none()


def beside(session: Session, file: CaseFile) -> list[CaseFile]:
    """This file and the others that its agency is asked for in the same audit, by case.

    Whoever calls has checked that they are this person's.
    """
    found = _whole_files().where(
        CaseAudit.id == file.case.audit_id, CaseFile.agency_id == file.agency_id
    )
    return list(session.scalars(found.order_by(AuditCase.number)).unique())


def case_auditors_of(session: Session, agency_id: int) -> list[Colleague]:
    """Who can audit files of this agency, by name; whoever calls has checked who is looking."""
    rows = session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.role == Role.CASE_AUDITOR,
            Membership.agency_id == agency_id,
            Membership.is_live,
            User.is_active,
        )
        .distinct()
        .order_by(User.name, User.id)
    )
    return [Colleague(*row) for row in rows]


def lacking(session: Session, file: CaseFile, questionnaire: Questionnaire) -> Lacking:
    """What is missing on a file; whoever calls has checked who is looking."""
    held = answers_on(session, file.sheet_id)
    respondent = file.agency.respondent([file.case.audit.partnership])
    asked = route(questionnaire, respondent, values_of(held)).asked
    questions = [question for standard in asked.values() for question in standard]
    answers = {q.key: held[q.key].answer for q in questions if q.key in held}
    is_at_risk = CHILD_AT_RISK in answers and answers[CHILD_AT_RISK].value == "yes"
    return Lacking(
        tuple(gaps(questions, answers)), is_at_risk and not concerns_on(session, file.id)
    )


def concerns_on(session: Session, file_id: int) -> Sequence[ImmediateConcern]:
    """Every immediate concern that was raised on a file, the latest first."""
    found = select(ImmediateConcern).where(ImmediateConcern.file_id == file_id)
    return session.scalars(found.order_by(ImmediateConcern.id.desc())).all()


def chronology_of_file(session: Session, file_id: int) -> Sequence[CaseEvent]:
    """The key events that a file tells of, the earliest month first."""
    found = select(CaseEvent).where(CaseEvent.file_id == file_id)
    return session.scalars(found.order_by(CaseEvent.month, CaseEvent.id)).all()


def views_on_file(session: Session, file_id: int) -> Sequence[CaseView]:
    """The views that were heard for a file, in the order in which they were written down."""
    found = select(CaseView).where(CaseView.file_id == file_id)
    return session.scalars(found.order_by(CaseView.id)).all()


def _whole_files() -> Select[CaseFile]:
    return (
        select(CaseFile)
        .join(CaseFile.case)
        .join(AuditCase.audit)
        .options(
            contains_eager(CaseFile.case)
            .contains_eager(AuditCase.audit)
            .joinedload(CaseAudit.partnership),
            contains_eager(CaseFile.case).joinedload(AuditCase.entry),
            joinedload(CaseFile.agency),
            joinedload(CaseFile.sheet),
            joinedload(CaseFile.auditor),
        )
    )
