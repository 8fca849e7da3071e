"""The operator's pages."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.models import Agency, Membership, Partnership, Trust
from tests.cast import Cast
from tests.pages import Page, Pages


@pytest.fixture
def omar(pages: Pages, cast: Cast, session: Session) -> Pages:
    """Cara runs the installation, too."""
    session.add(Membership(user_id=cast["Cara"].user_id, role=Role.OPERATOR))
    session.commit()
    return pages.sign_in(cast["Cara"])


def send(pages: Pages, address: str, **typed: str) -> Page:
    return pages.post(address, {**pages.get(address).form(), **typed})


def test_a_partnership_is_added_and_listed(omar: Pages, session: Session) -> None:
    added = send(omar, "/installation/partnerships/new", name="North SCP", reference="north")
    assert added.location == "/installation/"
    page = omar.get(added.location)
    assert "North SCP (NORTH) 0 Nobody" in page.text
    assert "Downshire Safeguarding Children Partnership (DOWN) 3 Priya" in page.text
    again = send(omar, "/installation/partnerships/new", name="N", reference="NORTH")
    assert list(again.errors) == ["reference"]
    assert len(session.scalars(select(Partnership)).all()) == 3


def test_a_trust_takes_schools_and_lets_them_go(omar: Pages, session: Session) -> None:
    send(omar, "/installation/trusts/new", name="Elm Trust", reference="ELM")
    action = "/installation/trusts/ELM/schools"
    omar.get("/installation/trusts/ELM")
    assert omar.post(action, {"agency": "POL"}).errors == {
        "agency": "Downshire Police is not a school or college"
    }
    assert omar.post(action, {"agency": "sch"}).location == "/installation/trusts/ELM"
    assert "Elm Row School (SCH)" in omar.get("/installation/trusts/ELM").text
    assert omar.post(f"{action}/POL/leave").status == 422
    assert omar.post(f"{action}/SCH/leave").status == 303
    assert "No school belongs" in omar.get("/installation/trusts/ELM").text
    assert session.scalars(select(Trust.name)).all() == ["Elm Trust"]
    assert omar.get("/installation/trusts/NONE").status == 404


def test_an_agency_is_shared(omar: Pages, cast: Cast, session: Session) -> None:
    address = "/installation/shared-agencies/new"
    assert send(omar, address, agency="NONE", partnership="FAR").status == 422
    assert send(omar, address, agency="POL").errors.keys() == {"partnership"}
    assert send(omar, address, agency="POL", partnership="FAR").status == 303
    text = omar.get("/installation/").text
    assert "Downshire Police (POL): Downshire Safeguarding Children Partnership; Farshire" in text
    police = session.get_one(Agency, cast.agencies["POL"])
    assert len(police.partnerships) == 2


def test_the_operator_ends_a_managers_role_but_no_others(
    omar: Pages, cast: Cast, session: Session
) -> None:
    def role(name: str) -> int:
        held = select(Membership.id).filter_by(user_id=cast[name].user_id)
        found = session.scalars(held.order_by(Membership.id)).first() or 0
        session.rollback()  # which lets the pages write
        return found

    omar.get("/installation/")
    assert omar.post(f"/installation/roles/{role('Mo')}/end").status == 404
    assert omar.post("/installation/roles/999999/end").status == 404
    assert omar.post(f"/installation/roles/{role('Olga')}/end").status == 303
    assert "Farshire SCP (FAR) 1 Nobody" in omar.get("/installation/").text


@pytest.mark.parametrize("who", ["Priya", "Mo", "Asif"])
def test_nobody_else_sees_the_installation(pages: Pages, cast: Cast, who: str) -> None:
    assert pages.sign_in(cast[who]).get("/installation/").status == 403
