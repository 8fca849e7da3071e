"""Excel forms that came back filled in, between the look at what they change and doing it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from s11audit.models.base import Base, UtcTime


class FilledForm(Base):
    """What was read from a workbook that somebody sent, as JSON, and when it was applied.

    It is emptied once it is applied: what it said is in the answers then.
    """

    __tablename__ = "filled_forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("agency_returns.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    uploaded_at: Mapped[datetime] = mapped_column(UtcTime())
    applied_at: Mapped[datetime | None] = mapped_column(UtcTime())
