"""What an auditor writes down of a case besides answers: its key events, and views of the help.

Whoever calls has found the file for `by` and locked it. What somebody changed meanwhile, in another
tab for example, is not overwritten: `seen` is the digest of the entry as it was on the page.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.cases import ViewOf
from s11audit.domain.dates import today_in_london
from s11audit.domain.viewers import Viewer
from s11audit.models import CaseEvent, CaseFile, CaseView
from s11audit.services.case_files import check_answerable
from s11audit.services.events import record_by
from s11audit.services.refusals import RefusedError
from s11audit.services.sheets import touch

CHRONOLOGY_CHANGED = "case-chronology-changed"
VIEWS_CHANGED = "case-views-changed"
Entry = CaseEvent | CaseView


class ChangedEntryError(Exception):
    """The entry is not what it was on the page, or is gone."""

    def __init__(self, entry: Entry | None) -> None:
        super().__init__("Somebody has changed or deleted this meanwhile")
        self.entry = entry


@dataclass(frozen=True)
class KeyEventText:
    """A key event as typed. `month` is its first day."""

    month: date
    what: str


@dataclass(frozen=True)
class ViewText:
    """A view as typed: whose it is, how it was heard, and what was said."""

    view_of: ViewOf
    heard_how: str
    said: str


def text_of(entry: Entry) -> KeyEventText | ViewText:
    """What an entry says, as it was typed."""
    if isinstance(entry, CaseEvent):
        return KeyEventText(entry.month, entry.what)
    return ViewText(entry.view_of, entry.heard_how, entry.said)


def digest(entry: Entry) -> str:
    """Stands for what an entry says, so that a form can tell what its page showed."""
    return hashlib.sha256(repr(text_of(entry)).encode()).hexdigest()[:16]


def add_entry(
    session: Session,
    file: CaseFile,
    typed: KeyEventText | ViewText,
    *,
    by: Viewer,
    now: datetime,
) -> bool:
    """Add a key event or a view; says whether it is new: pressing twice adds one.

    Raises RefusedError for a month to come or for missing words, StepNotAllowedError where the file
    cannot be answered now.
    """
    _check(file, typed, by, now)
    if any(text_of(one) == typed for one in _like(session, file, typed)):
        return False
    touch(session, file.sheet, now=now)
    session.add(_entry(file, typed))
    _record(session, file, typed, by, now)
    return True


def change_entry(
    session: Session,
    file: CaseFile,
    entry_id: int,
    typed: KeyEventText | ViewText,
    *,
    seen: str,
    by: Viewer,
    now: datetime,
) -> bool:
    """Let an entry of this file say something else; says whether that changes it.

    Raises ChangedEntryError where it is no longer what was `seen`, unless it says this already.
    """
    _check(file, typed, by, now)
    held = next((one for one in _like(session, file, typed) if one.id == entry_id), None)
    if held is not None and text_of(held) == typed:
        return False
    if held is None or digest(held) != seen:
        raise ChangedEntryError(held)
    touch(session, file.sheet, now=now)
    for name, value in vars(typed).items():
        setattr(held, name, value)
    _record(session, file, typed, by, now)
    return True


def delete_entry(
    session: Session, file: CaseFile, entry: Entry, *, seen: str, by: Viewer, now: datetime
) -> None:
    """Delete an entry of this file, if it still says what was `seen` (ChangedEntryError)."""
    check_answerable(file, by)
    if digest(entry) != seen:
        raise ChangedEntryError(entry)
    touch(session, file.sheet, now=now)
    session.delete(entry)
    _record(session, file, text_of(entry), by, now)


def _check(file: CaseFile, typed: KeyEventText | ViewText, by: Viewer, now: datetime) -> None:
    check_answerable(file, by)
    if isinstance(typed, KeyEventText):
        if typed.month > today_in_london(now):
            raise RefusedError("month", "Enter this month or an earlier one")
        if not typed.what.strip():
            raise RefusedError("what", "Say what happened")
    elif not typed.said.strip():
        raise RefusedError("said", "Say what they said")


def _like(session: Session, file: CaseFile, typed: KeyEventText | ViewText) -> list[Entry]:
    """The entries of this kind that the file has."""
    model = CaseEvent if isinstance(typed, KeyEventText) else CaseView
    return list(session.scalars(select(model).where(model.file_id == file.id)))


def _entry(file: CaseFile, typed: KeyEventText | ViewText) -> Entry:
    model = CaseEvent if isinstance(typed, KeyEventText) else CaseView
    return model(file_id=file.id, **vars(typed))


def _record(
    session: Session, file: CaseFile, typed: KeyEventText | ViewText, by: Viewer, now: datetime
) -> None:
    kind = CHRONOLOGY_CHANGED if isinstance(typed, KeyEventText) else VIEWS_CHANGED
    record_by(session, kind, file.subject, by, now, of=file.case.audit)
