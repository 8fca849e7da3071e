"""The library of questionnaires and the newer kinds of question, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Demonstration, Visitor

pytestmark = pytest.mark.browser

LIBRARY = "/questionnaires"
SCHOOL = "Millrace Community Primary School"
RETURN = "/returns/S175-2026-27-MILL"
DRAFT = """\
questionnaire: short-check
version: "1"
kind: self-assessment
title: A short check
standards:
  - id: people
    title: Who works here
    questions:
      - id: who
        title: Who works here
        type: multiple-choice
        ask: Who works with children here?
        options:
          - {id: staff, label: Employees}
          - {id: volunteers, label: Volunteers}
          - {id: nobody, label: Nobody, alone: yes}
      - id: checked
        title: Volunteers checked
        type: percentage
        ask: How many volunteers are checked?
        numerator: Checked
        denominator: All volunteers
        when: {question: people.who, is: volunteers}
"""


def test_a_manager_reads_a_version_and_what_changed_in_it(
    browser: Browser, demonstration: Demonstration
) -> None:
    manager = Visitor(browser, demonstration.address)
    manager.signs_in(demonstration.account("manager"))
    page = manager.goes_to(LIBRARY)
    assert page.get_by_role("columnheader", name="Status").count() > 1
    manager.follows("Keeping children safe")
    page.get_by_role("link", name="Back to contents").first.click()
    expect(page.locator("#contents")).to_be_in_viewport()
    page = manager.goes_to(f"{LIBRARY}/section-11/changes/2024/2026")
    page.get_by_role("link", name="Merged into one").click()
    expect(page.locator("h2#merged")).to_be_in_viewport()
    manager.goes_to(f"{LIBRARY}/section-175/2026-27/preview?type=school&with=boarding")
    manager.follows("Boarding and residential")
    assert "nothing you type is saved" in page.inner_text("main")
    manager.leaves()


def test_a_draft_is_mended_on_the_page_and_its_preview_follows_what_is_ticked(
    browser: Browser, demonstration: Demonstration
) -> None:
    manager = Visitor(browser, demonstration.address)
    manager.signs_in(demonstration.account("manager"))
    page = manager.goes_to(LIBRARY)
    manager.presses("Upload a draft")
    page.fill("textarea[name=text]", DRAFT.replace("type: percentage", "type: percent"))
    manager.presses("Check and save the draft")
    assert page.locator(".s11-faults__fault").count() == 1
    page.fill("textarea[name=text]", DRAFT)
    manager.presses("Check and save the draft")
    assert page.inner_text("h1") == "A short check, version 1"
    page = manager.goes_to(f"{LIBRARY}/short-check/1/preview/people")
    waiting = page.locator("[data-question='people.checked']")
    assert not waiting.is_visible()
    page.get_by_label("Volunteers", exact=True).check()
    assert waiting.is_visible()
    manager.looks()
    page.get_by_label("Nobody").check()
    assert not page.get_by_label("Volunteers", exact=True).is_checked()
    assert not waiting.is_visible()
    manager.leaves()


def test_a_table_keeps_what_is_typed_and_says_what_is_wrong_in_its_cell(
    browser: Browser, demonstration: Demonstration
) -> None:
    lead = Visitor(browser, demonstration.address)
    lead.signs_in(demonstration.account("agency-lead", SCHOOL))
    page = lead.goes_to(f"{RETURN}/standards/training")
    row = page.get_by_role("row", name="Governors or trustees")
    up_to_date, in_group = (row.get_by_role("textbox").nth(number) for number in (0, 1))
    up_to_date.fill("9")
    in_group.fill("6")
    lead.presses("Save and come back later")
    assert "“Up to date” cannot be more than “In the group”" in row.inner_text()
    page.locator(".govuk-error-summary a").first.click()
    expect(up_to_date).to_be_focused()
    up_to_date.fill("6")
    lead.presses("Save and come back later")
    lead.goes_to(f"{RETURN}/standards/training")
    assert (up_to_date.input_value(), in_group.input_value()) == ("6", "6")
    lead.leaves()
