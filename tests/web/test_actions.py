"""The pages of actions: lists, one action, and the steps that agencies and scrutiny take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from s11audit.domain.actions import ActionSource, ActionStatus
from s11audit.models import Action
from s11audit.models.database import Database
from tests.cast import Cast
from tests.pages import Page, Pages
from tests.rounds_and_returns import COMPLETE, NOON, Opened, return_named, submit

ACTION = "/actions/R1-POL-A1"
LAST_YEAR = date(2020, 1, 31)


@pytest.fixture
def submitted(database: Database, cast: Cast, opened: Opened) -> Opened:
    """The police promise one action (A1); two made-up ones are late (A2) and verified (A3)."""
    with database.writing.begin() as session:
        agency_return = submit(session, opened, cast, COMPLETE)
        made = session.scalars(select(Action)).one()
        for number, status in ((2, ActionStatus.OPEN), (3, ActionStatus.VERIFIED)):
            session.add(
                Action(
                    reference=f"R1-POL-A{number}",
                    agency_id=agency_return.agency_id,
                    round_id=opened.round_id,
                    source=ActionSource.NONE,
                    what=f"Made-up action {number}",
                    post="Head",
                    due_on=LAST_YEAR,
                    status=status,
                    created_at=made.created_at,
                )
            )
        school = return_named(session, "R1-SCH")
        session.add(
            Action(
                reference="R1-SCH-A1",
                agency_id=school.agency_id,
                round_id=opened.round_id,
                source=ActionSource.NONE,
                what="Train the governors",
                post="Head teacher",
                due_on=date(2027, 1, 31),
                created_at=made.created_at,
            )
        )
    return opened


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    """What is overdue hangs on the day."""
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def asif(pages: Pages, cast: Cast, submitted: Opened) -> Pages:
    return pages.sign_in(cast["Asif"])


@pytest.fixture
def mo(pages: Pages, cast: Cast, submitted: Opened) -> Pages:
    return pages.sign_in(cast["Mo"])


def listed(page: Page) -> list[str]:
    return [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]


def claim(asif: Pages, text: str = "Children now wait apart from adults.") -> Page:
    fields = asif.get(ACTION).form("claim-complete")
    return asif.post(f"{ACTION}/steps/claim-complete", fields | {"claim-complete-text": text})


def test_an_agency_sees_its_own_actions(asif: Pages) -> None:
    page = asif.get("/actions")
    assert "3 of 3 actions" in page.text
    assert "Train the governors" not in page.text


def test_scrutiny_sees_the_actions_of_every_agency_with_counts(mo: Pages) -> None:
    page = mo.get("/rounds/R1/actions")
    assert "4 of 4 actions" in page.text
    figures = [item.get_text(" ", strip=True) for item in page.soup.select(".s11-figures__item")]
    assert figures == [
        "Open 3/4",
        "In progress 0/4",
        "Claimed complete 0/4",
        "Verified 1/4",
        "Reopened 0/4",
        "Overdue 1/4",
    ]


def test_actions_are_listed_by_due_date_either_way(mo: Pages) -> None:
    earliest = listed(mo.get("/actions"))
    assert "R1-POL-A2" in earliest[0]
    assert earliest[0].endswith("Open Overdue")
    assert earliest[1].endswith("Verified")
    assert "R1-POL-A1" in listed(mo.get("/actions?order=descending&sort=due"))[0]


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ("status=verified", ["R1-POL-A3"]),
        ("overdue=yes", ["R1-POL-A2"]),
        ("agency=SCH", ["R1-SCH-A1"]),
        ("agency=POL&status=open", ["R1-POL-A2", "R1-POL-A1"]),
        ("status=nonsense&agency=SCH", ["R1-SCH-A1"]),
    ],
)
def test_the_list_can_be_narrowed(mo: Pages, query: str, references: list[str]) -> None:
    rows = listed(mo.get(f"/actions?{query}"))
    assert len(rows) == len(references)
    assert all(reference in row for reference, row in zip(references, rows, strict=True))


def test_nothing_that_matches_offers_the_way_back(mo: Pages) -> None:
    page = mo.get("/rounds/R1/actions?status=reopened")
    assert "No action matches" in page.text
    assert page.soup.select_one("main a[href='/rounds/R1/actions']")


def test_an_action_links_to_the_answer_that_promised_it(asif: Pages, cast: Cast) -> None:
    answer = "Are children in custody treated as children?"
    links = {a.get_text(strip=True): a["href"] for a in asif.get(ACTION).soup.select("main a")}
    assert links[answer] == "/returns/R1-POL/standards/custody#children"
    page = asif.sign_in(cast["Mo"]).get(ACTION)
    links = {a.get_text(strip=True): a["href"] for a in page.soup.select("main a")}
    assert links[answer] == "/rounds/R1/returns/POL/custody#children"


def test_claiming_asks_what_changed_for_children(asif: Pages, database: Database) -> None:
    page = asif.get(ACTION)
    assert "What changed for children?" in page.text
    assert "Verify" not in page.text
    empty = claim(asif, " ")
    assert (empty.status, empty.errors) == (
        422,
        {"claim-complete-text": "Say what changed for children"},
    )
    assert claim(asif).location == ACTION
    assert "Children now wait apart from adults." in asif.get(ACTION).text


def test_scrutiny_verifies_or_reopens_a_claim(asif: Pages, cast: Cast) -> None:
    claim(asif)
    mo = asif.sign_in(cast["Mo"])
    page = mo.get(ACTION)
    assert "How did you check the impact?" in page.text
    fields = page.form("verify")
    assert mo.post(f"{ACTION}/steps/verify", fields | {"verify-text": "We visited."}).status == 303
    assert "Verified" in mo.get(ACTION).text
    fields = mo.get(ACTION).form("reopen")
    assert mo.post(f"{ACTION}/steps/reopen", fields | {"reopen-text": "It closed."}).status == 303
    history = mo.get(ACTION).text
    assert history.index("It closed.") < history.index("We visited.")


def test_a_stale_page_changes_nothing_and_gives_back_what_was_typed(
    asif: Pages, cast: Cast, database: Database
) -> None:
    stale = asif.get(ACTION).form("claim-complete")
    asif.post(f"{ACTION}/steps/start", asif.get(ACTION).form("start"))
    page = asif.post(
        f"{ACTION}/steps/claim-complete", stale | {"claim-complete-text": "Typed long"}
    )
    assert page.status == 409
    assert "Nothing was changed" in page.text
    assert "Typed long" in page.text
    with database.reading() as session:
        status = session.scalars(select(Action.status).where(Action.reference == "R1-POL-A1")).one()
    assert status is ActionStatus.IN_PROGRESS


def test_a_note_is_added_and_too_long_a_one_comes_back(asif: Pages) -> None:
    asif.get(ACTION)
    text = "<i>Half</i> done\n{{ 7*7 }}"
    assert asif.post(f"{ACTION}/notes", {"note": text}).status == 303
    entry = asif.get(ACTION).soup.select_one("article .s11-typed")
    assert entry is not None
    assert entry.get_text() == text
    page = asif.post(f"{ACTION}/notes", {"note": "x" * 10_001})
    assert page.status == 422
    assert page.errors["note"] == "Shorten this to 10,000 characters; it is 1 too long"
    assert page.soup.select_one("#note").get_text().strip() == "x" * 10_001


def test_a_signatory_reads_actions_without_buttons(
    pages: Pages, cast: Cast, submitted: Opened
) -> None:
    page = pages.sign_in(cast["Ines"]).get(ACTION)
    assert page.status == 200
    assert page.soup.select("main form") == []


@pytest.mark.parametrize("who", ["Cara", "Olga", "Dana"])
def test_others_find_no_action_of_the_police(
    pages: Pages, cast: Cast, submitted: Opened, who: str
) -> None:
    pages.sign_in(cast[who])
    page = pages.get("/actions")
    assert "Open a separate room" not in page.text
    assert pages.get(ACTION).status == 404
    assert pages.post(f"{ACTION}/steps/start", {"version": "1"}).status == 404
    assert pages.post(f"{ACTION}/notes", {"note": "Hello"}).status == 404


def test_with_no_actions_the_list_says_where_they_come_from(
    pages: Pages, cast: Cast, opened: Opened
) -> None:
    assert "There are no actions yet" in pages.sign_in(cast["Cara"]).get("/actions").text


@pytest.mark.parametrize(
    "address",
    [
        "/actions?page=99999999999999999999999",
        "/actions?page=-1&status=nonsense&agency=nonsense",
        "/rounds/R1/heat-map?sort=nonsense&type=nonsense&order=sideways",
        "/rounds/R1?sort=submitted&order=descending&sort=agency",
    ],
)
def test_a_strange_address_is_answered_with_a_page(mo: Pages, address: str) -> None:
    assert mo.get(address).status == 200


@pytest.mark.parametrize(
    "address", ["/actions/%00", "/rounds/%00", "/rounds/R1/returns/%00", "/rounds/R1/standards/%00"]
)
def test_a_name_that_cannot_be_is_not_found(mo: Pages, address: str) -> None:
    assert mo.get(address).status == 404
    assert mo.get("/actions?agency=%00").status == 400
