"""What a case audit taught: findings, recommendations, measures, the briefing, and its deletion."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.cases import BriefingAudience, FindingKind
from s11audit.domain.measures import CountedOf
from s11audit.models.base import Base, Code, UtcTime
from s11audit.models.case_audits import CaseAudit
from s11audit.models.people import Partnership


class Finding(Base):
    """Good practice or learning that the panel saw; `case_id` where it is about one case only."""

    __tablename__ = "findings"

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("case_audits.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("audit_cases.id"))
    kind: Mapped[FindingKind] = mapped_column(Code(FindingKind))
    theme: Mapped[str] = mapped_column(String(100), default="")
    standard_id: Mapped[str] = mapped_column(String(100), default="")
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime] = mapped_column(UtcTime())
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Recommendation(Base):
    """What the panel asks for; actions say which agency does it, and by when."""

    __tablename__ = "recommendations"

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("case_audits.id"), index=True)
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("findings.id"))
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime] = mapped_column(UtcTime())
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    audit: Mapped[CaseAudit] = relationship()
    finding: Mapped[Finding | None] = relationship()


class AuditMeasure(Base):
    """A count that the next audit of the theme repeats: how many (`numerator`) of how many.

    `counted_of` says what is counted: files or cases whose answer to `question_key` is `level`. One
    counted by hand has neither.
    """

    __tablename__ = "audit_measures"
    __table_args__ = (UniqueConstraint("audit_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("case_audits.id"))
    title: Mapped[str] = mapped_column(String(200))
    counted_of: Mapped[CountedOf] = mapped_column(Code(CountedOf), default=CountedOf.BY_HAND)
    question_key: Mapped[str] = mapped_column(String(200), default="")
    level: Mapped[str] = mapped_column(String(100), default="")
    numerator: Mapped[int]
    denominator: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(UtcTime())


class Briefing(Base):
    """The one-page learning briefing of an audit. Its texts say nothing of single cases.

    `reference` is its audit's: whoever reads a briefing need not be able to see the audit.
    `contact` says whom to ask about it.
    """

    __tablename__ = "briefings"

    audit_id: Mapped[int] = mapped_column(ForeignKey("case_audits.id"), primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    looked_at: Mapped[str] = mapped_column(Text, default="")
    works: Mapped[str] = mapped_column(Text, default="")
    improve: Mapped[str] = mapped_column(Text, default="")
    do: Mapped[str] = mapped_column(Text, default="")
    discuss: Mapped[str] = mapped_column(Text, default="")
    links: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    audience: Mapped[BriefingAudience] = mapped_column(
        Code(BriefingAudience), default=BriefingAudience.RESTRICTED
    )
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcTime())
    issued_at: Mapped[datetime | None] = mapped_column(UtcTime())
    audit: Mapped[CaseAudit] = relationship()
    partnership: Mapped[Partnership] = relationship()


class CaseDeletion(Base):
    """An order to delete what an audit holds of single cases: two people, then a certificate.

    `certificate` is JSON that says what was deleted, when and by whose order, and nothing of what
    it said.
    """

    __tablename__ = "case_deletions"

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("case_audits.id"), index=True)
    due_on: Mapped[date]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcTime())
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcTime())
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime())
    done_at: Mapped[datetime | None] = mapped_column(UtcTime())
    certificate: Mapped[str] = mapped_column(Text, default="")
    audit: Mapped[CaseAudit] = relationship()
