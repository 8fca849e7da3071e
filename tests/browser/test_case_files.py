"""Auditing a file on a case in a real browser: appointed, answered without scripts, and a worry."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Demonstration, Visitor

pytestmark = pytest.mark.browser

HOSPITALS = "Wendshire Hospitals NHS Trust"


def visitor(
    browser: Browser, demonstration: Demonstration, role: str, agency: str | None, **options: bool
) -> Visitor:
    found = Visitor(browser, demonstration.address, **options)
    return found.signs_in(demonstration.account(role, agency))


def read(somebody: Visitor) -> str:
    """What stands on the page under the menu, button of immediate concerns included."""
    return somebody.page.inner_text(".govuk-width-container:has(main)")


def test_a_file_is_given_answered_without_scripts_and_a_worry_goes_to_the_lead(
    browser: Browser, demonstration: Demonstration
) -> None:
    lead = visitor(browser, demonstration, "agency-lead", HOSPITALS)
    lead.goes_to("/case-files")
    lead.follows("Appoint")
    lead.page.locator("input[name=auditor]").first.check()
    lead.presses("Save")
    assert "Who audits 1 file is saved" in read(lead)

    auditor = visitor(browser, demonstration, "case-auditor", HOSPITALS, java_script_enabled=False)
    page = auditor.page
    page.set_viewport_size({"width": 320, "height": 640})
    case = page.get_by_role("row").filter(has_text="Not started").get_by_role("link").first
    reference = case.inner_text()
    auditor.follows(reference)
    page.get_by_label("No, I have no conflict of interest").check()
    auditor.presses("Save and continue")
    auditor.follows("Immediate concern")
    page.locator("[name=child-at-risk__value][value=yes]").check()
    auditor.presses("Save and come back later")
    assert "a child may be at risk of harm now" in read(auditor)
    page.goto(page.url + "/concern")
    auditor.looks()
    auditor.presses("Raise it now")
    assert "Not seen yet" in read(auditor)
    auditor.follows("Back to the file")

    with page.expect_navigation():  # and not “Assessment, history and chronology”
        page.get_by_role("link", name="Chronology", exact=True).click()
    auditor.looks()
    page.fill("[name=month-month]", "2")
    page.fill("[name=month-year]", "2026")
    page.fill("[name=what]", "The baby is seen twice in one week.")
    auditor.presses("Add key event")
    assert "February 2026" in read(auditor)
    auditor.follows("Back to all parts")
    auditor.follows("Views of the child")
    page.get_by_label("The family").check()
    page.fill("[name=said]", "Nobody told us what would happen next.")
    auditor.presses("Add view")
    auditor.follows("Back to all parts")
    auditor.follows("Check your answers and finish")
    assert re.search(r"\d+ things are still missing", read(auditor))

    answers_for_it(lead, reference)
    manager = visitor(browser, demonstration, "manager", None)
    assert f"{HOSPITALS}: raised on" not in read(manager)
    for somebody in (lead, auditor, manager):
        somebody.leaves()


def test_a_file_is_saved_while_its_auditor_types_and_a_name_waits_for_the_button(
    browser: Browser, demonstration: Demonstration
) -> None:
    lead = visitor(browser, demonstration, "agency-lead", HOSPITALS)
    lead.goes_to("/case-files")
    if lead.page.get_by_role("link", name="Appoint").count():  # unless an earlier test has
        lead.follows("Appoint")
        lead.page.locator("input[name=auditor]").first.check()
        lead.presses("Save")
    lead.leaves()
    auditor = visitor(browser, demonstration, "case-auditor", HOSPITALS)
    page = auditor.page
    auditor.goes_to("/case-files")
    with page.expect_navigation():
        unfinished = page.get_by_role("row").filter(has_text=re.compile("Not started|In progress"))
        unfinished.get_by_role("link").first.click()
    if page.get_by_label("No, I have no conflict of interest").count():
        page.get_by_label("No, I have no conflict of interest").check()
        auditor.presses("Save and continue")
    page.clock.install()
    with page.expect_navigation():
        page.locator("a[href$='/standards/recognition']").first.click()
    status, box = (
        page.locator("[data-autosave-status]"),
        page.locator("textarea[name$=__comment]").first,
    )
    box.fill("The older brother was not asked.")
    page.clock.run_for(5_000)
    expect(status).to_contain_text("Saved at", timeout=20_000)
    auditor.looks()
    box.fill("Mum Sarah was not asked.")
    page.clock.run_for(5_000)
    page.locator("h1").click()
    page.locator("button[value=later]").focus()
    expect(page.locator("main")).to_contain_text("or press Save to say why", timeout=20_000)
    page.reload()
    expect(page.locator("[data-draft-found]")).to_be_visible(timeout=20_000)
    auditor.looks()
    page.locator("[data-draft-drop]").click()
    kept = page.locator("textarea[name$=__comment]").first.input_value()
    assert kept == "The older brother was not asked."
    auditor.leaves()


def answers_for_it(lead: Visitor, reference: str) -> None:
    """The lead finds the worry on the first page, and says what came of it."""
    lead.goes_to("/")
    assert "not seen yet" in read(lead)
    lead.page.locator(".govuk-notification-banner__link").first.click()
    lead.looks()
    assert f"Immediate concern in {reference}" in read(lead)
    lead.presses("I have seen this")
    lead.presses("Close with this outcome")
    assert "without that it cannot be closed" in read(lead)
    lead.page.fill("#outcome", "A strategy discussion was held, and stands in the child’s record.")
    lead.presses("Close with this outcome")
    assert "What came of it" in read(lead)
