"""Case audits of the annual programme, and the list that their cases are drawn from."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.cases import AuditKind, CaseAuditStatus, Drawn
from s11audit.models.base import Base, Code, Codes, UtcTime
from s11audit.models.people import Agency, Partnership, User


class CaseAudit(Base):
    """One multi-agency audit of case files, planned, held or cancelled.

    `planned_on` is the month it is planned for (its first day). The questionnaire is pinned by its
    SHA-256 when agencies are asked. `strata` names the columns (`Stratum`) that cases are spread
    over, `seed` repeats the draw. `signed_off_at` is when the panel's grades were agreed; what was
    said of single cases goes some months after that, unless there is a `hold_reason`; `emptied_at`
    is when it went. `steering_told` is what the Steering Group was told, on `steering_told_on`.
    """

    __tablename__ = "case_audits"

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    theme: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[AuditKind] = mapped_column(Code(AuditKind))
    questionnaire_id: Mapped[str] = mapped_column(String(100))
    questionnaire_version: Mapped[str] = mapped_column(String(40))
    questionnaire_sha256: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[CaseAuditStatus] = mapped_column(
        Code(CaseAuditStatus), default=CaseAuditStatus.PLANNED
    )
    status_reason: Mapped[str] = mapped_column(Text, default="")
    planned_on: Mapped[date]
    cases_wanted: Mapped[int]
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    files_due_on: Mapped[date | None]
    panel_on: Mapped[date | None]
    dates_reason: Mapped[str] = mapped_column(Text, default="")
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    steering_told: Mapped[str] = mapped_column(Text, default="")
    steering_told_on: Mapped[date | None]
    strata: Mapped[frozenset[str]] = mapped_column(Codes(), default=frozenset())
    seed: Mapped[str] = mapped_column(String(64), default="")
    drawn_at: Mapped[datetime | None] = mapped_column(UtcTime())
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("case_audits.id"))
    re_audit_on: Mapped[date | None]
    signed_off_at: Mapped[datetime | None] = mapped_column(UtcTime())
    hold_reason: Mapped[str] = mapped_column(Text, default="")
    emptied_at: Mapped[datetime | None] = mapped_column(UtcTime())
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    partnership: Mapped[Partnership] = relationship()
    chair: Mapped[User | None] = relationship()
    repeats: Mapped[CaseAudit | None] = relationship(remote_side=[id])


class CohortEntry(Base):
    """A line of the list that cases are drawn from: a reference of the agency that keeps the list.

    Only that agency can tell which child it stands for. `draw_order` counts within its stratum.
    """

    __tablename__ = "cohort_entries"
    __table_args__ = (UniqueConstraint("audit_id", "local_reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("case_audits.id"), index=True)
    local_reference: Mapped[str] = mapped_column(String(40))
    age_band: Mapped[str] = mapped_column(String(60), default="")
    team: Mapped[str] = mapped_column(String(60), default="")
    plan_type: Mapped[str] = mapped_column(String(60), default="")
    drawn: Mapped[Drawn] = mapped_column(Code(Drawn), default=Drawn.NOT_DRAWN)
    draw_order: Mapped[int | None]


class SampleSize(Base):
    """How many cases are wanted of one stratum (its values, joined with ` / `), and reserves."""

    __tablename__ = "sample_sizes"

    audit_id: Mapped[int] = mapped_column(ForeignKey("case_audits.id"), primary_key=True)
    stratum: Mapped[str] = mapped_column(String(200), primary_key=True)
    cases: Mapped[int]
    reserves: Mapped[int] = mapped_column(default=0)


class AskedAgency(Base):
    """An agency that is asked to audit its files on the cases of an audit."""

    __tablename__ = "asked_agencies"

    audit_id: Mapped[int] = mapped_column(ForeignKey("case_audits.id"), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True, index=True)
    agency: Mapped[Agency] = relationship()


class PanelMember(Base):
    """Somebody who reads the cases of an audit once they are opened, and agrees their grades."""

    __tablename__ = "panel_members"

    audit_id: Mapped[int] = mapped_column(ForeignKey("case_audits.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    added_at: Mapped[datetime] = mapped_column(UtcTime())
    user: Mapped[User] = relationship()
