"""The workbook of a case audit: the numbers of the pages, and nothing that they do not show."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from s11audit.cli import main
from s11audit.domain.cases import FindingKind
from s11audit.domain.measures import CountedOf, Tally
from s11audit.models import CaseAudit
from s11audit.models.database import Database
from s11audit.services.findings import NewFinding, NewRecommendation, recommend, write_finding
from s11audit.services.measures import NewMeasure, count_measure
from s11audit.services.recommended_actions import ask_for_action
from tests.case_audits import MORNING, Audited, audit_with_files
from tests.cast import Cast
from tests.pages import Pages
from tests.panels import ASKED, opened_audit, signed_off_audit
from tests.small import QUESTIONNAIRES

WORKBOOK = "/case-audits/MA-26-01/case-audit.xlsx"


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    """Signed off, with something on every sheet."""
    with database.writing.begin() as session:
        audited = signed_off_audit(session, cast)
        audit, by, now = session.get_one(CaseAudit, audited.audit), audited["Otto"], MORNING
        text = '=HYPERLINK("x") is what a father\'s form begins with'
        write_finding(session, audit, ASKED, NewFinding(FindingKind.LEARNING, text), by=by, now=now)
        made = recommend(session, audit, NewRecommendation("Ask after fathers"), by=by, now=now)
        day = date(2026, 9, 30)
        ask_for_action(session, made, "POL", "Do", "Head", day, by=cast["Priya"], now=now)
        heard = NewMeasure("Heard", CountedOf.CASE_FILES, "voice.heard", "strong")
        for new in (heard, NewMeasure("Plans", CountedOf.BY_HAND, by_hand=Tally(3, 25))):
            count_measure(session, audit, ASKED, new, by=cast["Priya"], now=now)
        return audited


@pytest.fixture
def sheets(pages: Pages, audited: Audited) -> dict[str, Worksheet]:
    answer = pages.sign_in(audited["Otto"]).client.get(WORKBOOK)
    assert answer.status_code == 200
    book = load_workbook(BytesIO(answer.get_data()))
    return {sheet.title: sheet for sheet in book.worksheets}


def rows(sheet: Worksheet) -> list[dict[str, Any]]:
    """The rows below the headings, which have the first cell of every column filled."""
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    start = next(number for number, row in enumerate(found) if row[1:] and row[1] is not None)
    headings = found[start]
    return [dict(zip(headings, row, strict=True)) for row in found[start + 1 :]]


def test_every_sheet_is_there_and_marked(sheets: dict[str, Worksheet]) -> None:
    assert list(sheets) == ["Summary", "Cases and agencies", "Grades", "Counts", "Moved",
                            "Findings", "Recommendations", "Measures"]  # fmt: skip
    heads = {sheet.oddHeader.center.text for sheet in sheets.values()}
    assert heads == {"OFFICIAL-SENSITIVE"}


def test_a_row_of_grades_has_every_agency_and_what_was_agreed(
    sheets: dict[str, Worksheet],
) -> None:
    first = rows(sheets["Grades"])[0]
    assert (first["Case"], first["Question"]) == ("MA-26-01-C1", "Heard")
    assert (first["Downshire Police"], first["Downshire Hospitals NHS Trust"]) == ("Strong", "Weak")
    assert (first["Variance"], first["Agreed grade"]) == ("2 steps apart", "Uneven")
    assert (first["Agreed colour"], first["Reasons"]) == ("Amber", "Why uneven")
    second = [row for row in rows(sheets["Grades"]) if row["Case"] == "MA-26-01-C2"]
    assert {row["Downshire Hospitals NHS Trust"] for row in second} == {"No involvement"}


def test_counts_on_the_page_are_those_of_the_workbook(
    pages: Pages, audited: Audited, sheets: dict[str, Worksheet]
) -> None:
    text = pages.sign_in(audited["Otto"]).get("/case-audits/MA-26-01/grades").text
    totals = [row for row in rows(sheets["Counts"]) if row["Part"] == "All parts"]
    assert [row["Side"] for row in totals] == ["Agreed grades", "Agencies’ own grades"]
    for row in totals:
        of = row["With a colour"]
        assert (
            f"{row['Red']}/{of} red, {row['Amber']}/{of} amber, {row['Green']}/{of} green" in text
        )
    moved = next(row for row in rows(sheets["Moved"]) if row["Part"] == "All parts")
    told = f"{moved['Kept']}/{moved['Grades compared']} kept, {moved['Raised']} raised, "
    assert told + f"{moved['Lowered']} lowered" in text


def test_measures_on_the_page_are_those_of_the_workbook(
    pages: Pages, audited: Audited, sheets: dict[str, Worksheet]
) -> None:
    text = pages.sign_in(audited["Otto"]).get("/case-audits/MA-26-01/measures").text
    for row in rows(sheets["Measures"]):
        assert row["Measure"] in text
        assert row["Now"] in text
        assert row["Bear in mind"] in text


def test_what_somebody_typed_is_never_a_formula(sheets: dict[str, Worksheet]) -> None:
    (finding,) = rows(sheets["Findings"])
    assert finding["Finding"].startswith("=HYPERLINK")
    cells = [cell for row in sheets["Findings"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}


def test_recommendations_stand_with_their_actions(sheets: dict[str, Worksheet]) -> None:
    (row,) = rows(sheets["Recommendations"])
    assert (row["Recommendation"], row["Action"]) == ("Ask after fathers", "MA-26-01-A1")
    assert (row["Agency"], row["Status"]) == ("Downshire Police", "Open")


def test_the_command_writes_nothing_before_the_panel_is_open(
    database: Database, database_url: str, cast: Cast, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("S11AUDIT_QUESTIONNAIRES", str(QUESTIONNAIRES))
    target = tmp_path / "audit.xlsx"
    command = ["cases", "export", "--audit", "MA-26-01", "-o", str(target)]
    with database.writing.begin() as session:
        audited = audit_with_files(session, cast)
        reference = session.get_one(CaseAudit, audited.audit).reference
    early = CliRunner().invoke(main, command)
    assert early.exit_code == 1
    assert f"The panel of {reference} is not open yet" in early.output
    assert not target.exists()


def test_the_command_writes_an_open_audit(
    database: Database, database_url: str, cast: Cast, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("S11AUDIT_QUESTIONNAIRES", str(QUESTIONNAIRES))
    with database.writing.begin() as session:
        opened_audit(session, cast)
    target = tmp_path / "audit.xlsx"
    command = ["cases", "export", "--audit", "MA-26-01", "-o", str(target)]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert "Measures" in load_workbook(target).sheetnames
