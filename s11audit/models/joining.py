"""How people come: invitations, and requests of those who have taken over a role."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.permissions import Role
from s11audit.models.base import Base, Code, UtcTime
from s11audit.models.people import Agency, ForAPlace, Membership, Partnership, Trust, User


class Invitation(ForAPlace, Base):
    """One offer of one role to one e-mail address. Whoever accepts gets what this row says.

    The link's token is stored hashed. An invitation to a partnership, a trust or an agency names
    it; the operator's names none. `hands_over_id` is the role that ends once this is accepted.
    """

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(320), index=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(Code(Role))
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    trust_id: Mapped[int | None] = mapped_column(ForeignKey("trusts.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    invited_at: Mapped[datetime] = mapped_column(UtcTime())
    expires_at: Mapped[datetime] = mapped_column(UtcTime())
    accepted_at: Mapped[datetime | None] = mapped_column(UtcTime())
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime())
    hands_over_id: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"), index=True)
    partnership: Mapped[Partnership | None] = relationship()
    trust: Mapped[Trust | None] = relationship()
    agency: Mapped[Agency | None] = relationship()
    invited_by: Mapped[User | None] = relationship(foreign_keys=[invited_by_id])
    hands_over: Mapped[Membership | None] = relationship()


class RequestOutcome(StrEnum):
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class TakeoverRequest(Base):
    """Somebody says that they have taken over as an agency's lead. A manager confirms or not.

    `reason` is why it was declined.
    """

    __tablename__ = "takeover_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    message: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(UtcTime())
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime())
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[RequestOutcome | None] = mapped_column(Code(RequestOutcome))
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    agency: Mapped[Agency] = relationship()
