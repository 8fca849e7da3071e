"""The pages on which an agency confirms, or changes, what was brought forward from last time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from s11audit.domain.answers import Answer
from s11audit.domain.questionnaire import Questionnaire
from s11audit.models.database import Database
from s11audit.queries.returns import HeldAnswer, answers_of
from s11audit.services.answer_changes import Change
from s11audit.services.answers import save_answers
from s11audit.web.security import Services
from tests.cast import Cast
from tests.grown_returns import FIRST, MOMENTS, open_version, submit_version
from tests.pages import Page, Pages
from tests.rounds_and_returns import return_named

RETURN = "/returns/G2-POL"
LEADERSHIP = f"{RETURN}/standards/leadership"
CULTURE = f"{RETURN}/standards/culture"
LEAD = "leadership.lead"


@pytest.fixture
def chain(app: Flask) -> list[Questionnaire]:
    shared: Services = app.extensions["s11audit"]
    return list(shared.catalogue.chain(shared.catalogue.get("grown", "2")))


@pytest.fixture
def asif(pages: Pages, cast: Cast, database: Database, chain: list[Questionnaire]) -> Pages:
    """Asif, whose agency answered version 1 and is asked version 2 now."""
    with database.writing.begin() as session:
        submit_version(session, cast, chain[1], FIRST)
        open_version(session, cast, chain[0])
        open_version(session, cast, chain[0], "HOSP")
    return pages.sign_in(cast["Asif"])


def start(pages: Pages, address: str = RETURN) -> Page:
    """Press “Start now”, and look at the page that comes."""
    started = pages.post(f"{address}/start", pages.get(address).form("/start"))
    assert started.location == address
    return pages.get(address)


def send(pages: Pages, address: str, changes: dict[str, Any], next_: str = "later") -> Page:
    return pages.post(address, pages.get(address).form() | changes | {"next": next_})


def held(database: Database) -> dict[str, HeldAnswer]:
    with database.reading() as session:
        return answers_of(session, return_named(session, "G2-POL").id)


def to_confirm(database: Database) -> set[str]:
    return {key for key, one in held(database).items() if one.to_confirm}


def beside(page: Page, key: str) -> str:
    """What the page says about last time beside a question, or nothing."""
    part = page.soup.select_one(f"[data-question='{key}'] .s11-last-time")
    return " ".join(part.get_text(" ").split()) if part else ""


def test_starting_tells_how_much_was_brought_forward_and_how_much_is_to_be_confirmed(
    asif: Pages,
) -> None:
    before = asif.get(RETURN)
    assert (
        "Audit of 2022”, submitted 3 March 2022) are brought forward when you start" in before.text
    )
    page = start(asif)
    assert "8 answers were brought forward from “Audit of 2022”" in page.text
    assert "8 answers brought forward from Audit of 2022 : 8 to confirm" in page.text
    assert "7 to confirm" in page.text  # of the standard Leadership
    assert "What is not asked any more (1)" in page.text
    assert "Fax" in page.text
    assert not asif.get(RETURN).soup.select("form[action$='/start']")


def test_an_agency_that_never_answered_before_sees_nothing_of_last_time(
    asif: Pages, cast: Cast
) -> None:
    asif.sign_in(cast["Cara"])
    assert "brought forward" not in asif.get("/returns/G2-HOSP").text
    page = start(asif, "/returns/G2-HOSP")
    standard = asif.get("/returns/G2-HOSP/standards/leadership")
    for text in (page.text, standard.text):
        assert "ast time" not in text
        assert "confirm" not in text


@pytest.mark.parametrize("name", ["Ines", "Cara", "Priya", "Olga"])
def test_only_who_may_answer_starts_the_return(
    asif: Pages, cast: Cast, database: Database, name: str
) -> None:
    asif.get(RETURN)
    asif.sign_in(cast[name]).get("/account")
    assert asif.post(f"{RETURN}/start").status in {403, 404}
    assert held(database) == {}


def test_starting_a_return_that_a_colleague_has_just_started_shows_it(
    asif: Pages, database: Database
) -> None:
    form = asif.get(RETURN).form("/start")
    start(asif)
    assert asif.post(f"{RETURN}/start", form).location == RETURN
    assert len(held(database)) == 8


def test_last_time_stands_beside_each_question_with_what_changed_and_why_a_rating_is_missing(
    asif: Pages,
) -> None:
    start(asif)
    page = asif.get(LEADERSHIP)
    lead = beside(page, LEAD)
    assert "(Audit of 2022, submitted 3 March 2022)" in lead
    assert "The question was: “Does somebody lead?”" in lead
    assert "Answer: Fully met" in lead
    assert "Comment: The deputy leads." in lead
    assert page.form()["lead__value"] == "met"
    training = beside(page, "leadership.training")
    assert "The scale has changed, so choose a rating." in training
    assert "Every year." in training
    assert "training__confirm" not in str(page.soup)
    assert "We now ask whether people know it." in beside(page, "leadership.statement")
    recruitment = beside(page, "leadership.recruitment")
    assert "Are references taken?" in recruitment
    assert "Are checks done?" in recruitment


def test_ticking_confirms_one_answer_and_last_time_can_still_be_read(
    asif: Pages, database: Database
) -> None:
    start(asif)
    assert send(asif, LEADERSHIP, {"lead__confirm": "y"}).status == 303
    assert LEAD not in to_confirm(database)
    assert len(to_confirm(database)) == 7
    page = asif.get(LEADERSHIP)
    folded = page.soup.select_one(f"[data-question='{LEAD}'] details")
    assert folded is not None
    assert "The deputy leads." in folded.get_text()
    assert "lead__confirm" not in str(page.soup)


def test_changing_an_answer_confirms_it(asif: Pages, database: Database) -> None:
    start(asif)
    send(asif, LEADERSHIP, {"lead__comment": "The chief leads."})
    assert LEAD not in to_confirm(database)
    assert held(database)[LEAD].answer.comment == "The chief leads."


def test_one_button_confirms_what_lacks_nothing_and_names_the_rest(
    asif: Pages, database: Database
) -> None:
    start(asif)
    page = send(asif, LEADERSHIP, {"staff__value": "81"}, "confirm-all")
    assert page.location == LEADERSHIP
    assert to_confirm(database) == {"leadership.training", "culture.whistle"}
    assert held(database)["leadership.staff"].answer.value == "81"
    page = asif.get(LEADERSHIP)
    assert "6 answers are confirmed. Something is still missing in “Training”." in page.text


def test_once_everything_of_a_page_is_confirmed_it_goes_on(asif: Pages, database: Database) -> None:
    start(asif)
    assert send(asif, CULTURE, {}, "confirm-all").location == f"{RETURN}/check"
    assert "culture.whistle" not in to_confirm(database)


def test_continuing_and_checking_ask_for_confirmation_and_link_to_its_box(asif: Pages) -> None:
    start(asif)
    page = send(asif, LEADERSHIP, {}, "continue")
    assert page.status == 422
    assert "confirm that last time’s answer is still right" in page.errors["lead__confirm"]
    assert page.soup.select_one("#lead__confirm") is not None
    check = asif.get(f"{RETURN}/check")
    assert check.soup.select(f"a[href='{LEADERSHIP}#lead__confirm']")
    assert "To confirm This is last time’s answer." in check.text


def test_the_first_save_starts_too_and_overwrites_nothing_with_the_empty_boxes_of_its_page(
    asif: Pages, database: Database
) -> None:
    sent = asif.get(LEADERSHIP).form() | {"lead__value": "partly-met", "next": "continue"}
    page = asif.post(LEADERSHIP, sent)
    assert page.status == 422
    assert held(database)[LEAD].answer == Answer("partly-met")
    assert page.form()["policy-known__comment"] == "All know it."
    asif.post(LEADERSHIP, page.form() | {"next": "later"})
    assert held(database)["leadership.policy-known"].answer.comment == "All know it."
    assert "8 answers were brought forward" in page.text


@pytest.mark.parametrize(
    "pressed", [{"lead__confirm": "y", "next": "later"}, {"next": "confirm-all"}]
)
def test_an_answer_changed_meanwhile_is_shown_to_whoever_confirms_the_old_one(
    asif: Pages,
    database: Database,
    cast: Cast,
    chain: list[Questionnaire],
    pressed: dict[str, str],
) -> None:
    start(asif)
    stale = asif.get(LEADERSHIP).form()
    seen = held(database)[LEAD].answer
    with database.writing.begin() as session:
        theirs = [Change(LEAD, replace(seen, comment="What Bea wrote"), seen.digest)]
        now = return_named(session, "G2-POL")
        save_answers(session, now, chain[0], theirs, by=cast["Bea"], now=MOMENTS["2"])
    page = asif.post(LEADERSHIP, stale | pressed)
    assert page.status == 409
    assert "What Bea wrote" in page.text
    assert held(database)[LEAD].answer.comment == "What Bea wrote"
    mine = asif.post(LEADERSHIP, page.form() | {"lead__keep": "mine", "next": "later"})
    assert mine.status == 303
    assert held(database)[LEAD].answer == seen


def test_a_page_with_last_time_is_shown_in_9_statements_and_the_first_save_takes_15(
    asif: Pages, database: Database
) -> None:
    fields = asif.get(LEADERSHIP).form()
    statements: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def count_it(_c: object, _cu: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "SELECT set_config")):
            statements.append(statement)

    assert asif.post(LEADERSHIP, fields | {"lead__value": "met", "next": "later"}).status == 303
    assert len(statements) <= 15, statements
    statements.clear()
    page = asif.get(LEADERSHIP)
    assert len(statements) <= 9, statements
    statements.clear()
    asif.post(LEADERSHIP, page.form() | {"next": "confirm-all"})
    assert len(statements) <= 15, statements


def test_the_agency_reads_what_changed_in_what_it_is_asked(asif: Pages, cast: Cast) -> None:
    link = asif.get(RETURN).soup.find("a", href=f"{RETURN}/changes")
    assert "What changed in the questions since 1" in link.get_text()
    page = asif.get(f"{RETURN}/changes")
    assert page.heading == "What changed since 1"
    assert "Split into several" in page.text
    asif.sign_in(cast["Cara"])
    assert asif.get(f"{RETURN}/changes").status == 404
