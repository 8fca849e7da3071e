"""The pages on which an agency states something instead of answering, and who reads it."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from flask import Flask
from sqlalchemy import select

from s11audit.domain.permissions import Role
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import Action, Event, OutgoingMail, SideState
from s11audit.models.database import Database
from s11audit.web.security import Services
from tests.cast import Cast
from tests.contents import PDF
from tests.joined import join
from tests.malware_scanner import MARK, scanner
from tests.pages import Page, Pages
from tests.rounds_and_returns import Opened, return_named

RETURN = "/returns/R1-POL"
ASSURANCE = f"{RETURN}/alternative-assurance"
NIL = f"{RETURN}/nil-return"
SURE = {
    "document": "https://inspectorate.example/report",
    "can_assure": "yes",
    "post": "Chief Officer",
    "agree": "y",
}
UNSURE = SURE | {
    "can_assure": "no",
    "explanation": "Custody was left out.",
    "action_what": "Ask for another inspection",
    "action_post": "Head of Custody",
    "action_due-day": "1",
    "action_due-month": "2",
    "action_due-year": "2027",
}


@pytest.fixture
def asif(pages: Pages, cast: Cast, opened: Opened) -> Pages:
    return pages.sign_in(cast["Asif"])


def send(pages: Pages, address: str, typed: dict[str, Any]) -> Page:
    return pages.post(address, pages.get(address).form(address) | typed)


def status(database: Database) -> ReturnStatus:
    with database.reading() as session:
        return return_named(session, "R1-POL").status


def test_other_assurance_is_given_read_by_scrutiny_and_taken_back(
    asif: Pages, cast: Cast, database: Database
) -> None:
    assert ASSURANCE in [link["href"] for link in asif.get(RETURN).soup.select("main a")]
    assert send(asif, ASSURANCE, SURE).location == RETURN
    again = asif.post(ASSURANCE, SURE)
    assert again.location == RETURN  # pressed twice
    assert status(database) is ReturnStatus.ALTERNATIVE_ASSURANCE
    for name, address in (("Asif", RETURN), ("Mo", "/rounds/R1/returns/POL")):
        page = asif.sign_in(cast[name]).get(address)
        assert "Asif, Chief Officer" in page.text
        assert page.soup.select(f"a[href='{SURE['document']}']")
    manager = asif.sign_in(cast["Priya"]).get("/rounds/R1")
    assert "Of those returned, alternative assurance 1/1" in manager.text
    back = asif.sign_in(cast["Asif"]).get(RETURN)
    assert asif.post(f"{RETURN}/answer-after-all", back.form("after-all")).location == RETURN
    assert status(database) is ReturnStatus.NOT_STARTED
    assert asif.get(ASSURANCE).form(ASSURANCE)["document"] == SURE["document"]


def test_a_contributor_is_not_shown_the_statement(
    asif: Pages, cast: Cast, database: Database
) -> None:
    send(asif, ASSURANCE, SURE)
    page = asif.sign_in(cast["Bea"]).get(RETURN)
    assert page.status == 200
    assert SURE["document"] not in page.text
    assert asif.get(ASSURANCE).status == 403


@pytest.mark.usefixtures("with_mail")
def test_who_cannot_assure_says_why_and_what_and_the_managers_are_told(
    asif: Pages, cast: Cast, database: Database
) -> None:
    page = send(asif, ASSURANCE, {"can_assure": "no"})
    assert page.status == 422
    assert set(page.errors) == {
        *("document", "explanation", "post", "agree"),
        *("action_what", "action_post", "action_due"),
    }
    assert send(asif, ASSURANCE, UNSURE).location == RETURN
    with database.reading() as session:
        action = session.scalars(select(Action)).one()
        mail = session.scalars(select(OutgoingMail)).one()
    assert action.what == UNSURE["action_what"]
    assert mail.recipient == "priya@example.org"
    assert "/rounds/R1/returns/POL" in mail.text
    asif.sign_in(cast["Priya"])
    assert "Cannot assure that children are safe: Downshire Police" in asif.get("/rounds/R1").text
    page = asif.get("/rounds/R1/returns/POL")
    assert "cannot assure that children are safe" in page.text
    assert UNSURE["explanation"] in page.text


def test_what_was_typed_comes_back_with_an_error(asif: Pages) -> None:
    page = send(asif, ASSURANCE, UNSURE | {"agree": "", "action_due-month": "13"})
    assert set(page.errors) == {"agree", "action_due"}
    fields = page.form(ASSURANCE)
    assert fields["explanation"] == UNSURE["explanation"]
    assert fields["action_due-month"] == "13"


def with_file(raw: bytes = PDF, name: str = "inspection.pdf", **typed: str) -> dict[str, Any]:
    return SURE | typed | {"file": (BytesIO(raw), name)}


def file_of(database: Database) -> int:
    with database.reading() as session:
        file_id = session.scalars(select(SideState.file_id)).one()
        assert file_id is not None
        return file_id


def test_the_document_is_sent_as_a_file_and_downloaded_by_the_agency_and_by_scrutiny(
    asif: Pages, cast: Cast, database: Database
) -> None:
    assert send(asif, ASSURANCE, with_file(document="")).location == RETURN
    number = file_of(database)
    own, theirs = f"{RETURN}/files/{number}", f"/rounds/R1/returns/POL/files/{number}"
    for name, page, address in (
        ("Asif", RETURN, own),
        ("Ines", RETURN, own),
        ("Mo", "/rounds/R1/returns/POL", theirs),
        ("Priya", "/rounds/R1/returns/POL", theirs),
    ):
        link = asif.sign_in(cast[name]).get(page).soup.select_one(f"a[href='{address}']")
        assert link is not None
        assert link.get_text() == "inspection.pdf"
        got = asif.client.get(address)
        assert (got.status_code, got.data) == (200, PDF)
        assert got.headers["Content-Disposition"].startswith("attachment")
    with database.reading() as session:
        taken = session.scalars(select(Event).filter_by(kind="downloaded")).all()
        assert [event.subject for event in taken] == ["return R1-POL"] * 4


def test_the_agencys_own_copies_say_what_stands_in_place_of_answers(asif: Pages) -> None:
    send(asif, ASSURANCE, with_file())
    page = asif.get(f"{RETURN}/copy")
    document = Document(BytesIO(asif.client.get(f"{RETURN}/return.docx").data))
    written = "\n".join(one.text for one in document.paragraphs)
    for words in (
        "Alternative assurance",
        "inspection.pdf",
        SURE["document"],
        "Asif, Chief Officer",
    ):
        assert words in page.text
        assert words in written
    asif.post(f"{RETURN}/answer-after-all", asif.get(RETURN).form("after-all"))
    assert "inspection.pdf" not in asif.get(f"{RETURN}/copy").text


def test_nobody_else_gets_the_document(asif: Pages, cast: Cast, database: Database) -> None:
    send(asif, ASSURANCE, with_file())
    number = file_of(database)
    with database.writing.begin() as session:
        yara = join(session, "Yara", (Role.YOUNG_PANELLIST, "DOWN"))
    people = {name: cast[name] for name in ("Bea", "Cara", "Dana", "Olga")} | {"Yara": yara}
    for who in people.values():
        asif.sign_in(who)
        for address in (f"{RETURN}/files/{number}", f"/rounds/R1/returns/POL/files/{number}"):
            assert asif.get(address).status in {403, 404}
    page = asif.sign_in(cast["Asif"]).get(RETURN)
    asif.post(f"{RETURN}/answer-after-all", page.form("after-all"))
    scrutiny = f"/rounds/R1/returns/POL/files/{number}"
    assert asif.sign_in(cast["Mo"]).get(scrutiny).status == 404  # it stands no more


def test_some_document_is_needed(asif: Pages) -> None:
    assert set(send(asif, ASSURANCE, SURE | {"document": " "}).errors) == {"document"}
    page = send(asif, ASSURANCE, SURE | {"document": "", "keep": "y"})
    assert set(page.errors) == {"document"}


def test_a_file_that_is_refused_says_why_and_loses_nothing_that_was_typed(
    asif: Pages, database: Database
) -> None:
    page = send(asif, ASSURANCE, UNSURE | {"file": (BytesIO(b"MZ"), "virus.exe")})
    assert (page.status, set(page.errors)) == (422, {"file"})
    assert "Choose" in page.errors["file"]
    fields = page.form(ASSURANCE)
    assert fields["explanation"] == UNSURE["explanation"]
    assert fields["document"] == UNSURE["document"]
    assert status(database) is ReturnStatus.NOT_STARTED


def test_a_file_that_came_with_another_mistake_is_asked_for_again(asif: Pages) -> None:
    page = send(asif, ASSURANCE, with_file(post=""))
    assert set(page.errors) == {"post", "file"}
    assert page.errors["file"].startswith("Choose the file again")


def test_malware_is_refused_and_remembered(asif: Pages, app: Flask, database: Database) -> None:
    with scanner() as (address, _):
        shared: Services = app.extensions["s11audit"]
        settings = replace(shared.settings, clamd=address)
        app.extensions["s11audit"] = replace(shared, settings=settings)
        page = send(asif, ASSURANCE, with_file(PDF + MARK))
    assert set(page.errors) == {"file"}
    with database.reading() as session:
        event = session.scalars(select(Event).filter_by(kind="evidence-refused")).one()
        assert event.detail["malware"] == "Tests.Mark-1"
        assert session.scalars(select(SideState)).all() == []


def test_a_document_given_before_is_kept_unless_it_is_left_out(
    asif: Pages, database: Database
) -> None:
    send(asif, ASSURANCE, with_file(document=""))
    first = file_of(database)
    asif.post(f"{RETURN}/answer-after-all", asif.get(RETURN).form("after-all"))
    page = asif.get(ASSURANCE)
    assert "Keep “inspection.pdf”" in page.text
    assert page.form(ASSURANCE)["keep"] == "y"
    typed = page.form(ASSURANCE) | {"can_assure": "yes", "agree": "y"}
    assert asif.post(ASSURANCE, typed).location == RETURN
    assert file_of(database) == first


def test_a_nil_return_needs_its_reason_and_counts(
    asif: Pages, cast: Cast, database: Database
) -> None:
    assert set(send(asif, NIL, {}).errors) == {"reason", "post", "agree"}
    typed = {"reason": "Nobody on roll", "post": "Head Teacher", "agree": "y"}
    assert send(asif, NIL, typed).location == RETURN
    assert "Nobody on roll" in asif.get(RETURN).text
    page = asif.sign_in(cast["Priya"]).get("/rounds/R1")
    assert "Returned 1/3 (33.3%)" in page.text or "1/3 (33.3%)" in page.text
    assert "Of those returned, nil returns 1/1" in page.text
    assert "Nobody on roll" in asif.get("/rounds/R1/returns/POL").text
    with database.reading() as session:
        assert session.scalars(select(SideState.state)).all() == [ReturnStatus.NIL_RETURN]


def test_the_manager_excuses_an_agency_which_reads_why(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    address = "/rounds/R1/returns/POL"
    page = pages.sign_in(cast["Priya"]).get(address)
    silent = pages.post(f"{address}/steps/exempt", page.form("steps/exempt"))
    assert silent.status == 422
    assert list(silent.errors.values()) == ["Say why the agency is excused"]
    reason = {"exempt-text": "The force merges in May."}
    assert pages.post(f"{address}/steps/exempt", reason).status == 303
    assert "Exempt, not counted 1" in pages.get("/rounds/R1").text
    own = pages.sign_in(cast["Asif"]).get(RETURN)
    assert "excused from this round The force merges in May." in own.text
    pages.sign_in(cast["Priya"]).get(address)
    reason = {"end-exemption-text": "It does not."}
    assert pages.post(f"{address}/steps/end-exemption", reason).status == 303
    assert "It does not." in pages.sign_in(cast["Asif"]).get(RETURN).text
    assert status(database) is ReturnStatus.NOT_STARTED
