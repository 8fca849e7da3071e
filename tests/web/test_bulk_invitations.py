"""The page that invites many people at once: first what would be done, then just that."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from s11audit.models import Agency, Event, Invitation, Membership
from s11audit.models.database import Database
from tests.cast import Cast
from tests.pages import Page, Pages

ATTACK = "<script>alert(1)</script>"
LIST = (
    "agency name;agency type;e-mail;name\r\n"
    "Ash School;school;robin@ash.example;Robin Ash\r\n"
    "Elm Row School;;zoe@elm.example;Zoë Côté\r\n"
)


@pytest.fixture
def priya(pages: Pages, cast: Cast) -> Pages:
    return pages.sign_in(cast["Priya"])


def check(pages: Pages, text: str) -> Page:
    pages.get("/people/invite-many")
    return pages.post("/people/invite-many", {"text": text})


def upload(pages: Pages, raw: bytes, name: str = "list.csv") -> Page:
    pages.get("/people/invite-many")
    sent = {"file": (BytesIO(raw), name)}
    return pages.post("/people/invite-many", sent, content_type="multipart/form-data")


def invited(session: Session) -> list[str]:
    found = list(session.scalars(select(Invitation.email).order_by(Invitation.id)))
    session.rollback()  # which lets the pages write
    return found


@pytest.mark.usefixtures("with_mail")
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_file_is_shown_first_and_then_done_as_it_was_shown(
    priya: Pages, session: Session, encoding: str
) -> None:
    page = upload(priya, LIST.encode(encoding))
    assert page.heading == "Check before you invite"
    assert "2 people to invite 1 agency to add 1 agency there already" in page.text
    assert "Zoë Côté" in page.text
    assert invited(session) == []
    done = priya.post("/people/invite-many/confirm", page.form("/confirm"))
    assert done.location == "/people/invitations"
    assert "2 invitations written" in priya.get(done.location).text
    assert invited(session) == ["robin@ash.example", "zoe@elm.example"]
    again = upload(priya, LIST.encode(encoding))
    assert "There is nothing to do" in again.text


def test_faults_are_listed_by_line_and_nothing_can_be_confirmed(
    priya: Pages, session: Session
) -> None:
    page = check(priya, LIST + "Oak;shcool;nobody;Noor\r\n")
    assert (page.status, list(page.errors)) == (422, ["faults"])
    assert "4 agency type “shcool” is none that we know: did you mean school?" in page.text
    assert "/confirm" not in str(page.soup)
    assert page.form("/invite-many")["text"].splitlines()[0] == LIST.splitlines()[0]
    sent = {"text": LIST + "Oak;shcool;nobody;Noor\r\n", "digest": ""}
    assert priya.post("/people/invite-many/confirm", sent).status == 422
    assert invited(session) == []


def test_what_changed_since_it_was_shown_is_shown_again(priya: Pages, session: Session) -> None:
    page = check(priya, LIST)
    session.add(Agency(reference="ASH", name="Oak", agency_type="school", partnerships=[]))
    session.commit()
    assert priya.post("/people/invite-many/confirm", page.form("/confirm")).status == 200
    other = check(priya, LIST.replace("robin", "robina"))
    changed = {**other.form("/confirm"), "text": LIST.replace("robin", "somebody.else")}
    refused = priya.post("/people/invite-many/confirm", changed)
    assert (refused.status, list(refused.errors)) == (422, ["plan"])
    assert "somebody.else@ash.example" not in invited(session)


def test_a_reference_of_another_partnership_is_not_taken(priya: Pages, session: Session) -> None:
    page = check(priya, "agency name,agency type,e-mail,name\nFARPOL,police,a@e.org,Ann\n")
    assert "FARPOL-2" in page.text


@pytest.mark.parametrize(
    ("raw", "name", "says"),
    [
        (b"PK\x03\x04 workbook", "list.csv", "not a text file"),
        (LIST.encode(), "list.exe", "CSV file"),
        (b"", "list.csv", "empty"),
    ],
)
def test_a_file_that_is_no_list_is_refused(priya: Pages, raw: bytes, name: str, says: str) -> None:
    page = upload(priya, raw, name)
    assert page.status == 422
    assert says in page.errors["file"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x" * 2_000_001, "2 MB"),
        ("e-mail,name,agency\n" + "a@e.org,Ann,A\n" * 5_001, "files of 5,000"),
    ],
)
def test_a_list_that_is_too_long_is_refused(priya: Pages, text: str, says: str) -> None:
    page = check(priya, text)
    assert page.status == 422
    assert says in page.errors["file"]


def test_nothing_sent_asks_for_a_file(priya: Pages) -> None:
    assert check(priya, "").errors == {"file": "Choose a file, or paste the lines of one"}


def test_what_a_list_says_is_shown_as_text(priya: Pages) -> None:
    text = f"agency name,agency type,e-mail,name,{ATTACK}\n{ATTACK},school,a@e.org,{ATTACK},x\n"
    page = check(priya, text)
    assert page.status == 200
    assert ATTACK in page.text
    assert not [tag for tag in page.soup.find_all("script") if "alert" in tag.get_text()]


def test_the_template_is_a_file_to_keep(priya: Pages) -> None:
    response = priya.client.get("/people/invite-many/template")
    assert response.headers["Content-Disposition"] == "attachment; filename=people-to-invite.csv"
    assert response.get_data().startswith(b"\xef\xbb\xbfagency reference,agency name")


@pytest.mark.parametrize("who", ["Asif", "Mo", "Hugo"])
def test_nobody_but_a_manager_invites_many(pages: Pages, cast: Cast, who: str) -> None:
    pages.sign_in(cast[who]).get("/account")
    for address in ("/people/invite-many", "/people/invite-many/confirm"):
        assert pages.post(address, {"text": LIST}).status == 403


def test_who_manages_two_partnerships_says_to_which(
    priya: Pages, cast: Cast, session: Session
) -> None:
    far = cast.partnerships["FAR"]
    session.add(Membership(user_id=cast["Priya"].user_id, role="manager", partnership_id=far))
    session.commit()
    priya.get("/people/invite-many")
    page = priya.post("/people/invite-many", {"text": LIST, "partnership": "FAR"})
    assert "2 people to invite" not in page.text  # Elm Row School is not theirs
    lines = LIST.replace("Elm Row School;;", "Oak School;school;")
    page = priya.post("/people/invite-many", {"text": lines, "partnership": "FAR"})
    priya.post("/people/invite-many/confirm", page.form("/confirm"))
    session.rollback()
    oak = session.scalars(select(Agency).filter_by(name="Oak School")).one()
    assert [home.reference for home in oak.partnerships] == ["FAR"]
    assert session.scalar(select(func.count()).select_from(Invitation)) == 2


def test_where_no_mail_is_sent_every_link_is_shown_once_and_taken_away_as_a_file(
    priya: Pages, app: Flask, database: Database, cast: Cast
) -> None:
    plan = check(priya, LIST)
    assert "you get a list of links to hand over" in plan.text
    page = priya.post("/people/invite-many/confirm", plan.form("/confirm"))
    assert (page.status, page.heading) == (200, "Hand over these links")
    rows = [[cell.get_text() for cell in row.select("td")] for row in page.soup.select("tbody tr")]
    assert [row[:4] for row in rows] == [
        ["Robin Ash", "robin@ash.example", "Agency lead", "Ash School"],
        ["Zoë Côté", "zoe@elm.example", "Agency lead", "Elm Row School"],
    ]
    for row in rows:
        path = row[4].removeprefix("http://127.0.0.1:8000")
        assert row[1] in Pages(app, database).get(path).text
    form = page.form("links.csv")
    priya.get("/account")
    response = priya.client.post("/people/invitations/links.csv", data=form)
    told = list(csv.reader(StringIO(response.get_data(as_text=True).removeprefix("\ufeff"))))
    assert told[0] == ["Name", "E-mail address", "Role", "For", "Link"]
    assert told[1:] == rows
    with database.reading() as session:
        event = session.scalars(select(Event).filter_by(kind="downloaded")).one()
    assert event.detail == {"file": "invitation-links.csv", "invitations": 2}
    pages = priya.sign_in(cast["Olga"])
    pages.get("/account")
    stolen = {**form, "csrf_token": pages.csrf_token}
    assert pages.client.post("/people/invitations/links.csv", data=stolen).status_code == 400
