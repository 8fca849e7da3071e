"""Sampled cases, each agency's file on them, and what was heard and agreed about them.

Nothing here has a place for a child's name or date of birth, and none may be added.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.case_files import FileState
from s11audit.domain.cases import ViewOf
from s11audit.models.base import Base, Code, UtcTime
from s11audit.models.case_audits import CaseAudit, CohortEntry
from s11audit.models.people import Agency, User
from s11audit.models.sheets import AnswerSheet


class AuditCase(Base):
    """One sampled case. `set_aside_reason` says why a reserve has taken its place, if one has."""

    __tablename__ = "audit_cases"
    __table_args__ = (UniqueConstraint("audit_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("case_audits.id"))
    number: Mapped[int]
    reference: Mapped[str] = mapped_column(String(50), unique=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("cohort_entries.id"))
    set_aside_reason: Mapped[str] = mapped_column(Text, default="")
    set_aside_at: Mapped[datetime | None] = mapped_column(UtcTime())
    audit: Mapped[CaseAudit] = relationship()
    entry: Mapped[CohortEntry | None] = relationship()


class CaseFile(Base):
    """One agency's part in one case: its audit of its own file, on a sheet, or no involvement.

    `conflict` is what the auditor says of knowing the case or those in it; `conflict_at` is when
    they said that, even if they said “none”. A file with a `no_involvement_at` leaves every
    denominator.
    """

    __tablename__ = "case_files"
    __table_args__ = (UniqueConstraint("case_id", "agency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("audit_cases.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("answer_sheets.id"), unique=True)
    auditor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    conflict: Mapped[str] = mapped_column(Text, default="")
    conflict_at: Mapped[datetime | None] = mapped_column(UtcTime())
    no_involvement_reason: Mapped[str] = mapped_column(Text, default="")
    no_involvement_at: Mapped[datetime | None] = mapped_column(UtcTime())
    case: Mapped[AuditCase] = relationship()
    agency: Mapped[Agency] = relationship()
    sheet: Mapped[AnswerSheet] = relationship()
    auditor: Mapped[User | None] = relationship()

    @property
    def subject(self) -> str:
        """What the history calls it."""
        return f"file {self.case.reference} of {self.agency.reference}"

    @property
    def subject_of_concerns(self) -> str:
        """The same where a concern is raised: whoever runs the audit reads not which case it is."""
        return f"files of {self.agency.reference} for {self.case.audit.reference}"

    @property
    def state(self) -> FileState:
        return FileState(
            audit=self.case.audit.status,
            set_aside=self.case.set_aside_at is not None,
            has_auditor=self.auditor_id is not None,
            declared=self.conflict_at is not None,
            conflict=bool(self.conflict),
            no_involvement=self.no_involvement_at is not None,
            begun=self.sheet.updated_at is not None,
            finished=self.sheet.finished_at is not None,
            opened=self.sheet.opened_at is not None,
            emptied_at=self.case.audit.emptied_at,
        )


class CaseEvent(Base):
    """A key event in the chronology of a case, by month and agency. `month` is its first day."""

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("case_files.id"), index=True)
    month: Mapped[date]
    what: Mapped[str] = mapped_column(Text)


class CaseView(Base):
    """What a child, a family or a practitioner said of the help, as an agency heard it."""

    __tablename__ = "case_views"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("case_files.id"), index=True)
    view_of: Mapped[ViewOf] = mapped_column(Code(ViewOf))
    heard_how: Mapped[str] = mapped_column(Text, default="")
    said: Mapped[str] = mapped_column(Text)


class ImmediateConcern(Base):
    """A worry about a child that could not wait: that there was one, whom it was sent to, its end.

    What the worry is stands in the child's own record and never here. It is closed by an outcome
    only.
    """

    __tablename__ = "immediate_concerns"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("case_files.id"), index=True)
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    raised_at: Mapped[datetime] = mapped_column(UtcTime())
    seen_at: Mapped[datetime | None] = mapped_column(UtcTime())
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime())
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    file: Mapped[CaseFile] = relationship()

    @property
    def subject(self) -> str:
        """What the history calls it: not which case it is."""
        return self.file.subject_of_concerns


class PanelNote(Base):
    """What the panel said about one domain (a standard's id) of a case."""

    __tablename__ = "panel_notes"

    case_id: Mapped[int] = mapped_column(ForeignKey("audit_cases.id"), primary_key=True)
    standard_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcTime())
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class AgreedGrade(Base):
    """The one grade that the panel agreed for a question of a case, with its reasons.

    `level` and `rag` are codes. What agencies graded stays on their sheets.
    """

    __tablename__ = "agreed_grades"

    case_id: Mapped[int] = mapped_column(ForeignKey("audit_cases.id"), primary_key=True)
    question_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    level: Mapped[str] = mapped_column(String(100))
    rag: Mapped[str] = mapped_column(String(20), default="")
    reasons: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    agreed_at: Mapped[datetime] = mapped_column(UtcTime())
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
