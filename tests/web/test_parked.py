"""A form sent after its session ended is kept, encrypted, and sent by the same person only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.datastructures import MultiDict

from s11audit.domain.access import FRESH_FOR
from s11audit.domain.answers import TEXT_LIMIT, Answer
from s11audit.domain.workflow import RoundStatus
from s11audit.models import Invitation, ParkedForm, User, UserSession
from s11audit.models.database import Database
from s11audit.queries.returns import answers_of
from s11audit.questionnaires.catalogue import Catalogue, shipped_catalogue
from s11audit.services.parked_forms import KEPT_FOR, MOST_KEPT
from tests.cast import PASSWORD, Cast
from tests.conftest import QUESTIONNAIRES
from tests.pages import Page, Pages
from tests.rounds_and_returns import Opened, fill, open_round, return_named

LEADERSHIP = "/returns/R1-POL/standards/leadership"
TYPED = {"board-lead__value": "met", "board-lead__comment": "Half an hour <b>of work</b>"}
MORNING = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
LUNCH = timedelta(hours=2)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def asif(clock: time_machine.Traveller, pages: Pages, cast: Cast, opened: Opened) -> Pages:
    pages.sign_in(cast["Asif"]).get(LEADERSHIP)
    return pages


def sent(pages: Pages, fields: dict[str, Any] = TYPED, address: str = LEADERSHIP) -> Page:
    form = MultiDict(pages.get(address).form()) | fields
    return pages.post(address, dict(form) | {"next": "later"})


def late(pages: Pages, clock: time_machine.Traveller, fields: dict[str, Any] = TYPED) -> str:
    """Fill in the page, go to lunch, and send it; gives the address of what was kept."""
    form = pages.get(LEADERSHIP).form() | fields
    clock.shift(LUNCH)
    return kept_at(pages.post(LEADERSHIP, form | {"next": "later"}))


def kept_at(page: Page) -> str:
    assert page.status == 302
    (address,) = parse_qs(urlsplit(page.location).query)["next"]
    assert address.startswith("/account/parked/")
    return address


def signs_in(pages: Pages, first_name: str, address: str) -> Page:
    """Sign in on the page that one was sent to; gives the page that comes."""
    at = f"/sign-in?next={address}"
    who = {"email": f"{first_name.lower()}@example.org", "password": PASSWORD}
    page = pages.post(at, pages.get(at).form("") | who)
    assert page.location == address
    return pages.get(address)


def press(pages: Pages, address: str) -> Page:
    page = pages.get(address)
    form = next(one for one in page.soup.select("main form") if "throw" not in str(one["action"]))
    action = str(form["action"])
    fields: MultiDict[str, str] = MultiDict(
        (str(box["name"]), str(box["value"])) for box in form.select("input")
    )
    return pages.post(action, fields.to_dict(flat=False))


def comments(database: Database) -> dict[str, str]:
    with database.reading() as session:
        held = answers_of(session, return_named(session, "R1-POL").id)
        return {key: one.answer.comment for key, one in held.items() if one.answer.comment}


def parked_rows(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(ParkedForm.id))) or 0


def test_a_long_page_sent_after_lunch_is_saved_after_signing_in_again(
    clock: time_machine.Traveller, pages: Pages, cast: Cast, database: Database
) -> None:
    questionnaire = shipped_catalogue().get("section-11", "2026")
    with database.writing.begin() as writing:
        open_round(writing, cast, questionnaire)
    address = "/returns/R1-POL/standards/local-priorities"
    form = pages.sign_in(cast["Asif"]).get(address).form()
    boxes = [name for name in form if name.endswith("__comment")]
    assert len(form) >= 60
    texts = {name: f"{name} \"'<&>é\n\n😀".ljust(TEXT_LIMIT, "x") for name in boxes}
    clock.shift(LUNCH)
    at = kept_at(pages.post(address, form | texts | {"next": "later"}))
    page = signs_in(pages, "Asif", at)
    assert page.heading == "We kept what you typed"
    shown = [box.get_text() for box in page.soup.select(".s11-typed")]
    assert sorted(shown) == sorted(texts.values())
    assert comments(database) == {}
    assert press(pages, at).location == "/returns/R1-POL"
    saved = {f"{key.partition('.')[2]}__comment": text for key, text in comments(database).items()}
    assert saved == texts
    assert pages.get(at).status == 404


def test_what_is_stored_cannot_be_read_and_its_token_is_not_there(
    asif: Pages, clock: time_machine.Traveller, database: Database
) -> None:
    at = late(asif, clock)
    with database.reading() as session:
        (row,) = session.scalars(select(ParkedForm))
    assert row.place == LEADERSHIP
    stored = f"{row.content} {row.token_sha256}"
    assert "Half" not in stored
    assert "board-lead" not in stored
    assert at.rpartition("/")[2] not in stored


def test_nobody_else_opens_sends_or_throws_away_what_was_kept(
    asif: Pages, clock: time_machine.Traveller, database: Database, app: Flask
) -> None:
    at = late(asif, clock)
    assert signs_in(asif, "Bea", at).status == 404
    assert asif.post(f"{at}/throw-away").status == 404
    stolen = {"kept-under": at.rpartition("/")[2], **TYPED}
    assert asif.post(LEADERSHIP, stolen).status == 410
    assert comments(database) == {}
    asif.post("/sign-out")
    assert "Half an hour" in signs_in(Pages(app, database), "Asif", at).text


def end_everywhere(database: Database, cast: Cast) -> None:
    with database.writing.begin() as session:
        session.execute(update(UserSession).values(ended_at=datetime.now(UTC)))


def disable_for_a_while(database: Database, cast: Cast) -> None:
    with database.writing.begin() as session:
        session.execute(update(User).values(is_active=False))
        session.execute(update(UserSession).values(ended_at=datetime.now(UTC)))


def grow_too_old(database: Database, cast: Cast) -> None:
    with database.writing.begin() as session:
        started = datetime.now(UTC) - timedelta(days=2)
        session.execute(update(UserSession).values(started_at=started))


@pytest.mark.parametrize("end", [end_everywhere, disable_for_a_while, grow_too_old])
def test_however_the_session_ended_what_was_typed_is_kept(
    asif: Pages, cast: Cast, database: Database, end: Callable[[Database, Cast], None]
) -> None:
    form = asif.get(LEADERSHIP).form() | TYPED
    end(database, cast)
    at = kept_at(asif.post(LEADERSHIP, form))
    with database.writing.begin() as session:
        session.execute(update(User).values(is_active=True))
    assert "Half an hour <b>of work</b>" in signs_in(asif, "Asif", at).text


def test_a_form_left_open_over_the_weekend_is_kept(
    asif: Pages, clock: time_machine.Traveller, database: Database
) -> None:
    form = asif.get(LEADERSHIP).form() | TYPED
    clock.shift(timedelta(days=3))
    signs_in(asif, "Asif", kept_at(asif.post(LEADERSHIP, form)))


def test_another_tab_that_found_the_session_ended_takes_nothing_away(
    asif: Pages, clock: time_machine.Traveller
) -> None:
    form = asif.get(LEADERSHIP).form() | TYPED
    clock.shift(LUNCH)
    assert asif.get("/returns").location == "/sign-in?next=/returns"
    kept_at(asif.post(LEADERSHIP, form))


def test_pressing_twice_saves_once_and_says_so(
    asif: Pages, clock: time_machine.Traveller, database: Database
) -> None:
    at = late(asif, clock)
    form = signs_in(asif, "Asif", at).form("leadership")
    assert asif.post(LEADERSHIP, form).status == 303
    again = asif.post(LEADERSHIP, form)
    assert again.status == 410
    assert again.heading == "This was sent already"
    assert "Half an hour <b>of work</b>" in again.text
    assert comments(database) == {"leadership.board-lead": TYPED["board-lead__comment"]}


def test_what_somebody_else_saved_meanwhile_is_shown_beside_it(
    asif: Pages, clock: time_machine.Traveller, database: Database, opened: Opened, cast: Cast
) -> None:
    at = late(asif, clock)
    with database.writing.begin() as session:
        theirs = {"leadership.board-lead": Answer("met", comment="Bea was quicker.")}
        fill(session, "R1-POL", opened, theirs, by=cast["Bea"])
    signs_in(asif, "Asif", at)
    page = press(asif, at)
    assert page.heading == "Somebody else changed the same answers"
    assert "Half an hour <b>of work</b>" in page.text
    assert "Bea was quicker." in page.text


def test_a_round_that_closed_meanwhile_refuses_it_and_gives_it_back(
    asif: Pages, clock: time_machine.Traveller, database: Database
) -> None:
    at = late(asif, clock)
    with database.writing.begin() as session:
        return_named(session, "R1-POL").round.status = RoundStatus.CLOSED
    signs_in(asif, "Asif", at)
    page = press(asif, at)
    assert page.status == 409
    assert "Half an hour <b>of work</b>" in page.text


def test_it_can_be_thrown_away(
    asif: Pages, clock: time_machine.Traveller, database: Database
) -> None:
    at = late(asif, clock)
    signs_in(asif, "Asif", at)
    assert asif.post(f"{at}/throw-away").status == 303
    assert parked_rows(database) == 0
    assert asif.get(at).status == 404


def test_it_is_gone_after_a_day_and_its_row_with_the_next_that_is_kept(
    asif: Pages, clock: time_machine.Traveller, database: Database
) -> None:
    at = late(asif, clock)
    clock.shift(KEPT_FOR)
    assert signs_in(asif, "Asif", at).status == 404
    late(asif, clock)
    assert parked_rows(database) == 1


def test_a_browser_that_keeps_sending_fills_no_disk(
    asif: Pages, clock: time_machine.Traveller, database: Database
) -> None:
    form = asif.get(LEADERSHIP).form() | TYPED
    clock.shift(LUNCH)
    for _ in range(MOST_KEPT + 3):
        at = kept_at(asif.post(LEADERSHIP, form))
    assert parked_rows(database) == MOST_KEPT
    signs_in(asif, "Asif", at)


def test_the_rows_of_tables_are_kept_as_they_were_sent(
    clock: time_machine.Traveller, pages: Pages, cast: Cast, database: Database
) -> None:
    with database.writing.begin() as writing:
        open_round(writing, cast, Catalogue([QUESTIONNAIRES]).get("boxes", "1"))
    address = "/returns/R1-POL/standards/people"
    form: MultiDict[str, str] = MultiDict(pages.sign_in(cast["Asif"]).get(address).form())
    form.setlist("serves__value", ["", "babies", "children"])
    form["sites__value-2-name"], form["sites__value-2-kind"] = "Hall <b>", "hired"
    form["sites__value-2-rooms"] = "2"
    clock.shift(LUNCH)
    at = kept_at(pages.post(address, form.to_dict(flat=False) | {"next": "later"}))
    page = signs_in(pages, "Asif", at)
    assert "Sites: answer, row 3, name Hall <b>" in page.text
    press(pages, at)
    with database.reading() as session:
        held = answers_of(session, return_named(session, "R1-POL").id)
    assert held["people.serves"].answer.value == "babies children"
    assert held["people.sites"].answer.value == '[{"name":"Hall <b>","kind":"hired","rooms":"2"}]'


def test_a_form_that_needs_a_fresh_proof_is_kept_while_it_is_asked_for(
    clock: time_machine.Traveller, pages: Pages, cast: Cast, database: Database
) -> None:
    form = pages.sign_in(cast["Priya"]).get("/people/invite").form("invite")
    typed = {"name": "Noor <b>", "email": "noor@example.org", "role": "scrutineer"}
    secrets = {"password": "seven otters", "code": "123456", "new-password": "seven otters"}
    clock.shift(FRESH_FOR)
    page = pages.post("/people/invite", form | typed | secrets)
    assert urlsplit(page.location).path == "/sign-in/again"
    at = kept_at(page)
    proof = pages.get(page.location).form("") | {"password": PASSWORD}
    assert pages.post(page.location, proof).location == at
    kept = pages.get(at)
    assert "Name Noor <b>" in kept.text
    assert "otters" not in str(kept.soup)
    assert "123456" not in str(kept.soup)
    press(pages, at)
    with database.reading() as session:
        (invited,) = session.scalars(select(Invitation))
    assert (invited.name, invited.email) == (typed["name"], typed["email"])


def test_files_are_not_kept_and_the_page_says_which(
    clock: time_machine.Traveller, pages: Pages, cast: Cast
) -> None:
    pages.sign_in(cast["Priya"]).get("/questionnaires/drafts/new")
    clock.shift(LUNCH)
    file = (BytesIO(b"questionnaire: pulse"), "pulse <i>.yaml")
    page = pages.post("/questionnaires/drafts/new", {"file": file, "text": "title: Pulse"})
    at = kept_at(page)
    with time_machine.travel(MORNING, tick=False):
        shown = pages.get(at)
    assert "We could not keep this file" in shown.text
    assert "pulse <i>.yaml" in shown.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_sites_form_is_not_kept(
    asif: Pages, clock: time_machine.Traveller, database: Database, headers: dict[str, str]
) -> None:
    asif.get(LEADERSHIP)
    clock.shift(LUNCH)
    page = asif.post(LEADERSHIP, TYPED, headers=headers)
    assert parked_rows(database) == 0
    assert "Half an hour" not in page.text


def test_a_form_without_our_token_is_not_kept(
    asif: Pages, clock: time_machine.Traveller, database: Database
) -> None:
    clock.shift(LUNCH)
    assert asif.post(LEADERSHIP, TYPED | {"csrf_token": "of somebody else"}).status == 400
    assert parked_rows(database) == 0


def test_a_stranger_gets_the_text_back_on_the_page(
    clock: time_machine.Traveller, pages: Pages, opened: Opened, database: Database
) -> None:
    pages.get("/sign-in")
    page = pages.post(LEADERSHIP, TYPED)
    assert page.status == 401
    assert "Half an hour <b>of work</b>" in page.text
    assert parked_rows(database) == 0


def test_nothing_of_signing_in_is_ever_kept(
    asif: Pages, clock: time_machine.Traveller, database: Database
) -> None:
    clock.shift(LUNCH)
    words = {"current": PASSWORD, "new": "seven otters count umbrellas", "again": "x"}
    assert asif.post("/account/password", words).location == "/sign-in"
    assert parked_rows(database) == 0


def test_a_button_without_any_text_only_leads_to_sign_in(
    asif: Pages, clock: time_machine.Traveller, database: Database
) -> None:
    clock.shift(LUNCH)
    assert asif.post(LEADERSHIP, {"next": "later"}).location == "/sign-in"
    assert parked_rows(database) == 0


def test_what_was_kept_for_a_page_that_is_gone_can_only_be_copied(
    asif: Pages, clock: time_machine.Traveller, database: Database
) -> None:
    at = late(asif, clock)
    for place in ("https://evil.example/", "//evil.example/x", "/sign-in", "/account/password"):
        with database.writing.begin() as session:
            session.execute(update(ParkedForm).values(place=place))
        page = signs_in(asif, "Asif", at)
        assert "Half an hour <b>of work</b>" in page.text
        assert [str(form["action"]) for form in page.soup.select("main form")] == [
            f"{at}/throw-away"
        ]
        asif.post("/sign-out")
