"""What an agency states instead of answering: alternative assurance, or a nil return."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.workflow import ReturnStatus
from s11audit.models.base import Base, Code, UtcTime
from s11audit.models.evidence import EvidenceFile
from s11audit.models.people import User


class SideState(Base):
    """The statement in place of one return's answers, made by somebody of the agency.

    `can_assure` is false where the agency says that it cannot be sure that children are safe;
    `explanation` then says what is missing; of a nil return it is the reason. `document` says where
    the document lies on which assurance rests, in words or as a link; `file_id` is the document
    itself, where it is kept here. `post` is that of whoever declares it. The row stays when the
    agency answers after all: it stands only while the return is in its `state`.
    """

    __tablename__ = "side_states"

    return_id: Mapped[int] = mapped_column(ForeignKey("agency_returns.id"), primary_key=True)
    state: Mapped[ReturnStatus] = mapped_column(Code(ReturnStatus))
    declaration: Mapped[str] = mapped_column(Text)
    explanation: Mapped[str] = mapped_column(Text, default="")
    can_assure: Mapped[bool] = mapped_column(default=True)
    document: Mapped[str] = mapped_column(Text, default="")
    post: Mapped[str] = mapped_column(String(200))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("evidence_files.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    stated_at: Mapped[datetime] = mapped_column(UtcTime())
    user: Mapped[User] = relationship()
    file: Mapped[EvidenceFile | None] = relationship()
