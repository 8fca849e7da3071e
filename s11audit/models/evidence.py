"""Files that support answers. Their content lies outside the database, by its SHA-256."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.models.base import Base, UtcTime
from s11audit.models.people import User


class EvidenceFile(Base):
    """A file of an agency, as it was sent: `size` in bytes, `sha256` of its content.

    `scanned_at` is when the scanner found nothing in it; None where there is no scanner. Of a file
    that was removed the row stays, and its content only while another file has the same.
    """

    __tablename__ = "evidence_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    uploaded_at: Mapped[datetime] = mapped_column(UtcTime())
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    scanned_at: Mapped[datetime | None] = mapped_column(UtcTime())
    removed_at: Mapped[datetime | None] = mapped_column(UtcTime())
    uploaded_by: Mapped[User] = relationship()


class AnswerFile(Base):
    """A file that supports the answer to a question; one file can support many."""

    __tablename__ = "answer_files"

    return_id: Mapped[int] = mapped_column(ForeignKey("agency_returns.id"), primary_key=True)
    question_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    file_id: Mapped[int] = mapped_column(
        ForeignKey("evidence_files.id"), primary_key=True, index=True
    )
    added_at: Mapped[datetime] = mapped_column(UtcTime())
    added_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    file: Mapped[EvidenceFile] = relationship()
