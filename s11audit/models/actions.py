"""Actions and the notes of their progress."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.actions import ActionSource, ActionStatus
from s11audit.domain.viewers import Place
from s11audit.models.assessments import Assessment
from s11audit.models.base import Base, Code, UtcTime
from s11audit.models.people import Agency, Partnership, User
from s11audit.models.rounds import AuditRound

# Which partnerships an action is told to. One without any row is told to all that its agency's
# return serves.
action_partnerships = Table(
    "action_partnerships",
    Base.metadata,
    Column("action_id", ForeignKey("actions.id"), primary_key=True),
    Column("partnership_id", ForeignKey("partnerships.id"), primary_key=True, index=True),
)


class Action(Base):
    """What an agency will do by when. `post` names a post, never a person.

    An action out of an answer carries `return_id` and `question_key`. Out of one that only some
    partnerships ask for, it is `told_to` those. One that came out of no round is asked for by
    `partnership_id`; out of a case audit, it does what a recommendation asks for, and out of a
    joint assessment what was agreed in answer to `question_key`.
    """

    __tablename__ = "actions"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(60), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("audit_rounds.id"), index=True)
    return_id: Mapped[int | None] = mapped_column(ForeignKey("agency_returns.id"), index=True)
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    recommendation_id: Mapped[int | None] = mapped_column(
        ForeignKey("recommendations.id"), index=True
    )
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessments.id"), index=True)
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
    assessment: Mapped[Assessment | None] = relationship()
    told_to: Mapped[list[Partnership]] = relationship(secondary=action_partnerships)
    notes: Mapped[list[ActionNote]] = relationship(
        back_populates="action", order_by="ActionNote.id"
    )

    @property
    def readers(self) -> frozenset[str]:
        """References of the partnerships that it is told to; empty where it is all of them."""
        return frozenset(partnership.reference for partnership in self.told_to)

    @property
    def place(self) -> Place:
        """Where it belongs; asked for by nobody it is its agency's alone."""
        if self.partnership_id is not None:
            asker = frozenset({self.partnership_id})
            return Place(self.agency_id, self.agency.agency_type, asker)
        homes = {partnership.id for partnership in self.agency.partnerships}
        asking = (
            {partnership.id for partnership in self.round.partnerships} if self.round else set()
        )
        told_to = {partnership.id for partnership in self.told_to} or asking
        return Place(self.agency_id, self.agency.agency_type, frozenset(homes & asking & told_to))


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
