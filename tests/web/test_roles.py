"""What each further role finds on the pages: trusts, education reviewers, panels, scrutineers."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from s11audit.domain.actions import ActionStatus
from s11audit.domain.permissions import Role
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import Action, Agency, Trust
from s11audit.models.database import Database
from tests.cast import Cast
from tests.joined import join
from tests.pages import Page, Pages
from tests.rounds_and_returns import COMPLETE, Opened, fill, return_named, submit

POLICE = "/rounds/R1/returns/POL"
ROOM = "/actions/R1-POL-A1"
Joins = Callable[..., Viewer]


@pytest.fixture
def submitted(database: Database, cast: Cast, opened: Opened) -> None:
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)


@pytest.fixture
def joins(database: Database, cast: Cast) -> Joins:
    def add(name: str, *roles: tuple[Role, str]) -> Viewer:
        with database.writing.begin() as session:
            return join(session, name, *roles)

    return add


def buttons(page: Page) -> list[str]:
    return [button.get_text(strip=True) for button in page.soup.select("main button")]


# Trusts


@pytest.fixture
def tess(pages: Pages, database: Database, opened: Opened, joins: Joins) -> Pages:
    """Somebody of a trust with two schools, of which one is asked in the round."""
    with database.writing.begin() as session:
        trust = Trust(reference="OAK", name="Oak Trust")
        school = session.scalars(select(Agency).where(Agency.reference == "SCH")).one()
        school.trust = trust
        session.add(
            Agency(reference="BIRCH", name="Birch School", agency_type="school", trust=trust)
        )
    return pages.sign_in(joins("Tess", (Role.TRUST_VIEWER, "OAK")))


def test_a_trust_reads_the_returns_of_its_schools_grouped_by_school(
    tess: Pages, database: Database, cast: Cast, opened: Opened
) -> None:
    with database.writing.begin() as session:
        board = {"leadership.board-lead": COMPLETE["leadership.board-lead"]}
        fill(session, "R1-SCH", opened, board, by=cast["Dana"])
    listed = tess.get("/returns")
    assert listed.heading == "Returns of your schools"
    assert [one.get_text() for one in listed.soup.select("main h2")] == ["Elm Row School"]
    page = tess.get("/returns/R1-SCH")
    assert buttons(page) == []
    assert buttons(tess.get("/returns/R1-SCH/standards/leadership")) == []
    assert "The deputy leads." in tess.get("/returns/R1-SCH/check").text
    for copy in ("return.xlsx", "form.xlsx"):
        assert tess.get(f"/returns/R1-SCH/{copy}").status == 200
    assert "/delegations" not in str(page.soup)


def test_a_trust_finds_no_other_agencys_return_and_changes_none(tess: Pages) -> None:
    for address in ("/returns/R1-POL", "/returns/R1-POL/return.xlsx", "/returns/R1-POL/check"):
        assert tess.get(address).status == 404
    for ending in ("standards/leadership", "start", "send-for-sign-off", "sign", "delegations"):
        assert tess.post(f"/returns/R1-SCH/{ending}").status == 403, ending
    assert tess.get("/rounds").status == 403


# Education reviewers


def test_an_education_reviewer_sees_schools_only_and_is_told_so(
    pages: Pages, submitted: None, joins: Joins
) -> None:
    pages.sign_in(joins("Ed", (Role.EDUCATION_REVIEWER, "DOWN")))
    for address in (
        "/rounds/R1",
        "/rounds/R1/heat-map",
        "/rounds/R1/standards/leadership",
        "/rounds/R1/weakest-questions",
        "/rounds/R1/actions",
        "/rounds/R1/downloads",
    ):
        page = pages.get(address)
        assert "Schools only." in page.text, address
        assert "Police" not in page.text.replace("Downshire Safeguarding", ""), address
    page = pages.get("/rounds/R1")
    assert "Elm Row School" in page.text
    assert "Returned 0/1" in page.text
    for hidden in (POLICE, f"{POLICE}/leadership", "/rounds/R1/plain/POL", ROOM):
        assert pages.get(hidden).status == 404, hidden


def test_an_education_reviewers_files_hold_schools_only_and_say_so(
    pages: Pages, submitted: None, joins: Joins
) -> None:
    pages.sign_in(joins("Ed", (Role.EDUCATION_REVIEWER, "DOWN")))
    sent = pages.client.get("/rounds/R1/compliance.xlsx").get_data()
    cells = [
        str(cell)
        for sheet in openpyxl.load_workbook(BytesIO(sent)).worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]
    assert "Downshire Safeguarding Children Partnership (schools only)" in cells
    assert "Elm Row School" in cells
    assert not [cell for cell in cells if "POL" in cell or "Police" in cell]
    chart = pages.client.get("/rounds/R1/charts/rag-by-agency.svg").get_data(as_text=True)
    assert "Police" not in chart


# Nobody judges their own agency


@pytest.mark.parametrize("role", [Role.QA_CHAIR, Role.QA_MEMBER, Role.MANAGER])
def test_a_panel_member_does_not_moderate_the_agency_that_they_work_for(
    pages: Pages, submitted: None, joins: Joins, database: Database, role: Role
) -> None:
    pages.sign_in(joins("Petra", (role, "DOWN"), (Role.CONTRIBUTOR, "POL")))
    page = pages.get(POLICE)
    assert "You work for Downshire Police" in page.text
    assert buttons(page) == []
    assert pages.post(f"{POLICE}/steps/moderate").status == 403
    sent_back = pages.post(f"{POLICE}/steps/send-back", {"send-back-text": "Say more."})
    assert sent_back.status == 403
    with database.reading() as session:
        assert return_named(session, "R1-POL").status is ReturnStatus.SUBMITTED
    elsewhere = pages.sign_in(joins("Quinn", (role, "DOWN"), (Role.CONTRIBUTOR, "HOSP")))
    assert "Start moderation" in buttons(elsewhere.get(POLICE))
    assert "You work for" not in elsewhere.get(POLICE).text
    assert elsewhere.post(f"{POLICE}/steps/moderate").status == 303


def test_a_panel_member_does_not_verify_actions_of_the_agency_that_they_work_for(
    pages: Pages, submitted: None, joins: Joins, database: Database
) -> None:
    with database.writing.begin() as session:
        session.scalars(select(Action)).one().status = ActionStatus.CLAIMED_COMPLETE
    pages.sign_in(joins("Petra", (Role.QA_MEMBER, "DOWN"), (Role.SIGNATORY, "POL")))
    page = pages.get(ROOM)
    assert "You work for Downshire Police" in page.text
    assert buttons(page) == []
    step = {"version": "1", "verify-text": "Seen"}
    assert pages.post(f"{ROOM}/steps/verify", step).status == 403
    assert pages.post(f"{ROOM}/notes", {"note": "Well done"}).status == 403
    mo = pages.sign_in(joins("Quinn", (Role.QA_MEMBER, "DOWN")))
    assert "Verify its impact" in buttons(mo.get(ROOM))


# Those who only read


def test_a_scrutineer_reads_everything_submitted_and_has_no_buttons(
    pages: Pages, submitted: None, joins: Joins
) -> None:
    pages.sign_in(joins("Stella", (Role.SCRUTINEER, "DOWN")))
    for address in (
        "/rounds",
        "/rounds/R1",
        "/rounds/R1/heat-map",
        POLICE,
        f"{POLICE}/leadership",
        ROOM,
        "/actions",
        "/questionnaires",
    ):
        page = pages.get(address)
        assert page.status == 200, address
        assert not page.soup.select("main form[method=post]"), address
        assert "Set up a round" not in page.text
    for ending in ("moderate", "send-back"):
        refused = pages.post(f"{POLICE}/steps/{ending}", {f"{ending}-text": "No"})
        assert refused.status == 403
    assert pages.post("/rounds/R1/steps/close").status == 403


# The first page


@pytest.mark.parametrize(
    ("role", "place", "first"),
    [
        (Role.MANAGER, "DOWN", "/rounds"),
        (Role.QA_CHAIR, "DOWN", "/rounds"),
        (Role.QA_MEMBER, "DOWN", "/rounds"),
        (Role.SCRUTINEER, "DOWN", "/rounds"),
        (Role.EDUCATION_REVIEWER, "DOWN", "/rounds"),
        (Role.YOUNG_PANELLIST, "DOWN", "/rounds/plain"),
        (Role.AGENCY_LEAD, "POL", "/returns"),
        (Role.CONTRIBUTOR, "POL", "/returns"),
        (Role.SIGNATORY, "POL", "/returns"),
        (Role.TRUST_VIEWER, "OAK", "/returns"),
    ],
)
def test_everybody_begins_where_they_have_something_to_do(
    pages: Pages, joins: Joins, database: Database, role: Role, place: str, first: str
) -> None:
    with database.writing.begin() as session:
        trust = Trust(reference="OAK", name="Oak Trust")
        session.add(
            Agency(reference="BIRCH", name="Birch School", agency_type="school", trust=trust)
        )
    assert pages.sign_in(joins("Nina", (role, place))).get("/").location == first
    assert pages.get(first).status == 200


def test_the_operator_does_not_begin_at_somebodys_round(pages: Pages, joins: Joins) -> None:
    first = pages.sign_in(joins("Opal", (Role.OPERATOR, ""))).get("/").location
    assert first not in ("", "/rounds", "/returns")


def test_a_case_auditor_is_told_that_cases_come_to_them(pages: Pages, joins: Joins) -> None:
    pages.sign_in(joins("Cass", (Role.CASE_AUDITOR, "POL")))
    page = pages.get(pages.get("/").location)
    assert page.heading == "No case is waiting for you"
    assert pages.get("/returns").status == 403
