from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from s11audit.domain.lineage import compare
from s11audit.domain.questionnaire import Carry, Lineage, Questionnaire, Standard
from s11audit.exports.changes import write_changes
from tests.exports.rounds import EXPORTED_AT, QUESTIONNAIRE, rating
from tests.exports.sheets import records

OLD = QUESTIONNAIRE


def of(*questions: object, **more: object) -> Questionnaire:
    standards = (Standard("leadership", "Leadership", questions),)  # type: ignore[arg-type]
    return replace(OLD, standards=standards, **more)


NEW = of(
    replace(OLD.by_key["leadership.board-lead"], ask="=1+1", help="Said in another way"),
    rating("leadership.plan", "Plan", lineage=Lineage(("leadership.has-plan",))),
    rating("leadership.plan-day", "Plan's day", lineage=Lineage(("leadership.has-plan",))),
    rating(
        "leadership.heard",
        "Heard",
        lineage=Lineage(("voice.heard",), Carry.ANSWER_AFRESH, "The law is new"),
    ),
    rating("leadership.new", "New"),
    version="2027",
)


@pytest.fixture(scope="module")
def workbook() -> Workbook:
    stream = BytesIO()
    write_changes(OLD, NEW, compare(OLD, NEW), stream, EXPORTED_AT)
    return load_workbook(stream)


def test_each_change_stands_with_both_keys_and_both_texts(workbook: Workbook) -> None:
    rows = records(workbook, "Changes", "What happened")
    reworded = rows[0]
    assert reworded["What happened"] == "Reworded"
    assert reworded["Old key"] == reworded["New key"] == "leadership.board-lead"
    assert reworded["Old question"] == "How well is “Board lead” met?"
    assert reworded["What differs"] == "Question; help"
    split = [row for row in rows if row["What happened"] == "Split into several"]
    assert [row["Old key"] for row in split] == ["leadership.has-plan", None]
    assert [row["New key"] for row in split] == ["leadership.plan", "leadership.plan-day"]
    assert {row["And also"] for row in split} == {"Answered in another way"}
    (afresh,) = (row for row in rows if row["Answer afresh because"])
    assert (afresh["What happened"], afresh["Answer afresh because"]) == ("Moved", "The law is new")
    (added,) = (row for row in rows if row["What happened"] == "Added")
    assert (added["Old key"], added["New key"]) == (None, "leadership.new")
    removed = [row["Old key"] for row in rows if row["What happened"] == "Removed"]
    assert "custody.adult" in removed


def test_the_first_sheet_counts_the_changes_and_names_both_versions(workbook: Workbook) -> None:
    about = {row[0]: row[1] for row in workbook["About"].iter_rows(values_only=True)}
    assert about["Old version"] == "2026: 8 questions"
    assert about["New version"] == "2027: 5 questions"
    assert (about["Added"], about["Removed"], about["Merged into one"]) == ("1", "5", "0")


def test_it_prints_on_landscape_pages_with_its_headings_and_holds_no_formula(
    workbook: Workbook,
) -> None:
    sheet = workbook["Changes"]
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$1:$1")
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
