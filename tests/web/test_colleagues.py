"""What whoever leads an agency does about colleagues who leave, and what they cannot reach."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.models import Membership
from s11audit.models.database import Database
from tests.cast import Cast
from tests.pages import Page, Pages

COLLEAGUES = "/people/colleagues"


@pytest.fixture
def asif(pages: Pages, cast: Cast) -> Pages:
    return pages.sign_in(cast["Asif"])


def role_of(session: Session, cast: Cast, name: str) -> int:
    held = select(Membership.id).where(Membership.user_id == cast[name].user_id)
    found = session.scalars(held.where(Membership.ended_at.is_(None))).one()
    session.rollback()  # which lets the pages write
    return found


def links_of(page: Page) -> list[str]:
    """What can be done with whose role, as a screen reader hears it."""
    found = page.soup.select("main form a, main form button")
    return [" ".join(one.get_text().split()) for one in found]


def hand_over(pages: Pages, role_id: int, **typed: str) -> Page:
    address = f"{COLLEAGUES}/{role_id}/hand-over"
    return pages.post(address, {**pages.get(address).form(""), **typed})


def test_a_lead_ends_the_roles_of_contributors_and_signatories_and_no_others(
    asif: Pages, cast: Cast, session: Session
) -> None:
    page = asif.get(COLLEAGUES)
    assert links_of(page) == [
        "Hand over the role of Bea: contributor",
        "End role of Bea: contributor",
        "Hand over the role of Ines: signatory",
        "End role of Ines: signatory",
    ]
    end = page.soup.select("main form")[0]["action"]
    assert asif.post(str(end)).location == COLLEAGUES
    page = asif.get(COLLEAGUES)
    assert "Bea no longer has that role." in page.text
    assert "bea@example.org" not in page.text
    assert asif.post(str(end)).status == 404


def test_a_role_goes_to_a_colleague_at_once(asif: Pages, cast: Cast, session: Session) -> None:
    role = role_of(session, cast, "Ines")
    page = asif.get(f"{COLLEAGUES}/{role}/hand-over")
    offered = [radio["value"] for radio in page.soup.select("input[type=radio]")]
    assert offered == [str(cast["Asif"].user_id), str(cast["Bea"].user_id), "new"]
    done = hand_over(asif, role, to=str(cast["Bea"].user_id))
    assert done.location == COLLEAGUES
    assert "Ines has handed that role over: Bea has it now." in asif.get(COLLEAGUES).text
    held = select(Membership.role).where(
        Membership.user_id == cast["Bea"].user_id, Membership.ended_at.is_(None)
    )
    assert set(session.scalars(held)) == {Role.CONTRIBUTOR, Role.SIGNATORY}


def test_a_newcomer_has_a_role_once_they_join_and_until_then_its_holder_keeps_it(
    asif: Pages, app: Flask, database: Database, cast: Cast, session: Session
) -> None:
    role = role_of(session, cast, "Ines")
    assert hand_over(asif, role, to="new").status == 422
    page = hand_over(asif, role, to="new", name="Noor Haddad", email="noor@example.org")
    assert page.heading == "Hand over this link"
    path = re.search(r"http://127.0.0.1:8000(/join/\S+)", page.text)
    assert path is not None
    assert "Ines keeps it until they accept." in page.text
    listed = asif.get(COLLEAGUES).text
    assert "Noor Haddad is invited to take it over, until" in listed
    somebody = Pages(app, database)
    form = somebody.get(path[1]).form("")
    password = "seven otters count umbrellas"  # made up
    assert somebody.post(path[1], {**form, "password": password}).status == 303
    listed = asif.get(COLLEAGUES).text
    assert "noor@example.org" in listed
    assert "ines@example.org" not in listed


@pytest.mark.usefixtures("with_mail")
def test_where_mail_is_sent_the_link_is_in_the_mail_only(
    asif: Pages, cast: Cast, session: Session
) -> None:
    role = role_of(session, cast, "Ines")
    done = hand_over(asif, role, to="new", name="Noor Haddad", email="noor@example.org")
    assert done.location == COLLEAGUES
    assert "/join/" not in asif.get(COLLEAGUES).text


@pytest.mark.parametrize(("who", "whose"), [("Asif", "Asif"), ("Asif", "Dana"), ("Dana", "Bea")])
def test_other_roles_are_not_found(
    pages: Pages, cast: Cast, session: Session, who: str, whose: str
) -> None:
    role = role_of(session, cast, whose)
    pages.sign_in(cast[who]).get(COLLEAGUES)
    assert pages.get(f"{COLLEAGUES}/{role}/hand-over").status == 404
    assert pages.post(f"{COLLEAGUES}/{role}/hand-over").status == 404
    assert pages.post(f"{COLLEAGUES}/{role}/end").status == 404


def test_other_peoples_pages_stay_the_managers(asif: Pages, cast: Cast) -> None:
    assert asif.get(f"/people/{cast['Bea'].user_id}").status == 403
    assert asif.get("/people").status == 403
