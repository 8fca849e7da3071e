"""What the people of one agency do together on a return: ready standards, comments, visits.

It is theirs alone. Every question about a standard is answered for whoever may comment on it
(`visible_to`), and to anybody else there is nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.shares import Share
from s11audit.domain.viewers import Viewer
from s11audit.domain.visits import Visit
from s11audit.models import AgencyReturn, DeskVisit, ReadyStandard, ReturnComment, User
from s11audit.queries.delegations import share_of


@dataclass(frozen=True)
class ReadyMark:
    """Who said that a standard is ready to be checked, and when."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Comment:
    """What somebody said beside a standard, or (`question_key`) about one question of it."""

    id: int
    standard_id: str
    question_key: str
    user_id: int
    by: str
    text: str
    written_at: datetime

    def is_new_to(self, user_id: int, since: datetime | None) -> bool:
        """Whether somebody else wrote it since then; on a first visit all of theirs is new."""
        return self.user_id != user_id and (since is None or self.written_at > since)


@dataclass(frozen=True)
class Visitor:
    """Somebody who has looked at a standard."""

    user_id: int
    name: str
    visit: Visit


@dataclass(frozen=True)
class Together:
    """All that colleagues have done on the standards that the viewer may talk about (`share`).

    `ready` by standard; `comments` oldest first; `visitors` by standard, by name.
    """

    share: Share
    ready: Mapping[str, ReadyMark]
    comments: Sequence[Comment]
    visitors: Mapping[str, Sequence[Visitor]]


def together_on(
    session: Session,
    agency_return: AgencyReturn,
    standard_id: str | None = None,
    *,
    visible_to: Viewer,
) -> Together:
    """What colleagues do on a return, or on one standard of it: three statements at most."""
    share = share_of(session, agency_return, Permission.COMMENT, visible_to=visible_to)
    if not share or (standard_id is not None and not share.has_standard(standard_id)):
        return Together(share, {}, (), {})
    return Together(
        share,
        _ready(session, agency_return, share, standard_id),
        _comments(session, agency_return, share, standard_id),
        _visitors(session, agency_return, share, standard_id),
    )


def _ready(
    session: Session, agency_return: AgencyReturn, share: Share, standard_id: str | None
) -> dict[str, ReadyMark]:
    rows = session.execute(
        select(ReadyStandard.standard_id, User.name, ReadyStandard.marked_at)
        .join(User, User.id == ReadyStandard.marked_by_id)
        .where(*_of(ReadyStandard, agency_return, standard_id))
    )
    return {
        row.standard_id: ReadyMark(row.name, row.marked_at)
        for row in rows
        if share.has_standard(row.standard_id)
    }


def _comments(
    session: Session, agency_return: AgencyReturn, share: Share, standard_id: str | None
) -> list[Comment]:
    rows = session.execute(
        select(
            ReturnComment.id,
            ReturnComment.standard_id,
            ReturnComment.question_key,
            ReturnComment.user_id,
            User.name,
            ReturnComment.text,
            ReturnComment.written_at,
        )
        .join(User, User.id == ReturnComment.user_id)
        .where(*_of(ReturnComment, agency_return, standard_id))
        .order_by(ReturnComment.id)
    )
    return [Comment(*row) for row in rows if share.has_standard(row.standard_id)]


def _visitors(
    session: Session, agency_return: AgencyReturn, share: Share, standard_id: str | None
) -> dict[str, list[Visitor]]:
    rows = session.execute(
        select(
            DeskVisit.standard_id,
            DeskVisit.user_id,
            User.name,
            DeskVisit.looked_at,
            DeskVisit.looked_before_at,
            DeskVisit.here_at,
        )
        .join(User, User.id == DeskVisit.user_id)
        .where(*_of(DeskVisit, agency_return, standard_id))
        .order_by(User.name, User.id)
    )
    found: dict[str, list[Visitor]] = {}
    for at, user_id, name, looked_at, looked_before_at, here_at in rows:
        if share.has_standard(at):
            visit = Visit(looked_at, looked_before_at, here_at)
            found.setdefault(at, []).append(Visitor(user_id, name, visit))
    return found


def _of(
    table: type[ReadyStandard | ReturnComment | DeskVisit],
    agency_return: AgencyReturn,
    standard_id: str | None,
) -> list[ColumnElement[bool]]:
    within = [table.return_id == agency_return.id]
    return within if standard_id is None else [*within, table.standard_id == standard_id]
