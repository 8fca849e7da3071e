"""Three leads rate apart, everything opens by itself, they agree, and the plan is made."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from s11audit.domain.dates import today_in_london
from tests.browser.conftest import Account, Demonstration, Visitor

pytestmark = pytest.mark.browser

TITLE = "How we lead, tried in a browser"
LEADS = {
    "Ines Varrowby": "Police",
    "Gareth Thistleden": "Integrated care board",
    "Rhian Copperfold": "Council",
}
AREAS = ("leads", "agencies", "voice", "quality", "reviews", "training")
QUESTIONS = 29
expect.set_options(timeout=20_000)


def person(demonstration: Demonstration, name: str) -> Account:
    return next(one for one in demonstration.description["accounts"] if one["name"] == name)


def visit(browser: Browser, demonstration: Demonstration, name: str) -> Visitor:
    return Visitor(browser, demonstration.address).signs_in(person(demonstration, name))


def type_date(page: Page, name: str) -> None:
    day = today_in_london(datetime.now(UTC)) + timedelta(days=60)
    for part in ("day", "month", "year"):
        page.fill(f"[name='{name}-{part}']", str(getattr(day, part)))


def set_up(manager: Visitor) -> str:
    """Set the assessment up, name the three, ask them. Gives its address."""
    page = manager.goes_to("/assessments/new")
    page.get_by_label(re.compile("Lead safeguarding partners")).check()
    page.get_by_label("Title").fill(TITLE)
    type_date(page, "due_on")
    page.get_by_label("Who chairs?").select_option(label="Fenwick Ashdale-Moor")
    manager.presses("Set up the assessment")
    for name, label in LEADS.items():
        page.get_by_label("Who rates?").select_option(label=name)
        page.get_by_label("Which body or post").fill(label)
        manager.presses("Name this assessor")
    manager.follows("Go on to ask them to rate")
    manager.presses("Ask the assessors to rate")
    return page.url


def rate(lead: Visitor, home: str, doubts: bool) -> None:
    """All green; whoever doubts says red to the first question of each area."""
    for area in AREAS:
        page = lead.goes_to(f"{home}/ratings/{area}")
        for choice in page.locator("input[name$=__value][value=green]").all():
            choice.check()
        for box in page.locator("textarea[name$=__evidence]").all():
            box.fill("Minutes of the year")
        if doubts:
            first = page.locator("section[data-question]").first
            first.locator("input[name$=__value][value=red]").check()
            first.locator("textarea[name$=__action_what]").fill("Meet every month")
            first.locator("input[name$=__action_post]").fill("Director")
            prefix = first.locator("input[name$='__action_due-day']").get_attribute("name")
            type_date(page, str(prefix).removesuffix("-day"))
        with page.expect_navigation():
            page.get_by_role("button", name="Save and come back later").click()
    lead.goes_to(f"{home}/finish")
    lead.page.get_by_label(re.compile("I make this declaration")).check()
    lead.presses("Finish my ratings")


def agree(chair: Visitor, home: str) -> None:
    """Write down amber, with its action, where they differ, and green elsewhere."""
    page = chair.goes_to(f"{home}/compare")
    expect(page.get_by_text(f"{len(AREAS)}/{QUESTIONS}")).to_be_visible()
    page.locator("tbody a").first.click()
    for number in range(QUESTIONS):
        differ = page.get_by_text("The ratings are 2 steps apart").count() == 1
        assert differ == (number < len(AREAS)), "The widest disagreement comes first"
        page.get_by_label("Amber" if differ else "Green", exact=True).check()
        page.get_by_label("Why?", exact=True).fill("We settled it together")
        if differ:
            page.get_by_label("What will be done?").fill("Meet every month")
            page.get_by_label("Which agency sees to it?").select_option(label="Wendshire Police")
            page.get_by_label("Which post is responsible?").fill("Head of public protection")
            type_date(page, "due_on")
        with page.expect_navigation():
            page.get_by_role("button", name="Keep what is agreed").click()
    chair.looks()
    chair.goes_to(home)
    chair.presses("Sign off the agreed ratings")


def test_three_leads_rate_blind_agree_and_have_a_plan(
    browser: Browser, demonstration: Demonstration
) -> None:
    manager = visit(browser, demonstration, "Priya Lindmoor")
    home = set_up(manager)
    for name in LEADS:
        lead = visit(browser, demonstration, name)
        rate(lead, home, doubts=name.startswith("Rhian"))
        if name.startswith("Rhian"):
            expect(lead.page).to_have_url(f"{home}/compare")
        else:
            expect(lead.page).to_have_url(f"{home}/ratings")
            assert lead.page.goto(f"{home}/compare").status == 404  # type: ignore[union-attr]
        lead.leaves()
    chair = visit(browser, demonstration, "Fenwick Ashdale-Moor")
    agree(chair, home)
    plan = chair.goes_to("/assessments/plan")
    assert plan.get_by_text("Meet every month").count() >= len(AREAS)
    chair.goes_to(f"{home}/movement")
    manager.goes_to(home)
    expect(manager.page.get_by_text("Agreed", exact=True)).to_be_visible()
    chair.leaves()
    manager.leaves()


def test_a_visitor_finishes_as_the_third(browser: Browser, demonstration: Demonstration) -> None:
    """What the demonstration keeps for whoever tries it."""
    third = visit(browser, demonstration, "Rhian Copperfold")
    page = third.goes_to("/assessments")
    row = page.get_by_role("row", name=re.compile(r"JA-\d\d-02"))
    row.get_by_role("link", name=re.compile("Your ratings")).click()
    third.looks()
    third.follows("Training together")
    last = page.locator("section[data-question]").last
    last.locator("input[name$=__value][value=green]").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save and come back later").click()
    page.get_by_role("button", name="Finish your ratings").click()
    third.looks()
    page.get_by_label(re.compile("I make this declaration")).check()
    third.presses("Finish my ratings")
    expect(page.get_by_role("heading", level=1)).to_have_text("All ratings side by side")
    third.follows("What moved")
    third.leaves()
