"""The pages on which a manager sets up a round, runs it, and sees who has returned."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from s11audit.domain.questionnaire import Kind
from s11audit.domain.versions import VersionStatus
from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import AgencyReturn, AuditRound, QuestionnaireVersion
from s11audit.models.database import Database
from s11audit.questionnaires import Catalogue
from tests.cast import Cast
from tests.conftest import QUESTIONNAIRES
from tests.pages import Pages
from tests.rounds_and_returns import COMPLETE, NOON, Opened, return_named, submit

# Pages go by the real clock: the round must not close because time goes by.
NEW: dict[str, Any] = {
    "questionnaire": "small/1",
    "title": "Section 11 audit 2027",
    "reference": "S11-2027",
    "opens_on-day": "1",
    "opens_on-month": "3",
    "opens_on-year": "2097",
    "due_on-day": "30",
    "due_on-month": "4",
    "due_on-year": "2097",
    "closes_on-day": "14",
    "closes_on-month": "5",
    "closes_on-year": "2097",
    "signatures_needed": "1",
}


@pytest.fixture
def priya(pages: Pages, cast: Cast) -> Pages:
    return pages.sign_in(cast["Priya"])


def test_a_draft_version_is_not_offered_and_a_round_of_one_cannot_be_opened(
    priya: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    source = (QUESTIONNAIRES / "small" / "1.yaml").read_text().replace(": small", ": little")
    with database.writing.begin() as writing:
        writing.add(
            QuestionnaireVersion(
                questionnaire_id="little",
                version="1",
                title="Little",
                kind=Kind.SELF_ASSESSMENT,
                source=source,
                sha256="0",
                status=VersionStatus.DRAFT,
                partnership_id=cast.partnerships["DOWN"],
                uploaded_by_id=cast["Priya"].user_id,
                uploaded_at=NOON,
            )
        )
        audit_round = writing.get_one(AuditRound, opened.round_id)
        audit_round.status, audit_round.questionnaire_sha256 = RoundStatus.DRAFT, ""
        audit_round.questionnaire_id = "little"
    offered = priya.get("/rounds/new").soup.select("[name=questionnaire]")
    assert "small/1" in [one["value"] for one in offered]
    assert "little/1" not in [one["value"] for one in offered]
    refused = priya.post("/rounds/R1/steps/open")
    assert refused.status == 409
    assert "little 1 is not published" in refused.text
    assert stored(database, "R1").status is RoundStatus.DRAFT


def stored(database: Database, reference: str) -> AuditRound:
    with database.reading() as session:
        return session.scalars(select(AuditRound).where(AuditRound.reference == reference)).one()


def set_up(priya: Pages, cast: Cast, **changes: Any) -> Any:
    priya.get("/rounds/new")
    agencies = [cast.agencies["POL"], cast.agencies["SCH"]]
    return priya.post("/rounds/new", NEW | {"agencies": agencies} | changes)


def test_with_no_round_the_list_says_what_to_do(priya: Pages) -> None:
    page = priya.get("/rounds")
    assert "There is no round yet" in page.text
    assert page.soup.select_one("a[href='/rounds/new']")


def test_every_agency_and_type_is_offered_and_none_is_chosen(priya: Pages, cast: Cast) -> None:
    page = priya.get("/rounds/new")
    boxes = page.soup.select("input[name=agencies]")
    assert {int(str(box["value"])) for box in boxes} == {
        cast.agencies[reference] for reference in ("POL", "HOSP", "SCH")
    }
    assert not any(box.has_attr("checked") for box in boxes)
    types = [
        box.find_next("label").get_text(strip=True) for box in page.soup.select("[name=types]")
    ]
    assert types == [
        "Every school and college (1)",
        "Every other agency (2)",
        "NHS trust (1)",
        "Police (1)",
        "School (1)",
    ]


@pytest.mark.parametrize(
    ("types", "single", "asked"),
    [
        (["every school"], [], {"SCH"}),
        (["every other"], ["SCH"], {"POL", "HOSP", "SCH"}),
        (["police", "school"], ["POL"], {"POL", "SCH"}),
    ],
)
def test_types_and_single_agencies_are_taken_together(
    priya: Pages,
    cast: Cast,
    database: Database,
    types: list[str],
    single: list[str],
    asked: set[str],
) -> None:
    agencies = [cast.agencies[reference] for reference in single]
    assert set_up(priya, cast, types=types, agencies=agencies).status == 303
    with database.reading() as session:
        found = session.scalars(select(AgencyReturn)).all()
        assert {one.agency.reference for one in found} == asked


def test_the_agencies_of_a_type_are_ticked_so_that_single_ones_can_be_cleared(
    priya: Pages, cast: Cast
) -> None:
    page = set_up(priya, cast, types=["every other"], agencies=[], tick="types", title="Kept")
    assert page.status == 200
    assert page.soup.select_one("#title")["value"] == "Kept"
    checked = page.soup.select("input[name=agencies][checked]")
    assert {int(str(box["value"])) for box in checked} == {
        cast.agencies["POL"],
        cast.agencies["HOSP"],
    }
    assert page.soup.select("input[name=types][checked]") == []
    assert priya.get("/rounds/S11-2027").status == 404


def test_guidance_and_signatures_are_kept_and_shown(
    priya: Pages, cast: Cast, database: Database
) -> None:
    set_up(priya, cast, guidance="Ask the <b>LADO</b> first.", signatures_needed="2")
    page = priya.get("/rounds/S11-2027")
    assert "Ask the <b>LADO</b> first." in page.text
    assert "2, of different people" in page.text
    assert stored(database, "S11-2027").signatures_needed == 2
    priya.post("/rounds/S11-2027/steps/open")
    priya.sign_in(cast["Asif"])
    assert "Ask the <b>LADO</b> first." in priya.get("/returns/S11-2027-POL").text


def test_a_round_is_set_up_opened_and_pinned(priya: Pages, cast: Cast, database: Database) -> None:
    page = set_up(priya, cast)
    assert (page.status, page.location) == (303, "/rounds/S11-2027")
    page = priya.get("/rounds/S11-2027")
    assert "Draft" in page.text
    assert "0/2 (0.0%)" in page.text
    assert priya.post("/rounds/S11-2027/steps/open").status == 303
    audit_round = stored(database, "S11-2027")
    small = Catalogue([QUESTIONNAIRES]).get("small", "1")
    assert audit_round.status is RoundStatus.OPEN
    assert audit_round.questionnaire_sha256 == small.sha256
    assert small.sha256 in priya.get("/rounds/S11-2027").text


def test_what_was_typed_is_kept_beside_its_errors(priya: Pages, cast: Cast, opened: Opened) -> None:
    page = set_up(priya, cast, reference="R1", title="Kept title")
    assert page.status == 422
    assert page.errors == {"reference": "There is already a round R1"}
    assert page.soup.select_one("#title")["value"] == "Kept title"
    checked = page.soup.select("input[name=agencies][checked]")
    assert {int(str(box["value"])) for box in checked} == {
        cast.agencies["POL"],
        cast.agencies["SCH"],
    }


@pytest.mark.parametrize(
    ("changes", "at", "says"),
    [
        ({"title": " "}, "title", "Enter a title"),
        ({"reference": "S 11"}, "reference", "capital letters"),
        ({"questionnaire": "small/99"}, "questionnaire", "Choose one of the questionnaires"),
        ({"due_on-day": "31"}, "due_on", "Enter a real date"),
        ({"signatures_needed": "3"}, "signatures_needed", "Choose how many"),
        ({"types": ["no-such-type"]}, "types", "Choose types from the list"),
        ({"due_on-year": "2096"}, "due_on", "after 1 March 2097"),
        ({"closes_on-month": "4"}, "closes_on", "30 April 2097"),
        ({"closes_on-day": "", "closes_on-month": "", "closes_on-year": ""}, "closes_on", "Enter"),
    ],
)
def test_a_round_with_a_fault_is_not_set_up(
    priya: Pages, cast: Cast, changes: dict[str, str], at: str, says: str
) -> None:
    page = set_up(priya, cast, **changes)
    assert page.status == 422
    assert says in page.errors[at]
    assert priya.get("/rounds/S11-2027").status == 404


def test_an_agency_of_another_partnership_cannot_be_chosen(priya: Pages, cast: Cast) -> None:
    page = set_up(priya, cast, agencies=[cast.agencies["FARPOL"]])
    assert page.errors == {"agencies": "Select agencies of this partnership only"}


def test_a_round_without_agencies_asks_for_them_before_it_opens(
    priya: Pages, cast: Cast, database: Database
) -> None:
    set_up(priya, cast, agencies=[])
    page = priya.get("/rounds/S11-2027")
    assert "Choose the agencies" in page.text
    assert "Open the round" not in page.text
    assert priya.post("/rounds/S11-2027/steps/open").status == 409
    priya.get("/rounds/S11-2027/agencies")
    assert priya.post("/rounds/S11-2027/agencies").status == 422
    page = priya.post("/rounds/S11-2027/agencies", {"agencies": [cast.agencies["HOSP"]]})
    assert page.status == 303
    with database.reading() as session:
        assert return_named(session, "S11-2027-HOSP").status is ReturnStatus.NOT_STARTED


def test_the_round_page_counts_who_has_returned(
    priya: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
        return_named(session, "R1-SCH").status = ReturnStatus.EXEMPT
    page = priya.get("/rounds/R1")
    assert "1/2 (50.0%)" in page.text
    assert "Exempt, not counted" in page.text
    rows = page.soup.select("tbody tr")
    assert "Submitted" in rows[1].get_text()
    assert "7/7 (100.0%)" in rows[1].get_text()


def test_late_returns_are_called_overdue_in_words(
    priya: Pages, opened: Opened, database: Database
) -> None:
    from datetime import date

    with database.writing.begin() as session:
        for one in session.scalars(select(AgencyReturn)):
            one.due_on = date(2020, 1, 31)
    page = priya.get("/rounds/R1")
    assert page.text.count("Overdue") >= 4  # the headline figure and each of three agencies
    assert "3/3" in page.text


def test_the_table_sorts_by_links_and_says_how(priya: Pages, opened: Opened) -> None:
    page = priya.get("/rounds/R1?sort=agency&order=descending")
    names = [row.th.get_text(strip=True) for row in page.soup.select("tbody tr")[:3]]
    assert names == ["Elm Row School", "Downshire Police", "Downshire Hospitals NHS Trust"]
    assert page.soup.select_one("th[aria-sort=descending]").get_text(strip=True) == "Agency"
    link = page.soup.select("th[aria-sort] a")[1]["href"]
    assert priya.get(str(link)).soup.select_one("th[aria-sort=ascending]").text == "Type"


def test_opening_again_needs_a_reason(priya: Pages, opened: Opened, database: Database) -> None:
    priya.get("/rounds/R1")
    assert priya.post("/rounds/R1/steps/close").status == 303
    page = priya.post("/rounds/R1/steps/reopen", {"reopen-text": "  "})
    assert page.status == 422
    assert page.errors == {"reopen-text": "Say why the round opens again"}
    assert stored(database, "R1").status is RoundStatus.CLOSED
    assert (
        priya.post("/rounds/R1/steps/reopen", {"reopen-text": "Two agencies asked"}).status == 303
    )
    assert "Opened again: Two agencies asked" in priya.get("/rounds/R1").text
    assert stored(database, "R1").status is RoundStatus.OPEN


def test_a_step_that_is_not_possible_is_refused(priya: Pages, opened: Opened) -> None:
    priya.get("/rounds/R1")
    assert priya.post("/rounds/R1/steps/archive").status == 409
    assert priya.post("/rounds/R1/steps/no-such-step").status == 409


def test_one_agency_gets_longer_with_a_reason(
    priya: Pages, opened: Opened, database: Database
) -> None:
    address = "/rounds/R1/returns/POL/extension"
    priya.get(address)
    date = {"due_on-day": "8", "due_on-month": "1", "due_on-year": "2027"}
    assert priya.post(address, date).errors == {"reason": "Say why this agency needs longer"}
    early = priya.post(address, date | {"due_on-year": "2026", "reason": "Ill"})
    assert "after 18 December 2026" in early.errors["due_on"]
    assert priya.post(address, date | {"reason": "The lead was ill"}).status == 303
    page = priya.get("/rounds/R1/returns/POL")
    assert "8 January 2027 (extended)" in page.text
    assert "The lead was ill" in page.text


def test_a_qa_member_sees_rounds_but_cannot_set_them_up(
    pages: Pages, cast: Cast, opened: Opened
) -> None:
    pages.sign_in(cast["Mo"])
    page = pages.get("/rounds/R1")
    assert page.status == 200
    assert "Close the round" not in page.text
    assert pages.get("/rounds/new").status == 403
    assert pages.post("/rounds/R1/steps/close").status == 403
    assert pages.get("/rounds/R1/agencies").status == 403


@pytest.mark.parametrize("page", ["no-such-page", "close", "steps"])
def test_a_page_that_a_round_does_not_have_is_not_found(
    priya: Pages, opened: Opened, page: str
) -> None:
    assert priya.get(f"/rounds/R1/{page}").status == 404


def test_an_agencys_people_do_not_see_rounds(pages: Pages, cast: Cast, opened: Opened) -> None:
    pages.sign_in(cast["Asif"])
    assert pages.get("/rounds").status == 403
    assert pages.get("/rounds/R1").status == 403


def test_another_partnership_finds_nothing(pages: Pages, cast: Cast, opened: Opened) -> None:
    pages.sign_in(cast["Olga"])
    assert "There is no round yet" in pages.get("/rounds").text
    for address in ("/rounds/R1", "/rounds/R1/agencies", "/rounds/R1/returns/POL/extension"):
        assert pages.get(address).status == 404
    assert pages.post("/rounds/R1/steps/close").status == 404
