"""A briefing from the findings to a stranger's screen, and a deletion that takes two people."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Demonstration, Visitor

pytestmark = pytest.mark.browser


def due_audit(visitor: Visitor) -> str:
    """The reference of the audit that is due."""
    page = visitor.goes_to("/case-audits/retention")
    return page.get_by_role("rowheader").get_by_role("link").first.inner_text()


def issued_audit(visitor: Visitor) -> str:
    """The reference of an audit whose briefing everybody may read."""
    page = visitor.goes_to("/briefings")
    address = page.get_by_role("link", name="When help changes hands").get_attribute("href")
    return (address or "").rsplit("/", 1)[-1]


def test_a_briefing_is_changed_and_issued_again_for_everybody(
    browser: Browser, demonstration: Demonstration
) -> None:
    manager = Visitor(browser, demonstration.address)
    manager.signs_in(demonstration.account("manager"))
    reference = issued_audit(manager)
    page = manager.goes_to(f"/case-audits/{reference}/briefing")
    manager.presses("Take the briefing back")
    box = page.get_by_label("What works well")
    box.fill("- Visits were made together\n" * 9)
    manager.presses("Save the briefing")
    expect(page.get_by_role("link", name="Shorten this to 7 lines")).to_be_visible()
    expect(box).to_have_value("- Visits were made together\n" * 8 + "- Visits were made together")
    box.fill("")
    manager.presses("Save, and put in the findings")
    expect(page.get_by_label("What works well")).to_have_value(re.compile("^- Early help workers"))
    page.get_by_label("Everybody, without signing in").check()
    manager.presses("Issue the briefing")
    manager.leaves()

    stranger = Visitor(browser, demonstration.address, java_script_enabled=False)
    page = stranger.goes_to(f"/briefings/{reference}")
    expect(page.get_by_role("heading", name="What works well")).to_be_visible()
    expect(page.get_by_text("Schools kept one named person")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="PDF, one page").click()
    assert taken.value.suggested_filename == f"{reference}-briefing.pdf"
    stranger.leaves()


def test_one_manager_proposes_a_deletion_and_another_approves_it(
    browser: Browser, demonstration: Demonstration
) -> None:
    first, second = (
        Visitor(browser, demonstration.address).signs_in(account)
        for account in demonstration.accounts("manager")[:2]
    )
    reference = due_audit(first)
    address = f"/case-audits/{reference}/retention"
    page = first.goes_to(address)
    first.presses("Propose the deletion")
    expect(page.get_by_text("You proposed it, so somebody else must approve it")).to_be_visible()
    expect(page.get_by_role("button", name="Approve, and delete it for good")).to_have_count(0)

    page = second.goes_to(address)
    second.presses("Approve, and delete it for good")
    second.follows("Read the certificate")
    expect(page.get_by_text("Fingerprint of this certificate")).to_be_visible()
    expect(first.goes_to(address).get_by_text("was deleted on")).to_be_visible()
    for visitor in (first, second):
        visitor.leaves()
