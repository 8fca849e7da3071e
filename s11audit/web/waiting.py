"""What waits for whoever is looking, told on the page where they begin: one table.

A query runs only where the viewer has its permission, and what it finds is told only where it leads
somewhere else than to the very page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask, g, request, url_for

from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.domain.retention import due_on
from s11audit.queries import waiting as queries
from s11audit.web.presentation import first_page
from s11audit.web.security import db, now, services, viewer


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: a sentence, where it leads, and a sentence about its day, if any."""

    text: str
    href: str
    when: str = ""


@dataclass(frozen=True)
class Entry:
    """What may wait for whoever has `permission`: found by `query`, told by `tell`.

    `page` is the endpoint that it leads to.
    """

    permission: Permission
    query: Callable[..., Sequence[Any]]
    tell: Callable[[str, Sequence[Any], date], Iterator[Waiting]]
    page: str


def _files_without_auditor(
    page: str, found: Sequence[queries.WaitingFiles], today: date
) -> Iterator[Waiting]:
    for one in found:
        files = f"{counted(one.number, 'file')} of case audit {one.audit}"
        wants = "needs another auditor" if one.number == 1 else "need another auditor"
        lacks = "has no auditor" if one.number == 1 else "have no auditor"
        said = f"{wants}, because of a conflict of interest" if one.has_auditor else lacks
        yield Waiting(f"{files} {said}", url_for(page), _due(one.due_on, today, one.number))


def _files_to_finish(
    page: str, found: Sequence[queries.WaitingFiles], today: date
) -> Iterator[Waiting]:
    for one in found:
        text = f"You have {counted(one.number, 'file')} of case audit {one.audit} to finish"
        yield Waiting(text, url_for(page), _due(one.due_on, today, one.number))


def _ratings_to_finish(
    page: str, found: Sequence[queries.WaitingRatings], today: date
) -> Iterator[Waiting]:
    for one in found:
        text = f"You have not finished your ratings for “{one.title}”"
        yield Waiting(text, url_for(page, assessment=one.assessment), _due(one.due_on, today, 2))


def _deletions_to_approve(
    page: str, found: Sequence[queries.WaitingDeletion], today: date
) -> Iterator[Waiting]:
    for one in found:
        text = f"Deleting the cases of {one.audit} waits for a second person: you can approve it"
        proposed = long_date(today_in_london(one.proposed_at))
        yield Waiting(text, url_for(page, audit=one.audit), f"It was proposed on {proposed}.")


def _audits_to_delete(page: str, found: Sequence[Any], today: date) -> Iterator[Waiting]:
    months = services().settings.case_months
    due = [day for ended_at in found if (day := due_on(ended_at, months)) <= today]
    if not due:
        return
    text = f"The cases of {counted(len(due), 'audit')} are due for deletion"
    since = f"The first has been due since {long_date(min(due))}."
    if len(due) == 1:
        since = f"They have been due since {long_date(due[0])}."
    yield Waiting(text, url_for(page), since)


def _due(day: date | None, today: date, number: int) -> str:
    if day is None:
        return ""
    one, several = ("It was", "They were") if day < today else ("It is", "They are")
    return f"{one if number == 1 else several} due on {long_date(day)}."


ENTRIES: tuple[Entry, ...] = (
    Entry(
        Permission.APPOINT_AUDITORS,
        queries.files_without_auditor,
        _files_without_auditor,
        "cases.files",
    ),
    Entry(Permission.AUDIT_CASE, queries.files_to_finish, _files_to_finish, "cases.files"),
    Entry(Permission.RATE, queries.ratings_to_finish, _ratings_to_finish, "assessments.ratings"),
    Entry(
        Permission.DELETE_CASE_DATA,
        queries.deletions_to_approve,
        _deletions_to_approve,
        "cases.retention",
    ),
    Entry(
        Permission.DELETE_CASE_DATA,
        queries.ends_of_kept_audits,
        _audits_to_delete,
        "cases.retention_list",
    ),
)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["waiting"] = waiting


def waiting() -> list[Waiting]:
    """What waits for whoever is looking; nothing on any page but the one where they begin."""
    if g.get("viewer") is None or request.path != first_page():
        return []
    today = today_in_london(now())
    return [
        told
        for entry in ENTRIES
        if viewer().may(entry.permission) and entry.page != request.endpoint
        for told in entry.tell(entry.page, entry.query(db(), visible_to=viewer()), today)
    ]
