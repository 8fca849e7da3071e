"""Questionnaire versions that were uploaded; those that come as files are in no table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    event,
    inspect,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from s11audit.domain.questionnaire import Kind
from s11audit.domain.versions import FIXED_STATUSES, VersionStatus
from s11audit.models.base import Base, Code, UtcTime
from s11audit.models.people import Partnership, User

# What rounds rely on for as long as their answers are kept.
_FIXED = ("questionnaire_id", "version", "source", "sha256")


class PublishedVersionError(RuntimeError):
    """Something is about to change what a published version says."""


class QuestionnaireVersion(Base):
    """One version as it was uploaded: `source` is its YAML, `sha256` its fingerprint.

    The fingerprint and the source of a published version never change.
    """

    __tablename__ = "questionnaire_versions"
    __table_args__ = (UniqueConstraint("questionnaire_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), index=True)
    questionnaire_id: Mapped[str] = mapped_column(String(100))
    version: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[Kind] = mapped_column(Code(Kind))
    source: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[VersionStatus] = mapped_column(Code(VersionStatus), default=VersionStatus.DRAFT)
    status_reason: Mapped[str] = mapped_column(Text, default="")
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcTime())
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime | None] = mapped_column(UtcTime())
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcTime())
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime())
    partnership: Mapped[Partnership] = relationship()
    uploaded_by: Mapped[User] = relationship(foreign_keys=[uploaded_by_id])
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    published_by: Mapped[User | None] = relationship(foreign_keys=[published_by_id])


@event.listens_for(QuestionnaireVersion, "before_update")
def _keep_text(_mapper: Any, connection: Connection, row: QuestionnaireVersion) -> None:
    if any(inspect(row).attrs[name].history.has_changes() for name in _FIXED):
        _refuse_if_published(connection, row)


@event.listens_for(QuestionnaireVersion, "before_delete")
def _keep_row(_mapper: Any, connection: Connection, row: QuestionnaireVersion) -> None:
    _refuse_if_published(connection, row)


def _refuse_if_published(connection: Connection, row: QuestionnaireVersion) -> None:
    """Raises PublishedVersionError. The status is looked up: the row's own may be changing too."""
    stored = connection.scalar(
        select(QuestionnaireVersion.status).where(QuestionnaireVersion.id == row.id)
    )
    if stored in FIXED_STATUSES:
        raise PublishedVersionError(
            f"{row.questionnaire_id} {row.version} is {stored}: what it says never changes."
        )
