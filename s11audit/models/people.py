"""Partnerships, agencies, and the people who hold roles in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Table,
    and_,
    false,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.audience import Respondent
from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Grant
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
    allows_email_links: Mapped[bool] = mapped_column(default=False, server_default=false())


class Trust(Base):
    """A multi-academy trust, whose people may read what all of its schools answer."""

    __tablename__ = "trusts"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    agencies: Mapped[list[Agency]] = relationship(back_populates="trust")


class Agency(Base):
    """Any body that answers. A cross-border agency belongs to several partnerships."""

    __tablename__ = "agencies"
    # Behind the wall of PostgreSQL a new row is out of sight until it belongs to a partnership.
    __table_args__ = {"implicit_returning": False}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    agency_type: Mapped[str] = mapped_column(String(40))
    attributes: Mapped[frozenset[str]] = mapped_column(
        Codes(), default=frozenset, server_default=""
    )
    trust_id: Mapped[int | None] = mapped_column(ForeignKey("trusts.id"), index=True)
    partnerships: Mapped[list[Partnership]] = relationship(secondary=agency_partnerships)
    trust: Mapped[Trust | None] = relationship(back_populates="agencies")

    def respondent(self, asking: Iterable[Partnership]) -> Respondent:
        """The agency as a questionnaire sees it that these partnerships ask."""
        homes = {partnership.reference for partnership in self.partnerships}
        askers = {partnership.reference for partnership in asking}
        return Respondent(self.agency_type, self.attributes, frozenset(homes & askers))


class User(Base):
    """A person who signs in. `email` is stored in lower case.

    `password_hash` is empty for somebody who has never set a password.
    """

    __tablename__ = "users"
    __table_args__ = {"implicit_returning": False}  # noqa: RUF012 - as for agencies

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    memberships: Mapped[list[Membership]] = relationship(back_populates="user")


class ForAPlace:
    """A role for one partnership, trust or agency (none: the installation), whoever has it."""

    if TYPE_CHECKING:  # each table has columns of its own
        role: Mapped[Role]
        partnership_id: Mapped[int | None]
        trust_id: Mapped[int | None]
        agency_id: Mapped[int | None]
        partnership: Mapped[Partnership | None]
        trust: Mapped[Trust | None]
        agency: Mapped[Agency | None]

    @property
    def held_for(self) -> Agency | Partnership | Trust | None:
        return self.agency or self.partnership or self.trust

    @property
    def place_name(self) -> str:
        return self.held_for.name if self.held_for else "the whole installation"

    @property
    def place_reference(self) -> str:
        """Empty for the installation."""
        return self.held_for.reference if self.held_for else ""

    @property
    def post_columns(self) -> dict[str, Any]:
        """The columns that another row for the same role at the same place has, too."""
        names = ("role", "partnership_id", "trust_id", "agency_id")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def is_at_place_of(cls, other: ForAPlace) -> ColumnElement[bool]:
        """Condition on rows of this table: for the same place as that one."""
        return and_(
            cls.partnership_id.is_not_distinct_from(other.partnership_id),
            cls.trust_id.is_not_distinct_from(other.trust_id),
            cls.agency_id.is_not_distinct_from(other.agency_id),
        )

    @classmethod
    def is_post_of(cls, other: ForAPlace) -> ColumnElement[bool]:
        """Condition on rows of this table: for the same role at the same place as that one."""
        return and_(cls.role == other.role, cls.is_at_place_of(other))


# How many places a membership is for: the operator's is for none in particular.
_PLACES = " + ".join(
    f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END"
    for column in ("partnership_id", "trust_id", "agency_id")
)
_LIVE = text("ended_at IS NULL")


def _once_at_a_time(place: str) -> Index:
    columns = ("user_id", "role", place)
    return Index(
        f"uq_memberships_{place}", *columns, unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
    )


class Membership(ForAPlace, Base):
    """One role of one person, for a partnership, a trust or an agency (none: the installation).

    A role that has ended keeps its row, so that history can tell who was what, and when.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint(
            f"{_PLACES} = CASE WHEN role = 'operator' THEN 0 ELSE 1 END", name="one_scope"
        ),
        _once_at_a_time("partnership_id"),
        _once_at_a_time("trust_id"),
        _once_at_a_time("agency_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role] = mapped_column(Code(Role))
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    trust_id: Mapped[int | None] = mapped_column(ForeignKey("trusts.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime())
    user: Mapped[User] = relationship(back_populates="memberships")
    partnership: Mapped[Partnership | None] = relationship()
    trust: Mapped[Trust | None] = relationship()
    agency: Mapped[Agency | None] = relationship()

    @hybrid_property
    def is_live(self) -> bool:
        """Whether the role is held now."""
        return self.ended_at is None

    @is_live.inplace.expression
    @classmethod
    def _is_live(cls) -> ColumnElement[bool]:
        return cls.ended_at.is_(None)

    @property
    def grants(self) -> tuple[Grant, ...]:
        """What it allows to reach: of a trust, each school; nothing once it has ended."""
        if not self.is_live:
            return ()
        if self.trust is not None:
            return tuple(Grant(self.role, agency_id=school.id) for school in self.trust.agencies)
        return (Grant(self.role, self.partnership_id, self.agency_id),)
