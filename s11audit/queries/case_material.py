"""What agencies brought to the panel of a case besides answers: its chronology, and views.

Only what has been opened is read, and nothing of an agency that was not involved after all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from s11audit.domain.cases import ViewOf
from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    Agency,
    AnswerSheet,
    AuditCase,
    CaseAudit,
    CaseEvent,
    CaseFile,
    CaseView,
)
from s11audit.queries import reach


@dataclass(frozen=True)
class KeyEvent:
    """A key event of a case, as one agency's file tells it. `month` is its first day."""

    month: date
    agency: str
    what: str


@dataclass(frozen=True)
class HeardView:
    """What somebody said of the help, as an agency heard it."""

    view_of: ViewOf
    agency: str
    heard_how: str
    said: str


def opened_chronology(session: Session, case_id: int, *, visible_to: Viewer) -> list[KeyEvent]:
    """The key events of a case, month by month and then by agency, once its panel is open."""
    rows = session.execute(
        select(CaseEvent.month, Agency.name, CaseEvent.what)
        .join(CaseFile, CaseFile.id == CaseEvent.file_id)
        .join(Agency, Agency.id == CaseFile.agency_id)
        .where(*_is_opened(case_id, visible_to))
        .order_by(CaseEvent.month, Agency.name, CaseEvent.id)
    )
    return [KeyEvent(*row) for row in rows]


def opened_views(session: Session, case_id: int, *, visible_to: Viewer) -> list[HeardView]:
    """The views on a case: the child's first, then the family's, then practitioners'."""
    rows = session.execute(
        select(CaseView.view_of, Agency.name, CaseView.heard_how, CaseView.said)
        .join(CaseFile, CaseFile.id == CaseView.file_id)
        .join(Agency, Agency.id == CaseFile.agency_id)
        .where(*_is_opened(case_id, visible_to))
        .order_by(Agency.name, CaseView.id)
    )
    order = list(ViewOf)
    return sorted((HeardView(*row) for row in rows), key=lambda one: order.index(one.view_of))


def _is_opened(case_id: int, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """The case is one that the viewer reads, its sheet is opened, and its agency was involved."""
    cases = select(AuditCase.id).join(CaseAudit, CaseAudit.id == AuditCase.audit_id)
    opened = select(AnswerSheet.id).where(AnswerSheet.opened_at.is_not(None))
    return (
        CaseFile.case_id == case_id,
        CaseFile.case_id.in_(cases.where(reach.case_audits(viewer, Permission.READ_CASES))),
        CaseFile.sheet_id.in_(opened),
        CaseFile.no_involvement_at.is_(None),
    )
