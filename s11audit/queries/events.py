"""Searching the history: who did what, about what, when and from where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from s11audit.domain.dates import LONDON
from s11audit.domain.event_details import detail_in_words
from s11audit.domain.event_kinds import sentence_of
from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, AuditRound, Event, User
from s11audit.queries import reach

EVENTS_A_PAGE = 50
# What events are about, as the first word of their subjects says.
NOUNS = (
    "round",
    "return",
    "action",
    "agency",
    "case",
    "file",
    "questionnaire",
    "partnership",
    "trust",
    "invitation",
    "user",
)


@dataclass(frozen=True)
class Search:
    """What is looked for; what is empty does not narrow it.

    `who` is part of a name or e-mail address; `about` a reference (`C2`, `case C2`), or a person
    or an agency by their name in full.
    `since` and `until` are days in London, both included.
    """

    who: str = ""
    kinds: frozenset[str] = frozenset()
    about: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class ListedEvent:
    """One event in words. `change` is empty where there is none or it is not the viewer's to see.

    `who` is empty for the service itself.
    """

    id: int
    happened_at: datetime
    who: str
    what: str
    change: str
    address: str


@dataclass(frozen=True)
class EventPage:
    """Events, newest first. `older` is the id to ask for those before, where there are any."""

    events: tuple[ListedEvent, ...]
    older: int | None


def search_events(
    session: Session,
    search: Search,
    *,
    visible_to: Viewer,
    before: int | None = None,
    limit: int = EVENTS_A_PAGE,
) -> EventPage:
    """The newest events that match, of those before the event of id `before` if it is given."""
    matching = and_(reach.events(visible_to), *_conditions(session, search, visible_to))
    if before is not None:
        matching = and_(matching, Event.id < before)
    in_full = reach.events_in_full(visible_to).label("in_full")
    newest = select(Event, in_full).where(matching).order_by(Event.id.desc()).limit(limit + 1)
    rows = [(event, bool(full)) for event, full in session.execute(newest)]
    names = _names(session, [event for event, _ in rows], visible_to)
    events = tuple(_listed(event, full, names) for event, full in rows[:limit])
    return EventPage(events, events[-1].id if len(rows) > limit else None)


def _conditions(session: Session, search: Search, viewer: Viewer) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if search.who:
        wanted.append(Event.user_id.in_(_people_called(search.who, viewer)))
    if search.kinds:
        wanted.append(Event.kind.in_(search.kinds))
    if search.about:
        wanted.append(_about(session, search.about, viewer))
    if search.since:
        wanted.append(Event.happened_at >= _midnight(search.since))
    if search.until and search.until < date.max:
        wanted.append(Event.happened_at < _midnight(search.until + timedelta(days=1)))
    return wanted


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def _people_called(words: str, viewer: Viewer) -> Select[int]:
    alike = or_(
        User.name.icontains(words, autoescape=True), User.email.icontains(words, autoescape=True)
    )
    return _people(viewer).where(alike)


def _people(viewer: Viewer) -> Select[int]:
    """Ids of people whose names the viewer may read here."""
    within = viewer.reach(Permission.SEE_EVENTS)
    known = true() if within.everywhere else User.id.in_(reach.people_ever(within))
    return select(User.id).where(known)


def _about(session: Session, words: str, viewer: Viewer) -> ColumnElement[bool]:
    """Events of this thing; of a round or an agency, also those of what belongs to it."""
    noun, _, reference = words.strip().partition(" ")
    noun = noun.lower()
    if noun not in NOUNS or not reference.strip():
        noun, reference = "", words
    reference = reference.strip()
    subjects = _subjects(noun, reference)
    if noun in ("", "user"):
        subjects += _accounts_of(session, reference, viewer)
    # What is empty stays out: beside it no index is used for the rest.
    found: list[ColumnElement[bool]] = [Event.subject.in_(subjects)]
    if noun in ("", "agency"):
        called_so = or_(
            Agency.reference == reference.upper(), func.lower(Agency.name) == reference.lower()
        )
        ids = select(Agency.id).where(called_so)
        found += [Event.agency_id == id_ for id_ in session.scalars(ids)]
    if noun in ("", "round"):
        ids = select(AuditRound.id).where(AuditRound.reference == reference.upper())
        found += [Event.round_id == id_ for id_ in session.scalars(ids)]
    return or_(*found)


def _subjects(noun: str, reference: str) -> list[str]:
    spellings = {reference, reference.upper(), reference.lower()}
    nouns = (noun,) if noun else NOUNS
    return sorted(f"{one} {text}" for one in nouns for text in spellings)


def _accounts_of(session: Session, words: str, viewer: Viewer) -> list[str]:
    same = or_(func.lower(User.name) == words.lower(), User.email == words.lower())
    return [f"user {id_}" for id_ in session.scalars(_people(viewer).where(same))]


def _names(session: Session, events: Sequence[Event], viewer: Viewer) -> Mapping[int, str]:
    """Names of who did something and to whom, by id; of people within reach only."""
    ids = {event.user_id for event in events if event.user_id is not None}
    ids |= {about for event in events if (about := _account(event)) is not None}
    known = _people(viewer).where(User.id.in_(ids)).with_only_columns(User.id, User.name)
    return {row.id: row.name for row in session.execute(known)}


def _account(event: Event) -> int | None:
    """The id of the person that the event is about."""
    noun, _, number = event.subject.partition(" ")
    return int(number) if noun == "user" and number.isdecimal() else None


def _listed(event: Event, in_full: bool, names: Mapping[int, str]) -> ListedEvent:
    about = _account(event)
    whose = event.subject if about is None else names.get(about, "an account")
    who = "" if event.user_id is None else names.get(event.user_id, "Somebody else")
    return ListedEvent(
        id=event.id,
        happened_at=event.happened_at,
        who=who,
        what=sentence_of(event.kind, whose),
        change=detail_in_words(event.detail or {}) if in_full else "",
        address=event.address,
    )
