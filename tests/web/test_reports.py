"""Downloads of a round: who gets them, and what is in them."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from s11audit.models.database import Database
from tests.cast import Cast
from tests.pages import Pages
from tests.rounds_and_returns import COMPLETE, Opened, submit

pytestmark = pytest.mark.slow

DOWNLOADS = (
    "/rounds/R1/downloads",
    "/rounds/R1/compliance.xlsx",
    "/rounds/R1/charts/rag-by-standard.png",
    "/rounds/R1/charts.zip",
)


@pytest.fixture
def submitted(database: Database, cast: Cast, opened: Opened) -> Opened:
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    return opened


def test_the_page_offers_the_workbook_and_every_chart(
    pages: Pages, cast: Cast, submitted: Opened
) -> None:
    page = pages.sign_in(cast["Mo"]).get("/rounds/R1/downloads")
    assert page.heading == "Downloads of Section 11 audit 2026"
    assert "Returned: 1/3 (33.3%)" in page.text
    assert "OFFICIAL" in page.text
    links = [str(link["href"]) for link in page.soup.select("main a")]
    assert len(links) == 1 + 3 * 2 + 1
    for link in links:
        response = pages.get(link).response
        assert response.status_code == 200, link
        assert response.headers["Content-Disposition"].startswith("attachment; filename=R1-")


def test_the_workbook_is_of_the_round_and_says_who_took_it(
    pages: Pages, cast: Cast, submitted: Opened
) -> None:
    response = pages.sign_in(cast["Priya"]).get("/rounds/R1/compliance.xlsx").response
    workbook = load_workbook(BytesIO(response.get_data()))
    about = {row[0]: row[1] for row in workbook["About"].iter_rows(values_only=True)}
    assert about["Exported by"] == "Priya"
    answers = list(workbook["Answers"].iter_rows(values_only=True))
    assert "The deputy leads." in [cell for row in answers for cell in row]


def test_the_sheets_say_what_the_screens_say(
    pages: Pages, cast: Cast, submitted: Opened, database: Database
) -> None:
    pages.sign_in(cast["Mo"])
    table = pages.get("/rounds/R1/heat-map").soup.select_one("table.s11-heat-map")
    assert table is not None
    headings = [heading.get_text(strip=True) for heading in table.select("thead th")]
    (row,) = table.select("tbody tr")
    on_screen = dict(
        zip(headings[2:], [cell.get_text(" ") for cell in row.select("td")][1:], strict=True)
    )
    response = pages.get("/rounds/R1/compliance.xlsx").response
    ratings = list(load_workbook(BytesIO(response.get_data()))["Ratings"].values)
    sheet = next(dict(zip(ratings[3], line, strict=True)) for line in ratings if line[1] == "POL")
    assert len(on_screen) >= 3
    for heading, shown in on_screen.items():
        letters = "".join(part for part in shown.split() if len(part) == 1)
        assert sheet[heading] == (letters or "Not asked"), heading


def test_the_charts_come_in_one_file(pages: Pages, cast: Cast, submitted: Opened) -> None:
    response = pages.sign_in(cast["Mo"]).get("/rounds/R1/charts.zip").response
    names = ZipFile(BytesIO(response.get_data())).namelist()
    assert len(names) == 6
    assert "rag-by-agency.svg" in names


@pytest.mark.parametrize("address", DOWNLOADS)
def test_another_partnerships_manager_finds_nothing(
    pages: Pages, cast: Cast, submitted: Opened, address: str
) -> None:
    assert pages.sign_in(cast["Olga"]).get(address).status == 404


@pytest.mark.parametrize("address", DOWNLOADS)
@pytest.mark.parametrize("name", ["Asif", "Cara"])
def test_agencies_take_no_workbook_of_the_round(
    pages: Pages, cast: Cast, submitted: Opened, address: str, name: str
) -> None:
    assert pages.sign_in(cast[name]).get(address).status == 403


@pytest.mark.parametrize("file", ["nonsense.png", "rag-by-agency.exe", "rag-by-agency"])
def test_a_chart_that_is_not_drawn_is_not_found(
    pages: Pages, cast: Cast, submitted: Opened, file: str
) -> None:
    assert pages.sign_in(cast["Mo"]).get(f"/rounds/R1/charts/{file}").status == 404
