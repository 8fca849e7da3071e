"""The page and the files that say how many have returned."""

from __future__ import annotations

import csv
import json
import os
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from s11audit.cli import main
from s11audit.domain.permissions import Role
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import Agency, AgencyReturn, AuditRound, Partnership
from s11audit.models.database import Database
from s11audit.models.people import agency_partnerships
from s11audit.models.rounds import round_partnerships
from tests.cast import Cast
from tests.conftest import QUESTIONNAIRES
from tests.joined import join
from tests.pages import Page, Pages
from tests.rounds_and_returns import Opened, return_named

PAGE = "/rounds/R1/return-rate"
# What East Sussex reported: sector → how many were expected, and how many had returned.
REPORTED = {"state-funded": (190, 182), "independent": (34, 9)}
IN_TIME = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


def of_day(day: str) -> str:
    year, month, day = day.split("-")
    return f"?as_at-day={day}&as_at-month={month}&as_at-year={year}"


def add_schools(session: Session, audit_round: AuditRound, partnership_id: int) -> None:
    """The 224 schools of the report in a round, in as few statements as there are tables."""
    facts = [
        (f"S{sector[0].upper()}{number:03}", sector, number < returned)
        for sector, (expected, returned) in REPORTED.items()
        for number in range(expected)
    ]
    session.execute(
        insert(Agency),
        [
            {
                "reference": reference,
                "name": f"School {reference}",
                "agency_type": "school",
                "attributes": frozenset({"independent"} if sector == "independent" else ()),
            }
            for reference, sector, _ in facts
        ],
    )
    ids = {one.reference: one.id for one in session.scalars(select(Agency))}
    session.execute(
        agency_partnerships.insert(),
        [
            {"agency_id": ids[reference], "partnership_id": partnership_id}
            for reference, *_ in facts
        ],
    )
    session.execute(
        insert(AgencyReturn),
        [
            {
                "round_id": audit_round.id,
                "agency_id": ids[reference],
                "reference": f"R1-{reference}",
                "status": ReturnStatus.SUBMITTED if returned else ReturnStatus.NOT_STARTED,
                "due_on": audit_round.due_on,
                "submitted_at": IN_TIME if returned else None,
            }
            for reference, _, returned in facts
        ],
    )


@pytest.fixture
def schools(database: Database, cast: Cast, opened: Opened) -> None:
    """The 224 schools; the three agencies of the cast are excused."""
    with database.writing.begin() as session:
        for reference in ("POL", "HOSP", "SCH"):
            return_named(session, f"R1-{reference}").status = ReturnStatus.EXEMPT
        audit_round = session.get_one(AuditRound, opened.round_id)
        add_schools(session, audit_round, cast.partnerships["DOWN"])


def rows_of(page: Page, table: int = 0) -> dict[str, str]:
    """First cell of a row → its “Returned”."""
    found = page.soup.select("table")[table]
    return {
        row.th.get_text(strip=True): " ".join(row.td.get_text().split())
        for row in found.select("tbody tr")
    }


def test_the_figures_of_the_report_come_out(pages: Pages, cast: Cast, schools: None) -> None:
    page = pages.sign_in(cast["Priya"]).get(PAGE)
    rows = rows_of(page)
    assert rows["Schools and colleges, state-funded"] == "182/190 (95.8%)"
    assert rows["Schools and colleges, independent"] == "9/34 (26.5%)"
    assert rows["School"] == rows["All agencies"] == "191/224 (85.3%)"
    assert "Exempt, not counted 3" in page.text
    assert "Not returned by" in page.text
    assert len(page.soup.select("main th a[href*='/returns/']")) == 33


def test_the_files_say_the_same(pages: Pages, cast: Cast, schools: None) -> None:
    pages.sign_in(cast["Priya"])
    text = pages.client.get(f"{PAGE}.csv").get_data(as_text=True).removeprefix("\ufeff")
    by_group = {row["Group"]: row for row in csv.DictReader(StringIO(text))}
    independent = by_group["Independent"]
    assert (independent["Returned"], independent["Expected"]) == ("9", "34")
    assert independent["Return rate"] == "26.5%"
    assert by_group["All agencies"]["Return rate"] == "85.3%"
    book = load_workbook(BytesIO(pages.client.get(f"{PAGE}.xlsx").get_data()))
    assert book.sheetnames == ["About", "Return rate", "Not returned"]
    cells = [[cell.value for cell in row] for row in book["Return rate"].iter_rows()]
    head = next(row for row in cells if row[0] == "Partnership")
    sector = next(dict(zip(head, row, strict=True)) for row in cells if row[2] == "State-funded")
    assert (sector["Returned"], sector["Expected"], sector["Return rate"]) == (182, 190, 0.958)
    listed = [row[0].value for row in book["Not returned"].iter_rows()]
    assert sum(str(reference).startswith(("SS", "SI")) for reference in listed) == 33


@pytest.fixture
def command(database_url: str) -> Any:
    others = {name: None for name in os.environ if name.startswith("S11AUDIT_")}
    settings = {"DATABASE_URL": database_url, "S11AUDIT_QUESTIONNAIRES": str(QUESTIONNAIRES)}

    def run(*words: str) -> Any:
        return CliRunner(env=others | settings).invoke(main, ["rounds", "return-rate", *words])

    return run


def test_the_command_says_the_same(command: Any, schools: None) -> None:
    told = json.loads(command("R1", "--json").output)
    assert told["total"]["percentage"] == "85.3"
    sectors = {one["sector"]: one for one in told["by_sector"]}
    assert (sectors["Independent"]["returned"], sectors["Independent"]["expected"]) == (9, 34)
    assert sectors["State-funded"]["percentage"] == "95.8"
    words = command("R1", "--as-at", "2026-11-02").output
    assert "as at 2 November 2026" in words
    assert "All agencies: 0/224 (0.0%)" in words
    assert command("NONE").exit_code == 1
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    assert command("R1", "--as-at", tomorrow).exit_code == 2


def test_a_day_is_counted_to_its_end_in_london(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    with database.writing.begin() as session:
        found = return_named(session, "R1-POL")
        found.status = ReturnStatus.NIL_RETURN
        # A quarter past midnight in London, while it is still the 30th of June elsewhere.
        found.submitted_at = datetime(2026, 6, 30, 23, 15, tzinfo=UTC)
    pages.sign_in(cast["Mo"])
    assert rows_of(pages.get(PAGE + of_day("2026-06-30")))["Police"] == "0/1 (0.0%)"
    assert rows_of(pages.get(PAGE + of_day("2026-07-01")))["Police"] == "1/1 (100.0%)"


@pytest.mark.parametrize("day", ["2026-13-01", "--", "2999-01-01"])
def test_a_day_that_is_none_or_has_not_come_is_explained(
    pages: Pages, cast: Cast, opened: Opened, day: str
) -> None:
    query = "?as_at-day=&as_at-month=&as_at-year=" if day == "--" else of_day(day)
    page = pages.sign_in(cast["Priya"]).get(PAGE + query)
    assert page.status == 422
    assert "as_at" in page.errors
    assert pages.client.get(f"{PAGE}.csv{query}").status_code == 404


def test_only_whoever_runs_the_round_is_told_who_has_not_returned(
    pages: Pages, cast: Cast, opened: Opened
) -> None:
    assert "Downshire Police" in pages.sign_in(cast["Priya"]).get(PAGE).text
    assert "Downshire Police" not in pages.sign_in(cast["Mo"]).get(PAGE).text
    assert pages.sign_in(cast["Olga"]).get(PAGE).status == 404
    assert pages.sign_in(cast["Asif"]).get(PAGE).status == 403


def test_the_education_reviewer_sees_schools_only(
    pages: Pages, cast: Cast, opened: Opened, database: Database
) -> None:
    with database.writing.begin() as session:
        edie = join(session, "Edie", (Role.EDUCATION_REVIEWER, "DOWN"))
    page = pages.sign_in(edie).get(PAGE)
    assert rows_of(page).keys() == {"School", "Schools and colleges, state-funded", "All agencies"}
    assert "Schools only" in page.text


@pytest.fixture
def shared(database: Database, cast: Cast, opened: Opened) -> None:
    """Farshire asks together with Downshire; the police belong to both."""
    with database.writing.begin() as session:
        far = session.get_one(Partnership, cast.partnerships["FAR"])
        police = session.get_one(Agency, cast.agencies["POL"])
        police.partnerships.append(far)
        row = {"round_id": opened.round_id, "partnership_id": far.id}
        session.execute(round_partnerships.insert().values(row))
        found = return_named(session, "R1-POL")
        found.status, found.submitted_at = ReturnStatus.SUBMITTED, IN_TIME


def test_a_shared_agency_counts_in_each_partnership_and_once_in_all(
    pages: Pages, cast: Cast, shared: None, database: Database
) -> None:
    with database.writing.begin() as session:
        both = join(session, "Bo", (Role.MANAGER, "DOWN"), (Role.MANAGER, "FAR"))
    page = pages.sign_in(both).get(PAGE)
    assert len(page.soup.select("table.s11-compact")) == 3
    assert [rows_of(page, number)["All agencies"] for number in range(3)] == [
        "1/3 (33.3%)",
        "1/3 (33.3%)",
        "1/1 (100.0%)",
    ]
    alone = pages.sign_in(cast["Olga"]).get(PAGE)
    assert rows_of(alone)["All agencies"] == "1/1 (100.0%)"
    assert len(alone.soup.select("table.s11-compact")) == 1
