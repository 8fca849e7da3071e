"""Appending to the history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.models import (
    Action,
    Agency,
    AgencyReturn,
    Assessment,
    AuditRound,
    CaseAudit,
    Event,
    EventChain,
    Invitation,
    Membership,
    Partnership,
    QuestionnaireVersion,
    Survey,
    TakeoverRequest,
)
from s11audit.queries.people import account_id

Detail = dict[str, Any]
Belonging = (
    Action
    | Agency
    | AgencyReturn
    | Assessment
    | AuditRound
    | CaseAudit
    | Invitation
    | Membership
    | Partnership
    | QuestionnaireVersion
    | Survey
    | TakeoverRequest
)

# Under this name `Session.info` holds the network address that a request came from.
ADDRESS = "address"
# Events from before these columns were sealed without them. To fill or to empty one of them later
# breaks the seal all the same, because what is there is sealed.
_SEALED_IF_THERE = ("address", "partnership_id", "agency_id", "round_id")


@dataclass(frozen=True)
class Happening:
    """What `record` is told of one event."""

    kind: str
    subject: str
    detail: Detail
    of: Belonging | None = None


def record(
    session: Session,
    kind: str,
    subject: str,
    *,
    by: int | None,
    at: datetime,
    detail: Detail | None = None,
    of: Belonging | None = None,
) -> Event:
    """Append an event in the caller's transaction.

    `kind` is past tense (`return-submitted`), `subject` names the thing (`return S11-2026-POL`),
    `by` is a user's id (None: the system itself). `of` is the thing that it happened to, which says
    whose history the event belongs to: what happens to a file or a case is its audit’s. Where it
    came from is the session's `address`, if it has one in its `info`. Where a value changed,
    `detail` has it `before` and `after`. Detail never holds what somebody typed about a child:
    references, codes, counts and dates only.
    """
    return record_all(session, [Happening(kind, subject, detail or {}, of)], by=by, at=at)[0]


def record_by(
    session: Session,
    kind: str,
    subject: str,
    by: Viewer,
    now: datetime,
    detail: Detail | None = None,
    *,
    of: Belonging | None = None,
) -> None:
    """Append an event of this person, as `record` does."""
    record(session, kind, subject, by=account_id(by), at=now, detail=detail, of=of)


def record_all(
    session: Session, happenings: Sequence[Happening], *, by: int | None, at: datetime
) -> list[Event]:
    """Append an event for each of these, in their order, as `record` does for one."""
    chain = session.scalars(select(EventChain).with_for_update()).one()
    events = []
    for one in happenings:
        event = Event(
            happened_at=at.astimezone(UTC),
            kind=one.kind,
            user_id=by,
            subject=one.subject,
            detail=one.detail,
            address=session.info.get(ADDRESS, ""),
            **_owners(one.of),
            previous_sha256=chain.head_sha256,
        )
        event.sha256 = chain.head_sha256 = seal(event)
        events.append(event)
    session.add_all(events)
    session.flush()
    return events


def seal(event: Event) -> str:
    """SHA-256 over the row and its predecessor's seal, as canonical JSON."""
    content = {
        "happened_at": event.happened_at.astimezone(UTC).isoformat(),
        "kind": event.kind,
        "user_id": event.user_id,
        "subject": event.subject,
        "detail": event.detail,
        "previous": event.previous_sha256,
    }
    held = {name: getattr(event, name) for name in _SEALED_IF_THERE}
    content |= {name: value for name, value in held.items() if value not in (None, "")}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _owners(of: Belonging | None) -> dict[str, int | None]:
    """The ids that say whose history it is: see `s11audit.models.events.Event`."""
    if isinstance(of, Partnership):
        return {"partnership_id": of.id}
    if isinstance(of, Action) and of.partnership_id is not None:
        # Not the agency's: another partnership of the same agency would read it.
        return {"partnership_id": of.partnership_id}
    if isinstance(of, Agency):
        return {"agency_id": of.id}
    if isinstance(of, AuditRound):
        return {"partnership_id": of.partnership_id, "round_id": of.id}
    if isinstance(of, Action) and of.partnership_id is not None:
        # Its agency may belong to another partnership, too, which did not ask for it.
        return {"partnership_id": of.partnership_id}
    names = ("partnership_id", "agency_id", "round_id")
    return {name: getattr(of, name) for name in names if hasattr(of, name)}
