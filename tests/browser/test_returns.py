"""A school's return in a real browser: half online and half in a workbook, signed, and counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Browser, Locator, Page, expect

from s11audit.domain.dates import today_in_london
from s11audit.domain.questionnaire import Questionnaire
from s11audit.paths import QUESTIONNAIRES
from s11audit.questionnaires.loading import load
from tests.browser.conftest import Account, Demonstration, Visitor
from tests.browser.test_journey import downloaded
from tests.exports.test_office import convert

pytestmark = pytest.mark.browser

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
GOVERNOR = {"email": "wynn@example.org", "password": "copper kettle harbour moss"}
# What the tables of the form take; every other box that is filled says what it takes itself.
ROWS: dict[str, list[object]] = {
    "dsl.role-holders": ["Deputy head teacher", date(2026, 9, 1)],
    "training.training-figures": [4, 4, 4, 4],
    "early-help.contacts": [3],
}
# A browser on a machine that does much else is slow.
expect.set_options(timeout=20_000)


def visitor_of(browser: Browser, demonstration: Demonstration, role: str, agency: str) -> Visitor:
    visitor = Visitor(browser, demonstration.address)
    return visitor.signs_in(demonstration.account(role, agency))


def set_up_round(manager: Visitor, title: str, reference: str, school: str) -> None:
    """A round for one school whose returns two people sign, set up and opened."""
    page = manager.goes_to("/rounds/new")
    page.get_by_label("School and college safeguarding audit 2026-27").check()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Reference").fill(reference)
    year = today_in_london(datetime.now(UTC)).year
    for field, day in (
        ("opens_on", date(year, 1, 1)),
        ("due_on", date(year + 1, 6, 1)),
        ("closes_on", date(year + 1, 7, 1)),
    ):
        for part in ("day", "month", "year"):
            page.fill(f"input[name={field}-{part}]", str(getattr(day, part)))
    page.get_by_label(re.compile("Two different people")).check()
    page.get_by_text("Choose single agencies").click()
    page.get_by_label(school).check()
    manager.presses("Set up the round")
    manager.presses("Open the round")


def invite_governor(browser: Browser, lead: Visitor) -> Visitor:
    """The lead invites a second signatory, who joins by the link."""
    page = lead.goes_to("/people/invite")
    page.get_by_label("Name", exact=True).fill("Wynn Aldershaw")
    page.get_by_label("E-mail address").fill(GOVERNOR["email"])
    page.get_by_label("Signatory", exact=True).check()
    lead.presses("Send the invitation")
    link = page.get_by_text("/join/").inner_text()
    governor = Visitor(browser, lead.address)
    governor.goes_to(link)
    governor.page.get_by_label("Choose a password").fill(GOVERNOR["password"])
    governor.presses("Accept")
    return governor


def answer_first_page(page: Page) -> None:
    """None of the particular things apply to this school."""
    page.locator("input[name$=__value][value=none]").check()
    page.locator("[data-question$='alternative-provision'] input[value=no]").check()


def fill(path: Path, questionnaire: Questionnaire) -> None:
    """Answer in the workbook whatever has to be answered and has not been."""
    book = load_workbook(path)
    for sheet in book.worksheets[1:]:
        for row in sheet.iter_rows():
            key, _, part = str(row[0].value or "").partition(" ")
            question = questionnaire.by_key.get(key)
            if question is None or not question.required or question.when:
                continue
            boxes = [c for c in row if isinstance(c, Cell) and not c.protection.locked]
            fill_row(book, sheet, boxes, key, part)
    book.save(path)


def fill_row(book: Workbook, sheet: Worksheet, boxes: list[Cell], key: str, part: str) -> None:
    texts: dict[str, object] = {
        "numerator": 40,
        "denominator": 40,
        "evidence": "Minutes",
    }
    if part == "value" and boxes[0].value is None:
        boxes[0].value = first_of_list(book, sheet, boxes[0])
    elif part.startswith("row "):
        for box, value in zip(boxes, ROWS[key], strict=True):
            box.value = value  # type: ignore[assignment]
    elif part in texts and boxes[0].value is None:
        boxes[0].value = texts[part]  # type: ignore[assignment]


def first_of_list(book: Workbook, sheet: Worksheet, box: Cell) -> str:
    """The first of the answers that the drop-down of this cell offers."""
    for rule in sheet.data_validations.dataValidation:
        if box.coordinate in rule.sqref and rule.type == "list":
            name, _, cells = str(rule.formula1).partition("!")
            return str(book[name.strip("'")][cells.partition(":")[0].replace("$", "")].value)
    raise AssertionError(f"{sheet.title} offers nothing in {box.coordinate}")


def complete_offline(
    lead: Visitor, address: str, folder: Path, office: Callable[[Path], Path]
) -> None:
    """Download the form, fill it in, look at what it changes, and apply that."""
    lead.goes_to(address)
    page = lead.follows("Fill in offline")
    path = downloaded(page, "form.xlsx", folder)
    fill(path, load(QUESTIONNAIRES / "section-175" / "2026-27.yaml"))
    page.set_input_files("input[name=file]", office(path))
    lead.presses("Upload and check")
    assert page.inner_text("h1") == "What your form changes"
    assert page.get_by_text("cannot be read").count() == 0
    first = page.locator("main table").first
    assert "(empty)" in first.inner_text()
    assert "Fully met" in page.inner_text("main")
    lead.presses("Apply")


def add_evidence(lead: Visitor, address: str) -> None:
    page = lead.goes_to(f"{address}/questions/dsl.dsl-post/files")
    evidence = {"name": "Job description.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.set_input_files("input[name=file]", evidence)  # type: ignore[arg-type]
    lead.presses("Add this file")
    assert "Job description.pdf" in page.inner_text("main ul")


def send(lead: Visitor, address: str) -> None:
    page = lead.goes_to(f"{address}/check")
    assert page.locator("#missing").count() == 0, page.inner_text("#missing")
    lead.presses("Send for sign-off")


def sign(signatory: Visitor, address: str, post: str, button: str) -> Page:
    page = signatory.goes_to(f"{address}/sign")
    page.get_by_label("Your post").fill(post)
    page.get_by_label(re.compile("I make this declaration")).check()
    return signatory.presses(button)


def test_a_school_answers_half_online_and_half_in_an_office_and_two_people_sign(
    browser: Browser, demonstration: Demonstration, tmp_path: Path
) -> None:
    school, address = "Millrace Community Primary School", "/returns/S175-TWO-MILL"
    manager = Visitor(browser, demonstration.address).signs_in(demonstration.account("manager"))
    set_up_round(manager, "School audit that two people sign", "S175-TWO", school)
    manager.goes_to("/rounds/S175-TWO/return-rate")
    assert "0/1 (0.0%)" in manager.page.inner_text("main")

    lead = visitor_of(browser, demonstration, "agency-lead", school)
    page = lead.goes_to(address)
    lead.presses("Start now")
    page = lead.goes_to(f"{address}/standards/about-you")
    answer_first_page(page)
    page.locator("h1").click()
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved at")
    expect(page.locator("[data-autosave-status]")).to_contain_text("2/2")

    def in_libreoffice(path: Path) -> Path:
        convert(path, "xlsx:Calc MS Excel 2007 XML", tmp_path / "saved")
        return tmp_path / "saved" / path.name

    complete_offline(lead, address, tmp_path, in_libreoffice)
    add_evidence(lead, address)
    governor = invite_governor(browser, lead)
    send(lead, address)
    assert "Two signatories can now read and sign" in page.inner_text("main")

    head = visitor_of(browser, demonstration, "signatory", school)
    assert "Somebody else has to sign" in sign(head, address, "Head teacher", "Sign").inner_text(
        "main"
    )
    page = sign(governor, address, "Safeguarding governor", "Sign and submit")
    assert page.inner_text("h1") == "Return submitted"
    assert "as Head teacher" in page.inner_text("main")
    manager.goes_to("/rounds/S175-TWO/return-rate")
    assert "1/1 (100.0%)" in manager.page.inner_text("main")
    for visitor in (lead, head, governor, manager):
        visitor.leaves()


def test_the_whole_return_works_without_javascript(
    browser: Browser, demonstration: Demonstration, tmp_path: Path
) -> None:
    school, address = "Quenbury Hall School", "/returns/S175-PLAIN-QUEN"
    manager = Visitor(browser, demonstration.address).signs_in(demonstration.account("manager"))
    set_up_round(manager, "School audit without scripts", "S175-PLAIN", school)
    lead, head, governor = (
        Visitor(browser, demonstration.address, java_script_enabled=False).signs_in(account)
        for account in [
            demonstration.account("agency-lead", school),
            *demonstration.accounts("signatory", school),
        ]
    )
    lead.goes_to(address)
    lead.presses("Start now")
    page = lead.goes_to(f"{address}/standards/about-you")
    answer_first_page(page)
    lead.presses("Save and come back later")
    assert "is saved" in page.inner_text("main")
    complete_offline(lead, address, tmp_path, lambda path: path)
    add_evidence(lead, address)
    send(lead, address)
    sign(head, address, "Head teacher", "Sign")
    page = sign(governor, address, "Chair of governors", "Sign and submit")
    assert page.inner_text("h1") == "Return submitted"
    for visitor in (lead, head, governor, manager):
        visitor.leaves()


class Keyboard:
    """Somebody who has no mouse."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page

    def reaches(self, target: Locator) -> None:
        """Press Tab until the focus is there."""
        expect(target).to_be_visible()
        for _ in range(150):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {target}")

    def types(self, target: Locator, text: str) -> None:
        self.reaches(target)
        self.page.keyboard.type(text)

    def enters(self, target: Locator) -> None:
        """Press Enter on a link or button and look at the page that comes."""
        self.reaches(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.visitor.looks()


def signs_in_by_keyboard(keyboard: Keyboard, account: Account) -> None:
    page = keyboard.visitor.goes_to("/sign-in")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    keyboard.types(page.locator("input[name=email]"), account["email"])
    keyboard.types(page.locator("input[name=password]"), account["password"])
    keyboard.enters(page.get_by_role("button", name="Sign in", exact=True))


def test_a_return_is_begun_and_answered_by_keyboard_alone(
    browser: Browser, demonstration: Demonstration
) -> None:
    keyboard = Keyboard(Visitor(browser, demonstration.address))
    page = keyboard.page
    signs_in_by_keyboard(keyboard, demonstration.account("agency-lead", "Fernwhistle School"))
    keyboard.enters(page.get_by_role("link", name="School and college safeguarding audit 2026-27"))
    keyboard.enters(page.get_by_role("button", name="Answer the questions after all"))
    keyboard.enters(page.get_by_role("link", name="What all staff know and do"))
    first, second = (page.locator(f"input[name$=-{part}]") for part in ("numerator", "denominator"))
    keyboard.types(first, "18")
    keyboard.types(second, "20")
    rating = page.locator("[data-question='staff-information.know-what-to-do']")
    keyboard.reaches(rating.get_by_role("radio").first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(rating.get_by_role("radio").nth(1)).to_be_checked()
    keyboard.types(rating.locator("textarea[name$=__comment]"), "New staff learn it on day one.")
    keyboard.enters(page.get_by_role("button", name="Save and come back later"))
    assert "is saved" in page.inner_text("main")
    keyboard.enters(page.get_by_role("link", name="What all staff know and do"))
    assert [first.input_value(), second.input_value()] == ["18", "20"]
    expect(rating.get_by_role("radio").nth(1)).to_be_checked()
    keyboard.visitor.leaves()
