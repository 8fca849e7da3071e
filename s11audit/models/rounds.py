"""Audit rounds: one issue of a questionnaire to agencies, with dates."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Connection, ForeignKey, String, Table, Text, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from s11audit.domain.reminding import USUAL_PLAN
from s11audit.domain.workflow import RoundStatus
from s11audit.models.base import Base, Code, Days, UtcTime
from s11audit.models.people import Partnership

round_partnerships = Table(
    "round_partnerships",
    Base.metadata,
    Column("round_id", ForeignKey("audit_rounds.id"), primary_key=True),
    Column("partnership_id", ForeignKey("partnerships.id"), primary_key=True, index=True),
)


class AuditRound(Base):
    """A round of one or more partnerships: `partnerships`, of which `partnership` runs it.

    The questionnaire is pinned by id, version and SHA-256 when the round opens.
    `status_reason` is what was said when its last step asked for a reason, such as opening again,
    `dates_reason` why the dates changed while it was open.
    `signatures_needed` is how many different people sign a return, `reminder_days` on which days
    from the due date whoever has not returned is reminded.
    """

    __tablename__ = "audit_rounds"

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    questionnaire_id: Mapped[str] = mapped_column(String(100))
    questionnaire_version: Mapped[str] = mapped_column(String(40))
    questionnaire_sha256: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[RoundStatus] = mapped_column(Code(RoundStatus), default=RoundStatus.DRAFT)
    opens_on: Mapped[date]
    due_on: Mapped[date]
    closes_on: Mapped[date]
    guidance: Mapped[str] = mapped_column(Text, default="")
    status_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    dates_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    signatures_needed: Mapped[int] = mapped_column(default=1, server_default="1")
    reminder_days: Mapped[tuple[int, ...]] = mapped_column(
        Days(), default=USUAL_PLAN, server_default=" ".join(map(str, USUAL_PLAN))
    )
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    partnership: Mapped[Partnership] = relationship()
    partnerships: Mapped[list[Partnership]] = relationship(
        secondary=round_partnerships, order_by=Partnership.name, viewonly=True
    )
    local_questions: Mapped[list[LocalQuestions]] = relationship(
        back_populates="round", order_by="LocalQuestions.partnership_id"
    )


class LocalQuestions(Base):
    """The questionnaire version that one partnership of a round asks besides the common one.

    It is pinned by its SHA-256 when the round opens, like the common one.
    """

    __tablename__ = "local_questions"

    round_id: Mapped[int] = mapped_column(ForeignKey("audit_rounds.id"), primary_key=True)
    partnership_id: Mapped[int] = mapped_column(
        ForeignKey("partnerships.id"), primary_key=True, index=True
    )
    questionnaire_id: Mapped[str] = mapped_column(String(100))
    questionnaire_version: Mapped[str] = mapped_column(String(40))
    questionnaire_sha256: Mapped[str] = mapped_column(String(64), default="")
    round: Mapped[AuditRound] = relationship(back_populates="local_questions")
    partnership: Mapped[Partnership] = relationship()


@event.listens_for(AuditRound, "after_insert")
def _count_in_the_host(
    _mapper: Mapper[AuditRound], connection: Connection, audit_round: AuditRound
) -> None:
    """Whoever runs a round is one of those that it belongs to, so that one table tells of all."""
    own = {"round_id": audit_round.id, "partnership_id": audit_round.partnership_id}
    connection.execute(round_partnerships.insert().values(own))
