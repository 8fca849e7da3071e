"""The list that the cases of an audit are drawn from, and what was drawn."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from s11audit.domain.sampling import Entry, Size
from s11audit.models import AuditCase, CaseAudit, CohortEntry, SampleSize


def cohort_of(session: Session, audit: CaseAudit) -> list[CohortEntry]:
    """Every entry of the list of an audit, in the order in which they were put in."""
    return list(
        session.scalars(
            select(CohortEntry).where(CohortEntry.audit_id == audit.id).order_by(CohortEntry.id)
        )
    )


def entry_of(row: CohortEntry) -> Entry:
    """A stored line as the draw sees it."""
    return Entry(row.local_reference, row.age_band, row.team, row.plan_type)


def sizes_of(session: Session, audit: CaseAudit) -> dict[str, Size]:
    """Stratum → how many were drawn of it, as far as cases are drawn."""
    rows = session.scalars(select(SampleSize).where(SampleSize.audit_id == audit.id))
    return {row.stratum: Size(row.cases, row.reserves) for row in rows}


def cases_of(session: Session, audit: CaseAudit) -> list[AuditCase]:
    """Every case of an audit by number, with its line of the list; those set aside, too."""
    return list(
        session.scalars(
            select(AuditCase)
            .options(joinedload(AuditCase.entry))
            .where(AuditCase.audit_id == audit.id)
            .order_by(AuditCase.number)
        )
    )


def case_of(session: Session, audit: CaseAudit, reference: str) -> AuditCase | None:
    """The case of this reference, if it is one of this audit."""
    found = select(AuditCase).where(
        AuditCase.audit_id == audit.id, AuditCase.reference == reference
    )
    return session.scalars(found).one_or_none()
