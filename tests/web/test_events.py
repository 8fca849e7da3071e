"""Searching the history: who finds what, in which words, and what leaves as a file."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.dates import long_time
from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Action, AuditRound, Event, Membership, User
from s11audit.models.database import Database
from s11audit.models.rounds import round_partnerships
from s11audit.queries.people import as_viewer
from s11audit.services.actions import add_note
from s11audit.services.events import record
from s11audit.services.history import Anchor, verify_anchor
from s11audit.services.rounds import extend
from tests.cast import LONG_AGO, PASSWORD_HASH, Cast
from tests.pages import Pages
from tests.rounds_and_returns import COMPLETE, NOON, Opened, return_named, submit

pytestmark = pytest.mark.slow


@pytest.fixture
def submitted(database: Database, cast: Cast, opened: Opened) -> Opened:
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    return opened


@pytest.fixture
def operator(database: Database) -> Viewer:
    with database.writing.begin() as session:
        user = User(
            name="Otto", email="otto@example.org", password_hash=PASSWORD_HASH, created_at=LONG_AGO
        )
        membership = Membership(user=user, role=Role.OPERATOR, started_at=LONG_AGO)
        session.add(membership)
        session.flush()
        return as_viewer(user, [membership])


def whats(pages: Pages, address: str = "/events") -> list[str]:
    """What happened, in words, as the page lists it."""
    cells = pages.get(address).soup.select("td[data-label='What']")
    return [" ".join(cell.get_text(" ").split()) for cell in cells]


def note(session: Session, subject: str, *, by: int, of: object = None) -> Event:
    return record(session, "seen", subject, by=by, at=datetime.now(UTC), of=of)  # type: ignore[arg-type]


def test_a_manager_reads_what_happened_in_words_newest_first(
    pages: Pages, cast: Cast, submitted: Opened
) -> None:
    pages.sign_in(cast["Priya"])
    assert whats(pages) == [
        "signed and submitted return R1-POL",
        "promised action R1-POL-A1",
        "sent return R1-POL for sign-off",
        "started return R1-POL",
    ]
    page = pages.get("/events")
    assert f"{long_time(NOON)} Ines signed and submitted return R1-POL" in page.text
    assert "awaiting sign off → submitted" in page.text


def test_a_date_that_changed_is_shown_before_and_after(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    with database.writing.begin() as session:
        due_on = date(2027, 1, 8)
        agency_return = return_named(session, "R1-POL")
        extend(session, agency_return, due_on, "A long illness", by=cast["Priya"], now=NOON)
    page = pages.sign_in(cast["Priya"]).get("/events")
    assert "gave longer for return R1-POL 18 December 2026 → 8 January 2027" in page.text
    assert "illness" not in page.text


def test_where_it_came_from_is_shown(pages: Pages, cast: Cast, submitted: Opened) -> None:
    pages.sign_in(cast["Asif"]).get(
        "/returns/R1-POL/return.xlsx", environ_overrides={"REMOTE_ADDR": "192.0.2.7"}
    )
    page = pages.sign_in(cast["Priya"]).get("/events?what=downloads")
    assert "Asif downloaded a file of return R1-POL R1-POL.xlsx, 7 answers 192.0.2.7" in page.text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("about=R1-POL-A1", ["promised action R1-POL-A1"]),
        ("about=action+r1-pol-a1", ["promised action R1-POL-A1"]),
        ("about=case+C2", ["looked at case C2"]),
        ("about=C2", ["looked at case C2"]),
        ("about=round+C2", []),
        ("what=looks", ["looked at case C2"]),
        ("what=return-started", ["started return R1-POL"]),
        ("what=actions&who=ines", ["promised action R1-POL-A1"]),
        ("who=ines@example", ["signed and submitted return R1-POL", "promised action R1-POL-A1"]),
        ("who=Olga", []),
        ("what=looks&who=mo", ["looked at case C2"]),
        ("what=looks&who=%25", []),
    ],
)
def test_a_search_finds_exactly_what_it_asks_for(
    pages: Pages,
    cast: Cast,
    submitted: Opened,
    database: Database,
    asked: str,
    expected: list[str],
) -> None:
    with database.writing.begin() as session:
        of = return_named(session, "R1-POL")
        note(session, "case C2", by=cast["Mo"].user_id, of=of)
    pages.sign_in(cast["Priya"])
    assert whats(pages, f"/events?{asked}") == expected


def test_a_round_and_an_agency_are_found_with_all_that_belongs_to_them(
    pages: Pages, cast: Cast, submitted: Opened
) -> None:
    pages.sign_in(cast["Priya"])
    assert len(whats(pages, "/events?about=R1")) == 4
    for words in ("pol", "agency+pol", "downshire+police", "agency+Downshire+Police"):
        assert len(whats(pages, f"/events?about={words}")) == 4, words
    assert whats(pages, "/events?about=agency+HOSP") == []


def test_days_are_those_of_london_and_both_count(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    """On 29 June 2026 London is an hour before UTC, so its day ends at 11pm there."""
    with database.writing.begin() as session:
        for minute, subject in ((-1, "case LATE"), (1, "case NEXT")):
            at = datetime(2026, 6, 29, 23, 0, tzinfo=UTC) + timedelta(minutes=minute)
            record(session, "seen", subject, by=cast["Mo"].user_id, at=at)
    pages.sign_in(cast["Priya"])
    since = "since-day=29&since-month=6&since-year=2026"
    until = "until-day=29&until-month=6&until-year=2026"
    assert whats(pages, f"/events?{since}&{until}") == ["looked at case LATE"]
    since = since.replace("29", "30")
    assert whats(pages, f"/events?{since}") == ["looked at case NEXT"]


@pytest.mark.parametrize(
    ("asked", "field", "message"),
    [
        ("since-day=31&since-month=2&since-year=2026", "since", "Enter a real date to search from"),
        (
            "since-day=2&since-month=3&since-year=2026&until-day=1&until-month=3&until-year=2026",
            "until",
            "Enter a date on or after the one to search from",
        ),
    ],
)
def test_a_faulty_date_is_said_and_nothing_is_searched(
    pages: Pages, cast: Cast, submitted: Opened, asked: str, field: str, message: str
) -> None:
    page = pages.sign_in(cast["Priya"]).get(f"/events?{asked}")
    assert page.status == 400
    assert page.errors[field].startswith(message)
    assert not page.soup.select("td")
    assert pages.get(f"/events/history.csv?{asked}").status == 400


def test_pages_of_fifty_go_back_to_the_first_event_without_gap_or_repeat(
    pages: Pages, cast: Cast, database: Database
) -> None:
    with database.writing.begin() as session:
        for number in range(120):
            note(session, f"case N{number}", by=cast["Mo"].user_id)
    pages.sign_in(cast["Priya"])
    address, seen, lengths = "/events?what=looks", [], []
    while address:
        found = whats(pages, address)
        seen, lengths = [*seen, *found], [*lengths, len(found)]
        older = pages.get(address).soup.select_one("a[rel=next]")
        address = str(older["href"]) if older else ""
    assert lengths == [50, 50, 20]
    assert seen == [f"looked at case N{number}" for number in reversed(range(120))]


@pytest.mark.parametrize("before", ["0", "-1", "99999999999999999999"])
def test_a_place_that_no_event_has_is_not_found(pages: Pages, cast: Cast, before: str) -> None:
    assert pages.sign_in(cast["Priya"]).get(f"/events?before={before}").status == 404


def test_another_partnerships_manager_finds_nothing_of_it(
    pages: Pages, cast: Cast, submitted: Opened
) -> None:
    pages.sign_in(cast["Olga"])
    assert whats(pages) == []
    assert whats(pages, "/events?about=R1") == []
    assert whats(pages, "/events?who=Ines") == []
    assert "R1" not in pages.client.get("/events/history.csv").get_data(as_text=True)


def test_a_round_that_is_shared_shows_each_partnership_its_own_agencies(
    pages: Pages, cast: Cast, submitted: Opened, database: Database
) -> None:
    with database.writing.begin() as session:
        shared = {"round_id": submitted.round_id, "partnership_id": cast.partnerships["FAR"]}
        session.execute(round_partnerships.insert().values(shared))
        audit_round = session.get_one(AuditRound, submitted.round_id)
        record(
            session, "round-closed", "round R1", by=cast["Priya"].user_id, at=NOON, of=audit_round
        )
    page = pages.sign_in(cast["Olga"]).get("/events")
    assert whats(pages) == ["closed round R1"]
    assert "Somebody else" in page.text
    assert "Priya" not in page.text


def test_sign_ins_are_seen_by_the_manager_of_the_person_while_they_are_theirs(
    pages: Pages, cast: Cast, database: Database
) -> None:
    asif = cast["Asif"].user_id
    with database.writing.begin() as session:
        record(session, "signed-in", f"user {asif}", by=asif, at=NOON)
        membership = session.scalars(select(Membership).where(Membership.user_id == asif)).one()
        membership.ended_at = NOON + timedelta(days=1)
        later = NOON + timedelta(days=2)
        record(session, "password-set", f"user {asif}", by=None, at=NOON)
        record(session, "signed-out", f"user {asif}", by=asif, at=later)
    pages.sign_in(cast["Priya"])
    assert whats(pages, "/events?what=accounts") == ["set the password of Asif", "signed in"]
    assert whats(pages, "/events?about=asif@example.org") == [
        "set the password of Asif",
        "signed in",
    ]
    pages.sign_in(cast["Olga"])
    assert whats(pages, "/events?what=accounts") == []


def test_the_operator_finds_everything_but_not_what_it_says(
    pages: Pages, operator: Viewer, cast: Cast, submitted: Opened
) -> None:
    page = pages.sign_in(operator).get("/events")
    assert "Ines signed and submitted return R1-POL" in page.text
    assert "→" not in page.text
    assert {cell.get_text() for cell in page.soup.select("td[data-label='Change']")} == {"–"}
    assert "→" not in pages.client.get("/events/history.csv").get_data(as_text=True)


@pytest.mark.parametrize("name", ["Mo", "Asif", "Hugo"])
def test_nobody_else_searches_the_history(pages: Pages, cast: Cast, name: str) -> None:
    for address in ("/events", "/events/history.csv", "/events/anchor.json"):
        assert pages.sign_in(cast[name]).get(address).status == 403


def test_the_file_has_what_the_search_found_and_no_formula(
    pages: Pages, cast: Cast, submitted: Opened, database: Database
) -> None:
    with database.writing.begin() as session:
        session.get_one(User, cast["Mo"].user_id).name = "=1+1"
        note(session, "case C2", by=cast["Mo"].user_id)
    response = pages.sign_in(cast["Priya"]).client.get("/events/history.csv?about=case+C2")
    text = response.get_data().decode("utf-8-sig")
    lines = list(csv.reader(StringIO(text)))
    assert lines[0][2:4] == ["Who", "What"]
    assert [line[2:4] for line in lines[1:]] == [["'=1+1", "looked at case C2"]]
    assert whats(pages, "/events?what=downloads") == ["downloaded a file of history"]


def test_an_anchor_downloaded_here_holds_against_the_history(
    pages: Pages, cast: Cast, submitted: Opened, database: Database
) -> None:
    response = pages.sign_in(cast["Priya"]).client.get("/events/anchor.json")
    kept = Anchor.from_json(response.get_data(as_text=True))
    assert json.loads(response.get_data())["installation"] == "http://127.0.0.1:8000"
    assert kept.events == 4
    with database.reading() as session:
        assert verify_anchor(session, kept).fault == ""


def test_text_that_somebody_typed_is_never_in_the_history(
    pages: Pages, cast: Cast, submitted: Opened, database: Database
) -> None:
    with database.writing.begin() as session:
        action = session.scalars(select(Action)).one()
        add_note(session, action, "About Rumpelstiltskin", by=cast["Asif"], now=NOON)
    text = pages.sign_in(cast["Priya"]).get("/events").text
    assert "wrote about action R1-POL-A1" in text
    for typed in ("Rumpelstiltskin", "The deputy leads", "Open a separate room"):
        assert typed not in text


def test_the_history_is_in_the_menu_of_those_who_may_search_it(
    pages: Pages, app: Flask, cast: Cast
) -> None:
    def has_it(name: str) -> bool:
        soup = pages.sign_in(cast[name]).get("/account").soup
        return soup.select_one("#navigation a[href='/events']") is not None

    assert (has_it("Priya"), has_it("Asif")) == (True, False)
