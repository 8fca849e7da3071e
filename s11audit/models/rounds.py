"""Audit rounds: one issue of a questionnaire to agencies, with dates."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.workflow import RoundStatus
from s11audit.models.base import Base, Code, UtcTime
from s11audit.models.people import Partnership


class AuditRound(Base):
    """The questionnaire is pinned by id, version and SHA-256 when the round opens.

    `status_reason` is what was said when its last step asked for a reason, such as opening again.
    """

    __tablename__ = "audit_rounds"

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    questionnaire_id: Mapped[str] = mapped_column(String(100))
    questionnaire_version: Mapped[str] = mapped_column(String(40))
    questionnaire_sha256: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[RoundStatus] = mapped_column(Code(RoundStatus), default=RoundStatus.DRAFT)
    opens_on: Mapped[date]
    due_on: Mapped[date]
    closes_on: Mapped[date]
    guidance: Mapped[str] = mapped_column(Text, default="")
    status_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    partnership: Mapped[Partnership] = relationship()
