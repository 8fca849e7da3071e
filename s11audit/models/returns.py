"""Returns: one agency's reply in one round, with its answers, scores and signatures."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.audience import Respondent
from s11audit.domain.dates import days_late
from s11audit.domain.ratings import Rating, Side
from s11audit.domain.viewers import Place
from s11audit.domain.workflow import ReturnStatus
from s11audit.models.answer_columns import AnswerColumns
from s11audit.models.base import Base, Code, UtcTime
from s11audit.models.people import Agency, Partnership, User
from s11audit.models.rounds import AuditRound

# `Score.standard_id` of the scorecard of the whole return; no standard can have this id.
WHOLE_RETURN = ""


class AgencyReturn(Base):
    """`version` counts changes, so that a form knows whether it still shows the latest.

    `due_on` is this agency's own date (the round's, unless extended, with `extension_reason`).
    `carried_from_id` is the agency's earlier return whose answers were brought forward into it.
    """

    __tablename__ = "agency_returns"
    __table_args__ = (UniqueConstraint("round_id", "agency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("audit_rounds.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    reference: Mapped[str] = mapped_column(String(100), unique=True)
    status: Mapped[ReturnStatus] = mapped_column(
        Code(ReturnStatus), default=ReturnStatus.NOT_STARTED
    )
    due_on: Mapped[date]
    extension_reason: Mapped[str] = mapped_column(Text, default="")
    status_reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime | None] = mapped_column(UtcTime())
    submitted_at: Mapped[datetime | None] = mapped_column(UtcTime())
    receipt: Mapped[str | None] = mapped_column(String(40), unique=True)
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("agency_returns.id"))
    round: Mapped[AuditRound] = relationship()
    agency: Mapped[Agency] = relationship()

    @property
    def respondent(self) -> Respondent:
        """The agency as the questionnaire of this round sees it."""
        return self.agency.respondent(self.round.partnerships)

    @property
    def days_late(self) -> int:
        """How many days after its date it came in; 0 where it was in time, or waits."""
        return days_late(self.submitted_at, self.due_on)

    @property
    def place(self) -> Place:
        """Where it belongs: the round's partnerships that the agency is a member of."""
        asking = frozenset(partnership.id for partnership in self.askers)
        return Place(self.agency_id, self.agency.agency_type, asking)

    @property
    def askers(self) -> list[Partnership]:
        """The round's partnerships that the agency is a member of, by name."""
        homes = {partnership.id for partnership in self.agency.partnerships}
        return [partnership for partnership in self.round.partnerships if partnership.id in homes]


class Delegation(Base):
    """A standard of a return that the agency lead has asked a contributor to answer."""

    __tablename__ = "delegations"

    return_id: Mapped[int] = mapped_column(ForeignKey("agency_returns.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    standard_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    given_at: Mapped[datetime] = mapped_column(UtcTime())
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class StoredAnswer(AnswerColumns, Base):
    """One answer of a return.

    `to_confirm` is true of one that was brought forward, until somebody says it is still right.
    """

    __tablename__ = "answers"
    __table_args__ = (
        UniqueConstraint("return_id", "question_key"),
        Index("ix_answers_question_rag", "question_key", "is_asked", "rag", "return_id"),
    )

    return_id: Mapped[int] = mapped_column(ForeignKey("agency_returns.id"))
    to_confirm: Mapped[bool] = mapped_column(default=False, server_default=false())


class Score(Base):
    """A scorecard kept up to date with the answers, so that a heat map never reads answers.

    `points` is exact: a fraction as text, such as `7/2`, of `maximum` (and of `strict_maximum`).
    """

    __tablename__ = "scores"

    return_id: Mapped[int] = mapped_column(ForeignKey("agency_returns.id"), primary_key=True)
    standard_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    side: Mapped[Side] = mapped_column(Code(Side), primary_key=True)
    visible: Mapped[int]
    required: Mapped[int]
    answered: Mapped[int]
    red: Mapped[int]
    amber: Mapped[int]
    green: Mapped[int]
    not_applicable: Mapped[int]
    unanswered: Mapped[int]
    unrated: Mapped[int]
    points: Mapped[str] = mapped_column(String(60))
    maximum: Mapped[int]
    strict_maximum: Mapped[int]
    rating: Mapped[Rating] = mapped_column(Code(Rating))
    because: Mapped[str] = mapped_column(Text)

    @property
    def exact_points(self) -> Fraction:
        return Fraction(self.points)


class Snapshot(Base):
    """The frozen return that a signatory reads: canonical JSON and its SHA-256."""

    __tablename__ = "snapshots"

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("agency_returns.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    frozen_at: Mapped[datetime] = mapped_column(UtcTime())
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Signature(Base):
    """A signatory's declaration on one snapshot. A later edit voids it; the row stays."""

    __tablename__ = "signatures"

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("agency_returns.id"), index=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    post: Mapped[str] = mapped_column(String(200))
    declaration: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(UtcTime())
    voided_at: Mapped[datetime | None] = mapped_column(UtcTime())
    user: Mapped[User] = relationship()
    snapshot: Mapped[Snapshot] = relationship()
