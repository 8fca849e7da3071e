"""Rounds in plain words: what agencies say and promise, and nothing that may be private."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from s11audit.domain.answers import Answer
from s11audit.domain.permissions import Role
from s11audit.domain.workflow import ReturnStatus
from s11audit.models.database import Database
from tests.cast import Cast
from tests.joined import join
from tests.pages import Pages
from tests.rounds_and_returns import COMPLETE, Opened, return_named, submit

POLICE = "/rounds/R1/plain/POL"
BOARD = "leadership.board-lead"
ANSWERS = COMPLETE | {
    BOARD: replace(COMPLETE[BOARD], link="https://example.org/chart", reason="Secret reason"),
    "training.difference": Answer("Officer Jo Field says it helped."),
}


@pytest.fixture
def young(pages: Pages, database: Database, cast: Cast, opened: Opened) -> Pages:
    """A young panellist, after the police have submitted."""
    with database.writing.begin() as session:
        submit(session, opened, cast, ANSWERS)
        yuna = join(session, "Yuna", (Role.YOUNG_PANELLIST, "DOWN"))
    return pages.sign_in(yuna)


def test_a_young_panellist_goes_from_the_rounds_to_what_an_agency_says(young: Pages) -> None:
    listed = young.get("/rounds/plain")
    assert "1 of 3 have sent in their answers." in listed.text
    assert [link["href"] for link in listed.soup.select("main a")] == ["/rounds/R1/plain"]
    about = young.get("/rounds/R1/plain")
    assert "Somebody senior answers for children." in about.text
    links = [link["href"] for link in about.soup.select("main a")]
    assert links == [POLICE]
    page = young.get(POLICE)
    assert page.heading == "What Downshire Police says"
    assert "Nobody else has checked it yet." in page.text
    for said in (
        "Does a senior person lead on safeguarding? Fully met. It happens and it shows.",
        "Not met. It does not happen.",
        "Red It says that it does not do this well enough yet.",
        "Open a separate room It will do this by 31 March 2027.",
        "It was asked for facts here, not how well it does.",
    ):
        assert said in page.text, said


def test_no_evidence_comment_link_post_or_name_is_in_plain_words(young: Pages) -> None:
    for address in ("/rounds/plain", "/rounds/R1/plain", POLICE):
        body = young.client.get(address).get_data(as_text=True)
        for hidden in (
            "Structure chart",
            "The deputy leads.",
            "example.org/chart",
            "Secret reason",
            "Head of Custody",
            "Jo Field",
            "Ines",
            "Asif",
        ):
            assert hidden not in body, (address, hidden)


def test_a_young_panellist_is_let_in_nowhere_else(young: Pages, app: Flask) -> None:
    menu = young.get("/rounds/plain").soup.select("nav a")
    assert [link.get_text(strip=True) for link in menu] == [
        "Rounds in plain words",
        "Panels",
        "Briefings",
    ]
    for address in (
        "/rounds",
        "/rounds/R1",
        "/rounds/R1/heat-map",
        "/rounds/R1/returns/POL",
        "/rounds/R1/returns/POL/leadership",
        "/rounds/R1/standards/leadership",
        "/rounds/R1/weakest-questions",
        "/rounds/R1/actions",
        "/rounds/R1/downloads",
        "/rounds/R1/compliance.xlsx",
        "/rounds/R1/charts.zip",
        "/questionnaires",
        "/returns",
        "/actions",
        "/people",
        "/case-audits",
        "/case-files",
        "/assessments",
        "/surveys",
    ):
        assert young.get(address).status == 403, address


def test_only_what_is_submitted_to_the_own_partnership_is_read(
    young: Pages, cast: Cast, database: Database
) -> None:
    assert young.get("/rounds/R1/plain/HOSP").status == 404
    assert young.get("/rounds/R1/plain/FARPOL").status == 404
    assert "Hospitals" not in young.get("/rounds/R1/plain").text
    with database.writing.begin() as session:
        stranger = join(session, "Yann", (Role.YOUNG_PANELLIST, "FAR"))
    young.sign_in(stranger)
    assert "There is nothing to read yet." in young.get("/rounds/plain").text
    for address in ("/rounds/R1/plain", POLICE):
        assert young.get(address).status == 404


@pytest.mark.parametrize(("name", "status"), [("Priya", 200), ("Mo", 200), ("Asif", 403)])
def test_scrutiny_may_read_the_plain_words_too(
    young: Pages, cast: Cast, name: str, status: int
) -> None:
    young.sign_in(cast[name])
    assert young.get(POLICE).status == status
    if status == 200:
        link = young.get("/rounds/R1").soup.select("main a[href='/rounds/R1/plain']")
        assert len(link) == 1


@pytest.mark.parametrize(
    ("status", "share"),
    [(ReturnStatus.EXEMPT, "1 of 2"), (ReturnStatus.ALTERNATIVE_ASSURANCE, "2 of 3")],
)
def test_who_has_sent_in_is_counted_as_on_the_rounds_own_page(
    young: Pages, cast: Cast, database: Database, status: ReturnStatus, share: str
) -> None:
    with database.writing.begin() as session:
        return_named(session, "R1-HOSP").status = status
    for address in ("/rounds/plain", "/rounds/R1/plain"):
        assert f"{share} have sent in their answers" in young.get(address).text
    assert share.replace(" of ", "/") in young.sign_in(cast["Priya"]).get("/rounds/R1").text
