"""Joint assessments: who rates in them, each on a sheet of their own, and what is agreed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.actions import Promise
from s11audit.domain.assessments import AssessmentStatus
from s11audit.domain.audience import Respondent
from s11audit.models.base import Base, Code, UtcTime
from s11audit.models.people import Agency, Partnership, User
from s11audit.models.sheets import AnswerSheet


class Assessment(Base):
    """One joint assessment: of the partnership, or (`about_agency_id`) of an agency by its peers.

    The questionnaire is pinned by its SHA-256 when the assessors are asked. `opened_because` is the
    chair's reason for opening the ratings before all were in; empty where they opened by
    themselves. `repeats_id` is the earlier assessment that this one is compared with.
    """

    __tablename__ = "assessments"

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    about_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    questionnaire_id: Mapped[str] = mapped_column(String(100))
    questionnaire_version: Mapped[str] = mapped_column(String(40))
    questionnaire_sha256: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[AssessmentStatus] = mapped_column(
        Code(AssessmentStatus), default=AssessmentStatus.DRAFT
    )
    status_reason: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date]
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("assessments.id"))
    started_at: Mapped[datetime | None] = mapped_column(UtcTime())
    reminded_at: Mapped[datetime | None] = mapped_column(UtcTime())
    opened_at: Mapped[datetime | None] = mapped_column(UtcTime())
    opened_because: Mapped[str] = mapped_column(Text, default="")
    agreed_at: Mapped[datetime | None] = mapped_column(UtcTime())
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    partnership: Mapped[Partnership] = relationship()
    about_agency: Mapped[Agency | None] = relationship()
    chair: Mapped[User | None] = relationship()
    repeats: Mapped[Assessment | None] = relationship(remote_side=[id])
    assessors: Mapped[list[Assessor]] = relationship(
        back_populates="assessment", order_by="Assessor.id"
    )

    @property
    def is_opened(self) -> bool:
        return self.opened_at is not None

    @property
    def respondent(self) -> Respondent:
        """Whom the questions are about, as routing sees them; the partnership is of no type."""
        if self.about_agency is not None:
            return self.about_agency.respondent([self.partnership])
        return Respondent("", partnerships=frozenset({self.partnership.reference}))

    @property
    def about(self) -> str:
        """What is rated, by name."""
        return self.about_agency.name if self.about_agency else self.partnership.name


class Assessor(Base):
    """Somebody who rates, and for whom they speak (`label`). The sheet is there once it began."""

    __tablename__ = "assessors"
    __table_args__ = (UniqueConstraint("assessment_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    label: Mapped[str] = mapped_column(String(200))
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("answer_sheets.id"), unique=True)
    assessment: Mapped[Assessment] = relationship(back_populates="assessors")
    user: Mapped[User] = relationship()
    sheet: Mapped[AnswerSheet | None] = relationship()


class AgreedRating(Base):
    """What was agreed in answer to one question, and what will be done where that is not green.

    `level` is of the question's scale and `rag` its colour (empty where it has none). `note` is
    what was said in the discussion. `version` counts changes.
    """

    __tablename__ = "agreed_ratings"
    __table_args__ = (UniqueConstraint("assessment_id", "question_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id"))
    question_key: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(100))
    rag: Mapped[str] = mapped_column(String(20), default="")
    rationale: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    action_what: Mapped[str] = mapped_column(Text, default="")
    action_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    action_post: Mapped[str] = mapped_column(String(200), default="")
    action_due_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    agreed_at: Mapped[datetime] = mapped_column(UtcTime())
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    agreed_by: Mapped[User | None] = relationship()
    action_agency: Mapped[Agency | None] = relationship()

    @property
    def promise(self) -> Promise:
        return Promise(self.action_what, self.action_post, self.action_due_on)
