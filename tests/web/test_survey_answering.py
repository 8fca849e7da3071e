"""The page that staff answer on: nobody is known there, and nothing typed is lost."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from s11audit.models import Event, Survey, SurveyAnswer, SurveyResponse, Throttle, UserSession
from s11audit.models.database import Database
from s11audit.services.survey_answers import write_reply
from s11audit.services.survey_links import end_link
from s11audit.services.surveys import change_closing_date
from s11audit.services.throttling import TRIES, Limit, Limits, Tried
from s11audit.web.logs import JsonLines, without_secrets
from tests.cast import Cast
from tests.pages import Page, Pages
from tests.rounds_and_returns import NOON
from tests.surveys import GOOD, answer, close, known_token, link_for, make_survey

TOKEN = "the-link-of-the-police-which-is-long-enough-to-be-one"
ADDRESS = f"/s/{TOKEN}"
WORRY = "If a child is in danger now, call 999"


@pytest.fixture
def survey(database: Database, cast: Cast) -> Survey:
    """Open, with a link of the police that is known."""
    with database.writing.begin() as session:
        made = make_survey(session, cast)
        known_token(session, made, cast, "POL", TOKEN)
    return made


def filled(**changes: str) -> dict[str, object]:
    """What a browser would send with every answer given, but for these (boxes by key)."""
    values = {**GOOD, **{key.replace("__", "."): value for key, value in changes.items()}}
    sent: dict[str, object] = {}
    for key, value in values.items():
        several = key == "learning.heard-themes"
        sent[f"{key.replace('.', '-')}__value"] = ["", *value.split()] if several else value
    return sent


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def sends(pages: Pages, fields: dict[str, object] | None = None) -> Page:
    pages.get(f"{ADDRESS}?again=yes")
    return pages.post(ADDRESS, fields or filled())


def test_staff_answer_on_one_page_without_an_account(
    pages: Pages, survey: Survey, database: Database
) -> None:
    page = pages.get(ADDRESS)
    assert page.heading == "Keeping children safe – a two-minute survey"
    assert "Downshire Police" in page.text
    assert len(page.soup.select("fieldset")) == 14
    assert "Do not write any name" in page.text
    page = pages.post(ADDRESS, filled())
    assert (page.status, page.location) == (303, f"{ADDRESS}/thanks")
    page = pages.get(page.location)
    assert page.heading == "Thank you"
    assert WORRY in page.text
    assert count(database, SurveyResponse) == 1
    assert count(database, SurveyAnswer) == len(GOOD)


def test_nobody_is_kept_account_session_address_or_event(
    pages: Pages, survey: Survey, database: Database, cast: Cast
) -> None:
    """Not even of somebody who is signed in, and whose browser says so."""
    pages.sign_in(cast["Asif"])
    with database.writing.begin() as session:
        seen = NOON - timedelta(hours=1)
        session.execute(UserSession.__table__.update().values(last_seen_at=seen))
    events = count(database, Event)
    page = pages.get(ADDRESS)
    assert cast["Asif"].name not in page.soup.get_text()
    assert sends(pages).status == 303
    with database.reading() as session:
        assert session.scalars(select(UserSession.last_seen_at)).all() == [seen]
        everything = str(session.execute(select(Throttle.__table__)).all())
    assert count(database, Event) == events
    assert count(database, Throttle) == 1, "by link only, and by no address"
    assert "127.0.0.1" not in everything


def test_a_number_or_a_name_is_asked_about_once_and_leaves_no_event(
    pages: Pages, survey: Survey, database: Database
) -> None:
    words = "learning-one-thing__value"
    events = count(database, Event)
    page = sends(pages, filled() | {words: "Ask Sarah on 07700 900123"})
    assert page.status == 422
    assert "press the button again to keep it" in page.errors[words]
    assert count(database, SurveyResponse) == 0
    told = str(page.form()[f"{words}-guard-told"])
    again = filled() | {words: "Ask Sarah on 07700 900123", f"{words}-guard-told": told}
    assert sends(pages, again).status == 303
    assert count(database, Event) == events


def test_an_nhs_number_in_an_answer_is_never_kept(
    pages: Pages, survey: Survey, database: Database
) -> None:
    words = "learning-one-thing__value"
    page = sends(pages, filled() | {words: "Like 943 476 5919"})
    assert "It can never be kept here" in page.errors[words]
    told = f"{words}-guard-told"
    assert sends(pages, filled() | {words: "Like 943 476 5919", told: "any"}).status == 422
    assert count(database, SurveyResponse) == 0


def test_the_page_tells_no_other_site_and_no_search_engine(pages: Pages, survey: Survey) -> None:
    for address in (ADDRESS, f"{ADDRESS}/thanks", "/s/another"):
        headers = pages.get(address).response.headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Cache-Control"] == "no-store"


def test_a_form_over_tls_is_taken_from_a_browser_that_sends_no_referrer(
    pages: Pages, survey: Survey, database: Database
) -> None:
    """Which it does not, because we have told it not to."""
    page = pages.get(ADDRESS, base_url="https://localhost")
    assert page.status == 200
    page = pages.post(ADDRESS, filled(), base_url="https://localhost")
    assert page.status == 303
    assert count(database, SurveyResponse) == 1


def test_nothing_that_was_chosen_or_typed_is_lost_on_an_error(
    pages: Pages, survey: Survey, database: Database
) -> None:
    pages.get(ADDRESS)
    sent = filled(**{"acting__know-the-lead": "", "learning__one-thing": "More time " * 40})
    page = pages.post(ADDRESS, sent)
    assert page.status == 422
    assert page.errors == {
        "acting-know-the-lead__value": "Knows the safeguarding lead: select an answer",
        "learning-one-thing__value": "One thing that would help: "
        "shorten this to 300 characters; it is 99 too long",
    }
    again = page.form(ADDRESS)
    for name, value in sent.items():
        if name not in ("learning-heard-themes__value", "acting-know-the-lead__value"):
            assert str(again[name]).strip() == str(value).strip(), name
    assert len(page.soup.select("input[type=checkbox][checked]")) == 2
    assert count(database, SurveyResponse) == 0


def test_an_old_page_gives_back_what_was_chosen(
    pages: Pages, survey: Survey, database: Database
) -> None:
    pages.get(ADDRESS)
    page = pages.post(ADDRESS, {**filled(), "csrf_token": "of-another-session"})
    assert page.status == 400
    assert "had been open for too long" in page.text
    assert len(page.soup.select("input[type=radio][checked]")) == 13
    assert pages.post(ADDRESS, filled()).status == 303
    assert count(database, SurveyResponse) == 1


@pytest.mark.parametrize("bad", ["never-heard-of", "yes no", "<script>"])
def test_only_answers_that_are_offered_are_taken(
    pages: Pages, survey: Survey, database: Database, bad: str
) -> None:
    pages.get(ADDRESS)
    assert pages.post(ADDRESS, filled(**{"acting__know-the-lead": bad})).status == 422
    assert count(database, SurveyResponse) == 0


def test_a_browser_remembers_only_that_it_was_done_and_another_job_can_answer(
    pages: Pages, survey: Survey, database: Database
) -> None:
    answered = sends(pages).response
    cookie = next(one for one in answered.headers.getlist("Set-Cookie") if "answered" in one)
    assert cookie.startswith("answered=yes;")
    assert f"Path={ADDRESS}" in cookie
    for flag in ("HttpOnly", "SameSite=Lax", "Max-Age"):
        assert flag in cookie
    page = pages.get(ADDRESS)
    assert page.heading == "You have answered already"
    assert "a second job" in page.text
    page = pages.get(f"{ADDRESS}?again=yes")
    assert page.heading.startswith("Keeping children safe")
    assert pages.post(ADDRESS, filled()).status == 303
    assert count(database, SurveyResponse) == 2


def test_links_that_take_nothing_say_why_and_where_to_take_a_worry(
    pages: Pages, survey: Survey, database: Database, cast: Cast
) -> None:
    pages.get(ADDRESS)  # with the form that is sent too late
    page = pages.get("/s/not-a-link")
    assert (page.status, page.heading) == (404, "This link leads nowhere")
    assert WORRY in page.text
    with database.writing.begin() as session:
        draft = make_survey(session, cast, "PS9", is_open=False)
        known_token(session, draft, cast, "HOSP", "early")
        link = link_for(session, session.merge(survey), cast, "POL")
        end_link(session, link, by=cast["Priya"], now=NOON)
    page = pages.get("/s/early")
    assert (page.status, page.heading) == (200, "This survey has not begun yet")
    page = pages.get(ADDRESS)
    assert (page.status, page.heading) == (200, "This link takes no more answers")
    page = pages.post(ADDRESS, filled(**{"learning__one-thing": "More time"}))
    assert page.status == 409
    assert "came too late" in page.text
    assert "More time" in page.text
    assert count(database, SurveyResponse) == 0


def test_after_closing_the_link_shows_what_was_done_as_far_as_it_is_published(
    pages: Pages, survey: Survey, database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        held = session.merge(survey)
        answer(session, held, cast, "POL", 5)
        close(session, held, cast)
        link = link_for(session, held, cast, "POL")
        for said, publish in (("No time to talk", True), ("Still a secret", False)):
            write_reply(session, link, said, "Done", NOON.date(), publish=publish,
                        by=cast["Asif"], now=NOON)  # fmt: skip
    page = pages.get(ADDRESS)
    assert page.heading == "This survey has closed"
    assert "No time to talk" in page.text
    assert "3 November 2026" in page.text
    assert "Still a secret" not in page.text
    assert "100.0%" not in page.text


def test_a_script_cannot_fill_a_link_and_nobody_loses_their_answers_to_it(
    pages: Pages, survey: Survey, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TRIES, Tried.SURVEY, Limits(*[Limit(2, timedelta(minutes=15))] * 2))
    assert [sends(pages).status for _ in range(2)] == [303, 303]
    page = sends(pages)
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0
    assert "Very many people are answering" in page.text
    assert len(page.soup.select("input[type=radio][checked]")) == 13
    assert count(database, SurveyResponse) == 2


def test_a_staff_of_five_thousand_is_let_in_within_two_hours() -> None:
    limit = TRIES[Tried.SURVEY].account
    assert limit.tries * (timedelta(hours=2) / limit.within) >= 5_000


def test_logs_hold_neither_the_address_nor_the_link(
    app: Flask, pages: Pages, survey: Survey, caplog: pytest.LogCaptureFixture
) -> None:
    broken = app.view_functions["surveys.thanks"]

    def breaks(token: str) -> str:
        raise RuntimeError("something broke")

    breaks.is_public = breaks.is_anonymous = True  # type: ignore[attr-defined]
    app.view_functions["surveys.thanks"] = breaks
    try:
        with caplog.at_level(logging.INFO):
            assert pages.get(f"{ADDRESS}/thanks").status == 500
    finally:
        app.view_functions["surveys.thanks"] = broken
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert any("something broke" in str(line) for line in lines)
    assert TOKEN not in str(lines)
    assert "127.0.0.1" not in str(lines)
    assert without_secrets(ADDRESS) == "/s/…"


def test_a_survey_whose_day_is_over_takes_nothing_even_before_it_is_closed(
    pages: Pages, survey: Survey, database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        held = session.merge(survey)
        change_closing_date(session, held, NOON.date(), by=cast["Priya"], now=NOON)
    assert pages.get(ADDRESS).heading == "This survey has closed"
