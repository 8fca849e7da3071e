"""The sheets of figures and of tables: two agencies and an answer of every type."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.workflow import ReturnStatus
from s11audit.exports.compliance import write_compliance
from s11audit.exports.own_return import write_return
from s11audit.models import AgencyReturn, AuditRound, StoredAnswer
from tests.cast import Cast
from tests.exports.every_type import EVERY_TYPE, VALUES
from tests.exports.rounds import EXPORTED_AT, add_return, make_round
from tests.exports.sheets import records, texts

pytestmark = pytest.mark.slow

OTHER = VALUES | {
    "all.share": "0/10",
    "all.staff": "7.0",
    "all.training": '[{"row":"teachers","trained":"1/9","spent":"0.10"}]',
    "all.holders": '[{"role":"=1+1"}]',
    "all.proof": "",
}


@pytest.fixture
def audit_round(session: Session, cast: Cast) -> AuditRound:
    made = make_round(session, cast.partnerships["DOWN"])
    agencies = cast.agencies
    for reference, kind, status, values in (
        ("POL", "police", ReturnStatus.SUBMITTED, VALUES),
        ("HOSP", "nhs-trust", ReturnStatus.SUBMITTED, OTHER),
        ("SCH", "school", ReturnStatus.IN_PROGRESS, VALUES | {"all.share": "999/1000"}),
    ):
        add_return(session, made, agencies[reference], kind, status, values, EVERY_TYPE)
    return made


@pytest.fixture
def workbook(session: Session, audit_round: AuditRound, cast: Cast) -> Workbook:
    return compliance(session, audit_round, cast)


def compliance(session: Session, audit_round: AuditRound, cast: Cast) -> Workbook:
    stream = BytesIO()
    write_compliance(
        session,
        audit_round,
        EVERY_TYPE,
        visible_to=cast["Priya"],
        exported_at=EXPORTED_AT,
        path_or_stream=stream,
    )
    return load_workbook(stream)


def own(session: Session, cast: Cast, reference: str, who: str) -> Workbook:
    agency_return = session.scalars(
        select(AgencyReturn).where(AgencyReturn.agency_id == cast.agencies[reference])
    ).one()
    stream = BytesIO()
    write_return(
        session,
        agency_return,
        EVERY_TYPE,
        visible_to=cast[who],
        exported_at=EXPORTED_AT,
        path_or_stream=stream,
    )
    return load_workbook(stream)


def figures(workbook: Workbook, key: str) -> list[dict[str, Any]]:
    """The rows of one question; a total has no reference of an agency, hence another first cell."""
    rows = list(workbook["Figures"].iter_rows(values_only=True))
    found = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    return [row for row in found if row["Question key"] == key]


def test_numbers_and_money_are_cells_that_can_be_added_up(workbook: Workbook) -> None:
    hospital, police = figures(workbook, "all.staff")
    assert (police["Agency"], police["What is counted"]) == ("Downshire Police", "people")
    assert (police["Value"], hospital["Value"]) == (12.5, 7)
    spent = figures(workbook, "all.cost")[0]
    assert (spent["What is counted"], spent["Value"]) == ("£", 1234.5)


def test_percentages_are_pooled_as_sums_and_never_averaged(workbook: Workbook) -> None:
    hospital, police, total = figures(workbook, "all.share")
    assert (police["Numerator"], police["Denominator"], police["Percentage"]) == (12, 40, 0.3)
    assert (hospital["Numerator"], hospital["Percentage"]) == (0, 0)
    assert (total["Agency"], total["Numerator"], total["Denominator"]) == ("All agencies", 12, 50)
    assert total["Percentage"] == 0.24  # 12 ÷ 50; the average would be 15%
    assert total["What is counted"] == "Up to date ÷ In post"
    row = next(row for row in workbook["Figures"].iter_rows() if row[1].value == "All agencies")
    assert row[1].font.bold


def test_figures_of_a_table_are_pooled_row_by_row(workbook: Workbook) -> None:
    rows = figures(workbook, "all.training")
    totals = [row for row in rows if row["Agency"] == "All agencies"]
    assert [(row["What is counted"], row["Numerator"], row["Denominator"]) for row in totals] == [
        ("Teachers, Trained: Up to date ÷ In post", 13, 49),
        ("Governors, Trained: Up to date ÷ In post", 3, 5),
    ]
    spent = [row["Value"] for row in rows if row["What is counted"] == "Teachers, Spent: £"]
    assert spent == [0.1, 10.5]


def test_tables_and_lists_of_evidence_stand_cell_by_cell(workbook: Workbook) -> None:
    rows = records(workbook, "Tables", "Agency reference")
    police = [row for row in rows if row["Agency reference"] == "POL"]
    cells = [(row["Row"], row["Column"], row["Value"]) for row in police]
    assert ("Teachers", "Trained: Up to date", 12) in cells
    assert ("Teachers", "Trained: %", 30) in cells
    assert ("Governors", "Note", "@here") in cells
    assert ("Row 1", "Link", "https://example.org/m") in cells
    assert {row["Standard"] for row in police} == {"All of: the types"}
    formulas = [c for row in workbook["Tables"].iter_rows() for c in row if c.data_type == "f"]
    assert formulas == []


def test_the_answers_sheet_shows_every_type_in_one_cell(workbook: Workbook) -> None:
    rows = records(workbook, "Answers", "Agency reference")
    answers = {r["Question key"]: r["Answer"] for r in rows if r["Agency reference"] == "POL"}
    assert "all.notice" not in answers  # a statement has no answer
    assert answers["all.ways"] == "Post; Web"
    assert answers["all.share"] == "12/40 (30.0%)"
    assert answers["all.cost"] == "£1,234.50"
    assert answers["all.since"] == "March 2026"
    assert answers["all.day"] == datetime.fromisoformat("2026-03-27")
    assert answers["all.staff"] == 12.5
    assert answers["all.true"] == "I agree"
    assert answers["all.training"].startswith("Teachers: Trained 12/40 (30.0%); Spent £10.50")
    assert answers["all.post"] == "=1+1"


def test_an_agency_finds_its_own_figures_without_totals(
    session: Session, audit_round: AuditRound, cast: Cast
) -> None:
    workbook = own(session, cast, "POL", "Asif")
    assert "Figures" in workbook.sheetnames
    assert "Tables" in workbook.sheetnames
    (share,) = figures(workbook, "all.share")
    assert (share["Numerator"], share["Denominator"], share["Percentage"]) == (12, 40, 0.3)
    assert "Agency" not in share


def test_answers_that_were_not_given_hidden_or_not_confirmed_are_in_no_figure(
    session: Session, audit_round: AuditRound, workbook: Workbook, cast: Cast
) -> None:
    assert "999" not in " ".join(texts(workbook))  # the school has not submitted
    for answer in session.scalars(select(StoredAnswer)):
        answer.to_confirm = answer.question_key == "all.share"
        answer.is_asked = answer.question_key != "all.staff"
    session.flush()
    after = compliance(session, audit_round, cast)
    assert figures(after, "all.share") == figures(after, "all.staff") == []
    rows = records(after, "Answers", "Agency reference")
    shares = {row["Answer"] for row in rows if row["Question key"] == "all.share"}
    assert shares == {"Not answered"}


def test_sheets_without_a_row_are_left_out(session: Session, cast: Cast) -> None:
    empty = make_round(session, cast.partnerships["DOWN"], "EMPTY")
    names = compliance(session, empty, cast).sheetnames
    assert "Answers" in names
    assert not {"Figures", "Tables"} & set(names)
