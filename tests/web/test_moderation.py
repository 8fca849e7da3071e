"""The pages of scrutiny: heat map, drill-down, one standard, weakest questions, sending back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select

from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer
from s11audit.domain.ratings import Rating, Side
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import Score, Signature
from s11audit.models.database import Database
from s11audit.models.returns import WHOLE_RETURN
from tests.cast import Cast
from tests.pages import Page, Pages
from tests.rounds_and_returns import COMPLETE, IN_SPRING, Opened, fill, return_named, submit

HEAT_MAP = "/rounds/R1/heat-map"
POLICE = "/rounds/R1/returns/POL"
HOSTILE = "‮<script>alert(1)</script>\n\n{{ 7*7 }} 'quoted'"


@pytest.fixture
def submitted(database: Database, cast: Cast, opened: Opened) -> Opened:
    """The police have submitted: leadership green, training not rated, custody red."""
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
    return opened


@pytest.fixture
def mo(pages: Pages, cast: Cast) -> Pages:
    return pages.sign_in(cast["Mo"])


@pytest.fixture
def priya(pages: Pages, cast: Cast) -> Pages:
    return pages.sign_in(cast["Priya"])


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Every SQL statement that is run meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def also_submitted(database: Database, reference: str, ratings: dict[str, Rating]) -> None:
    """Mark a return as submitted, with these ratings ("" stands for the whole of it)."""
    with database.writing.begin() as session:
        agency_return = return_named(session, reference)
        agency_return.status = ReturnStatus.SUBMITTED
        counts = {"visible": 1, "required": 1, "answered": 1, "not_applicable": 0, "unrated": 0}
        for standard_id, rating in ratings.items():
            session.add(
                Score(
                    return_id=agency_return.id,
                    standard_id=standard_id,
                    side=Side.SELF,
                    red=0,
                    amber=0,
                    green=0,
                    unanswered=int(rating is Rating.AMBER),
                    points="0",
                    maximum=0,
                    strict_maximum=0,
                    rating=rating,
                    because="",
                    **counts,
                )
            )


def cells(page: Page, row: int = 0) -> dict[str, str]:
    """The cells of one row of the heat map: column → what is read."""
    found = page.soup.select(".s11-heat-map tbody tr")[row].select("td")
    return {str(cell["data-label"]): " ".join(cell.get_text(" ").split()) for cell in found}


def agencies(page: Page) -> list[str]:
    return [th.get_text(strip=True) for th in page.soup.select(".s11-heat-map tbody th")]


def test_the_heat_map_shows_letter_and_word_of_each_rating(mo: Pages, submitted: Opened) -> None:
    page = mo.get(HEAT_MAP)
    assert "Self-rating" in page.text
    assert "1/3 agencies have submitted" in page.text
    assert cells(page) == {
        "Type": "Police",
        "Overall": "R Red",
        "Leadership": "G Green",
        "Training": "– Not rated",
        "Custody": "R Red",
    }


def test_agencies_that_have_not_returned_stand_below_by_status(
    mo: Pages, submitted: Opened
) -> None:
    text = mo.get(HEAT_MAP).text
    below = text[text.index("Agencies without ratings") :]
    assert "Elm Row School Not started" in below
    assert "Downshire Police" not in below


def test_not_asked_and_provisional_look_different_from_a_rating(
    mo: Pages, submitted: Opened, database: Database
) -> None:
    also_submitted(database, "R1-SCH", {WHOLE_RETURN: Rating.AMBER, "leadership": Rating.AMBER})
    page = mo.get(HEAT_MAP)
    shown = cells(page, 1)
    assert shown["Custody"] == "Not asked"
    assert shown["Leadership"] == "A Amber, provisional *"
    cell = page.soup.select_one(".s11-heat-map__cell--not-asked")
    assert cell is not None
    assert cell.find("a") is None


def test_the_heat_map_sorts_worst_first_with_blanks_last(
    mo: Pages, submitted: Opened, database: Database
) -> None:
    also_submitted(database, "R1-SCH", {WHOLE_RETURN: Rating.GREEN, "leadership": Rating.AMBER})
    also_submitted(database, "R1-HOSP", {WHOLE_RETURN: Rating.AMBER, "leadership": Rating.RED})
    by_overall = mo.get(f"{HEAT_MAP}?sort=overall")
    assert agencies(by_overall) == [
        "Downshire Police",
        "Downshire Hospitals NHS Trust",
        "Elm Row School",
    ]
    sorted_heading = by_overall.soup.select("th[aria-sort=ascending]")
    assert [th.get_text(strip=True) for th in sorted_heading] == ["Overall"]
    for order in ("ascending", "descending"):
        by_custody = mo.get(f"{HEAT_MAP}?sort=custody&order={order}")
        assert agencies(by_custody)[0] == "Downshire Police"
    by_type = agencies(mo.get(f"{HEAT_MAP}?sort=type&order=descending"))
    assert by_type == ["Elm Row School", "Downshire Police", "Downshire Hospitals NHS Trust"]


def test_the_heat_map_can_show_one_type_of_agency(
    mo: Pages, submitted: Opened, database: Database
) -> None:
    also_submitted(database, "R1-SCH", {WHOLE_RETURN: Rating.GREEN})
    page = mo.get(f"{HEAT_MAP}?type=school&sort=overall")
    assert agencies(page) == ["Elm Row School"]
    link = page.soup.select_one(".s11-heat-map thead a")
    assert link is not None
    assert "type=school" in str(link["href"])


def test_the_last_row_counts_green_of_those_rated(
    mo: Pages, submitted: Opened, database: Database
) -> None:
    also_submitted(database, "R1-SCH", {WHOLE_RETURN: Rating.AMBER, "leadership": Rating.AMBER})
    foot = mo.get(HEAT_MAP).soup.select(".s11-heat-map tfoot td")
    shown = {str(td["data-label"]): td.get_text(" ", strip=True) for td in foot}
    assert shown["Leadership"].startswith("1/2")
    assert shown["Leadership"].endswith("50.0%")
    assert shown["Training"].startswith("0/0")


def test_the_heat_map_reads_few_statements_and_no_answers(
    mo: Pages, submitted: Opened, database: Database
) -> None:
    with statements(database) as seen:
        assert mo.get(HEAT_MAP).status == 200
    queries = [one for one in seen if not one.startswith("BEGIN")]
    assert len(queries) <= 8, queries
    assert not [one for one in queries if re.search(r"\b(FROM|JOIN) answers\b", one)]


def test_before_anybody_has_submitted_the_heat_map_says_so(mo: Pages, opened: Opened) -> None:
    assert "No return has been submitted yet" in mo.get(HEAT_MAP).text
    assert "No submitted return" in mo.get("/rounds/R1/weakest-questions").text


def test_a_returns_scorecard_says_why_it_is_rated_so(mo: Pages, submitted: Opened) -> None:
    page = mo.get(POLICE)
    assert page.heading == "Downshire Police"
    assert "Red because compliance is 50" in page.text
    assert "Signed by Ines as Chief Officer" in page.text
    assert "1 red, of 1" in str(page.soup.select_one("svg[aria-label*=red]"))
    assert "Send back" not in page.text


def test_a_return_that_is_not_submitted_shows_its_status_only(
    mo: Pages, opened: Opened, cast: Cast, database: Database
) -> None:
    with database.writing.begin() as session:
        fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    page = mo.get(POLICE)
    assert "7/7 required questions are answered (100.0%)" in page.text
    assert "You can read the ratings and answers once" in page.text
    assert "Red" not in page.text
    assert mo.get(f"{POLICE}/custody").status == 404


def test_texts_are_shown_as_typed_and_do_nothing(
    mo: Pages, opened: Opened, cast: Cast, database: Database
) -> None:
    long = "x" * 9_000 + HOSTILE
    custody = Answer(
        "not-met",
        comment=long,
        evidence=HOSTILE,
        link="https://example.org/a?b=1&c=%22",
        promise=Promise(HOSTILE, "<b>Head</b>", IN_SPRING),
    )
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE | {"custody.children": custody})
    page = mo.get(f"{POLICE}/custody")
    typed = [div.get_text() for div in page.soup.select("main .s11-typed[dir=auto]")]
    assert typed[:2] == [long, HOSTILE]
    assert page.soup.select("main script") == []
    link = page.soup.select_one("main a[rel='noopener noreferrer']")
    assert link is not None
    assert link["href"] == "https://example.org/a?b=1&c=%22"
    assert "Action R1-POL-A1" in page.text
    assert "<b>Head</b>" in page.text


def test_a_link_that_is_no_web_address_is_not_a_link(
    mo: Pages, opened: Opened, cast: Cast, database: Database
) -> None:
    script = "javascript:alert(1)"
    lead = Answer("met", evidence="Chart", link=script)
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE | {"leadership.board-lead": lead})
    page = mo.get(f"{POLICE}/leadership")
    assert script in page.text
    assert not [a for a in page.soup.find_all("a") if str(a["href"]).startswith("javascript")]


def test_hidden_questions_are_not_shown(mo: Pages, submitted: Opened) -> None:
    text = mo.get(f"{POLICE}/leadership").text
    assert "Do you have volunteers?" in text
    assert "Are volunteers checked?" not in text


def test_a_cell_leads_to_its_neighbours(mo: Pages, submitted: Opened, database: Database) -> None:
    also_submitted(database, "R1-HOSP", {WHOLE_RETURN: Rating.GREEN, "training": Rating.GREEN})
    also_submitted(database, "R1-SCH", {WHOLE_RETURN: Rating.GREEN})
    links = {a["href"] for a in mo.get(f"{POLICE}/training").soup.select("nav.govuk-pagination a")}
    assert links == {
        f"{POLICE}/leadership",
        f"{POLICE}/custody",
        "/rounds/R1/returns/HOSP/training",
    }


def test_one_standard_side_by_side(mo: Pages, submitted: Opened) -> None:
    text = mo.get("/rounds/R1/standards/custody").text
    assert "Rated by 1/1: 1/1 red, 0/1 amber, 0/1 green (0.0%)" in text
    assert "Downshire Police Police Not met" in text
    assert mo.get("/rounds/R1/standards/nothing").status == 404


def test_questions_that_few_rated_are_listed_apart(mo: Pages, submitted: Opened) -> None:
    page = mo.get("/rounds/R1/weakest-questions")
    assert "Rated by fewer than 3 agencies" in page.text
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
    assert rows[0].startswith("Children Custody 0/1 (0.0%) 0.0% 1/1")
    assert rows[0].endswith("Downshire Police")
    assert rows[1].startswith("Board lead Leadership, critical 1/1 (100.0%)")


def test_sending_back_voids_the_signature_and_tells_the_agency_why(
    priya: Pages, submitted: Opened, database: Database, cast: Cast
) -> None:
    priya.get(POLICE)
    empty = priya.post(f"{POLICE}/steps/send-back", {"send-back-text": ""})
    assert empty.status == 422
    assert empty.errors == {"send-back-text": "Say what the agency should change"}
    named = priya.post(f"{POLICE}/steps/send-back", {"send-back-text": "Ask Sarah Jones"})
    assert "press the button again to keep it" in named.errors["send-back-text"]
    why = "Custody: say when the room opens"
    assert priya.post(f"{POLICE}/steps/send-back", {"send-back-text": why}).status == 303
    assert why in priya.get(POLICE).text
    with database.reading() as session:
        agency_return = return_named(session, "R1-POL")
        assert agency_return.status is ReturnStatus.IN_PROGRESS
        assert (agency_return.submitted_at, agency_return.receipt) == (None, None)
        assert session.scalars(select(Signature)).one().voided_at is not None
    assert why in priya.sign_in(cast["Asif"]).get("/returns/R1-POL").text


def test_nothing_is_sent_back_into_a_closed_round(priya: Pages, submitted: Opened) -> None:
    priya.get("/rounds/R1")
    priya.post("/rounds/R1/steps/close")
    assert "Send back" not in priya.get(POLICE).text
    page = priya.post(f"{POLICE}/steps/send-back", {"send-back-text": "Please look again"})
    assert page.status == 409
    assert "Open the round again first" in page.text


def test_a_return_is_moderated_agreed_and_closed(
    priya: Pages, submitted: Opened, database: Database
) -> None:
    priya.get(POLICE)
    for step in ("moderate", "agree", "close"):
        assert priya.post(f"{POLICE}/steps/{step}").status == 303
    assert priya.post(f"{POLICE}/steps/moderate").status == 409
    with database.reading() as session:
        assert return_named(session, "R1-POL").status is ReturnStatus.CLOSED


def test_scrutiny_cannot_take_the_agencys_own_steps(priya: Pages, submitted: Opened) -> None:
    priya.get(POLICE)
    assert priya.post(f"{POLICE}/steps/sign").status == 409


def test_a_qa_member_reads_but_does_not_send_back(mo: Pages, submitted: Opened) -> None:
    mo.get(POLICE)
    assert mo.post(f"{POLICE}/steps/send-back", {"send-back-text": "No"}).status == 403


ADDRESSES = (
    HEAT_MAP,
    POLICE,
    f"{POLICE}/custody",
    "/rounds/R1/standards/custody",
    "/rounds/R1/weakest-questions",
    "/rounds/R1/actions",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("who", "status"), [("Olga", 404), ("Cara", 403), ("Asif", 403), ("Ines", 403), ("Mo", 200)]
)
def test_scrutiny_is_for_the_rounds_own_partnership(
    pages: Pages, cast: Cast, submitted: Opened, address: str, who: str, status: int
) -> None:
    assert pages.sign_in(cast[who]).get(address).status == status


def test_another_rounds_agency_is_not_found(mo: Pages, submitted: Opened) -> None:
    assert mo.get("/rounds/R1/returns/FARPOL").status == 404
    assert mo.get(f"{POLICE}/no-such-standard").status == 404
