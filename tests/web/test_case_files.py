"""An agency's files on cases, on their pages: appointing, declaring, answering, finishing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.permissions import Role
from s11audit.models import (
    CaseAudit,
    CaseEvent,
    CaseFile,
    Event,
    Membership,
    OutgoingMail,
    SheetAnswer,
    User,
)
from s11audit.models.database import Database
from s11audit.queries.people import as_viewer
from s11audit.services.sheets import open_sheets
from s11audit.web.security import Services
from tests.case_audits import MORNING, Audited, audit_with_files
from tests.cast import LONG_AGO, PASSWORD_HASH, Cast
from tests.furnished import SERVER
from tests.pages import Page, Pages

COMPLETE = {
    "voice": {"heard__value": "weak"},
    "plan": {"had-plan__value": "no", "timely__value": "strong"},
    "overall": {"overall__value": "uneven"},
}
Silas = Callable[..., Pages]


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    with database.writing.begin() as session:
        return audit_with_files(session, cast)


@pytest.fixture
def police(audited: Audited) -> str:
    return f"/case-files/{audited.files['C1', 'POL']}"


@pytest.fixture
def silas(pages: Pages, audited: Audited, police: str) -> Pages:
    """Silas, who has declared that he has no conflict of interest in the first case."""
    pages.sign_in(audited["Silas"])
    send(pages, f"{police}/conflict", {"knows": "none"})
    return pages


@pytest.fixture
def mailing(app: Flask) -> None:
    """An installation from which mail leaves."""
    shared: Services = app.extensions["s11audit"]
    settings = replace(shared.settings, mail_server=SERVER)
    app.extensions["s11audit"] = replace(shared, settings=settings)


def send(pages: Pages, address: str, typed: dict[str, str], action: str = "") -> Page:
    action = action or address
    return pages.post(action, pages.get(address).form(action) | typed)


def answer_everything(pages: Pages, police: str) -> None:
    for standard, typed in COMPLETE.items():
        send(pages, f"{police}/standards/{standard}", typed | {"next": "later"})


def set_status(database: Database, audited: Audited, status: CaseAuditStatus) -> None:
    with database.writing.begin() as session:
        session.get_one(CaseAudit, audited.audit).status = status


def another_auditor(database: Database, cast: Cast) -> int:
    with database.writing.begin() as session:
        user = User(name="Uma", email="uma@example.org", password_hash=PASSWORD_HASH,
                    created_at=LONG_AGO)  # fmt: skip
        session.add(user)
        session.flush()
        session.add(Membership(user_id=user.id, role=Role.CASE_AUDITOR, started_at=LONG_AGO,
                               agency_id=cast.agencies["POL"]))  # fmt: skip
        return user.id


def number(database: Database, model: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_lead_sees_which_files_are_asked_who_audits_them_and_how_far_they_are(
    pages: Pages, cast: Cast, audited: Audited
) -> None:
    page = pages.sign_in(cast["Asif"]).get("/case-files")
    for told in ("Help for infants", "MA-26-01-C1", "L001", "Silas", "Not started", "1 June"):
        assert told in page.text
    assert "Nell" not in page.text
    assert not page.soup.select(f"a[href='/case-files/{audited.files['C1', 'POL']}']")


@pytest.mark.usefixtures("mailing")
def test_the_lead_replaces_the_auditor_of_every_file_at_once(
    pages: Pages, cast: Cast, audited: Audited, police: str, database: Database
) -> None:
    uma = another_auditor(database, cast)
    pages.sign_in(cast["Asif"])
    typed = {"auditor": str(uma), "which": "all"}
    assert send(pages, f"{police}/auditor", typed).location == "/case-files"
    assert "2 files is saved" in pages.get("/case-files").text
    with database.reading() as session:
        (mail,) = session.scalars(select(OutgoingMail))
        assert "/case-files" in mail.text
        members = list(session.scalars(select(Membership).where(Membership.user_id == uma)))
        new = as_viewer(session.get_one(User, uma), members)
    assert pages.sign_in(audited["Silas"]).get(police).status == 404
    assert pages.sign_in(new).get(police).location == f"{police}/conflict"


def test_a_lead_who_did_not_see_the_last_appointment_is_told_of_it(
    pages: Pages, cast: Cast, police: str, database: Database
) -> None:
    uma = another_auditor(database, cast)
    pages.sign_in(cast["Asif"])
    form = pages.get(f"{police}/auditor").form("/auditor")
    pages.post(f"{police}/auditor", form | {"auditor": str(uma)})
    page = pages.post(f"{police}/auditor", form | {"auditor": "nobody"})
    assert page.status == 409
    assert "Uma audits this file now" in page.text
    again = pages.post(f"{police}/auditor", page.form("/auditor"))
    assert again.location == "/case-files"


def test_a_lead_without_case_auditors_is_sent_to_invite_one(
    pages: Pages, cast: Cast, audited: Audited, police: str, database: Database
) -> None:
    with database.writing.begin() as session:
        session.get_one(User, audited["Silas"].user_id).is_active = False
    page = pages.sign_in(cast["Asif"]).get(f"{police}/auditor")
    assert page.soup.select_one("main a[href='/people/invite']")
    assert "Case auditor" in pages.get("/people/invite").text


@pytest.mark.parametrize("who", ["Nell", "Cara", "Asif", "Bea", "Priya", "Otto", "Mo", "Olga"])
def test_nobody_but_its_auditor_opens_a_file(
    pages: Pages, cast: Cast, audited: Audited, police: str, who: str
) -> None:
    pages.sign_in(audited.people.get(who) or cast[who])
    for page in (
        "",
        "/conflict",
        "/check",
        "/chronology",
        "/views",
        "/concern",
        "/standards/voice",
    ):
        assert pages.get(police + page).status in (403, 404), page


def test_an_auditor_declares_before_anything_else(
    pages: Pages, audited: Audited, police: str
) -> None:
    pages.sign_in(audited["Silas"])
    for page in ("", "/check", "/standards/voice"):
        assert pages.get(police + page).location == f"{police}/conflict"
    page = send(pages, f"{police}/conflict", {"knows": "some"})
    assert page.errors == {"what": "Say how you know them"}
    page = pages.get(f"{police}/chronology")
    assert "Say first whether you have a conflict" in page.text


def test_a_declared_conflict_stops_the_auditor_and_shows_the_lead(
    pages: Pages, cast: Cast, audited: Audited, police: str, database: Database
) -> None:
    pages.sign_in(audited["Silas"])
    send(pages, f"{police}/conflict", {"knows": "some", "what": "I manage the worker"})
    page = pages.get(police)
    assert "you cannot go on with this file" in page.text
    assert "Parts" not in page.text
    page = pages.get(f"{police}/standards/voice")
    assert "conflict of interest" in page.text
    assert not page.soup.select("main form")
    page = pages.post(f"{police}/standards/voice", {"heard__value": "weak", "heard__seen": ""})
    assert (page.status, number(database, SheetAnswer)) == (409, 0)
    pages.sign_in(cast["Asif"])
    assert "Conflict of interest" in pages.get("/case-files").text
    page = send(pages, f"{police}/auditor", {"auditor": str(audited["Silas"].user_id)})
    assert page.status == 422
    assert "I manage the worker" in page.text


def test_an_auditor_answers_checks_finishes_and_takes_up_again(silas: Pages, police: str) -> None:
    page = silas.get(f"{police}/check")
    assert "4 things are still missing" in page.text
    assert page.soup.select(f"#missing a[href='{police}/standards/voice#heard__value']")
    assert silas.post(f"{police}/finish").status == 422
    answer_everything(silas, police)
    page = silas.get(police)
    assert page.text.count("Completed") == 3
    assert send(silas, f"{police}/check", {}, f"{police}/finish").location == police
    assert silas.post(f"{police}/finish").location == police, "pressed twice"
    page = silas.get(f"{police}/standards/voice")
    assert "You have said that they are finished" in page.text
    assert not page.soup.select("main form")
    assert send(silas, police, {}, f"{police}/take-up").location == police
    assert silas.get(f"{police}/standards/voice").soup.select("main form")


def test_the_words_are_of_a_case_and_not_of_an_agency(silas: Pages, police: str) -> None:
    page = silas.get(f"{police}/standards/voice")
    assert "Why does this not apply to this case?" in page.text
    assert "What the file shows, and what it meant for the child" in page.text
    assert "your agency" not in page.text


def test_two_tabs_that_change_one_answer_lose_neither(silas: Pages, police: str) -> None:
    voice = f"{police}/standards/voice"
    form = silas.get(voice).form(voice) | {"next": "later"}
    silas.post(voice, form | {"heard__value": "weak"})
    page = silas.post(voice, form | {"heard__value": "strong"})
    assert page.status == 409
    assert "What you typed" in page.text
    assert "Raise an immediate concern" in page.soup.get_text()


def test_what_is_typed_after_no_involvement_was_stated_is_given_back(
    silas: Pages, cast: Cast, police: str
) -> None:
    voice = f"{police}/standards/voice"
    form = silas.get(voice).form(voice) | {"heard__value": "weak", "heard__comment": "Lost?"}
    send(silas, f"{police}/no-involvement", {"reason": "Not on our systems"})
    page = silas.post(voice, form)
    assert page.status == 409
    assert "was not involved" in page.text
    assert "Lost?" in page.text


@pytest.mark.parametrize("who", ["Asif", "Silas"])
def test_lead_and_auditor_state_no_involvement_and_take_it_back(
    pages: Pages, cast: Cast, audited: Audited, police: str, who: str
) -> None:
    pages.sign_in(audited.people.get(who) or cast[who])
    address = f"{police}/no-involvement"
    form = pages.get(address).form(address)
    assert pages.post(address, form | {"reason": " "}).errors
    for _ in range(2):  # pressed twice
        assert pages.post(address, form | {"reason": "No record"}).location == "/case-files"
    assert "No involvement" in pages.get("/case-files").text
    assert "No record" in pages.get(address).text
    for _ in range(2):
        assert pages.post(f"{police}/involved").location == "/case-files"
    assert "Not started" in pages.get("/case-files").text


def test_a_key_event_is_added_changed_and_deleted(silas: Pages, police: str) -> None:
    address = f"{police}/chronology"
    typed = {"month-month": "11", "month-year": "2025", "what": "A baby was born"}
    for _ in range(2):  # pressed twice
        assert send(silas, address, typed).location == address
    page = silas.get(address)
    assert page.text.count("November 2025") == 2, "once to read, once in the words of its link"
    entry = str(page.soup.select_one("main a[href*='/chronology/']")["href"])  # type: ignore[index]
    assert send(silas, entry, typed | {"what": "A girl was born"}).location == address
    assert "A girl was born" in silas.get(address).text
    assert send(silas, entry, {}, f"{entry}/delete").location == address
    assert silas.post(f"{entry}/delete").location == address, "pressed twice"
    assert "Nothing is written down yet" in silas.get(address).text


@pytest.mark.parametrize(
    ("month", "told"),
    [
        (("", ""), "Enter the month and year"),
        (("13", "2025"), "Enter a real month and year, such as 3 2026"),
        (("1", "2999"), "Enter this month or an earlier one"),
    ],
)
def test_a_month_that_is_none_is_told_beside_its_box(
    silas: Pages, police: str, month: tuple[str, str], told: str
) -> None:
    typed = {"month-month": month[0], "month-year": month[1], "what": "Something"}
    page = send(silas, f"{police}/chronology", typed)
    assert (page.status, page.errors) == (422, {"month": told})
    assert page.form("/chronology")["what"] == "Something"


def test_a_key_event_changed_in_another_tab_is_shown_beside_what_was_typed(
    silas: Pages, police: str
) -> None:
    address = f"{police}/chronology"
    send(silas, address, {"month-month": "1", "month-year": "2026", "what": "First"})
    entry = str(silas.get(address).soup.select_one("main a[href*='/chronology/']")["href"])  # type: ignore[index]
    form = silas.get(entry).form(entry)
    silas.post(entry, form | {"what": "Second"})
    page = silas.post(entry, form | {"what": "Third"})
    assert page.status == 409
    assert "Second" in page.text
    assert page.form(entry)["what"] == "Third"
    assert silas.post(f"{entry}/delete", {"seen": form["seen"]}).status == 409
    assert silas.post(entry, page.form(entry)).location == address
    assert "Third" in silas.get(address).text


def test_views_say_whose_they_are_and_how_they_were_heard(silas: Pages, police: str) -> None:
    address = f"{police}/views"
    assert set(send(silas, address, {}).errors) == {"view_of", "said"}
    typed = {"view_of": "child", "heard_how": "Played at home", "said": "She listens"}
    assert send(silas, address, typed).location == address
    page = silas.get(address)
    entry = str(page.soup.select_one("main a[href*='/views/']")["href"])  # type: ignore[index]
    assert silas.get(entry).form(entry)["said"] == "She listens"
    assert send(silas, entry, {"view_of": "family"}).location == address
    page = silas.get(f"{police}/check")
    for told in ("The family", "Played at home", "She listens"):
        assert told in page.text


def test_what_is_typed_once_the_panel_has_opened_is_given_back_and_not_kept(
    silas: Pages, audited: Audited, police: str, database: Database
) -> None:
    address = f"{police}/chronology"
    form = silas.get(address).form(address)
    with database.writing.begin() as session:
        files = session.scalars(select(CaseFile)).all()
        open_sheets(session, [one.sheet for one in files], now=MORNING)
    set_status(database, audited, CaseAuditStatus.PANEL)
    typed = {"month-month": "1", "month-year": "2026", "what": "Too late"}
    page = silas.post(address, form | typed)
    assert (page.status, number(database, CaseEvent)) == (409, 0)
    assert "Too late" in page.text
    assert "opened to its panel" in silas.get(police).text
    assert silas.get("/case-files").soup.find("h2", string="Earlier audits")


def test_an_entry_of_another_file_is_not_found(
    silas: Pages, audited: Audited, police: str, database: Database
) -> None:
    with database.writing.begin() as session:
        event = CaseEvent(file_id=audited.files["C1", "HOSP"], month=MORNING.date(), what="Theirs")
        session.add(event)
        session.flush()
        address = f"{police}/chronology/{event.id}"
    assert silas.get(address).status == 404
    assert silas.post(f"{address}/delete").location == f"{police}/chronology"
    assert number(database, CaseEvent) == 1


def test_every_look_at_a_file_is_in_the_audits_history(
    silas: Pages, cast: Cast, audited: Audited, police: str, database: Database
) -> None:
    silas.get(police)
    silas.get(f"{police}/standards/voice")
    with database.reading() as session:
        looks = session.scalars(select(Event).where(Event.kind == "seen")).all()
        home = cast.partnerships["DOWN"]
    assert {(one.partnership_id, one.agency_id) for one in looks} == {(home, None)}
    assert len(looks) == 3
    assert {one.subject for one in looks} == {"file MA-26-01-C1 of POL"}


def test_a_look_at_the_page_of_concerns_tells_its_history_no_more_than_a_concern_does(
    silas: Pages, police: str, database: Database
) -> None:
    silas.get(f"{police}/concern")
    with database.reading() as session:
        last = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert last is not None
    assert (last.kind, last.subject) == ("seen", "files of POL for MA-26-01")


NAMED = "Mum Sarah was not asked."
NHS = "943 476 5919"


def test_a_name_is_asked_about_before_it_is_kept_and_the_text_is_in_no_history(
    silas: Pages, police: str, database: Database
) -> None:
    """Wherever an auditor writes: beside an answer, an event, a view, or a declaration."""
    typed = {"month-month": "1", "month-year": "2026", "what": NAMED}
    page = send(silas, f"{police}/chronology", typed)
    assert (page.status, number(database, CaseEvent)) == (422, 0)
    assert "seems to hold a name" in page.errors["what"]
    page = send(silas, f"{police}/views", {"view_of": "child", "said": NHS})
    assert "can never be kept" in page.errors["said"]
    for address, box in (("/conflict", "what"), ("/no-involvement", "reason")):
        page = send(silas, police + address, {"knows": "some", box: NAMED})
        assert "seems to hold a name" in page.errors[box], address
    heard = {"heard__value": "weak", "heard__comment": NAMED, "next": "later"}
    page = send(silas, f"{police}/standards/voice", heard)
    assert (page.status, number(database, SheetAnswer)) == (422, 0)
    page = silas.post(
        f"{police}/chronology",
        typed | send(silas, f"{police}/chronology", typed).form("/chronology")
        | {"what-guard-checked": "y", "what-guard-reason": "pseudonym"},
    )  # fmt: skip
    assert (page.status, number(database, CaseEvent)) == (303, 1)
    with database.reading() as session:
        told = session.scalars(select(Event).where(Event.kind.startswith("identifier-"))).all()
    assert {one.partnership_id for one in told} == {1}
    assert not any("Sarah" in str(one.detail) + one.subject for one in told)
