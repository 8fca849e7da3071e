"""The page that adds many agencies at once: first what would be done, then just that."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.models import Agency, AgencyReturn
from tests.cast import Cast
from tests.pages import Page, Pages
from tests.rounds_and_returns import Opened

ADDRESS = "/agencies/from-list"
LIST = "Name;Type\r\nAsh School;school\r\nElm Row School;\r\nash school;\r\n"


@pytest.fixture
def priya(pages: Pages, cast: Cast) -> Pages:
    return pages.sign_in(cast["Priya"])


def check(pages: Pages, text: str, **more: str) -> Page:
    pages.get(ADDRESS)
    return pages.post(ADDRESS, {"text": text, **more})


def there(session: Session) -> set[str]:
    found = set(session.scalars(select(Agency.reference)))
    session.rollback()  # which lets the pages write
    return found


def test_a_file_is_shown_first_and_then_done_as_it_was_shown(
    priya: Pages, session: Session, opened: Opened
) -> None:
    priya.get(ADDRESS)
    sent = {"file": (BytesIO(LIST.encode("cp1252")), "agencies.csv"), "round": "R1"}
    page = priya.post(ADDRESS, sent, content_type="multipart/form-data")
    assert page.heading == "Check before you add"
    assert "1 agency to add 1 agency there already" in page.text
    assert "Line 4: Ash School (ASH-SCHOOL), like line 2" in page.text
    assert "1 agency to take into the round R1" in page.text
    assert "ASH-SCHOOL" not in there(session)
    done = priya.post(f"{ADDRESS}/confirm", page.form("/confirm"))
    assert done.location == "/rounds/R1"
    assert "Ash School" in priya.get("/rounds/R1").text
    assert "ASH-SCHOOL" in there(session)
    again = check(priya, LIST, round="R1")
    assert "There is nothing to do" in again.text


def test_without_a_round_the_list_of_agencies_comes_next(priya: Pages, session: Session) -> None:
    page = check(priya, LIST)
    assert priya.post(f"{ADDRESS}/confirm", page.form("/confirm")).location == "/agencies"
    assert "1 agency added." in priya.get("/agencies").soup.get_text(" ", strip=True)
    assert session.scalars(select(AgencyReturn)).all() == []


def test_faults_are_told_by_line_and_the_lines_are_kept(priya: Pages, session: Session) -> None:
    page = check(priya, "name,type\nAsh School,shcool\n,school\n")
    assert (page.status, page.errors) == (
        422,
        {"faults": "The list has 2 faults, shown below. Nothing is done yet"},
    )
    assert "did you mean school?" in page.text
    assert "shcool" in page.soup.select_one("textarea").get_text()
    assert "Ash School" not in there(session)


def test_what_has_changed_since_the_look_is_shown_once_more(
    priya: Pages, session: Session, cast: Cast
) -> None:
    page = check(priya, LIST)
    session.get_one(Agency, cast.agencies["SCH"]).name = "Oak Row School"
    session.commit()
    sent = page.form("/confirm")
    assert priya.post(f"{ADDRESS}/confirm", sent).status == 422
    assert "ASH-SCHOOL" not in there(session)


def test_the_page_of_a_round_leads_to_a_list_for_it(priya: Pages, opened: Opened) -> None:
    link = priya.get("/rounds/R1").soup.select_one(f"a[href^='{ADDRESS}']")
    chosen = priya.get(str(link["href"])).soup.select_one("#round option[selected]")
    assert chosen["value"] == "R1"


def test_the_empty_list_is_a_file_for_managers_only(pages: Pages, cast: Cast) -> None:
    pages.sign_in(cast["Priya"])
    raw = pages.get(f"{ADDRESS}/template").response.get_data()
    assert raw.decode("utf-8-sig").startswith("agency reference,agency name,agency type,attributes")
    for who in ("Mo", "Asif"):
        pages.sign_in(cast[who])
        assert pages.get(ADDRESS).status == 403
        assert pages.post(ADDRESS, {"text": LIST}).status == 403
