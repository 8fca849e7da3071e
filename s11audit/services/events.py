"""Appending to the history."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.models import Event, EventChain

Detail = dict[str, Any]


def record(
    session: Session,
    kind: str,
    subject: str,
    *,
    by: int | None,
    at: datetime,
    detail: Detail | None = None,
) -> Event:
    """Append an event in the caller's transaction.

    `kind` is past tense (`return-submitted`), `subject` names the thing (`return S11-2026-POL`),
    `by` is a user's id (None: the system itself). Detail never holds what somebody typed about a
    child: references, codes, counts and dates only.
    """
    chain = session.scalars(select(EventChain).with_for_update()).one()
    event = Event(
        happened_at=at.astimezone(UTC),
        kind=kind,
        user_id=by,
        subject=subject,
        detail=detail or {},
        previous_sha256=chain.head_sha256,
    )
    event.sha256 = seal(event)
    chain.head_sha256 = event.sha256
    session.add(event)
    session.flush()
    return event


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
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
