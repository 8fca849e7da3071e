"""What somebody typed is never lost: a page that could not save it gives it back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from s11audit.domain.workflow import RoundStatus
from s11audit.models.database import Database
from tests.cast import Cast
from tests.pages import Pages
from tests.rounds_and_returns import COMPLETE, Opened, fill, return_named

LEADERSHIP = "/returns/R1-POL/standards/leadership"
TYPED = {"board-lead__value": "met", "board-lead__comment": "Half an hour <b>of work</b>"}


@pytest.fixture
def asif(pages: Pages, cast: Cast, opened: Opened) -> Pages:
    pages.sign_in(cast["Asif"]).get(LEADERSHIP)
    return pages


def sign_out_everywhere(pages: Pages) -> None:
    with pages.client.session_transaction() as cookie:
        cookie["token"] = "a session that has ended"


def test_a_form_sent_after_the_session_ended_comes_back_to_be_copied(asif: Pages) -> None:
    sign_out_everywhere(asif)
    page = asif.post(LEADERSHIP, TYPED)
    assert page.status == 401
    assert page.heading == "You had been signed out"
    assert "Board lead: comment Half an hour <b>of work</b>" in page.text
    assert page.soup.select("main a[href='/sign-in']")


def test_a_form_without_its_token_comes_back_to_be_copied(asif: Pages) -> None:
    page = asif.post(LEADERSHIP, TYPED | {"csrf_token": "of somebody else"})
    assert page.status == 400
    assert "Half an hour <b>of work</b>" in page.text


def test_another_sites_form_is_not_repeated(asif: Pages) -> None:
    sent: dict[str, Any] = TYPED | {"csrf_token": ""}
    page = asif.post(LEADERSHIP, sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status == 400
    assert "Half an hour" not in page.text


def test_a_password_is_never_repeated(asif: Pages) -> None:
    passwords = {"current": "correct horse", "new": "battery staple"}
    page = asif.post("/account/password", passwords | {"csrf_token": ""})
    assert page.status == 400
    assert "staple" not in page.text


def test_a_reason_typed_after_the_round_closed_comes_back(
    asif: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
        return_named(session, "R1-POL").round.status = RoundStatus.CLOSED
    page = asif.post("/returns/R1-POL/send-for-sign-off", {"note": "Please sign by Friday"})
    assert page.status == 409
    assert "round is not open" in page.text
    assert "Please sign by Friday" in page.text


def test_what_is_typed_while_somebody_else_holds_the_database_comes_back(
    asif: Pages, database: Database
) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite lets one write at a time")
    event.listen(database.engine, "checkout", wait_briefly)
    with database.writing() as other:
        other.execute(text("UPDATE agency_returns SET version = version"))
        page = asif.post(LEADERSHIP, TYPED)
    assert page.status == 503
    assert page.heading == "The service is busy"
    assert "Half an hour <b>of work</b>" in page.text
    assert asif.post(LEADERSHIP, TYPED).status == 303


def wait_briefly(connection: Any, *_: object) -> None:
    connection.execute("PRAGMA busy_timeout = 50")


def test_a_form_too_large_is_read_to_its_end_so_that_the_browser_shows_the_page(
    asif: Pages, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1_000)
    body = BytesIO(b"board-lead__comment=" + b"x" * 3_000_000)
    answer = asif.client.post(
        LEADERSHIP,
        input_stream=body,
        content_length=len(body.getvalue()),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 413
    assert "What you sent is too large" in answer.get_data(as_text=True)
    assert body.read() == b""
