"""Learning briefings: for whoever writes one, for their readers, and what one is begun from."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from s11audit.domain.briefings import AuditNumbers
from s11audit.domain.cases import BriefingAudience, FindingKind
from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    AnswerSheet,
    AskedAgency,
    AuditCase,
    AuditMeasure,
    Briefing,
    CaseAudit,
    CaseFile,
    CohortEntry,
    Finding,
)
from s11audit.models.people import agency_partnerships
from s11audit.queries import reach

# The box that each kind of finding begins.
BOX_OF_FINDINGS: Mapping[FindingKind, str] = {
    FindingKind.GOOD_PRACTICE: "works",
    FindingKind.LEARNING: "improve",
}


def audit_to_brief(session: Session, reference: str, *, visible_to: Viewer) -> CaseAudit | None:
    """The audit of this reference, for whoever may write its briefing."""
    within = reach.case_audits(visible_to, Permission.RUN_CASE_AUDITS)
    return session.scalars(
        select(CaseAudit).where(CaseAudit.reference == reference, within)
    ).one_or_none()


def briefing_of(session: Session, audit: CaseAudit) -> Briefing | None:
    """The briefing of an audit that was loaded for whoever is looking, if it is begun."""
    return session.get(Briefing, audit.id, populate_existing=True)


def issued_briefing(
    session: Session, reference: str, *, visible_to: Viewer | None
) -> Briefing | None:
    """An issued briefing by its audit's reference: a published one for everybody (None, too), a
    restricted one for those of its partnership and of its agencies."""
    audience = Briefing.audience == BriefingAudience.PUBLISHED
    within = or_(audience, _for_reader(visible_to)) if visible_to else audience
    found = select(Briefing).where(
        Briefing.reference == reference, Briefing.issued_at.is_not(None), within
    )
    return session.scalars(found.options(joinedload(Briefing.partnership))).one_or_none()


def issued_briefings(session: Session, *, visible_to: Viewer) -> list[Briefing]:
    """Issued briefings of the viewer's partnerships, also of those of their agencies; newest
    first."""
    found = select(Briefing).where(Briefing.issued_at.is_not(None), _for_reader(visible_to))
    in_order = found.order_by(Briefing.issued_at.desc(), Briefing.reference)
    return list(session.scalars(in_order.options(joinedload(Briefing.partnership))))


def points_of_findings(session: Session, audit_id: int) -> dict[str, list[str]]:
    """Box → points: what the panel found over the whole audit, and never of one case."""
    found = session.execute(
        select(Finding.kind, Finding.text)
        .where(Finding.audit_id == audit_id, Finding.case_id.is_(None))
        .order_by(Finding.id)
    )
    points: dict[str, list[str]] = {box: [] for box in BOX_OF_FINDINGS.values()}
    for kind, text in found:
        points[BOX_OF_FINDINGS[kind]].append(f"- {' '.join(text.split())}")
    return points


def numbers_of(session: Session, audit_id: int) -> AuditNumbers:
    """What is counted over the whole audit; a case that was set aside is not."""
    cases = select(AuditCase.id).where(
        AuditCase.audit_id == audit_id, AuditCase.set_aside_at.is_(None)
    )
    files = select(func.count()).select_from(CaseFile).where(CaseFile.case_id.in_(cases))
    involved = CaseFile.no_involvement_at.is_(None)
    asked = select(func.count()).select_from(AskedAgency).where(AskedAgency.audit_id == audit_id)
    measures = session.execute(
        select(AuditMeasure.title, AuditMeasure.numerator, AuditMeasure.denominator)
        .where(AuditMeasure.audit_id == audit_id)
        .order_by(AuditMeasure.id)
    )
    is_late = CaseFile.sheet.has(AnswerSheet.finished_at.is_(None))
    return AuditNumbers(
        cases=session.scalars(select(func.count()).select_from(cases.subquery())).one(),
        agencies=session.scalars(asked).one(),
        files=session.scalars(files.where(involved)).one(),
        not_involved=session.scalars(files.where(~involved)).one(),
        measures=[(title, count, of) for title, count, of in measures],
        unfinished=session.scalars(files.where(involved, is_late)).one(),
    )


def local_references(session: Session, audit_id: int) -> list[str]:
    """By which references agencies know the children of an audit, so that no briefing has one."""
    return list(
        session.scalars(select(CohortEntry.local_reference).where(CohortEntry.audit_id == audit_id))
    )


def _for_reader(viewer: Viewer) -> ColumnElement[bool]:
    """Briefings of partnerships that the viewer has a role in, or for an agency of."""
    within = viewer.reach(Permission.READ_BRIEFINGS)
    homes = select(agency_partnerships.c.partnership_id).where(
        agency_partnerships.c.agency_id.in_(within.any_agencies)
    )
    return or_(Briefing.partnership_id.in_(within.partnerships), Briefing.partnership_id.in_(homes))
