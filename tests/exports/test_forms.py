from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.datavalidation import DataValidation

from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer
from s11audit.domain.audience import Respondent
from s11audit.domain.question_types import COLUMN_TYPES, QUESTION_TYPES, type_of
from s11audit.domain.questionnaire import Questionnaire
from s11audit.exports.forms.boxes import VALUE_ROWS, cell_boxes
from s11audit.exports.forms.layout import read_form_layout
from s11audit.exports.forms.writing import sheet_name, write_form
from s11audit.exports.layout import LayoutError
from s11audit.paths import EXPORTS, QUESTIONNAIRES
from s11audit.questionnaires.loading import load
from tests.exports.every_type import EVERY_TYPE, VALUES, column
from tests.exports.rounds import EXPORTED_AT

SHIPPED = sorted(each for each in QUESTIONNAIRES.glob("*/*.yaml") if each.parent.name != "scales")
POLICE = Respondent("police")
ALL = "1 All of the types"
ANSWERS: dict[str, Answer] = {key: Answer(value) for key, value in VALUES.items()} | {
    "all.lead": Answer(
        "met",
        comment="-cmd()",
        link="https://example.org",
        promise=Promise("Write it", "Chief constable", date(2026, 9, 30)),
    )
}


def form(
    answers: Mapping[str, Answer] | None = None,
    respondent: Respondent | None = POLICE,
    questionnaire: Questionnaire = EVERY_TYPE,
    **more: Any,
) -> Workbook:
    stream = BytesIO()
    write_form(questionnaire, respondent, stream, answers=answers, written_at=EXPORTED_AT, **more)
    return load_workbook(stream)


@pytest.fixture(scope="module")
def blank() -> Workbook:
    return form()


@pytest.fixture(scope="module")
def filled() -> Workbook:
    return form(ANSWERS, agency="Downshire Police")


def row_of(workbook: Workbook, part: str, sheet: str = ALL) -> tuple[Any, ...]:
    """The row that the hidden first column calls by this key and part."""
    return next(row for row in workbook[sheet].iter_rows() if row[0].value == part)


def box(workbook: Workbook, part: str, number: int = 0) -> Any:
    """The box of this number in the row of this key and part."""
    cells = [cell for cell in row_of(workbook, part) if not isinstance(cell, MergedCell)]
    return [cell for cell in cells if not cell.protection.locked][number]


def check(workbook: Workbook, part: str, number: int = 0) -> DataValidation:
    """What the spreadsheet lets people type into a box."""
    cell = box(workbook, part, number).coordinate
    (rule,) = (rule for rule in workbook[ALL].data_validations.dataValidation if cell in rule.sqref)
    return rule


def choices(workbook: Workbook, part: str) -> list[str]:
    sheet, _, cells = check(workbook, part).formula1.rpartition("!")
    return [cell.value for (cell,) in workbook[sheet.strip("'")][cells.replace("$", "")]]


def words(workbook: Workbook, sheet: str = ALL) -> str:
    values = (value for row in workbook[sheet].iter_rows(values_only=True) for value in row)
    return "\n".join(str(value) for value in values if value is not None)


def test_every_question_type_has_its_boxes() -> None:
    assert VALUE_ROWS.keys() == QUESTION_TYPES.keys()
    for name in COLUMN_TYPES:
        assert cell_boxes(column("table", "one", name), ""), name


def test_every_box_can_be_written_in_and_says_what_it_takes(blank: Workbook) -> None:
    for sheet in blank.worksheets[1:-1]:
        checked = {
            f"{each}".partition(":")[0]
            for rule in sheet.data_validations.dataValidation
            for each in rule.sqref.ranges
        }
        for row in sheet.iter_rows():
            for cell in row:
                if not (cell.protection.locked or isinstance(cell, MergedCell)):
                    assert cell.coordinate in checked, cell.coordinate
    assert all(
        rule.error and rule.showErrorMessage for rule in blank[ALL].data_validations.dataValidation
    )


def test_only_boxes_are_unlocked_and_no_password_is_needed(blank: Workbook) -> None:
    for sheet in blank:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
    for row in blank[ALL].iter_rows():
        for cell in row[:3]:
            assert cell.protection.locked, cell.coordinate


def test_types_with_codes_offer_their_labels(blank: Workbook) -> None:
    assert choices(blank, "all.lead value") == [
        "Fully met",
        "Partly met",
        "Not met",
        "Not applicable",
    ]
    assert choices(blank, "all.mood value") == ["Agree, mostly", "Disagree"]
    assert choices(blank, "all.policy value") == ["Yes", "No", "Not sure"]
    assert choices(blank, "all.form value") == ["Paper", "Online"]
    assert choices(blank, "all.ways option none") == ["Yes"]
    assert choices(blank, "all.true value") == ["I agree"]
    assert blank[blank.sheetnames[-1]].sheet_state == "hidden"


def test_numbers_and_days_are_bounded_with_a_message_in_words(blank: Workbook) -> None:
    staff = check(blank, "all.staff value")
    assert (staff.type, staff.formula1, staff.formula2) == ("decimal", "0", "99.5")
    assert staff.error == ("Enter a number (decimal places: 1 at most) (people), from 0 to 99.5.")
    cost = check(blank, "all.cost value")
    assert (cost.type, cost.formula1) == ("decimal", "0")
    assert box(blank, "all.cost value").number_format == "£#,##0.00"
    day = check(blank, "all.day value")
    assert (day.type, day.formula1, day.formula2) == ("date", "DATE(2020,1,1)", "TODAY()")
    assert day.error.endswith(", 1 January 2020 or later, today or earlier.")
    since = check(blank, "all.since value")
    assert since.formula2 == "DATE(2026,4,0)"  # the last day of March
    assert since.error.endswith("1/3/2026, March 2026 or earlier.")
    assert check(blank, "all.post value").formula1 == "50"


def test_the_whole_of_a_percentage_cannot_be_less_than_its_part(blank: Workbook) -> None:
    part, whole = box(blank, "all.share numerator"), box(blank, "all.share denominator")
    assert whole.row == part.row + 1
    rule = check(blank, "all.share denominator")
    assert (rule.type, rule.formula1) == ("whole", part.coordinate)
    beside = check(blank, "all.training row teachers", 1)
    assert beside.formula1 == box(blank, "all.training row teachers", 0).coordinate


def test_tables_are_grids_with_a_row_for_each_of_theirs(blank: Workbook) -> None:
    headings = [cell.value for cell in row_of(blank, "all.training columns trained spent note")]
    assert [each for each in headings[3:] if each] == [
        "Trained: Up to date",
        "Trained: In post",
        "Spent",
        "Note",
    ]
    assert row_of(blank, "all.training row governors")[2].value == "Governors"
    rows = [row[0].value for row in blank[ALL].iter_rows() if row[0].value]
    assert [each for each in rows if each.startswith("all.holders row")] == [
        f"all.holders row {number}" for number in (1, 2, 3, 4)
    ]
    assert len([each for each in rows if each.startswith("all.proof row")]) == 3


def test_beside_a_question_stand_its_help_its_rules_and_what_levels_mean(blank: Workbook) -> None:
    everything = words(blank)
    assert "Give the post." in everything
    assert "Critical question" in everything
    assert "Fully met: The board knows." in everything
    assert "What good looks like\n• It is written down." in everything
    assert "• Children Act 2004 s11" in everything
    assert "Choose one of: Paper; Online." in everything
    assert "If so, choose or write “I agree”." in everything
    assert "Counted in: people." in everything
    assert "Needed if you answer “Not applicable”." in everything
    assert "Needed if you answer “Partly met” or “Not met”." in everything
    assert everything.count("Figures") == 1
    assert everything.index("Part 1") < everything.index("1. All of: the types")


def test_questions_that_hang_on_others_say_when_to_answer_them(blank: Workbook) -> None:
    assert "Answer this only if your answer to question 1.3 (“Plan”) is “Yes”." in words(blank)
    assert (
        "Answer this only if (your answer to question 1.6 (“Ways”) is “Web” or your answer to "
        "question 1.5 (“Form”) is something other than “Paper”) and it is not so that your answer "
        "to question 1.17 (“True”) is “I agree”."
    ) in words(blank, "2 More")


def test_a_form_for_an_agency_has_only_what_it_is_asked() -> None:
    assert form(respondent=Respondent("charity")).sheetnames == ["Read me", ALL, "Lists"]


def test_a_form_for_everybody_says_of_whom_each_part_is_asked() -> None:
    workbook = form(respondent=None)
    assert "Asked only of: Police or School." in words(workbook, "2 More")
    assert "for every agency" in words(workbook, "Read me")


@pytest.mark.slow
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_shipped_questionnaire_is_a_form_on_which_each_question_can_be_found(
    path: Path,
) -> None:
    questionnaire = load(path)
    workbook = form(respondent=None, questionnaire=questionnaire)
    named = {
        str(row[0].value).partition(" ")[0]
        for sheet in workbook.worksheets[1:-1]
        for row in sheet.iter_rows()
    }
    answered = {one.key for one in questionnaire.questions() if type_of(one).has_answer}
    assert answered <= named
    assert all(len(name) <= 31 for name in workbook.sheetnames)


def test_the_first_sheet_says_how_to_fill_it_in_and_which_version_it_is(blank: Workbook) -> None:
    everything = words(blank, "Read me")
    for text in (
        "Every type & more",
        "18 in 2 sheets",
        "7" * 64,
        "15 June 2026 at 2:05pm",
        "Never names",
        "First paragraph.",
        "questionnaire every-type",
    ):
        assert text in everything
    assert "First paragraph.\n\nSecond" not in everything


def test_a_filled_form_holds_the_answers_as_what_they_are(filled: Workbook) -> None:
    assert box(filled, "all.lead value").value == "Fully met"
    assert box(filled, "all.lead action_post").value == "Chief constable"
    assert box(filled, "all.lead action_due").value == datetime.fromisoformat("2026-09-30")
    assert box(filled, "all.ways option post").value == "Yes"
    assert box(filled, "all.ways option none").value is None
    assert box(filled, "all.staff value").value == 12.5
    assert box(filled, "all.share numerator").value == 12
    assert box(filled, "all.share denominator").value == 40
    assert box(filled, "all.cost value").value == 1234.5
    assert box(filled, "all.day value").value == datetime.fromisoformat("2026-03-27")
    assert box(filled, "all.since value").value == datetime.fromisoformat("2026-03-01")
    assert box(filled, "all.since value").number_format == "mmmm yyyy"
    assert box(filled, "all.story value").value == "Line one\nline two"
    row = "all.training row teachers"
    assert [box(filled, row, n).value for n in range(4)] == [12, 40, 10.5, None]
    assert box(filled, "all.holders row 1").value == "Head"
    assert box(filled, "all.proof row 1", 1).value == "https://example.org/m"
    assert box(filled, "all.true value").value == "I agree"
    assert "Downshire Police" in words(filled, "Read me")
    assert filled[ALL].oddHeader.center.text == "OFFICIAL"


def test_an_answer_that_another_hides_is_not_on_a_filled_form() -> None:
    workbook = form(ANSWERS | {"all.plan": Answer("no")})
    assert box(workbook, "all.policy value").value is None


def test_what_looks_like_a_formula_is_text_and_stays_so_when_it_is_edited(
    filled: Workbook,
) -> None:
    cells = [cell for sheet in filled for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type in ("f", "e")] == []
    for part, number in (("all.post value", 0), ("all.training row governors", 3)):
        cell = box(filled, part, number)
        assert (cell.number_format, cell.quotePrefix) == ("@", True)
    hostile = replace(
        EVERY_TYPE,
        title="=cmd()",
        introduction="@x\x07",
        standards=(replace(EVERY_TYPE.standards[0], title="=1/0?*[x]" * 9),),
    )
    kinds = {
        cell.data_type
        for sheet in form(questionnaire=hostile)
        for row in sheet.iter_rows()
        for cell in row
    }
    assert kinds <= {"s", "n", "d"}


def test_a_text_longer_than_a_cell_says_that_it_is_cut() -> None:
    value = box(form({"all.story": Answer("x" * 40_000)}), "all.story value").value
    assert len(value) == 32_767
    assert value.endswith("[Cut here: too long for one cell.]")


def test_it_prints_on_landscape_pages_with_its_headings(blank: Workbook) -> None:
    sheet = blank[ALL]
    setup = sheet.page_setup
    assert (setup.orientation, setup.paperSize) == ("landscape", 9)
    assert (setup.fitToWidth, setup.fitToHeight) == (1, 0)
    heading = int(sheet.print_title_rows.split(":")[0].strip("$"))
    assert [cell.value for cell in sheet[heading][1:4]] == ["No.", "Question", "Your answer"]
    assert sheet.freeze_panes == f"D{heading + 1}"
    assert sheet.column_dimensions["A"].hidden


def test_names_of_sheets_are_short_and_hold_nothing_forbidden() -> None:
    assert sheet_name(12, "A: very/long [title] that goes on and on") == (
        "12 A very long title that goes"
    )
    assert sheet_name(1, "Governors'") == "1 Governors"


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("  only-if:", "  only-iff:", "form.yaml, words: lacks “only-if”"),
        ("read-me: Read me", "read-me: Read me\nread-you: x", "“read-you” is not known"),
        ("number-width: 7", "number-width: wide", "number_width: “wide” must be a number"),
        ('box-colour: "FFF9E0"', "box-colour: red", "“red” must be six digits or letters"),
        ("headings:", "headings: none\nheads:", "headings: must be keys and values"),
    ],
)
def test_a_fault_in_the_words_of_the_form_is_named(
    tmp_path: Path, right: str, wrong: str, message: str
) -> None:
    path = tmp_path / "form.yaml"
    path.write_text((EXPORTS / "form.yaml").read_text(encoding="utf-8").replace(right, wrong))
    with pytest.raises(LayoutError) as raised:
        read_form_layout(path)
    assert message in str(raised.value)
