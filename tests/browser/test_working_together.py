"""Two colleagues at the same standard, each in a browser of their own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Request, expect
from sqlalchemy import update

from s11audit.models import UserSession
from s11audit.models.database import Database
from tests.browser.conftest import Demonstration, Visitor

pytestmark = pytest.mark.browser

AGENCY = "Wendshire County Council Children's Services"
STANDARD = "/returns/S11-2026-CSC/standards/accountability"
A_MINUTE = "01:00"


def is_presence(request: Request) -> bool:
    return request.url.endswith("/presence")


def end_sessions(demonstration: Demonstration) -> None:
    database = Database(demonstration.description["database_url"])
    with database.writing.begin() as session:
        session.execute(update(UserSession).values(ended_at=datetime.now(UTC)))
    database.dispose()


def test_an_open_page_says_who_else_is_there_until_its_session_ends(
    browser: Browser, demonstration: Demonstration
) -> None:
    lead, helper = (
        Visitor(browser, demonstration.address).signs_in(demonstration.account(role, AGENCY))
        for role in ("agency-lead", "contributor")
    )
    lead.page.clock.install()
    page = lead.goes_to(STANDARD)
    here = page.locator("[data-presence]")
    expect(here).to_be_empty()
    helper.goes_to(STANDARD)
    with page.expect_request(is_presence):
        page.clock.fast_forward(A_MINUTE)
    expect(here).to_have_text("Tunde Ashgrove-Lane has this page open.")
    lead.looks()
    end_sessions(demonstration)
    with page.expect_request(is_presence):
        page.clock.fast_forward(A_MINUTE)
    expect(here).to_be_empty()
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.clock.fast_forward(A_MINUTE)
    page.reload()
    assert not [request for request in asked if is_presence(request)]
    for visitor in (lead, helper):
        visitor.leaves()


def test_a_comment_is_written_in_a_tab_of_its_own_and_nothing_typed_is_lost(
    browser: Browser, demonstration: Demonstration
) -> None:
    helper = Visitor(browser, demonstration.address)
    page = helper.signs_in(demonstration.account("contributor", AGENCY)).goes_to(STANDARD)
    box = page.locator("textarea[name$=__comment]:visible").first
    said = page.locator("li[id^=comment-]").count()
    box.fill("Half an answer")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Write a comment").click()
    tab = opened.value
    tab.get_by_label("Your comment").fill("Who knows more about this?")
    tab.get_by_role("button", name="Add comment").click()
    expect(tab.get_by_role("listitem").filter(has_text="Who knows more")).to_be_visible()
    expect(box).to_have_value("Half an answer")
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_text(f"{said + 1} comments")).to_be_visible()
    helper.leaves()
