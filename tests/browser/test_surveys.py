"""Staff answer on a telephone, and a manager reads a closed survey, in a real browser with axe."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, Demonstration, Visitor

pytestmark = pytest.mark.browser

OPEN, CLOSED = "/surveys/PS-2026-S", "/surveys/PS-2026"
SCHOOL = "Quenbury Hall School"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_somebody_answers_on_a_telephone_without_an_account(
    browser: Browser, demonstration: Demonstration, scripts: bool
) -> None:
    lead = Visitor(browser, demonstration.address)
    lead.signs_in(demonstration.account("agency-lead", SCHOOL))
    page = lead.goes_to(f"{OPEN}/agencies/QUEN")
    address = page.locator(".s11-address").inner_text()
    lead.leaves()
    somebody = Visitor(browser, demonstration.address, java_script_enabled=scripts)
    somebody.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page = somebody.goes_to(address.removeprefix(demonstration.address))
    page.get_by_label("None of these").check()
    page.get_by_role("textbox").fill("A quiet room")
    somebody.presses("Send my answers")
    assert page.locator(".govuk-error-summary a").count() == 13
    assert page.get_by_role("textbox").input_value() == "A quiet room"
    for group in page.get_by_role("group").filter(has=page.get_by_role("radio")).all():
        group.get_by_role("radio").first.check()
    somebody.presses("Send my answers")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    somebody.goes_to(address.removeprefix(demonstration.address))
    expect(page.get_by_role("heading", level=1)).to_have_text("You have answered already")
    kept = {cookie["name"]: cookie["value"] for cookie in somebody.context.cookies(address)}
    assert kept["answered"] == "yes"
    assert kept.keys() <= {"answered", "s11audit"}
    somebody.leaves()


def test_a_manager_reads_where_staff_say_otherwise(
    browser: Browser, demonstration: Demonstration
) -> None:
    manager = Visitor(browser, demonstration.address)
    manager.signs_in(demonstration.account("manager"))
    for path in ("/surveys", "/surveys/new", OPEN, f"{OPEN}/links", f"{OPEN}/links/MILL"):
        manager.goes_to(path)
    page = manager.goes_to(CLOSED)
    assert "Fewer than 5" in page.inner_text("main")
    manager.follows("Results")
    page.get_by_label("Type of agency").select_option("Fire and rescue")
    page = manager.presses("Show")
    manager.follows("Wendshire Fire and Rescue Service: Leaders know the work")
    expect(page.locator(".govuk-warning-text")).to_contain_text("Staff say otherwise")
    rows = page.locator(".s11-result td").all_inner_texts()
    assert len(rows) > 20
    assert not [row for row in rows if re.match(r"[1-4]/", row)]
    manager.goes_to(f"{CLOSED}/agencies/HOSP/replies")
    manager.leaves()
