"""Checking that the history is whole, and that published versions are the ones it tells of."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ScalarResult, select
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


def verify_history(session: Session) -> Verdict:
    """Walk the events in order and compute every seal anew; stops at the first fault."""
    previous, whole = "", 0
    with _events(session) as events:  # closed early, too: a server's cursor outlives a loop
        for event in events:
            if event.previous_sha256 != previous:
                return Verdict(whole, f"{_named(event)} does not follow the event before it.")
            if seal(event) != event.sha256:
                return Verdict(whole, f"{_named(event)} is not as it was written.")
            previous, whole = event.sha256, whole + 1
    head = session.scalars(select(EventChain)).one().head_sha256
    if head != previous:
        return Verdict(whole, "The latest events are missing from the end of the history.")
    return Verdict(whole)


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


def _events(session: Session) -> ScalarResult[Event]:
    in_order = select(Event).order_by(Event.id)
    return session.scalars(in_order.execution_options(yield_per=ROWS_AT_ONCE))


def _named(event: Event) -> str:
    moment = long_time(event.happened_at)
    return f"Event {event.id} ({event.kind}, {event.subject}, {moment})"
