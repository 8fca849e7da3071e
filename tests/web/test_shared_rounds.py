"""Rounds that several partnerships ask together: each sees its own agencies, one runs it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from s11audit.domain.permissions import Role
from s11audit.models import Agency, AgencyReturn, AuditRound, Partnership
from s11audit.models.database import Database
from tests.cast import Cast
from tests.joined import join
from tests.pages import Pages

DOWN = "Downshire Safeguarding Children Partnership"
FAR = "Farshire SCP"
NEW = "/rounds/new?partnership=DOWN&with=FAR"
DATES = {
    "opens_on-day": "1",
    "opens_on-month": "9",
    "opens_on-year": "2027",
    "due_on-day": "1",
    "due_on-month": "11",
    "due_on-year": "2027",
    "closes_on-day": "1",
    "closes_on-month": "12",
    "closes_on-year": "2027",
}


@pytest.fixture
def both(pages: Pages, cast: Cast, database: Database) -> Pages:
    """A manager of two partnerships, to both of which the police belong."""
    with database.writing.begin() as session:
        police = session.scalars(select(Agency).where(Agency.reference == "POL")).one()
        police.partnerships = list(session.scalars(select(Partnership)))
        manager = join(session, "Bo", (Role.MANAGER, "DOWN"), (Role.MANAGER, "FAR"))
    return pages.sign_in(manager)


def offered(page: Any) -> list[str]:
    boxes = page.soup.select("input[name=agencies]")
    return [box.find_next("label").get_text() for box in boxes]


@pytest.fixture
def shared(both: Pages, cast: Cast) -> Pages:
    """The round SHARED, of all four agencies, open."""
    page = both.get(NEW)
    made = both.post(
        NEW,
        {
            "questionnaire": "small/1",
            "title": "Asked together",
            "reference": "SHARED",
            "agencies": [str(id_) for id_ in cast.agencies.values()],
            **{name.replace("-", _separator(page)): value for name, value in DATES.items()},
        },
    )
    assert made.location == "/rounds/SHARED", made.text
    assert both.post("/rounds/SHARED/steps/open").status == 303
    return both


def _separator(page: Any) -> str:
    """What stands between a date's name and its part on the form."""
    name = next(one for one in page.form("with=FAR") if one.startswith("opens_on") and "day" in one)
    return str(name.removeprefix("opens_on").removesuffix("day"))


def test_a_manager_of_two_partnerships_can_ask_with_both_and_each_agency_once(
    both: Pages,
) -> None:
    alone = both.get("/rounds/new?partnership=DOWN")
    assert "Ask together with" in alone.text
    assert "Farshire Police" not in offered(alone)
    together = both.get(NEW)
    assert offered(together).count("Downshire Police") == 1
    assert "Farshire Police" in offered(together)


def test_a_manager_of_one_partnership_cannot_ask_in_the_name_of_another(
    pages: Pages, cast: Cast
) -> None:
    pages.sign_in(cast["Priya"])
    assert "Ask together with" not in pages.get("/rounds/new").text
    assert pages.get(NEW).status == 404
    assert pages.post(NEW, {"title": "Theirs"}).status == 404


def test_the_round_names_all_who_ask_and_is_made_once(shared: Pages, database: Database) -> None:
    with database.reading() as session:
        made = session.scalars(select(AuditRound)).one()
        assert {one.reference for one in made.partnerships} == {"DOWN", "FAR"}
        assert len(session.scalars(select(AgencyReturn)).all()) == 4
    page = shared.get("/rounds/SHARED")
    assert f"{DOWN}; {FAR}" in page.text
    assert "This page shows" not in page.text
    assert f"{DOWN}; {FAR}" in shared.get("/rounds").text


@pytest.mark.parametrize(
    ("name", "sees", "not_sees", "rate"),
    [
        ("Priya", ["Downshire Police", "Elm Row School"], "Farshire Police", "0/3"),
        ("Olga", ["Downshire Police", "Farshire Police"], "Elm Row School", "0/2"),
    ],
)
def test_each_partnership_sees_its_own_agencies_only(
    shared: Pages, cast: Cast, name: str, sees: list[str], not_sees: str, rate: str
) -> None:
    shared.sign_in(cast[name])
    own = {"Priya": DOWN, "Olga": FAR}[name]
    for address in ("/rounds/SHARED", "/rounds/SHARED/heat-map"):
        page = shared.get(address)
        assert f"This page shows agencies of {own}, and no others." in page.text
        assert all(agency in page.text for agency in sees)
        assert not_sees not in page.text
    assert f"Returned {rate}" in shared.get("/rounds/SHARED").text
    assert rate in shared.get("/rounds").text
    cells = _cells(shared.client.get("/rounds/SHARED/compliance.xlsx").get_data())
    assert own in cells
    assert not_sees not in cells
    assert not cells & ({DOWN, FAR} - {own})


def _cells(workbook: bytes) -> set[str]:
    return {
        str(cell)
        for sheet in openpyxl.load_workbook(BytesIO(workbook)).worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    }


def test_only_the_host_runs_the_round(shared: Pages, cast: Cast) -> None:
    shared.sign_in(cast["Olga"])
    page = shared.get("/rounds/SHARED")
    assert not page.soup.select("main form[method=post]")
    for address in ("agencies", "returns/POL/extension"):
        assert shared.get(f"/rounds/SHARED/{address}").status == 403
        assert shared.post(f"/rounds/SHARED/{address}").status == 403
    assert shared.post("/rounds/SHARED/steps/close").status == 403
    shared.sign_in(cast["Priya"]).get("/rounds/SHARED")
    assert shared.post("/rounds/SHARED/steps/close").status == 303


def test_an_agency_of_both_answers_one_return_for_both(shared: Pages, cast: Cast) -> None:
    shared.sign_in(cast["Asif"])
    page = shared.get("/returns/SHARED-POL")
    assert f"{DOWN}; {FAR}" in page.text
    shared.sign_in(cast["Dana"])
    page = shared.get("/returns/SHARED-SCH")
    assert DOWN in page.text
    assert FAR not in page.text
