"""Who gets in where: the permission table against every page, and nobody beyond their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from s11audit.domain.event_kinds import DOWNLOADED, SEEN
from s11audit.models import Base, Event
from s11audit.models.database import Database
from s11audit.web.security import declared_permission, is_public
from tests.cast import PEOPLE, Cast
from tests.pages import Pages
from tests.rounds_and_returns import COMPLETE, Opened, submit

pytestmark = pytest.mark.slow

# What stands for each variable part of an address; `reference` is of the address's first word.
EXAMPLES = {
    "agency": "POL",
    "standard": "leadership",
    "standard_id": "leadership",
    "name": "rag-by-standard",
    "picture": "png",
    "id": "small",
    "version": "1",
    "old": "1",
    "new": "1",
}
REFERENCES = {"rounds": "R1", "returns": "R1-POL", "actions": "R1-POL-A1", "agencies": "POL"}

# What remembers who took or saw something: the events, the head of their chain, and when somebody
# looked at a standard last, by which they are told what has changed since.
HISTORY = ("events", "event_chain", "desk_visits")


@pytest.fixture
def submitted(database: Database, cast: Cast, opened: Opened) -> Opened:
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    return opened


def rules(app: Flask, method: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or set()) and not is_public(app, rule.endpoint):
            yield rule


def address(rule: Rule) -> str:
    examples = EXAMPLES | {"reference": REFERENCES.get(rule.rule.split("/")[1], "1")}
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: examples.get(found[1], "1"), rule.rule)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_is_sent_to_sign_in_everywhere(pages: Pages, app: Flask, method: str) -> None:
    pages.get("/sign-in")
    for rule in rules(app, method):
        page = pages.get(address(rule)) if method == "GET" else pages.post(address(rule))
        assert page.status == 302, rule
        assert page.location.startswith("/sign-in"), rule


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_role_without_the_permission_is_refused_everywhere(
    pages: Pages, app: Flask, cast: Cast, submitted: Opened, name: str, method: str
) -> None:
    viewer = cast[name]
    pages.sign_in(viewer).get("/account")
    for rule in rules(app, method):
        permission = declared_permission(app, rule.endpoint)
        assert permission is not None
        if viewer.may(permission):
            continue
        page = pages.get(address(rule)) if method == "GET" else pages.post(address(rule))
        assert page.status == 403, (rule, name)


@pytest.mark.parametrize("name", ["Cara", "Dana", "Hugo", "Olga"])
def test_nobody_outside_reads_a_word_of_the_polices_return(
    pages: Pages, app: Flask, cast: Cast, submitted: Opened, name: str
) -> None:
    pages.sign_in(cast[name])
    for rule in rules(app, "GET"):
        response = pages.client.get(address(rule))
        body = response.get_data()
        for secret in (b"The deputy leads.", b"Open a separate room", b"Structure chart"):
            assert secret not in body, (rule, name)


def everything(database: Database) -> dict[str, list[Any]]:
    """All rows of all tables but the sessions, which remember when they were last used."""
    with database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table))]
            for table in Base.metadata.sorted_tables
            if table.name != "user_sessions"
        }


@pytest.mark.parametrize("name", PEOPLE)
def test_reading_every_page_changes_nothing(
    pages: Pages, app: Flask, cast: Cast, submitted: Opened, database: Database, name: str
) -> None:
    """But for the history, which remembers downloads and looks, and nothing else."""
    pages.sign_in(cast[name])
    before = everything(database)
    for rule in rules(app, "GET"):
        page = pages.get(address(rule))
        assert page.status < 500, (rule, name)
    after = everything(database)
    events, known = after["events"], before["events"]
    assert events[: len(known)] == known
    column = list(Event.__table__.columns.keys()).index("kind")
    assert {event[column] for event in events[len(known) :]} <= {DOWNLOADED, SEEN}
    for table in HISTORY:
        del before[table], after[table]
    assert after == before
