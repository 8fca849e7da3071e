"""A case audit in a real browser: from its plan until agencies are asked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Demonstration, Visitor

pytestmark = pytest.mark.browser

LIST = "Reference\tTeam\nEH-0001\tNorth\nEH-0002\tNorth\nEH-0003\tSouth\nEH-0004\tSouth"


def test_an_audit_is_planned_sampled_and_sent_to_agencies(
    browser: Browser, demonstration: Demonstration
) -> None:
    manager = Visitor(browser, demonstration.address)
    manager.signs_in(demonstration.account("manager"))
    manager.goes_to("/case-audits")
    manager.presses("Plan an audit")
    page = manager.page
    page.fill("#title", "Children who move between schools")
    page.get_by_label("Thematic").check()
    page.locator("input[name=questionnaire]").first.check()
    page.fill("#cases_wanted", "2")
    for part, text in (("day", "1"), ("month", "3"), ("year", "2097")):
        page.fill(f"[name=files_due_on-{part}]", text)
    manager.presses("Put it into the programme")
    manager.presses("Commission this audit")
    manager.presses("Put in the list")
    page.fill("#text", LIST + "\nJo Smith")
    manager.presses("Check the list")
    assert "looks like a name" in page.inner_text("#main-content")
    page.fill("#text", LIST)
    manager.presses("Check the list")
    assert "North: 2" in page.inner_text("#main-content")
    manager.presses("Keep this list")
    manager.presses("Draw the cases")
    page.get_by_label("Team").check()
    manager.presses("Show the groups")
    assert "North: 2 in the list" in page.inner_text("#main-content")
    manager.presses("Draw the cases")
    reference = re.search(r"MA-\d\d-\d\d-C2", page.inner_text("#main-content"))
    assert reference
    manager.follows("Set aside")
    page.fill("#reason", "The file is with a court")
    manager.presses("Set this case aside")
    assert "Set aside: The file is with a court" in page.inner_text("#main-content")
    manager.follows("Back to the audit")
    manager.presses("Ask agencies")
    page.get_by_text("Choose single agencies").click()
    for agency in ("Wendshire Police", "Wendshire Hospitals NHS Trust"):
        page.get_by_label(agency, exact=True).check()
    manager.presses("Ask these agencies")
    assert "4 of 4 files are not finished" in page.inner_text("#main-content")
    manager.presses("Choose the panel")
    page.locator("input[name=members]").first.check()
    manager.presses("Save the panel")
    manager.presses("Open the cases to the panel")
    manager.presses("Open the cases to the panel")
    assert "Say why the panel opens" in page.inner_text("#main-content")
    manager.leaves()
