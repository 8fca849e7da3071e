"""“I have taken over”: a page for anybody, and the manager's answer."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.models import Invitation, Membership, TakeoverRequest
from s11audit.models.database import Database
from tests.cast import Cast
from tests.pages import Page, Pages

ATTACK = "<script>alert(1)</script>"


def ask(pages: Pages, **typed: str) -> Page:
    told = {"place": "SCH", "name": "Noor Haddad", "email": "noor@example.org", **typed}
    return pages.post("/taking-over", {**pages.get("/taking-over").form(), **told})


@pytest.fixture
def somebody(app: Flask, database: Database) -> Pages:
    """A browser in which nobody is signed in."""
    return Pages(app, database)


@pytest.fixture
def priya(app: Flask, database: Database, cast: Cast) -> Pages:
    return Pages(app, database).sign_in(cast["Priya"])


def test_a_stranger_gets_the_same_answer_for_every_agency(
    pages: Pages, cast: Cast, session: Session
) -> None:
    known, unknown = ask(pages), ask(pages, place="No such school")
    assert (known.status, known.location) == (unknown.status, unknown.location)
    assert known.location == "/taking-over/sent"
    assert "cannot tell you whether we know it" in pages.get(known.location).text
    assert len(session.scalars(select(TakeoverRequest)).all()) == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"place": " "}, "place"),
        ({"name": ""}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@e.org\nBcc: b@e.org"}, "email"),
        ({"message": "x" * 2_001}, "message"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_kept(
    pages: Pages, cast: Cast, typed: dict[str, str], field: str
) -> None:
    page = ask(pages, **typed)
    assert (page.status, list(page.errors)) == (422, [field])
    assert page.form()["place"] == typed.get("place", "SCH").strip()


def test_whoever_asks_too_often_is_asked_to_wait(pages: Pages, cast: Cast) -> None:
    answers = [ask(pages, place=f"School {number}").status for number in range(6)]
    assert answers == [303] * 5 + [429]


@pytest.mark.usefixtures("with_mail")
def test_the_manager_confirms_and_ends_the_role_of_who_led(
    pages: Pages, priya: Pages, cast: Cast, session: Session
) -> None:
    ask(pages, message=ATTACK)
    people = priya.get("/people")
    assert "1 request to take over" in people.text
    listed = priya.get("/people/requests")
    assert "Noor Haddad Elm Row School Dana" in listed.text
    page = priya.get(listed.soup.select_one("main table a")["href"])
    assert ATTACK in page.text
    tick = page.soup.select_one("input[name=end]")["value"]
    action = page.soup.select("form[action$=confirm]")[0]["action"]
    assert priya.post(action, {"end": tick}).location == "/people/requests"
    assert "Noor Haddad is invited" in priya.get("/people/requests").text
    assert priya.post(action, {}).status == 404
    invitation = session.scalars(select(Invitation)).one()
    assert (invitation.email, invitation.agency_id) == ("noor@example.org", cast.agencies["SCH"])
    dana = select(Membership).filter_by(user_id=cast["Dana"].user_id)
    assert session.scalars(dana).one().ended_at is not None


def test_the_manager_declines_with_a_reason(pages: Pages, priya: Pages, session: Session) -> None:
    ask(pages)
    action = "/people/requests/1/decline"
    priya.get("/people/requests/1")
    assert priya.post(action).errors == {"reason": "Say why, for whoever asked"}
    assert priya.post(action, {"reason": "Dana still leads."}).status == 303
    assert "No request is waiting" in priya.get("/people/requests").text


def test_another_partnerships_manager_finds_no_request(pages: Pages, cast: Cast) -> None:
    ask(pages)
    pages.sign_in(cast["Olga"])
    assert "No request is waiting" in pages.get("/people/requests").text
    assert pages.get("/people/requests/1").status == 404
    assert pages.post("/people/requests/1/confirm").status == 404
    assert "to take over" not in pages.get("/people").text


def test_where_no_mail_is_sent_none_is_promised_and_the_manager_sees_the_link(
    pages: Pages, priya: Pages, somebody: Pages
) -> None:
    assert "e-mail." not in pages.get("/taking-over").text
    sent = pages.get(ask(pages).location).text
    assert "its office gets in touch with you" in sent
    assert "e-mail" not in sent
    request = priya.get("/people/requests/1").text
    assert "You get the link of an invitation to hand over to Noor Haddad" in request
    assert "nobody leads for Elm Row School until Noor Haddad has joined" in request
    page = priya.post("/people/requests/1/confirm")
    assert page.heading == "Hand over this link"
    path = re.search(r"http://127.0.0.1:8000(/join/\S+)", page.text)
    assert path is not None
    assert "Elm Row School" in somebody.get(path[1]).text


def test_where_no_mail_is_sent_whoever_declines_is_asked_to_tell(
    pages: Pages, priya: Pages
) -> None:
    ask(pages)
    assert "tell noor@example.org yourself" in priya.get("/people/requests/1").text
    priya.post("/people/requests/1/decline", {"reason": "Dana still leads."})
    assert "Noor Haddad has to be told by you" in priya.get("/people/requests").text
