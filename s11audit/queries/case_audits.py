"""Case audits: the programme of a partnership, and the audit of an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from s11audit.domain.cases import HELD_STATUSES, CaseAuditStatus
from s11audit.domain.dates import long_date
from s11audit.domain.permissions import Permission
from s11audit.domain.programme_years import proposed_reference, year_of
from s11audit.domain.viewers import Viewer
from s11audit.models import CaseAudit, Partnership
from s11audit.models.walls import without_walls
from s11audit.queries import reach

# How far ahead a manager is told of what is due.
AHEAD = timedelta(days=28)
_WAITING = frozenset({CaseAuditStatus.PLANNED, CaseAuditStatus.COMMISSIONED})


@dataclass(frozen=True)
class ProgrammeYear:
    """The audits of one programme year, in the order of their months."""

    year: int
    audits: tuple[CaseAudit, ...]

    @property
    def planned(self) -> int:
        """Audits that are not cancelled."""
        return len(self.audits) - self.cancelled

    @property
    def held(self) -> int:
        return sum(1 for audit in self.audits if audit.status in HELD_STATUSES)

    @property
    def cancelled(self) -> int:
        return sum(1 for audit in self.audits if audit.status is CaseAuditStatus.CANCELLED)


@dataclass(frozen=True)
class DueAudit:
    """A case audit with something due: what, and by which day."""

    audit: CaseAudit
    what: str
    day: date
    is_month: bool = False
    was: str = ""

    def said(self, today: date) -> str:
        """What is due; of a day that is over, as `was` has it."""
        is_over = self.day < today and not self.is_month
        return self.was if is_over and self.was else self.what

    @property
    def when(self) -> str:
        """The day in words, or only its month where no day is set."""
        return f"{self.day:%B %Y}" if self.is_month else long_date(self.day)


def audit_of(
    session: Session,
    reference: str,
    *,
    visible_to: Viewer,
    to: Permission = Permission.SEE_CASE_AUDITS,
) -> CaseAudit | None:
    """The case audit of this reference, if the viewer may do this with it, or None."""
    found = (
        select(CaseAudit)
        .options(joinedload(CaseAudit.partnership), joinedload(CaseAudit.chair))
        .where(CaseAudit.reference == reference, reach.case_audits(visible_to, to))
    )
    return session.scalars(found).one_or_none()


def programme_years(session: Session, *, visible_to: Viewer) -> list[ProgrammeYear]:
    """Every audit that the viewer may see by programme year, the latest year first."""
    found = session.scalars(
        select(CaseAudit)
        .options(joinedload(CaseAudit.partnership), joinedload(CaseAudit.chair))
        .where(reach.case_audits(visible_to, Permission.SEE_CASE_AUDITS))
        .order_by(CaseAudit.planned_on, CaseAudit.reference)
    )
    by_year: dict[int, list[CaseAudit]] = {}
    for audit in found:
        by_year.setdefault(year_of(audit.planned_on), []).append(audit)
    return [ProgrammeYear(year, tuple(by_year[year])) for year in sorted(by_year, reverse=True)]


def partnerships_to_audit(session: Session, *, visible_to: Viewer) -> list[Partnership]:
    """The partnerships whose case audits the viewer may plan, by name."""
    ids = visible_to.partnerships(Permission.RUN_CASE_AUDITS)
    found = select(Partnership).where(Partnership.id.in_(ids)).order_by(Partnership.name)
    return list(session.scalars(found))


def next_reference(session: Session, partnership: Partnership, day: date) -> str:
    """A reference that no audit has for the next one of a partnership in the year of this day.

    References are unique in the whole installation: where another partnership has the plain one,
    the partnership's own is put between.
    """
    year = year_of(day)
    with without_walls(session):
        taken = set(session.scalars(select(CaseAudit.reference)))
        planned = select(func.count()).where(
            CaseAudit.partnership_id == partnership.id,
            CaseAudit.planned_on >= date(year, 4, 1),
            CaseAudit.planned_on < date(year + 1, 4, 1),
        )
        number = (session.scalar(planned) or 0) + 1
    while True:
        for between in ("", partnership.reference[:9]):
            if (proposed := proposed_reference(year, number, between)) not in taken:
                return proposed
        number += 1


def due_audits(session: Session, today: date, *, visible_to: Viewer) -> Sequence[DueAudit]:
    """Case audits that the viewer runs and in which something is due soon or late, by day.

    A re-audit that has begun is due no more: what is next of it is its own.
    """
    within = visible_to.partnerships(Permission.RUN_CASE_AUDITS)
    repeats = aliased(CaseAudit)
    begun = select(repeats.repeats_id).where(
        repeats.repeats_id.is_not(None),
        repeats.status.not_in({CaseAuditStatus.PLANNED, CaseAuditStatus.CANCELLED}),
    )
    found = session.scalars(
        select(CaseAudit)
        .where(
            CaseAudit.partnership_id.in_(within),
            CaseAudit.status.not_in({CaseAuditStatus.CANCELLED, CaseAuditStatus.AGREED}),
            or_(CaseAudit.status != CaseAuditStatus.REAUDIT_DUE, CaseAudit.id.not_in(begun)),
        )
        .order_by(CaseAudit.reference)
    )
    due = [one for audit in found if (one := due_of(audit)) and one.day <= today + AHEAD]
    return sorted(due, key=lambda one: (one.day, one.audit.reference))


def due_of(audit: CaseAudit) -> DueAudit | None:
    """What is next due of an audit, if it has a day."""
    if audit.status in _WAITING:
        return DueAudit(audit, "Planned for", audit.planned_on, is_month=True)
    if audit.status is CaseAuditStatus.SAMPLED:
        return DueAudit(audit, "Ask agencies in", audit.planned_on, is_month=True)
    if audit.status is CaseAuditStatus.AGENCY_FILES and audit.files_due_on:
        return DueAudit(
            audit, "Agencies’ files are due", audit.files_due_on, was="Agencies’ files were due"
        )
    if audit.status is CaseAuditStatus.PANEL and audit.panel_on:
        return DueAudit(audit, "The panel meets", audit.panel_on, was="The panel met")
    if audit.status is CaseAuditStatus.REAUDIT_DUE and audit.re_audit_on:
        return DueAudit(audit, "Re-audit due", audit.re_audit_on, is_month=True)
    return None
