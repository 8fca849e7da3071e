"""The page of the whole programme, and which agencies a round's page shows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import Agency, AgencyReturn, AuditRound, Partnership
from s11audit.models.database import Database
from tests.cast import Cast
from tests.pages import Pages
from tests.rounds_and_returns import NOON, Opened, return_named

LONG_AGO = date(2020, 1, 31)


@pytest.fixture
def priya(pages: Pages, cast: Cast) -> Pages:
    return pages.sign_in(cast["Priya"])


@pytest.fixture
def late(database: Database, opened: Opened) -> None:
    """R1, in which everybody is late."""
    with database.writing.begin() as session:
        for one in session.scalars(select(AgencyReturn)):
            one.due_on = LONG_AGO
        session.get_one(AuditRound, opened.round_id).due_on = LONG_AGO


@pytest.fixture
def many(database: Database, cast: Cast, late: None, opened: Opened) -> None:
    """A hundred late schools besides, and thirty rounds that are over."""
    with database.writing.begin() as session:
        home = session.get_one(Partnership, cast.partnerships["DOWN"])
        first = session.get_one(AuditRound, opened.round_id)
        schools = [
            Agency(
                reference=f"S{number}",
                name=f"School {number:03}",
                agency_type="school",
                partnerships=[home],
            )
            for number in range(100)
        ]
        session.add_all(schools)
        session.flush()
        for one in schools:
            session.add(
                AgencyReturn(
                    round_id=first.id,
                    agency_id=one.id,
                    reference=f"R1-{one.reference}",
                    due_on=LONG_AGO + timedelta(days=1),
                )
            )
        for number in range(30):
            session.add(
                AuditRound(
                    partnership_id=home.id,
                    reference=f"OLD{number}",
                    title=f"Round of old {number}",
                    questionnaire_id=first.questionnaire_id,
                    questionnaire_version="1",
                    status=RoundStatus.ARCHIVED,
                    opens_on=date(2000 + number, 1, 1),
                    due_on=date(2000 + number, 2, 1),
                    closes_on=date(2000 + number, 3, 1),
                    created_at=NOON,
                )
            )


def names(pages: Pages, address: str) -> list[str]:
    """The agencies that the table of a round's page shows."""
    table = pages.get(address).soup.select_one("#returns-caption")
    rows = table.find_parent("table").select("tbody th") if table else []
    return [row.get_text(strip=True) for row in rows]


def test_the_programme_says_what_is_open_who_is_late_and_what_is_next(
    priya: Pages, late: None
) -> None:
    page = priya.get("/rounds")
    assert page.heading == "Rounds"
    assert "0/3 (0.0%)" in page.text
    assert "3 returns are late." in page.text
    link = page.soup.select_one("a[href='/rounds/R1/returns/SCH']")
    assert link.get_text(strip=True) == "Elm Row School"
    assert page.soup.select_one("a[href='/rounds/R1?status=overdue#agencies']")
    assert "Nothing opens, is due or closes in the next 28 days" in page.text


def test_a_long_programme_is_cut_and_paged(priya: Pages, many: None) -> None:
    page = priya.get("/rounds")
    assert "83 more late in Section 11 audit 2026" in page.text
    assert "Round of old 29" in page.text
    assert "Round of old 9 " not in page.text
    assert "Round of old 9 " in priya.get("/rounds?page=2").text
    assert "Round of old 9 " in priya.get("/rounds?page=99").text


def test_with_no_round_open_the_programme_says_so(
    priya: Pages, database: Database, opened: Opened
) -> None:
    with database.writing.begin() as session:
        session.get_one(AuditRound, opened.round_id).status = RoundStatus.DRAFT
    page = priya.get("/rounds")
    assert "No round is open now. Open one of the drafts below" in page.text
    assert "should have opened, and is still a draft" in page.text


def test_the_agencies_of_a_round_are_shown_by_status_and_type(
    priya: Pages, database: Database, late: None
) -> None:
    with database.writing.begin() as session:
        return_named(session, "R1-HOSP").status = ReturnStatus.SUBMITTED
    assert names(priya, "/rounds/R1?status=submitted") == ["Downshire Hospitals NHS Trust"]
    assert names(priya, "/rounds/R1?status=overdue") == ["Downshire Police", "Elm Row School"]
    assert names(priya, "/rounds/R1?status=overdue&type=school") == ["Elm Row School"]
    assert len(names(priya, "/rounds/R1?status=nonsense&type=%00")) in (0, 3)
    assert len(names(priya, "/rounds/R1?status=nonsense&type=nonsense")) == 3
    page = priya.get("/rounds/R1?status=submitted&type=school")
    assert "0/3 agencies match. Show all" in page.text
    # The figures are those of the round, whatever the table shows.
    assert "1/3 (33.3%)" in page.text


def test_many_agencies_are_paged_with_what_was_asked_for(priya: Pages, many: None) -> None:
    address = "/rounds/R1?status=overdue&type=school&sort=agency&order=descending"
    first = names(priya, address)
    assert (len(first), first[0], first[-1]) == (50, "School 099", "School 050")
    page = priya.get(address)
    assert "101/103 agencies match" in page.text
    following = page.soup.select_one("a[rel=next]")["href"]
    assert names(priya, str(following))[0] == "School 049"
    assert names(priya, f"{address}&page=3") == ["Elm Row School"]
