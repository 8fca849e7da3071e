"""Partnerships, agencies, and the people who hold roles in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.audience import Respondent
from s11audit.domain.permissions import Role
from s11audit.models.base import Base, Code, Codes, UtcTime

agency_partnerships = Table(
    "agency_partnerships",
    Base.metadata,
    Column("agency_id", ForeignKey("agencies.id"), primary_key=True),
    Column("partnership_id", ForeignKey("partnerships.id"), primary_key=True, index=True),
)


class Partnership(Base):
    """A local safeguarding children partnership."""

    __tablename__ = "partnerships"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class Agency(Base):
    """Any body that answers. A cross-border agency belongs to several partnerships."""

    __tablename__ = "agencies"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    agency_type: Mapped[str] = mapped_column(String(40))
    attributes: Mapped[frozenset[str]] = mapped_column(
        Codes(), default=frozenset, server_default=""
    )
    partnerships: Mapped[list[Partnership]] = relationship(secondary=agency_partnerships)

    @property
    def respondent(self) -> Respondent:
        """The agency as a questionnaire sees it."""
        homes = frozenset(partnership.reference for partnership in self.partnerships)
        return Respondent(self.agency_type, self.attributes, homes)


class User(Base):
    """A person who signs in. `email` is stored in lower case."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    memberships: Mapped[list[Membership]] = relationship(back_populates="user")


class Membership(Base):
    """One role of one person, for a whole partnership or for one agency."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("(partnership_id IS NULL) <> (agency_id IS NULL)", name="one_scope"),
        UniqueConstraint("user_id", "role", "partnership_id", "agency_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role] = mapped_column(Code(Role))
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    user: Mapped[User] = relationship(back_populates="memberships")
    partnership: Mapped[Partnership | None] = relationship()
    agency: Mapped[Agency | None] = relationship()


class UserSession(Base):
    """One signed-in browser. Ending the row signs that browser out, whatever cookie it holds."""

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime] = mapped_column(UtcTime())
    last_seen_at: Mapped[datetime] = mapped_column(UtcTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime())
