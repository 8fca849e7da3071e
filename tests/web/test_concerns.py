"""Immediate concerns on their pages: raised, seen, closed, and never forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from s11audit import paths
from s11audit.domain.cases import CaseAuditStatus
from s11audit.models import CaseAudit, CaseFile, ImmediateConcern, OutgoingMail
from s11audit.models.database import Database
from s11audit.questionnaires.catalogue import Catalogue
from tests.case_audits import Audited
from tests.cast import Cast
from tests.pages import Page, Pages
from tests.web.test_case_files import audited, mailing, police, send, silas

__all__ = ["audited", "mailing", "police", "silas"]
CONCERNS = "/immediate-concerns"


@pytest.fixture
def raised(silas: Pages, police: str) -> str:
    """The page of a concern on the police's file, for whoever answers for it."""
    send(silas, f"{police}/concern", {})
    return f"{CONCERNS}/1"


def count(database: Database, model: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def ask_whether_a_child_is_at_risk(database: Database, audited: Audited) -> None:
    asked = Catalogue([paths.QUESTIONNAIRES]).get("case-file", "infant-injury-2026")
    with database.writing.begin() as session:
        audit = session.get_one(CaseAudit, audited.audit)
        audit.questionnaire_id, audit.questionnaire_version = asked.id, asked.version
        audit.questionnaire_sha256 = asked.sha256


@pytest.mark.parametrize(
    "page", ["", "/conflict", "/no-involvement", "/check", "/chronology", "/views",
             "/standards/voice"]
)  # fmt: skip
def test_every_page_of_a_file_has_the_button(silas: Pages, police: str, page: str) -> None:
    assert silas.get(police + page).soup.select(f"a.govuk-button[href='{police}/concern']")


@pytest.mark.usefixtures("mailing")
def test_raising_one_asks_nothing_and_tells_at_once(
    silas: Pages, police: str, database: Database
) -> None:
    page = silas.get(f"{police}/concern")
    assert "call 999" in page.text
    assert not page.soup.select("main textarea, main input:not([type=hidden])")
    form = page.form("/concern")
    for _ in range(2):  # pressed twice
        assert silas.post(f"{police}/concern", form).status == 303
    assert count(database, ImmediateConcern) == 1
    assert count(database, OutgoingMail) == 2
    page = silas.get(f"{police}/concern")
    assert "Not seen yet" in page.text
    send(silas, f"{police}/concern", {})
    assert count(database, ImmediateConcern) == 2, "another worry is another concern"


def test_one_can_be_raised_whatever_has_become_of_the_file(
    silas: Pages, audited: Audited, police: str, database: Database
) -> None:
    with database.writing.begin() as session:
        file = session.get_one(CaseFile, audited.files["C1", "POL"])
        file.conflict = "I manage the worker"
        audit = session.get_one(CaseAudit, audited.audit)
        audit.status, audit.questionnaire_sha256 = CaseAuditStatus.CANCELLED, "no such file"
    assert send(silas, f"{police}/concern", {}).status == 303
    assert count(database, ImmediateConcern) == 1


def test_a_child_at_risk_is_told_on_every_page_until_a_concern_is_raised(
    silas: Pages, audited: Audited, police: str, database: Database
) -> None:
    ask_whether_a_child_is_at_risk(database, audited)
    risk = f"{police}/standards/immediate-concern"
    send(silas, risk, {"child-at-risk__value": "yes", "next": "later"})
    warning = "a child may be at risk of harm now"
    for page in ("", "/check", "/standards/immediate-concern", "/chronology"):
        assert warning in silas.get(police + page).soup.get_text(), page
    missing = silas.get(f"{police}/check").soup.select_one("#missing a")
    assert missing is not None
    assert missing["href"] == f"{police}/concern"
    send(silas, f"{police}/concern", {})
    assert warning not in silas.get(police).soup.get_text()
    assert "Raise an immediate concern" not in silas.get(f"{police}/check").soup.select("#missing")


def first_page(pages: Pages) -> Page:
    return pages.get(pages.get("/").location)


def test_lead_and_manager_see_it_where_they_begin_and_nobody_else_does(
    raised: str, pages: Pages, cast: Cast, audited: Audited
) -> None:
    for who in ("Asif", "Priya"):
        page = first_page(pages.sign_in(cast[who]))
        assert "MA-26-01, Downshire Police" in page.text, who
        assert "not seen yet" in page.text
        assert "C1" not in page.text
    for viewer in (cast["Cara"], cast["Mo"], audited["Otto"], cast["Olga"], cast["Bea"]):
        assert "Immediate concern" not in first_page(pages.sign_in(viewer)).text
        assert pages.get(raised).status in (403, 404)


def test_the_lead_marks_it_as_seen_and_the_auditor_is_told(
    raised: str, pages: Pages, cast: Cast, audited: Audited, police: str
) -> None:
    page = pages.sign_in(cast["Asif"]).get(raised)
    assert page.heading == "Immediate concern in MA-26-01-C1"
    assert "Silas" in page.text
    for _ in range(2):  # pressed twice
        assert pages.post(f"{raised}/seen").location == raised
    assert "by Asif" in pages.get(raised).text
    assert "Seen on" in pages.sign_in(audited["Silas"]).get(f"{police}/concern").text


def test_it_is_not_closed_without_an_outcome(raised: str, pages: Pages, cast: Cast) -> None:
    pages.sign_in(cast["Asif"])
    form = pages.get(raised).form("/close")
    assert "outcome" in pages.post(f"{raised}/close", form).errors
    typed = form | {"outcome": "A strategy meeting was held"}
    for _ in range(2):  # pressed twice
        assert pages.post(f"{raised}/close", typed).location == raised
    assert "A strategy meeting was held" in pages.get(raised).text
    other = form | {"outcome": "Something else"}
    assert pages.post(f"{raised}/close", other).status == 409
    assert "Immediate concern" not in first_page(pages).text


def test_the_manager_can_close_one_of_an_audit_that_was_cancelled(
    raised: str, pages: Pages, cast: Cast, audited: Audited, database: Database
) -> None:
    with database.writing.begin() as session:
        session.get_one(CaseAudit, audited.audit).status = CaseAuditStatus.CANCELLED
    page = pages.sign_in(cast["Priya"]).get(raised)
    assert page.heading == "Immediate concern in MA-26-01"
    for detail in ("C1", "L001", "Silas"):
        assert detail not in page.text
    assert send(pages, raised, {"outcome": "Closed"}, f"{raised}/close").location == raised
    assert "Closed" in pages.get(CONCERNS).text
