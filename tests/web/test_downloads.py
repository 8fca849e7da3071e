"""Nothing leaves and nothing about a child is seen without an event that remembers it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

import s11audit
from s11audit.config import Settings
from s11audit.domain.permissions import Permission, Role
from s11audit.domain.viewers import Viewer
from s11audit.models import Event, EventChain, Membership, User
from s11audit.models.database import Database
from s11audit.queries.people import as_viewer
from s11audit.web import create_app
from s11audit.web.downloads import safe_name
from s11audit.web.looks import is_traced, looks_at, shows, what_is_looked_at
from s11audit.web.security import db, permitted
from tests.cast import LONG_AGO, PASSWORD_HASH, Cast
from tests.pages import Pages
from tests.rounds_and_returns import COMPLETE, Opened, return_named, submit
from tests.web.test_access import address, rules

pytestmark = pytest.mark.slow

SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@pytest.fixture
def submitted(database: Database, cast: Cast, opened: Opened) -> Opened:
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    return opened


def remembered(database: Database, kind: str) -> list[Event]:
    with database.reading() as session:
        found = select(Event).where(Event.kind == kind).order_by(Event.id)
        return list(session.scalars(found))


def file_name(response: TestResponse) -> str:
    """The name under which the browser saves it; empty where it is shown."""
    disposition = response.headers.get("Content-Disposition", "")
    if not disposition:
        return ""
    kind, _, name = disposition.partition("; filename=")
    assert kind == "attachment", disposition
    return name.strip('"')


@pytest.mark.parametrize(
    ("name", "among"),
    [
        ("Priya", {"R1-compliance.xlsx", "R1-charts.zip", "history.csv", "small-1.yaml"}),
        ("Mo", {"R1-compliance.xlsx", "R1-charts.zip", "small-1-form.xlsx"}),
        ("Asif", {"R1-POL.xlsx", "R1-POL-form.xlsx"}),
        ("Dana", set()),
    ],
)
def test_every_file_that_leaves_any_page_leaves_one_event(
    pages: Pages,
    app: Flask,
    cast: Cast,
    submitted: Opened,
    database: Database,
    name: str,
    among: set[str],
) -> None:
    pages.sign_in(cast[name])
    left = set()
    for rule in rules(app, "GET"):
        before = len(remembered(database, "downloaded"))
        response = pages.client.get(address(rule))
        file, events = file_name(response), remembered(database, "downloaded")[before:]
        assert len(events) == (1 if file else 0), (rule, name)
        if file:
            left.add(file)
            check_file(response, events[0])
            assert (events[0].user_id, events[0].detail["file"]) == (cast[name].user_id, file)
    assert left >= among


def check_file(response: TestResponse, event: Event) -> None:
    assert SAFE.fullmatch(file_name(response)), file_name(response)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert event.address == "127.0.0.1"


def test_a_download_belongs_to_the_round_and_the_return_that_it_tells_of(
    pages: Pages, cast: Cast, submitted: Opened, database: Database
) -> None:
    pages.sign_in(cast["Priya"]).get("/rounds/R1/compliance.xlsx")
    pages.sign_in(cast["Asif"]).get("/returns/R1-POL/return.xlsx")
    workbook, own = remembered(database, "downloaded")
    assert (workbook.subject, workbook.round_id) == ("round R1", submitted.round_id)
    assert workbook.partnership_id == cast.partnerships["DOWN"]
    assert workbook.detail == {"file": "R1-compliance.xlsx", "returns": 3}
    assert (own.subject, own.agency_id) == ("return R1-POL", cast.agencies["POL"])
    assert own.round_id == submitted.round_id


def test_a_file_that_is_refused_leaves_no_event(
    pages: Pages, cast: Cast, submitted: Opened, database: Database
) -> None:
    assert pages.sign_in(cast["Cara"]).get("/returns/R1-POL/return.xlsx").status == 404
    assert pages.sign_in(cast["Asif"]).get("/rounds/R1/compliance.xlsx").status == 403
    assert remembered(database, "downloaded") == []


@pytest.mark.parametrize(
    ("name", "where"),
    [("Priya", "/rounds/R1/compliance.xlsx"), ("Asif", "/returns/R1-POL/return.xlsx")],
)
def test_what_cannot_be_remembered_does_not_leave(
    pages: Pages,
    app: Flask,
    cast: Cast,
    submitted: Opened,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    where: str,
) -> None:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    lose_the_chain(database)
    page = pages.sign_in(cast[name]).get(where)
    assert (page.status, page.is_html) == (500, True)
    assert "Content-Disposition" not in page.response.headers


def lose_the_chain(database: Database) -> None:
    with database.writing.begin() as session:
        session.execute(delete(EventChain))


def test_only_one_module_makes_a_browser_save_anything() -> None:
    """Whoever writes the header elsewhere forgets the event."""
    root = Path(s11audit.__file__).parent
    ways = re.compile(r"Content-Disposition|as_attachment|send_file|send_from_directory", re.I)
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if ways.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"web/downloads.py"}


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("R1-compliance.xlsx", "R1-compliance.xlsx"),
        ("../../etc/passwd", "etc-passwd"),
        ('a"; filename="b.html', "a-filename-b.html"),
        ("line\r\nSet-Cookie: x", "line-Set-Cookie-x"),
        ("C:\\Users\\file.xlsx", "C-Users-file.xlsx"),
        (".htaccess", "htaccess"),
        ("école.xlsx", "cole.xlsx"),
        ("...", "download"),
    ],
)
def test_a_name_is_never_anything_but_a_name(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.fixture
def auditor(database: Database, cast: Cast) -> Viewer:
    with database.writing.begin() as session:
        user = User(
            name="Ade", email="ade@example.org", password_hash=PASSWORD_HASH, created_at=LONG_AGO
        )
        place = cast.agencies["POL"]
        held = Membership(user=user, role=Role.CASE_AUDITOR, agency_id=place, started_at=LONG_AGO)
        session.add(held)
        session.flush()
        return as_viewer(user, [held])


@pytest.fixture
def traced(settings: Settings, database: Database) -> Flask:
    """An application with pages about children: sound, failing, and saying nothing."""
    app = create_app(settings, database)
    app.testing = True

    def case(reference: str) -> str:
        return_of_it = return_named(db(), "R1-POL")
        shows(return_of_it)
        return f"<title>Case</title><h1>Case</h1><main>{reference}</main>"

    def gone(reference: str) -> tuple[str, int]:
        return f"<title>No</title><h1>No</h1>{reference}", 404

    needs = permitted(Permission.AUDIT_CASE)
    app.add_url_rule("/cases/<reference>", "case", needs(looks_at("case", "reference")(case)))
    app.add_url_rule("/gone/<reference>", "gone", needs(looks_at("case", "reference")(gone)))
    app.add_url_rule("/mute", "mute", needs(lambda: "<title>M</title><h1>M</h1>"))
    return app


def test_a_look_at_a_case_is_remembered_and_found_by_its_reference(
    traced: Flask, database: Database, auditor: Viewer, cast: Cast, opened: Opened
) -> None:
    pages = Pages(traced, database)
    page = pages.sign_in(auditor).get("/cases/C2", environ_overrides={"REMOTE_ADDR": "192.0.2.9"})
    assert "C2" in page.text
    (event,) = remembered(database, "seen")
    assert (event.subject, event.user_id, event.address) == (
        "case C2",
        auditor.user_id,
        "192.0.2.9",
    )
    assert (event.agency_id, event.round_id) == (cast.agencies["POL"], opened.round_id)
    found = pages.sign_in(cast["Priya"]).get("/events?about=case+C2").text
    assert "Ade looked at case C2 – 192.0.2.9" in found
    assert "looked at" not in pages.sign_in(cast["Olga"]).get("/events?about=case+C2").text


def test_a_case_that_is_not_shown_was_not_seen(
    traced: Flask, database: Database, auditor: Viewer, cast: Cast, opened: Opened
) -> None:
    pages = Pages(traced, database)
    assert pages.sign_in(auditor).get("/gone/C2").status == 404
    assert pages.sign_in(cast["Asif"]).get("/cases/C2").status == 403
    assert remembered(database, "seen") == []


def test_a_look_that_cannot_be_remembered_shows_nothing(
    traced: Flask, database: Database, auditor: Viewer, opened: Opened
) -> None:
    traced.config["PROPAGATE_EXCEPTIONS"] = False
    lose_the_chain(database)
    page = Pages(traced, database).sign_in(auditor).get("/cases/C2")
    assert page.status == 500
    assert "C2" not in page.text


def test_a_traced_page_that_does_not_say_what_it_shows_answers_nobody(
    traced: Flask, database: Database, auditor: Viewer, opened: Opened
) -> None:
    traced.config["PROPAGATE_EXCEPTIONS"] = False
    assert Pages(traced, database).sign_in(auditor).get("/mute").status == 500


def test_every_traced_page_says_what_it_shows(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if is_traced(app, rule.endpoint) and "GET" in (rule.methods or ()):
            declared = what_is_looked_at(app, rule.endpoint)
            assert declared is not None, rule
            assert declared[1] in rule.arguments, rule


def test_a_page_that_is_not_traced_leaves_nothing(
    pages: Pages, cast: Cast, submitted: Opened, database: Database
) -> None:
    with database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Event))
    pages.sign_in(cast["Asif"]).get("/returns/R1-POL")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == before
