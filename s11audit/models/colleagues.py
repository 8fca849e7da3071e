"""Working together on a return: what is ready, what colleagues say, and who looked when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.models.base import Base, UtcTime
from s11audit.models.people import User


class ReadyStandard(Base):
    """A standard of a return that somebody has said is ready to be checked."""

    __tablename__ = "ready_standards"

    return_id: Mapped[int] = mapped_column(ForeignKey("agency_returns.id"), primary_key=True)
    standard_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    marked_at: Mapped[datetime] = mapped_column(UtcTime())
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    marked_by: Mapped[User] = relationship()


class ReturnComment(Base):
    """What somebody of the agency says to colleagues beside a standard, or one question of it.

    `question_key` is empty where it is about the standard. Nobody outside the agency reads it.
    """

    __tablename__ = "return_comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("agency_returns.id"), index=True)
    standard_id: Mapped[str] = mapped_column(String(100))
    question_key: Mapped[str] = mapped_column(String(200), default="")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcTime())
    user: Mapped[User] = relationship()


class DeskVisit(Base):
    """When somebody last looked at a standard of a return, and the time before that.

    One visit lasts while they keep looking, so `looked_before_at` is when their last visit ended.
    `here_at` is when their page last said that it is open, which shows them nothing new.
    """

    __tablename__ = "desk_visits"

    return_id: Mapped[int] = mapped_column(ForeignKey("agency_returns.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    standard_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    looked_at: Mapped[datetime] = mapped_column(UtcTime())
    looked_before_at: Mapped[datetime | None] = mapped_column(UtcTime())
    here_at: Mapped[datetime] = mapped_column(UtcTime())
    user: Mapped[User] = relationship()
