"""Actions and the notes of their progress."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.actions import ActionSource, ActionStatus
from s11audit.domain.viewers import Place
from s11audit.models.base import Base, Code, UtcTime
from s11audit.models.people import Agency, User
from s11audit.models.rounds import AuditRound


class Action(Base):
    """What an agency will do by when. `post` names a post, never a person.

    An action out of an answer carries `return_id` and `question_key`.
    """

    __tablename__ = "actions"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(60), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("audit_rounds.id"), index=True)
    return_id: Mapped[int | None] = mapped_column(ForeignKey("agency_returns.id"), index=True)
    source: Mapped[ActionSource] = mapped_column(Code(ActionSource))
    question_key: Mapped[str] = mapped_column(String(200), default="")
    what: Mapped[str] = mapped_column(Text)
    post: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    status: Mapped[ActionStatus] = mapped_column(Code(ActionStatus), default=ActionStatus.OPEN)
    impact: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    agency: Mapped[Agency] = relationship()
    round: Mapped[AuditRound | None] = relationship()
    notes: Mapped[list[ActionNote]] = relationship(
        back_populates="action", order_by="ActionNote.id"
    )

    @property
    def place(self) -> Place:
        """Where it belongs; without a round it is its agency's alone."""
        homes = {partnership.id for partnership in self.agency.partnerships}
        asking = (
            {partnership.id for partnership in self.round.partnerships} if self.round else set()
        )
        return Place(self.agency_id, self.agency.agency_type, frozenset(homes & asking))


class ActionNote(Base):
    """One entry of an action's history: what was said when its status moved, or in between."""

    __tablename__ = "action_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    status: Mapped[ActionStatus] = mapped_column(Code(ActionStatus))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcTime())
    action: Mapped[Action] = relationship(back_populates="notes")
    user: Mapped[User | None] = relationship()
