"""The page that changes a round's dates, and opening a round again when its last day is over."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from s11audit.domain.workflow import RoundStatus
from s11audit.models import AuditRound
from s11audit.models.database import Database
from tests.cast import Cast
from tests.pages import Pages
from tests.rounds_and_returns import Opened

LATER: dict[str, Any] = {
    **{"due_on-day": "8", "due_on-month": "1", "due_on-year": "2098"},
    **{"closes_on-day": "29", "closes_on-month": "1", "closes_on-year": "2098"},
    "reason": "Many of you were ill",
}


@pytest.fixture
def priya(pages: Pages, cast: Cast) -> Pages:
    return pages.sign_in(cast["Priya"])


def change(database: Database, opened: Opened, **values: Any) -> None:
    with database.writing.begin() as session:
        found = session.get_one(AuditRound, opened.round_id)
        for name, value in values.items():
            setattr(found, name, value)


def test_new_dates_and_their_reason_are_told_to_everybody(
    priya: Pages, cast: Cast, opened: Opened
) -> None:
    page = priya.get("/rounds/R1/dates")
    assert page.soup.select_one("#due_on")["value"] == "18"
    assert page.soup.select_one("#opens_on") is None
    assert priya.post("/rounds/R1/dates", LATER).location == "/rounds/R1"
    page = priya.get("/rounds/R1")
    assert "The dates are changed. 3 returns have a new one." in page.soup.get_text(" ", strip=True)
    assert "Dates changed: Many of you were ill" in page.text
    assert page.text.count("8 January 2098") >= 4
    priya.sign_in(cast["Asif"])
    page = priya.get("/returns/R1-POL")
    assert "Many of you were ill" in page.text
    assert "Due 8 January 2098" in page.text


def test_what_is_wrong_stands_beside_what_was_typed(priya: Pages, opened: Opened) -> None:
    priya.get("/rounds/R1/dates")
    page = priya.post("/rounds/R1/dates", LATER | {"reason": " ", "due_on-day": "9"})
    assert (page.status, page.errors) == (422, {"reason": "Say why the dates change"})
    assert page.soup.select_one("#due_on")["value"] == "9"
    page = priya.post("/rounds/R1/dates", LATER | {"closes_on-day": "7"})
    assert page.errors == {
        "closes_on": "Enter 8 January 2098, when returns are due, or a later date"
    }
    page = priya.post("/rounds/R1/dates", LATER | {"closes_on-day": "31", "closes_on-month": "2"})
    assert "Enter a real date on which the round closes" in page.errors["closes_on"]


def test_a_draft_asks_for_all_three_dates_and_no_reason(
    priya: Pages, database: Database, opened: Opened
) -> None:
    change(database, opened, status=RoundStatus.DRAFT)
    page = priya.get("/rounds/R1/dates")
    assert page.soup.select_one("#reason") is None
    opens = {"opens_on-day": "1", "opens_on-month": "12", "opens_on-year": "2097"}
    assert priya.post("/rounds/R1/dates", LATER | opens).status == 303
    assert "1 December 2097" in priya.get("/rounds/R1").text


def test_the_dates_of_a_closed_round_stay(priya: Pages, database: Database, opened: Opened) -> None:
    change(database, opened, status=RoundStatus.CLOSED)
    assert "has closed, so its dates stay" in priya.get("/rounds/R1/dates").text
    assert priya.post("/rounds/R1/dates", LATER).status == 409


def test_only_whoever_runs_the_round_changes_its_dates(
    pages: Pages, cast: Cast, opened: Opened
) -> None:
    for who, status in (("Mo", 403), ("Asif", 403), ("Olga", 404)):
        pages.sign_in(cast[who])
        assert pages.get("/rounds/R1/dates").status == status
        assert pages.post("/rounds/R1/dates", LATER).status == status


def test_opening_again_after_the_last_day_asks_for_a_new_one(
    priya: Pages, database: Database, opened: Opened
) -> None:
    over = date(2020, 3, 1)
    change(database, opened, status=RoundStatus.CLOSED, due_on=date(2020, 2, 1), closes_on=over)
    assert "Its last day was 1 March 2020" in priya.get("/rounds/R1").text
    sent = {"reopen-text": "Two asked"}
    page = priya.post("/rounds/R1/steps/reopen", sent)
    assert (page.status, list(page.errors)) == (422, ["reopen-day"])
    assert "Two asked" in page.text
    day = {"reopen-day-day": "3", "reopen-day-month": "4", "reopen-day-year": "2099"}
    assert priya.post("/rounds/R1/steps/reopen", sent | day).status == 303
    page = priya.get("/rounds/R1")
    assert "Opened again: Two asked" in page.text
    assert "3 April 2099" in page.text
