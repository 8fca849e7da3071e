"""A panel of two at their own browsers: they write about one case at once, and lose nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from s11audit.models import CaseAudit
from s11audit.models.database import Database
from tests.browser.conftest import AXE, DESKTOP, PHONE, RULES, Demonstration, Visitor

pytestmark = pytest.mark.browser

TITLE = "First weeks of help for children at risk of exploitation"
REASONS = "Reasons for the agreed grade"


def reference_of(demonstration: Demonstration) -> str:
    """The reference of the audit whose panel meets now."""
    database = Database(demonstration.description["database_url"])
    with database.reading() as session:
        found = session.scalars(select(CaseAudit.reference).where(CaseAudit.title == TITLE)).one()
    database.dispose()
    return found


def look_on_a_phone(page: Page) -> None:
    """What axe finds at 320 pixels, where tables become blocks."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(r => r.violations.map(o => o.id))", RULES
    )
    assert found == []
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


def agrees(page: Page, level: str, reasons: str, said: str) -> None:
    page.get_by_label(level, exact=True).first.check()
    page.get_by_label(REASONS).first.fill(reasons)
    page.get_by_label("What the panel said").fill(said)


def test_two_of_a_panel_write_at_once_and_choose_which_text_to_keep(
    browser: Browser, demonstration: Demonstration
) -> None:
    audit = reference_of(demonstration)
    chair, member = (
        Visitor(browser, demonstration.address).signs_in(demonstration.account(role))
        for role in ("qa-chair", "qa-member")
    )
    page = chair.goes_to(f"/case-audits/{audit}/cases")
    chair.follows(f"{audit}-C2")
    chair.follows("Recognition and response")
    look_on_a_phone(page)
    place = page.url.partition("#")[0].removeprefix(demonstration.address)
    other = member.goes_to(place)
    agrees(page, "Sound", "The chair’s reasons", "What the chair heard")
    chair.presses("Save and go back to the case")
    agrees(other, "Weak", "The member’s reasons", "What the member heard")
    member.presses("Save and go back to the case")
    expect(other.locator("h1")).to_have_text("Somebody else changed the same texts")
    look_on_a_phone(other)
    for text in ("The chair’s reasons", "The member’s reasons"):
        expect(other.get_by_text(text)).to_be_visible()
    member.presses("Save my choice")
    expect(other.locator(".govuk-error-summary")).to_contain_text("Choose which to keep")
    for group, choice in (
        ("Noticing and acting", "What I typed"),
        ("Discussion", "What is saved now"),
    ):
        other.get_by_role("group", name=group).get_by_label(choice).check()
    member.presses("Save my choice")
    kept = member.goes_to(place)
    expect(kept.get_by_label(REASONS).first).to_have_value("The member’s reasons")
    expect(kept.get_by_label("What the panel said")).to_have_value("What the chair heard")
    for visitor in (chair, member):
        visitor.leaves()


def test_a_young_panellist_reads_the_same_case_and_the_counts(
    browser: Browser, demonstration: Demonstration
) -> None:
    audit = reference_of(demonstration)
    young = Visitor(browser, demonstration.address)
    young.signs_in(demonstration.account("young-panellist"))
    page = young.goes_to(f"/case-audits/{audit}/cases/{audit}-C2/recognition")
    assert page.locator("main form").count() == 0
    young.goes_to(f"/case-audits/{audit}/grades")
    young.goes_to(f"/case-audits/{audit}/findings")
    young.leaves()
