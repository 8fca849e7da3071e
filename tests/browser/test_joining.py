"""From an invitation to a standard that is answered, in a real browser."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select, update

from s11audit.models import User, UserSession
from s11audit.models.database import Database
from tests.browser.conftest import Demonstration, Visitor

pytestmark = pytest.mark.browser

RETURN = "/returns/S11-2026-PROB"
AGENCY = "Wendshire Probation Delivery Unit"
TAMSIN = {"email": "tamsin@example.org", "password": "copper kettle harbour moss"}
WORK = "Half an hour of work.\n\nIn two paragraphs, with <b>bold</b> & “quotes”."


def invite(manager: Visitor) -> str:
    """Send an invitation as a person would, faults first; gives the link to hand over."""
    manager.follows("People")
    manager.presses("Invite somebody")
    page = manager.presses("Send the invitation")
    assert page.locator(".govuk-error-summary a").count() == 3
    page.get_by_label("Name", exact=True).fill("Tamsin Hollowell")
    page.get_by_label("E-mail address").fill("tamsin")
    page.get_by_label("Contributor", exact=True).check()
    manager.presses("Send the invitation")
    assert page.locator(".govuk-error-summary a").count() == 2
    assert page.get_by_label("Name", exact=True).input_value() == "Tamsin Hollowell"
    page.get_by_label("E-mail address").fill(TAMSIN["email"])
    page.get_by_label("Agency", exact=True).select_option(label=AGENCY)
    manager.presses("Send the invitation")
    assert page.inner_text("h1") == "Hand over this link"
    return page.get_by_text("/join/").inner_text()


def join(contributor: Visitor, link: str) -> None:
    page = contributor.goes_to(link)
    page.get_by_label("Choose a password").fill("short")
    contributor.presses("Accept")
    assert page.locator(".govuk-error-summary a").get_attribute("href") == "#password"
    page.get_by_label("Choose a password").fill(TAMSIN["password"])
    contributor.presses("Accept")
    assert "No standard has been given to you yet" in page.inner_text("main")


def delegate(lead: Visitor) -> None:
    page = lead.goes_to(RETURN)
    lead.follows("Who answers what")
    page.get_by_label("Tamsin Hollowell answers Leadership").check()
    lead.presses("Save who answers what")
    lead.goes_to(RETURN)
    assert "Tamsin Hollowell can answer this" in page.inner_text("main")


def end_sessions_of(demonstration: Demonstration, email: str) -> None:
    database = Database(demonstration.description["database_url"])
    person = select(User.id).where(User.email == email).scalar_subquery()
    ended = update(UserSession).where(UserSession.user_id == person)
    with database.writing.begin() as session:
        session.execute(ended.values(ended_at=datetime.now(UTC)))
    database.dispose()


def test_somebody_invited_joins_is_given_a_standard_and_loses_no_word_of_it(
    browser: Browser, demonstration: Demonstration
) -> None:
    manager = Visitor(browser, demonstration.address)
    manager.goes_to("/sign-in")
    manager.types_password(demonstration.account("manager"))
    link = invite(manager)
    manager.leaves()

    contributor = Visitor(browser, demonstration.address)
    join(contributor, link)
    stranger = Visitor(browser, demonstration.address)
    assert stranger.goes_to(link).inner_text("h1") == "This invitation does not work"
    stranger.leaves()
    lead = Visitor(browser, demonstration.address)
    delegate(lead.signs_in(demonstration.account("agency-lead", AGENCY)))
    lead.leaves()

    page = contributor.goes_to(RETURN)
    assert page.locator(".govuk-task-list__link").all_inner_texts() == ["Leadership"]
    response = page.goto(f"{demonstration.address}{RETURN}/standards/voice")
    assert response is not None
    assert response.status == 404
    page = contributor.goes_to(f"{RETURN}/standards/leadership")
    page.locator("textarea[name$=__comment]").first.fill(WORK)
    end_sessions_of(demonstration, TAMSIN["email"])
    contributor.presses("Save and come back later")
    assert "We kept what you typed" in page.inner_text("main")
    contributor.types_password(TAMSIN)
    assert WORK in page.inner_text("main")
    contributor.presses("Send it now")
    contributor.goes_to(f"{RETURN}/standards/leadership")
    assert page.locator("textarea[name$=__comment]").first.input_value() == WORK
    contributor.leaves()


def test_whoever_has_not_shown_the_second_step_is_led_nowhere_else(
    browser: Browser, demonstration: Demonstration
) -> None:
    account = demonstration.account("operator") | {"totp_secret": None}
    operator = Visitor(browser, demonstration.address).signs_in(account)
    page = operator.page
    assert page.inner_text("h1") == "Enter your 6-digit code"
    assert page.get_by_role("navigation").count() == 0
    assert page.get_by_role("banner").get_by_role("link").all_inner_texts() == ["s11audit"]
    operator.presses("Continue")
    assert page.locator(".govuk-error-summary a").get_attribute("href") == "#code"
    operator.leaves()
