"""Sheets: what one party answers about one thing, apart from the others who answer about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from s11audit.models.answer_columns import AnswerColumns
from s11audit.models.base import Base, UtcTime


class AnswerSheet(Base):
    """An agency's audit of its own file on a case, or the ratings of one assessor.

    It is filled by those of `agency_id`, or by `user_id`. Until `opened_at` nobody else reads what
    it says; from then on it is fixed, and read by those of the partnership who compare the sheets.
    `finished_at` is when whoever fills it last said that it is done. `version` counts changes.
    """

    __tablename__ = "answer_sheets"

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime | None] = mapped_column(UtcTime())
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime())
    opened_at: Mapped[datetime | None] = mapped_column(UtcTime())


class SheetAnswer(AnswerColumns, Base):
    """One answer on a sheet."""

    __tablename__ = "sheet_answers"
    __table_args__ = (UniqueConstraint("sheet_id", "question_key"),)

    sheet_id: Mapped[int] = mapped_column(ForeignKey("answer_sheets.id"))
