"""Deciding on retention in the browser: two people, a certificate, and pages that stay the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from s11audit.domain.retention import digest_of
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    CaseAudit,
    CaseDeletion,
    ImmediateConcern,
    OutgoingMail,
    UserSession,
)
from s11audit.models.database import Database
from s11audit.services.deletion_ledger import Ledger
from s11audit.web.security import Services
from tests.cast import Cast
from tests.full_cases import OF_A_CASE, Full, full_audit, second_person
from tests.pages import Page, Pages
from tests.web.test_keeping import words_of

DUE, HELD = "MA-24-01", "MA-24-02"
PAGE = f"/case-audits/{DUE}/retention"


@pytest.fixture
def ledger(app: Flask, tmp_path: Path) -> Ledger:
    shared: Services = app.extensions["s11audit"]
    path = tmp_path / "deletions.jsonl"
    settings = replace(shared.settings, deletion_ledger=path)
    app.extensions["s11audit"] = replace(shared, settings=settings)
    return Ledger(path)


@pytest.fixture
def full(database: Database, cast: Cast) -> Full:
    with database.writing.begin() as session:
        full_audit(session, cast, HELD, hold_reason="An inquiry")
        return full_audit(session, cast, DUE)


@pytest.fixture
def kit(database: Database, cast: Cast) -> Viewer:
    with database.writing.begin() as session:
        return second_person(session)


@pytest.fixture
def priya(pages: Pages, cast: Cast, full: Full, ledger: Ledger) -> Pages:
    return pages.sign_in(cast["Priya"])


@pytest.fixture
def other(app: Flask, database: Database, kit: Viewer) -> Pages:
    return Pages(app, database).sign_in(kit)


def press(pages: Pages, step: str, **typed: str) -> Page:
    """Press a button that stands on the page."""
    fields = pages.get(PAGE).form(f"/retention/{step}")
    return pages.post(f"{PAGE}/{step}", {**fields, **typed})


def emptied(database: Database) -> bool:
    with database.reading() as session:
        found = select(CaseAudit.emptied_at).where(CaseAudit.reference == DUE)
        return session.scalars(found).one() is not None


def test_the_list_says_what_is_due_and_how_much_and_deletes_nothing(
    priya: Pages, database: Database
) -> None:
    page = priya.get("/case-audits/retention")
    assert "MA-24-01 Help for infants" in page.text
    assert [one.get_text() for one in page.soup.select("caption")] == ["Due now", "On hold"]
    cells = [one.get_text() for one in page.soup.select("tbody tr")[0].select("td")]
    assert cells == ["14 October 2026", "2", "17", "No"]
    assert not emptied(database)


def test_one_proposes_another_approves_and_a_certificate_stays(
    priya: Pages, other: Pages, database: Database, ledger: Ledger
) -> None:
    assert press(priya, "propose").status == 303
    page = priya.get(PAGE)
    assert "somebody else must approve it" in page.text
    assert not page.soup.select(f"form[action='{PAGE}/approve']")
    refused = priya.post(f"{PAGE}/approve")
    assert (refused.status, emptied(database)) == (409, False)
    assert "You proposed this" in refused.text

    assert press(other, "approve").status == 303
    assert emptied(database)
    certificate = other.get(f"{PAGE}/certificate").text
    for said in ("Priya, Partnership manager", "Kit, QA subgroup chair", "Altogether 19"):
        assert said in certificate
    raw = other.client.get(f"{PAGE}/certificate.json").get_data(as_text=True)
    assert json.loads(raw)["counts"]["answers"] == 2
    assert digest_of(raw) in certificate
    text = other.client.get(f"{PAGE}/certificate.txt").get_data(as_text=True)
    assert digest_of(raw) in text
    assert OF_A_CASE not in raw + text + certificate
    document = words_of(other.client.get(f"{PAGE}/certificate.docx").get_data())
    for line in text.splitlines()[3:-2]:
        assert line in document
    assert digest_of(raw) in document
    assert OF_A_CASE not in document
    printed = other.client.get(f"{PAGE}/certificate.pdf")
    assert (printed.mimetype, printed.get_data()[:5]) == ("application/pdf", b"%PDF-")
    assert [line.certificate for line in ledger.lines()] == [raw]
    assert "MA-24-01" in other.get("/case-audits/retention").text


def test_whoever_proposes_is_told_who_may_approve_and_they_get_a_mail(
    priya: Pages, other: Pages, database: Database, with_mail: None
) -> None:
    press(priya, "propose")
    text = priya.get(PAGE).text
    assert "somebody else must approve it, and nothing is deleted before" in text
    assert "Any of these may: Kit. They are told by e-mail." in text
    assert "Any of these may" not in other.get(PAGE).text
    with database.reading() as session:
        (mail,) = session.scalars(select(OutgoingMail)).all()
    assert mail.recipient == "kit@example.org"
    assert f"{PAGE}\n" in mail.text


def test_whoever_proposes_alone_is_told_that_nobody_else_may(priya: Pages) -> None:
    press(priya, "propose")
    assert "Nobody else of your partnership has such a role now" in priya.get(PAGE).text


def test_where_no_mail_leaves_the_page_says_so(priya: Pages, other: Pages) -> None:
    press(priya, "propose")
    assert "No e-mail leaves this service, so tell them yourself." in priya.get(PAGE).text


def test_an_open_concern_stands_in_place_of_the_buttons(
    priya: Pages, other: Pages, database: Database
) -> None:
    press(priya, "propose")
    with database.writing.begin() as session:
        concern = session.scalars(select(ImmediateConcern).order_by(ImmediateConcern.id.desc()))
        concern.first().closed_at = None  # type: ignore[union-attr]
    page = other.get(PAGE)
    assert "An immediate concern about a child is still open in this audit" in page.text
    assert not page.soup.select(f"form[action='{PAGE}/approve']")
    refused = other.post(f"{PAGE}/approve")
    assert (refused.status, emptied(database)) == (409, False)
    assert "Nothing was changed" in refused.text


def test_who_comes_too_late_sees_the_page_as_it_is(
    priya: Pages, other: Pages, database: Database, cast: Cast, app: Flask
) -> None:
    press(priya, "propose")
    assert priya.post(f"{PAGE}/propose").status == 409
    press(other, "approve")
    late = other.post(f"{PAGE}/approve")
    assert (late.status, "was deleted on" in late.text) == (409, True)


def test_a_hold_needs_its_reason_and_shows_it(priya: Pages, other: Pages) -> None:
    press(priya, "propose")
    page = press(priya, "hold", reason=" ")
    assert page.errors == {"reason": "Say why this must be kept"}
    assert press(priya, "hold", reason="A court case").status == 303
    assert "A court case" in other.get(PAGE).text
    assert other.post(f"{PAGE}/approve").status == 409
    assert press(other, "end-hold").status == 303
    assert "Propose the deletion" in other.get(PAGE).text


def test_nothing_is_deleted_that_the_ledger_cannot_hold(
    priya: Pages, other: Pages, database: Database, ledger: Ledger
) -> None:
    press(priya, "propose")
    ledger.path.mkdir()
    page = press(other, "approve")
    assert (page.status, "nothing was deleted" in page.text) == (503, True)
    assert not emptied(database)
    with database.reading() as session:
        assert session.scalars(select(CaseDeletion)).one().done_at is None


@pytest.mark.parametrize(("name", "status"), [("Mo", 403), ("Asif", 403), ("Olga", 404)])
def test_others_neither_see_nor_decide(
    pages: Pages, cast: Cast, full: Full, name: str, status: int
) -> None:
    pages.sign_in(cast[name]).get("/account")
    assert pages.get(PAGE).status == status
    for step in ("propose", "approve", "withdraw", "hold", "end-hold"):
        assert pages.post(f"{PAGE}/{step}", {"reason": "Why"}).status == status


def test_whoever_decides_has_just_proved_who_they_are(
    pages: Pages, cast: Cast, full: Full, database: Database
) -> None:
    pages.sign_in(cast["Priya"]).get(PAGE)
    with database.writing.begin() as session:
        hours_ago = session.scalars(select(UserSession.proved_at)).one() - timedelta(hours=2)
        session.execute(update(UserSession).values(proved_at=hours_ago))
    answer: Any = pages.post(f"{PAGE}/propose")
    assert (answer.status, answer.location[:14]) == (302, "/sign-in/again")
