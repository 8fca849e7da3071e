"""What is stored of an answer, whoever gives it and about whatever."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from s11audit.models.base import UtcTime


class AnswerColumns:
    """One answer: stable codes only; its labels live in the questionnaire file.

    `rag` is the colour of the rating's level (empty where it has none), kept beside the value so
    that counts need no questionnaire. An answer to a question that is hidden just now is kept with
    `is_asked` false: it is not scored and not exported.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    question_key: Mapped[str] = mapped_column(String(200))
    is_asked: Mapped[bool] = mapped_column(default=True)
    value: Mapped[str] = mapped_column(Text, default="")
    rag: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(Text, default="")
    action_what: Mapped[str] = mapped_column(Text, default="")
    action_post: Mapped[str] = mapped_column(Text, default="")
    action_due_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcTime())
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
