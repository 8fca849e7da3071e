"""History: past-tense rows, each sealed by a hash over itself and the row before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from s11audit.models.base import Base, UtcTime


class Event(Base):
    """Something that happened. Rows are appended and never changed or deleted.

    `address` is the network address that it came from. The ids say whose history it belongs to:
    with a round and an agency, that of the partnerships which see that agency in that round.
    """

    __tablename__ = "events"
    # The history is searched from its end: by what happened, about what, and by whom.
    __table_args__ = (
        Index("ix_events_kind", "kind", "id"),
        Index("ix_events_subject", "subject", "id"),
        Index("ix_events_user_id", "user_id", "id"),
        Index("ix_events_happened_at", "happened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    happened_at: Mapped[datetime] = mapped_column(UtcTime())
    kind: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    subject: Mapped[str] = mapped_column(String(160))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("audit_rounds.id"), index=True)
    previous_sha256: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)


class EventChain(Base):
    """The one row that holds the head of the chain; locking it puts writers in a queue."""

    __tablename__ = "event_chain"

    id: Mapped[int] = mapped_column(primary_key=True)
    head_sha256: Mapped[str] = mapped_column(String(64))
