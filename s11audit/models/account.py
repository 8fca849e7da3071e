"""How people sign in, and where they are signed in. Secrets are stored hashed or encrypted only."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.models.base import Base, Code, UtcTime
from s11audit.models.people import User


class UserSession(Base):
    """One signed-in browser. Ending the row signs that browser out, whatever cookie it holds.

    `two_factors_at` is when it showed a second factor, `proved_at` when its person last showed
    who they are. `address` and `browser` are for that person to recognise it by.
    """

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime] = mapped_column(UtcTime())
    last_seen_at: Mapped[datetime] = mapped_column(UtcTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime())
    two_factors_at: Mapped[datetime | None] = mapped_column(UtcTime())
    proved_at: Mapped[datetime | None] = mapped_column(UtcTime())
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")
    browser: Mapped[str] = mapped_column(String(200), default="", server_default="")


class FactorKind(StrEnum):
    APP = "app"  # codes that change every 30 seconds, RFC 6238
    PASSKEY = "passkey"  # WebAuthn


class SecondFactor(Base):
    """An authenticator app (its secret, encrypted) or a passkey (its public key).

    `last_step` is the latest time step whose code was used: a code works once.
    """

    __tablename__ = "second_factors"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[FactorKind] = mapped_column(Code(FactorKind))
    name: Mapped[str] = mapped_column(String(100))
    secret: Mapped[str] = mapped_column(Text, default="")
    credential_id: Mapped[str | None] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(Text, default="")
    sign_count: Mapped[int] = mapped_column(default=0)
    last_step: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime] = mapped_column(UtcTime())
    last_used_at: Mapped[datetime | None] = mapped_column(UtcTime())
    user: Mapped[User] = relationship()


class RecoveryCode(Base):
    """A code on paper for when the second factor is lost. It works once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    code_sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcTime())
    used_at: Mapped[datetime | None] = mapped_column(UtcTime())


class OpenIdentity(Base):
    """Somebody's account with an OpenID provider, by which they sign in here."""

    __tablename__ = "open_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(400))
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(320), default="")
    added_at: Mapped[datetime] = mapped_column(UtcTime())
    last_used_at: Mapped[datetime | None] = mapped_column(UtcTime())


class SignInLink(Base):
    """A link sent by e-mail that signs its person in once."""

    __tablename__ = "sign_in_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcTime())
    expires_at: Mapped[datetime] = mapped_column(UtcTime())
    used_at: Mapped[datetime | None] = mapped_column(UtcTime())


class Throttle(Base):
    """How often something was tried since `since`: by an account or from an address, hashed."""

    __tablename__ = "throttles"

    key_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcTime())
    tries: Mapped[int]


class ParkedForm(Base):
    """What somebody had typed when their session ended, encrypted, for the same person only.

    `place` is the path that it was sent to, `content` its fields.
    """

    __tablename__ = "parked_forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    place: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    parked_at: Mapped[datetime] = mapped_column(UtcTime())
    expires_at: Mapped[datetime] = mapped_column(UtcTime())
