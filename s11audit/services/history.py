"""Proving that the history is whole, that it is the one it was, and what it says of versions."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ScalarResult, func, select
from sqlalchemy.orm import Session

from s11audit.domain.dates import long_time
from s11audit.models import Event, EventChain, QuestionnaireVersion
from s11audit.services.events import seal

ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class Verdict:
    """How many events were found whole, and what is wrong with the first that is not."""

    whole: int
    fault: str = ""


@dataclass(frozen=True)
class Anchor:
    """Where a history ended: how many events, the id and seal of the last, when, and whose it is.

    `installation` is its address.
    """

    events: int
    last_event: int | None
    head_sha256: str
    at: datetime
    installation: str

    @property
    def as_json(self) -> str:
        return json.dumps({**asdict(self), "at": self.at.isoformat()}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Anchor:
        """Raises ValueError with a sentence where this is not an anchor."""
        try:
            held = json.loads(text)
            kept = cls(**{**held, "at": datetime.fromisoformat(held["at"])})
            sound = kept.at.tzinfo is not None and isinstance(kept.events, int)
            sound &= isinstance(kept.last_event, int | None) and isinstance(kept.head_sha256, str)
        except (ValueError, TypeError, KeyError):
            sound = False
        if not sound:
            raise ValueError("This is not an anchor of a history.")
        return kept


def verify_history(session: Session) -> Verdict:
    """Walk the events in order and compute every seal anew; stops at the first fault."""
    previous, whole = "", 0
    try:
        with _events(session) as events:  # closed early, too: a server's cursor outlives a loop
            for event in events:
                if fault := _fault_of(event, previous):
                    return Verdict(whole, f"{_named(event)} {fault}.")
                previous, whole = event.sha256, whole + 1
    except (TypeError, ValueError):  # what SQLite holds need not be JSON, nor a time
        return Verdict(whole, f"The event after {whole} others cannot be read.")
    chain = session.scalars(select(EventChain)).one_or_none()
    if chain is None or chain.head_sha256 != previous:
        return Verdict(whole, _fault_of_the_end(session, chain.head_sha256 if chain else ""))
    return Verdict(whole)


def anchor(session: Session, *, installation: str, now: datetime) -> Anchor:
    """Where the history ends now, to be kept where nobody can change it together with that."""
    count, last = session.execute(select(func.count(), func.max(Event.id)).select_from(Event)).one()
    head = session.get_one(Event, last).sha256 if last else ""
    return Anchor(count, last, head, now, installation)


def verify_anchor(session: Session, kept: Anchor) -> Verdict:
    """Whether the history still has, in the same place, the event that it ended with then.

    A history that somebody wrote anew from some event on is whole in itself, but not this one.
    """
    if kept.last_event is None:
        return Verdict(0)
    until = select(func.count()).where(Event.id <= kept.last_event)
    count = session.scalar(until) or 0
    last = session.get(Event, kept.last_event)
    when = long_time(kept.at)
    if last is None:
        return Verdict(count, f"Event {kept.last_event}, the last on {when}, is missing.")
    if last.sha256 != kept.head_sha256:
        return Verdict(count, f"{_named(last)} is not the one that stood there on {when}.")
    if count != kept.events:
        return Verdict(
            count, f"{_named(last)} was number {kept.events} on {when} and is number {count} now."
        )
    return Verdict(count)


def verify_published(session: Session) -> Verdict:
    """Compare the fingerprint of each uploaded version with the one sealed when it was published.

    That its text has this fingerprint is for `Catalogue.faults`.
    """
    sealed = {
        event.subject: event.detail.get("sha256")
        for event in session.scalars(select(Event).where(Event.kind == "questionnaire-published"))
    }
    published = select(QuestionnaireVersion).where(QuestionnaireVersion.published_at.is_not(None))
    whole = 0
    for version in session.scalars(published.order_by(QuestionnaireVersion.id)):
        subject = f"questionnaire {version.questionnaire_id}/{version.version}"
        if sealed.get(subject) != version.sha256:
            return Verdict(whole, f"The {subject} is not the one that was published.")
        whole += 1
    return Verdict(whole)


def _fault_of(event: Event, previous: str) -> str:
    if event.previous_sha256 != previous:
        return "does not follow the event before it"
    return "" if seal(event) == event.sha256 else "is not as it was written"


def _fault_of_the_end(session: Session, head: str) -> str:
    """Why the last event is not the one that the chain's head says."""
    known = (
        session.scalars(select(Event).where(Event.sha256 == head)).one_or_none() if head else None
    )
    if known is None:
        return "The latest events are missing from the end of the history."
    after = select(Event).where(Event.id > known.id).order_by(Event.id).limit(1)
    return f"{_named(session.scalars(after).one())} was added to the end without its place."


def _events(session: Session) -> ScalarResult[Event]:
    in_order = select(Event).order_by(Event.id)
    return session.scalars(in_order.execution_options(yield_per=ROWS_AT_ONCE))


def _named(event: Event) -> str:
    moment = long_time(event.happened_at)
    return f"Event {event.id} ({event.kind}, {event.subject}, {moment})"
