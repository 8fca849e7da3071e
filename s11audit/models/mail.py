"""Mail waiting to be sent: written with what it tells of, sent by a process of its own."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from s11audit.models.base import Base, UtcTime


class OutgoingMail(Base):
    """One message to one person. `text` goes once it is sent, because of the links in it.

    `kind` names its template; `agency_id` the agency on whose page it is shown, and `round_id` the
    round that it is about: whoever does not see that agency in that round does not see the mail.
    """

    __tablename__ = "outgoing_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("audit_rounds.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(UtcTime())
    next_try_at: Mapped[datetime | None] = mapped_column(UtcTime(), index=True)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime())
    failure: Mapped[str] = mapped_column(Text, default="")


class Reminder(Base):
    """That the people of one return were told on one occasion, so that they never are twice.

    `occasion` is "opened", or the number of days from `due_on`, such as "-7" or "1"; a return that
    is given longer has the same occasions again before its new date. `mails` is how many were
    written: none, where an occasion had passed unused.
    """

    __tablename__ = "reminders"

    return_id: Mapped[int] = mapped_column(ForeignKey("agency_returns.id"), primary_key=True)
    occasion: Mapped[str] = mapped_column(String(20), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(UtcTime())
    mails: Mapped[int]
