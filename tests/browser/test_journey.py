"""The main job, end to end, in a real browser: from sign-in to the workbook."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, Page
from sqlalchemy import update

from s11audit.models import UserSession
from s11audit.models.database import Database
from tests.browser.conftest import Demonstration, Visitor

pytestmark = pytest.mark.browser

POLICE = "Wendshire Police"
RETURN = "/returns/S11-2026-POL"
ROUND = "/rounds/S11-2026"


def answer_everything(lead: Visitor) -> None:
    """Fill every gap that the check page names, standard by standard, as a person would."""
    for _ in range(15):
        page = lead.goes_to(f"{RETURN}/check")
        gaps = page.locator("main li a[href*='/standards/']")
        if gaps.count() == 0:
            return
        address = str(gaps.first.get_attribute("href")).partition("#")[0]
        page = lead.goes_to(address)
        for number in range(page.locator("section.s11-question").count()):
            fill_question(page.locator("section.s11-question").nth(number))
        lead.presses("Save and continue")
        assert page.locator(".govuk-error-summary").count() == 0, page.content()
    raise AssertionError("The return never became complete")


TYPED = {
    "comment": "We do this in two of our four areas.",
    "evidence": "Notes of the quarterly review",
    "action_what": "Do the same in the other two areas.",
    "action_post": "Head of Public Protection",
    "action_due-day": "31",
    "action_due-month": "3",
    "action_due-year": "2027",
    "value": "12",
}


def fill_question(question: Locator) -> None:
    """Confirm what was brought forward, choose where nothing is, and type into empty boxes."""
    if not question.is_visible():
        return
    for confirmation in question.locator("input[name$=__confirm]").all():
        confirmation.check()
    if question.locator("input[type=radio]:checked").count() == 0:
        for choice in question.locator("input[value=partly-met], input[value=no]").all():
            choice.check()
    for box in question.locator("textarea, input:not([type=radio]):not([type=hidden])").all():
        part = str(box.get_attribute("name")).partition("__")[2]
        if part in TYPED and box.is_visible() and box.input_value() == "":
            box.fill(TYPED[part])


def test_a_return_goes_from_its_lead_to_scrutiny_and_into_the_workbook(
    browser: Browser, demonstration: Demonstration, tmp_path: Path
) -> None:
    lead = Visitor(browser, demonstration.address)
    lead.signs_in(demonstration.account("agency-lead", POLICE))
    assert lead.page.url.endswith("/returns")
    lead.goes_to(RETURN)
    answer_everything(lead)
    lead.goes_to(f"{RETURN}/check")
    lead.presses("Send for sign-off")
    assert "signatory can now read and sign" in lead.page.inner_text("main")

    chief = Visitor(browser, demonstration.address)
    chief.signs_in(demonstration.account("signatory", POLICE))
    page = chief.goes_to(f"{RETURN}/sign")
    chief.presses("Sign and submit")
    assert page.locator(".govuk-error-summary a").count() == 2
    page.get_by_label("Your post").fill("Deputy Chief Officer")
    page.get_by_label(re.compile("I make this declaration")).check()
    chief.presses("Sign and submit")
    assert page.inner_text("h1") == "Return submitted"
    receipt = page.inner_text(".govuk-panel strong")
    chief.leaves()

    lead.goes_to(RETURN)
    assert "Signed by" in lead.page.inner_text("main")
    lead.goes_to(f"{RETURN}/standards/leadership")
    assert lead.page.locator("main input[type=radio]").count() == 0
    lead.leaves()

    member = Visitor(browser, demonstration.address)
    member.signs_in(demonstration.account("qa-member"))
    page = member.goes_to(f"{ROUND}/heat-map")
    row = page.locator("table.s11-heat-map tbody tr", has=page.get_by_role("link", name=POLICE))
    assert row.count() == 1
    ratings = [re.sub(r"\s+", " ", text) for text in row.locator("td").all_inner_texts()]
    with page.expect_navigation():
        row.locator("td.s11-heat-map__cell a").nth(2).click()
    member.looks()
    assert POLICE in page.inner_text("main")
    for place in ("weakest-questions", "actions", "returns/POL", "standards/leadership", ""):
        member.goes_to(f"{ROUND}/{place}".rstrip("/"))
    assert_no_way_in_for_others(browser, demonstration)

    manager = Visitor(browser, demonstration.address)
    manager.signs_in(demonstration.account("manager"))
    page = manager.goes_to(f"{ROUND}/downloads")
    book = load_workbook(downloaded(page, "compliance.xlsx", tmp_path))
    letters = ratings_of(book, POLICE)
    assert [letter for letter in letters if letter] == letters_of(ratings)
    rows = book["Return status"].iter_rows(values_only=True)
    assert any({POLICE, receipt} <= set(row) for row in rows)
    with zipfile.ZipFile(downloaded(page, "charts.zip", tmp_path)) as charts:
        assert {Path(name).suffix for name in charts.namelist()} == {".png", ".svg"}


def assert_no_way_in_for_others(browser: Browser, demonstration: Demonstration) -> None:
    """The lead of another agency sees nothing of it."""
    others = [
        account
        for account in demonstration.description["accounts"]
        if account["role"] == "agency-lead" and account["agency"] != POLICE
    ]
    cara = Visitor(browser, demonstration.address).signs_in(others[0])
    for address in (RETURN, f"{RETURN}/check", f"{RETURN}/receipt", f"{RETURN}/return.xlsx"):
        response = cara.page.goto(cara.address + address)
        assert response is not None
        assert response.status == 404
        assert POLICE not in cara.page.content()
    for address in (ROUND, f"{ROUND}/heat-map", f"{ROUND}/compliance.xlsx"):
        response = cara.page.goto(cara.address + address)
        assert response is not None
        assert response.status == 403
    cara.leaves()


def downloaded(page: Page, ends: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.locator(f"main a[href$='{ends}']").first.click()
    path = folder / ends
    waiting.value.save_as(path)
    return path


def ratings_of(book: object, agency: str) -> list[str]:
    """The letters of one agency's row of the Ratings sheet, overall first."""
    for row in book["Ratings"].iter_rows(values_only=True):  # type: ignore[index]
        if agency in row:
            return [str(cell)[0] for cell in row if str(cell).rstrip("* ") in {"R", "A", "G", "–"}]
    raise AssertionError(f"{agency} is not in the sheet")


def letters_of(cells: list[str]) -> list[str]:
    """The letters that the heat map shows in a row."""
    return [found[0] for text in cells if (found := re.match(r"[RAG–](?= )", text.strip()))]


def test_a_question_comes_up_when_its_condition_turns_true(
    browser: Browser, demonstration: Demonstration
) -> None:
    for javascript in (True, False):
        visitor = Visitor(browser, demonstration.address, java_script_enabled=javascript)
        page = visitor.page
        page.goto(demonstration.address + "/sign-in")
        account = demonstration.account("agency-lead", "Copperbeck Youth Project")
        page.fill("input[name=email]", account["email"])
        page.fill("input[name=password]", account["password"])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.goto(demonstration.address + "/returns/S11-2026-COPP/standards/accountability")
        conditional = page.locator("[data-question='accountability.contract-duty']")
        hint = conditional.locator("[data-without-script]")
        assert conditional.is_visible() is not javascript
        assert hint.is_visible() is not javascript
        page.check("[data-question='accountability.commissions'] input[value=yes]")
        assert conditional.is_visible()
        page.check("[data-question='accountability.commissions'] input[value=no]")
        assert conditional.is_visible() is not javascript
        action = page.locator(
            "[data-question='accountability.clear-accountability'] fieldset.s11-action-fields"
        )
        assert action.is_visible() is not javascript
        page.check("[data-question='accountability.clear-accountability'] input[value=not-met]")
        assert action.is_visible()
        visitor.leaves()


def end_sessions(demonstration: Demonstration) -> None:
    """What the clock does to whoever goes to lunch, at once."""
    database = Database(demonstration.description["database_url"])
    with database.writing.begin() as session:
        session.execute(update(UserSession).values(ended_at=datetime.now(UTC)))
    database.dispose()


def test_what_is_typed_when_the_session_ends_is_sent_after_signing_in_again(
    browser: Browser, demonstration: Demonstration
) -> None:
    account = demonstration.account("agency-lead", "Hollinmere District Council")
    lead = Visitor(browser, demonstration.address).signs_in(account)
    address = "/returns/S11-2026-HOL/standards/leadership"
    page = lead.goes_to(address)
    texts = ["Half an hour of work.\n\nIn two paragraphs.", "<b>Bold</b> & “quoted”"]
    for number, text in enumerate(texts):
        page.locator("textarea[name$=__comment]").nth(number).fill(text)
    end_sessions(demonstration)
    lead.presses("Save and come back later")
    assert page.inner_text("h1") == "Sign in"
    lead.types_password(account)
    assert page.inner_text("h1") == "We kept what you typed"
    for text in texts:
        assert text in page.inner_text("main")
    lead.presses("Send it now")
    assert "is saved" in page.inner_text("main")
    lead.goes_to(address)
    boxes = page.locator("textarea[name$=__comment]")
    assert [boxes.nth(number).input_value() for number in range(2)] == texts
    lead.leaves()
