"""Saving while somebody types, in a real browser: what they see, and what is never lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from sqlalchemy import select

from s11audit.models import AgencyReturn, StoredAnswer
from s11audit.models.database import Database
from tests.browser.conftest import PHONE, Demonstration, Visitor
from tests.browser.test_journey import end_sessions

pytestmark = pytest.mark.browser

AGENCY = "Wendshire County Council Adult Services"
REFERENCE = "S11-2026-ASC"
# How long nobody types before it is saved, and for how long at most it waits while somebody does.
TYPING_STOPS, AT_MOST = 5_000, 15_000
# A machine that does much else answers late.
expect.set_options(timeout=20_000)


@pytest.fixture
def lead(browser: Browser, demonstration: Demonstration) -> Iterator[Visitor]:
    visitor = Visitor(browser, demonstration.address)
    visitor.signs_in(demonstration.account("agency-lead", AGENCY))
    yield visitor
    visitor.leaves()


def address(standard: str) -> str:
    return f"/returns/{REFERENCE}/standards/{standard}"


def opens(visitor: Visitor, standard: str) -> Page:
    """The page of a standard, with a clock that the test moves on."""
    visitor.page.clock.install()
    return visitor.goes_to(address(standard))


def comment(page: Page, number: int = 0) -> Locator:
    return page.locator("textarea[name$=__comment]").nth(number)


def status(page: Page) -> Locator:
    return page.locator("[data-autosave-status]")


def crash(page: Page) -> None:
    """Close the page without letting it do any more."""
    page.evaluate(
        "for (const last of ['pagehide', 'visibilitychange'])"
        " window.addEventListener(last, event => event.stopImmediatePropagation(), true)"
    )
    page.close(run_before_unload=False)


def stored_texts(demonstration: Demonstration, standard: str) -> set[str]:
    """Every comment of a standard of the return, as the database has it."""
    database = Database(demonstration.description["database_url"])
    with database.reading() as session:
        found = session.scalars(
            select(StoredAnswer.comment)
            .join(AgencyReturn, AgencyReturn.id == StoredAnswer.return_id)
            .where(
                AgencyReturn.reference == REFERENCE,
                StoredAnswer.question_key.startswith(f"{standard}."),
            )
        )
        texts = set(found)
    database.dispose()
    return texts


def test_what_is_typed_is_saved_without_a_button_and_the_focus_stays(
    lead: Visitor, demonstration: Demonstration
) -> None:
    page = opens(lead, "leadership")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    comment(page).fill("Typed and left alone")
    page.clock.run_for(TYPING_STOPS)
    expect(status(page)).to_contain_text(re.compile(r"Saved at \d\d:\d\d\. \d+/\d+ required"))
    assert comment(page).evaluate("box => box === document.activeElement")
    assert "Typed and left alone" in stored_texts(demonstration, "leadership")
    lead.looks()
    lead.goes_to(address("leadership"))
    assert comment(page).input_value() == "Typed and left alone"
    assert asked == []


def test_somebody_who_does_not_stop_typing_is_saved_all_the_same(
    lead: Visitor, demonstration: Demonstration
) -> None:
    page = opens(lead, "accountability")
    page.clock.pause_at(page.evaluate("Date.now()") + 1_000)
    comment(page).fill("")
    for second in range(0, AT_MOST, 3_000):
        assert status(page).inner_text() == ""
        comment(page).press_sequentially(f"{second} ")
        page.clock.run_for(3_000)
    expect(status(page)).to_contain_text("Saved at")
    assert any(text.startswith("0 3000") for text in stored_texts(demonstration, "accountability"))


def test_a_lost_connection_loses_nothing(lead: Visitor, demonstration: Demonstration) -> None:
    page = opens(lead, "policies")
    lead.context.set_offline(True)
    comment(page).fill("Typed in the train")
    page.clock.run_for(TYPING_STOPS)
    expect(status(page)).to_contain_text("You are offline. What you type is kept on this device")
    lead.looks()
    page.get_by_role("button", name="Save and continue").click()
    expect(status(page)).to_contain_text("You are offline")
    assert comment(page).input_value() == "Typed in the train"
    lead.context.set_offline(False)
    expect(status(page)).to_contain_text("Saved at")
    assert "Typed in the train" in stored_texts(demonstration, "policies")


def test_what_a_crash_interrupted_is_offered_back_and_saved_when_its_person_says_so(
    lead: Visitor, demonstration: Demonstration
) -> None:
    page = opens(lead, "voice")
    before = comment(page).input_value()
    lead.context.set_offline(True)
    comment(page).fill("Typed before the crash")
    page.clock.run_for(TYPING_STOPS)
    expect(status(page)).to_contain_text("You are offline")
    page.wait_for_function("() => Object.keys(localStorage).some(name => name.includes('draft'))")
    assert "crash" not in page.evaluate("JSON.stringify(localStorage)")
    crash(page)
    lead.context.set_offline(False)

    lead.page = page = lead.context.new_page()
    opens(lead, "voice")
    found = page.locator("[data-draft-found]")
    expect(found).to_contain_text("Not saved yet")
    assert comment(page).input_value() == "Typed before the crash"
    lead.looks()
    page.clock.run_for(AT_MOST)
    assert "Typed before the crash" not in stored_texts(demonstration, "voice")
    found.get_by_role("button", name="Throw it away").click()
    assert comment(page).input_value() == before
    lead.context.set_offline(True)
    comment(page).fill("Typed before the crash")
    page.clock.run_for(500)
    page.wait_for_function("() => Object.keys(localStorage).some(name => name.includes('draft'))")
    crash(page)
    lead.context.set_offline(False)

    lead.page = page = lead.context.new_page()
    opens(lead, "voice")
    page.locator("[data-draft-found]").get_by_role("button", name="Save it now").click()
    expect(status(page)).to_contain_text("Saved at")
    assert "Typed before the crash" in stored_texts(demonstration, "voice")
    page.wait_for_function("() => !Object.keys(localStorage).some(name => name.includes('draft'))")


def test_signing_out_clears_what_was_kept_on_the_device(lead: Visitor) -> None:
    page = opens(lead, "voice")
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/autosave", lambda route: route.abort())
    comment(page).fill("Typed on somebody else's computer")
    page.clock.run_for(TYPING_STOPS)
    page.wait_for_function("() => Object.keys(localStorage).some(name => name.includes('draft'))")
    lead.presses("Sign out")
    assert page.evaluate("localStorage.length") == 0


def test_two_tabs_show_both_texts_and_keep_them_until_somebody_chooses(
    lead: Visitor, demonstration: Demonstration
) -> None:
    page = opens(lead, "safer-recruitment")
    other = lead.context.new_page()
    other.goto(page.url)
    comment(other).fill("Typed in the second tab")
    comment(other).blur()
    expect(status(other)).to_contain_text("Saved at")
    comment(page).fill("Typed in the first tab")
    page.clock.run_for(TYPING_STOPS)
    expect(status(page)).to_contain_text("Not saved: somebody else changed the same answer.")
    assert "Typed in the second tab" in stored_texts(demonstration, "safer-recruitment")
    lead.looks()
    lead.presses("See both and choose")
    texts = page.locator(".s11-conflict__text")
    expect(texts.nth(0)).to_contain_text("Typed in the first tab")
    expect(texts.nth(1)).to_contain_text("Typed in the second tab")
    wide = [texts.nth(number).bounding_box() for number in range(2)]
    assert wide[0]["y"] == wide[1]["y"]
    page.set_viewport_size(PHONE)
    narrow = [texts.nth(number).bounding_box() for number in range(2)]
    assert narrow[1]["y"] >= narrow[0]["y"] + narrow[0]["height"]
    assert "Typed in the second tab" in stored_texts(demonstration, "safer-recruitment")
    page.get_by_label("What I typed").check()
    lead.presses("Save my choice")
    assert "Typed in the first tab" in stored_texts(demonstration, "safer-recruitment")
    opens(lead, "safer-recruitment")
    expect(page.locator("[data-draft-found]")).to_be_hidden()


def test_pressing_save_while_a_save_is_on_its_way_is_no_conflict_with_oneself(
    lead: Visitor, demonstration: Demonstration
) -> None:
    page = opens(lead, "training")
    held: list[Route] = []
    page.route("**/autosave", lambda route: held.append(route), times=1)
    comment(page).fill("Typed first")
    with page.expect_request("**/autosave"):
        page.clock.run_for(TYPING_STOPS)
    comment(page).press_sequentially(", then more")
    page.get_by_role("button", name="Save and come back later").click()
    with page.expect_navigation():
        held[0].continue_()
    expect(page.locator("main")).to_contain_text("is saved")
    assert "Typed first, then more" in stored_texts(demonstration, "training")


@pytest.mark.parametrize("javascript", [True, False])
def test_the_back_button_brings_nothing_old_over_what_came_after_it(
    browser: Browser, demonstration: Demonstration, javascript: bool
) -> None:
    account = demonstration.account("agency-lead", AGENCY)
    standard = "supervision" if javascript else "information-sharing"
    first, second = (
        Visitor(browser, demonstration.address, java_script_enabled=javascript) for _ in range(2)
    )
    for visitor in (first, second):
        page = visitor.page
        page.goto(f"{demonstration.address}/sign-in")
        page.fill("input[name=email]", account["email"])
        page.fill("input[name=password]", account["password"])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.goto(demonstration.address + address(standard))
    for visitor, text in ((first, "Typed first"), (second, "Typed after it")):
        visitor.page.reload()
        comment(visitor.page).fill(text)
        visitor.page.get_by_role("button", name="Save and come back later").click()
        expect(visitor.page.locator("main")).to_contain_text("is saved")
    page = first.page
    page.go_back()
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.locator("main")).to_contain_text("is saved")
    assert "Typed after it" in stored_texts(demonstration, standard)
    first.leaves()
    second.leaves()


def test_a_session_that_has_ended_is_said_and_going_on_in_another_tab_saves(
    lead: Visitor, demonstration: Demonstration
) -> None:
    page = opens(lead, "safe-culture")
    end_sessions(demonstration)
    comment(page).fill("Typed after lunch")
    page.clock.run_for(TYPING_STOPS)
    expect(status(page)).to_contain_text("Not saved: you have been signed out.")
    assert "Typed after lunch" not in stored_texts(demonstration, "safe-culture")
    other = Visitor.__new__(Visitor)
    other.__dict__ |= lead.__dict__ | {"page": lead.context.new_page()}
    other.signs_in(demonstration.account("agency-lead", AGENCY))
    page.clock.run_for(60_000)
    expect(status(page)).to_contain_text("Saved at")
    assert "Typed after lunch" in stored_texts(demonstration, "safe-culture")
    comment(page).fill("Typed after that")
    lead.presses("Save and come back later")
    assert "is saved" in page.inner_text("main")


def test_what_is_wrong_is_said_beside_its_box_once_the_question_is_left(lead: Visitor) -> None:
    page = opens(lead, "equality")
    link = page.locator("input[name$=__link]").first
    link.fill("our policy")
    page.clock.run_for(TYPING_STOPS)
    error = page.locator("[data-autosave-fault]")
    expect(error).to_have_count(0)
    comment(page, 1).focus()
    expect(error).to_contain_text("Enter a web address that starts with https://")
    expect(status(page)).to_contain_text("Not saved: something is wrong in")
    assert comment(page, 1).evaluate("box => box === document.activeElement")
    lead.looks()
    link.fill("https://example.org/policy")
    page.clock.run_for(TYPING_STOPS)
    expect(status(page)).to_contain_text("Saved at")
    expect(error).to_have_count(0)
