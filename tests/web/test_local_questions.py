"""Local questions on pages: chosen by each manager, answered in one return, seen by their own."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask import Flask

from s11audit.domain.permissions import PARTNERSHIP_ROLES, Role
from s11audit.domain.questionnaire import Questionnaire
from s11audit.models import AgencyReturn, EvidenceFile
from s11audit.models.database import Database
from s11audit.queries.questionnaires import look_again
from tests.canaries import crawl, holds_canary, sightings
from tests.cast import Cast
from tests.joined import join
from tests.local_rounds import (
    FILES,
    POLICE,
    SECRET,
    Shared,
    draft,
    open_with_local_questions,
    submit_police,
    upload,
)
from tests.pages import Pages

DOWN = "Downshire Safeguarding Children Partnership"
FAR = "Farshire SCP"
CHOICE = "/rounds/SHARED/local-questions"


@pytest.fixture
def drafted(database: Database, cast: Cast, small: Questionnaire) -> None:
    with database.writing.begin() as session:
        draft(session, cast, small)
        upload(session, cast)


@pytest.fixture
def submitted(database: Database, cast: Cast, small: Questionnaire) -> Shared:
    with database.writing.begin() as session:
        shared = open_with_local_questions(session, cast, small)
        submit_police(session, cast, shared)
        look_again(session)
        return shared


def choices(page: Any) -> list[str]:
    return [str(radio["value"]) for radio in page.soup.select("input[name=questionnaire]")]


def test_a_manager_chooses_replaces_and_takes_out_local_questions(
    pages: Pages, cast: Cast, drafted: None
) -> None:
    pages.sign_in(cast["Olga"])
    link = pages.get("/rounds/SHARED").soup.select_one(f"a[href='{CHOICE}/FAR']")
    assert link is not None
    page = pages.get(f"{CHOICE}/FAR")
    assert page.heading == f"Local questions of {FAR}"
    assert {"", "local/1", "far-local/1"} <= set(choices(page))
    assert "small/1" not in choices(page)
    assert pages.post(f"{CHOICE}/FAR", {"questionnaire": "far-local/1"}).status == 303
    assert "far-local, version 1" in pages.get("/rounds/SHARED").text
    chosen = pages.get(f"{CHOICE}/FAR").soup.select("input[name=questionnaire][checked]")
    assert [one["value"] for one in chosen] == ["far-local/1"]
    assert pages.post(f"{CHOICE}/FAR", {"questionnaire": ""}).status == 303
    assert "far-local" not in pages.get("/rounds/SHARED").text


def test_nobody_chooses_or_learns_what_another_partnership_asks(
    pages: Pages, cast: Cast, drafted: None
) -> None:
    pages.sign_in(cast["Olga"]).get(f"{CHOICE}/FAR")
    pages.post(f"{CHOICE}/FAR", {"questionnaire": "far-local/1"})
    pages.sign_in(cast["Priya"])
    assert pages.get(f"{CHOICE}/FAR").status == 404
    assert pages.post(f"{CHOICE}/FAR", {"questionnaire": ""}).status == 404
    round_page = pages.get("/rounds/SHARED").text
    assert f"Local questions of {DOWN}" in round_page
    assert FAR not in round_page.partition("About this round")[2]
    assert "far-local" not in round_page
    page = pages.get(f"{CHOICE}/DOWN")
    assert "far-local/1" not in choices(page)
    assert pages.post(f"{CHOICE}/DOWN", {"questionnaire": "far-local/1"}).status == 422
    assert pages.sign_in(cast["Mo"]).get(f"{CHOICE}/DOWN").status == 403


def test_a_clash_is_said_beside_the_choice(pages: Pages, cast: Cast, drafted: None) -> None:
    pages.sign_in(cast["Olga"]).get(f"{CHOICE}/FAR")
    pages.post(f"{CHOICE}/FAR", {"questionnaire": "local/1"})
    pages.sign_in(cast["Priya"]).get(f"{CHOICE}/DOWN")
    page = pages.post(f"{CHOICE}/DOWN", {"questionnaire": "local/1"})
    assert page.status == 422
    assert f"and the local questions of {FAR} both have a standard" in page.text
    assert "“canals”, “locks”" in page.text


def test_an_open_round_says_that_its_questions_are_fixed(
    pages: Pages, cast: Cast, submitted: Shared
) -> None:
    page = pages.sign_in(cast["Priya"]).get(f"{CHOICE}/DOWN")
    assert "its questions are fixed" in page.text
    assert not page.soup.select("main form")
    assert pages.post(f"{CHOICE}/DOWN", {"questionnaire": ""}).status == 409


def test_the_host_opens_a_round_whose_local_questions_it_cannot_read(
    pages: Pages, cast: Cast, drafted: None
) -> None:
    pages.sign_in(cast["Olga"]).get(f"{CHOICE}/FAR")
    pages.post(f"{CHOICE}/FAR", {"questionnaire": "far-local/1"})
    pages.sign_in(cast["Priya"]).get("/rounds/SHARED")
    assert pages.post("/rounds/SHARED/steps/open").status == 303
    assert pages.sign_in(cast["Olga"]).get("/rounds/SHARED/heat-map").status == 200


def test_one_return_asks_for_everybody_and_says_whose_questions_they_are(
    pages: Pages, cast: Cast, submitted: Shared
) -> None:
    page = pages.sign_in(cast["Asif"]).get(f"/returns/{POLICE}")
    parts = [one.get_text(strip=True) for one in page.soup.select("main h3")]
    assert [one for one in parts if one.startswith("Local")] == [
        f"Local questions of {DOWN}",
        f"Local questions of {FAR}",
    ]
    assert "13/13" in page.text
    assert "Local questions do not count in it" in page.text
    standard = pages.get(f"/returns/{POLICE}/standards/canals")
    assert f"Local questions of {DOWN}" in standard.text
    assert SECRET in pages.get(f"/returns/{POLICE}/standards/{SECRET}-coast").text


def test_own_copies_hold_the_local_questions_of_all_who_ask(
    pages: Pages, cast: Cast, submitted: Shared, app: Flask
) -> None:
    pages.sign_in(cast["Asif"])
    example = {"reference": POLICE, "standard_id": "canals"}
    files = {
        address: response.get_data()
        for address, response in crawl(pages, app, [example])
        if response.status_code == 200 and address.endswith(".xlsx") and POLICE in address
    }
    assert files
    for content in files.values():
        cells = _cells(content)
        assert any("towpaths" in cell for cell in cells)
        assert holds_canary(content)


def _cells(workbook: bytes) -> set[str]:
    return {
        str(cell)
        for sheet in openpyxl.load_workbook(BytesIO(workbook)).worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    }


def test_both_count_the_return_and_each_reads_its_own_standards(
    pages: Pages, cast: Cast, submitted: Shared
) -> None:
    for who, own, other in (
        ("Priya", "canals", f"{SECRET}-coast"),
        ("Olga", f"{SECRET}-coast", "canals"),
    ):
        pages.sign_in(cast[who])
        assert "Returned 1/2" in pages.get("/rounds/SHARED").text
        assert pages.get(f"/rounds/SHARED/returns/POL/{own}").status == 200
        assert pages.get(f"/rounds/SHARED/standards/{own}").status == 200
        assert pages.get(f"/rounds/SHARED/returns/POL/{other}").status == 404
        assert pages.get(f"/rounds/SHARED/standards/{other}").status == 404


def test_scrutiny_gets_files_of_the_questions_that_it_sees_and_of_no_others(
    pages: Pages, cast: Cast, submitted: Shared, database: Database
) -> None:
    with database.reading() as session:
        number = {file.name: file.id for file in session.query(EvidenceFile)}
    common, downs, fars = (number[name] for name in FILES.values())
    page, files = "/rounds/SHARED/returns/POL", "/rounds/SHARED/returns/POL/files/"
    for who, theirs, others in (
        (("Priya", "Mo"), {common, downs}, fars),
        (("Olga",), {common, fars}, downs),
    ):
        for name in who:
            shown = pages.sign_in(cast[name]).get(page).soup.select(f"a[href^='{files}']")
            assert {int(link["href"].removeprefix(files)) for link in shown} == theirs
            got = {one: pages.client.get(f"{files}{one}").status_code for one in number.values()}
            assert got == dict.fromkeys(theirs, 200) | {others: 404}
            written = pages.client.get("/rounds/SHARED/compliance.xlsx").get_data()
            assert any("policy.pdf" in cell for cell in _cells(written))
            assert any("towpaths.pdf" in cell for cell in _cells(written)) is (downs in theirs)


def examples() -> list[Mapping[str, Any]]:
    variables = {"reference": "SHARED", "agency": "POL", "name": "rag-by-standard",
                 "picture": "svg", "asker": "DOWN", "id": "far-local", "version": "1",
                 "old": "1", "new": "1"}  # fmt: skip
    standards = ("canals", "leadership", f"{SECRET}-coast")
    places = [variables | {"standard": one, "standard_id": one} for one in standards]
    numbers = [{"reference": f"{POLICE}-A{number}"} for number in range(1, 5)]
    return [*places, *({**places[0], **one} for one in numbers), {"reference": POLICE}]


@pytest.mark.slow
@pytest.mark.parametrize("role", sorted(PARTNERSHIP_ROLES))
def test_nothing_of_a_neighbours_local_questions_reaches_anybody_of_this_partnership(
    pages: Pages, app: Flask, database: Database, cast: Cast, submitted: Shared, role: Role
) -> None:
    """No question, answer, comment or action of the other's, although both ask the police."""
    with database.writing.begin() as session:
        viewer = join(session, "Una", (role, "DOWN"))
    assert sightings(pages.sign_in(viewer), app, examples()) == []


@pytest.mark.slow
def test_the_crawl_does_find_them_for_their_own_partnership(
    pages: Pages, app: Flask, cast: Cast, submitted: Shared
) -> None:
    found = sightings(pages.sign_in(cast["Olga"]), app, examples())
    wanted = (
        *("heat-map", "compliance.xlsx", "/actions/", "/plain/POL", "weakest-questions"),
        *(f"/returns/POL/{SECRET}-coast", f"/standards/{SECRET}-coast", "charts/"),
    )
    assert [one for one in wanted if not any(one in address for address in found)] == []


def test_an_agency_of_one_partnership_never_sees_the_others_questions(
    pages: Pages, app: Flask, cast: Cast, submitted: Shared, database: Database
) -> None:
    with database.reading() as session:
        assert session.query(AgencyReturn).count() == 3
    assert sightings(pages.sign_in(cast["Cara"]), app, [{"reference": "SHARED-HOSP"}]) == []
