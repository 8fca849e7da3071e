from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import event
from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import ReturnStatus
from s11audit.exports.compliance import write_compliance
from s11audit.models import Agency, AuditRound, StoredAnswer
from tests.cast import Cast
from tests.exports.rounds import EXPORTED_AT, QUESTIONNAIRE, add_return
from tests.exports.sheets import records, texts

pytestmark = pytest.mark.slow


def test_the_sheets_stand_in_the_order_of_the_layout(workbook: Workbook) -> None:
    assert workbook.sheetnames == [
        "About",
        "Summary",
        "Ratings",
        "Answers",
        "Figures",
        "Actions",
        "Return status",
    ]


def test_the_about_sheet_says_what_when_by_whom_and_how_to_read_it(workbook: Workbook) -> None:
    about = {row[0]: row[1] for row in workbook["About"].iter_rows(values_only=True)}
    assert about["Partnership"] == "Downshire Safeguarding Children Partnership"
    assert about["Round"] == "S11-2026, open"
    assert about["Questionnaire"] == "Tiny self-assessment, version 2026"
    assert about["Fingerprint (SHA-256)"] == "5" * 64
    assert about["As at"] == "15 June 2026 at 2:05pm"
    assert about["Exported by"] == "Priya"
    assert about["Marking"] == "OFFICIAL"
    assert about["Returned"].startswith("2/3 (66.7%).")
    assert about["Rating shown"].startswith("Self-rating:")
    assert "Not asked" in about
    assert about["Red"].endswith("below 60%")


def test_the_summary_counts_answers_and_ratings_by_standard(workbook: Workbook) -> None:
    leadership, voice, custody, everything = records(workbook, "Summary", "Standard")
    assert leadership == {
        "Standard": "Leadership",
        "Returns asked": 2,
        "Red answers": 1,
        "Amber answers": 0,
        "Green answers": 1,
        "Not applicable": 0,
        "Not answered": 0,
        "Green of rated": "1/2",
        "Green %": 0.5,
        "Compliance %": 0.5,
        "Strict %": 0.5,
        "Returns rated red": 1,
        "Returns rated amber": 0,
        "Returns rated green": 1,
        "Returns not rated": 0,
    }
    assert (voice["Green answers"], voice["Not applicable"]) == (2, 1)
    assert (voice["Green of rated"], voice["Green %"]) == ("2/3", 0.667)
    assert voice["Compliance %"] == 0.833  # 2½ of 3
    assert (custody["Returns asked"], custody["Compliance %"]) == (1, 1)
    assert everything["Standard"] == "All standards (whole return)"
    assert (everything["Red answers"], everything["Amber answers"]) == (1, 1)
    assert (everything["Green answers"], everything["Green of rated"]) == (4, "4/6")
    assert everything["Compliance %"] == 0.75  # 4½ of 6
    assert (everything["Returns rated red"], everything["Returns rated green"]) == (1, 1)


def test_return_rates_stand_by_type_of_agency_with_their_counts(workbook: Workbook) -> None:
    rows = records(workbook, "Summary", "Type of agency")
    by_type = {row["Type of agency"]: row for row in rows}
    assert [row["Type of agency"] for row in rows] == ["NHS trust", "Police", "School", "All types"]
    assert by_type["Police"]["Returned of expected"] == "1/1"
    assert by_type["School"]["Return rate"] == 0
    assert by_type["School"]["Overdue"] == 1
    assert by_type["All types"]["Returned of expected"] == "2/3"
    assert by_type["All types"]["Return rate"] == 0.667


def test_exempt_agencies_leave_the_rate_and_alternative_assurance_counts(
    session: Session,
    audit_round: AuditRound,
    workbook_for: Callable[[Viewer], Workbook],
    cast: Cast,
) -> None:
    for reference, status in (
        ("FIRE", ReturnStatus.EXEMPT),
        ("FAITH", ReturnStatus.ALTERNATIVE_ASSURANCE),
        ("NIL", ReturnStatus.NIL_RETURN),
    ):
        agency = Agency(reference=reference, name=reference, agency_type="fire")
        agency.partnerships = list(audit_round.partnerships)
        session.add(agency)
        session.flush()
        add_return(session, audit_round, agency.id, "fire", status)
    workbook = workbook_for(cast["Priya"])
    rows = {row["Type of agency"]: row for row in records(workbook, "Summary", "Type of agency")}
    fire = rows["Fire and rescue"]
    assert (fire["Returned of expected"], fire["Return rate"]) == ("2/2", 1)
    assert fire["Nil returns"] == 1
    assert (fire["Exempt"], fire["Alternative assurance"], fire["Submitted"]) == (1, 1, 0)
    assert rows["All types"]["Returned of expected"] == "4/5"
    status = {
        row["Agency reference"]: row
        for row in records(workbook, "Return status", "Agency reference")
    }
    assert (status["NIL"]["Answered of required"], status["FIRE"]["In time or late"]) == (
        "Nil return",
        "Exempt",
    )
    ratings = {row["Reference"]: row for row in records(workbook, "Ratings", "Agency")}
    assert (ratings["FIRE"]["Overall"], ratings["FAITH"]["Leadership"]) == ("Exempt", "Alternative")


def test_ratings_tell_red_from_not_asked_and_from_not_returned(workbook: Workbook) -> None:
    hospital, police, school = records(workbook, "Ratings", "Agency")
    assert (police["Leadership"], police["Voice of the child"]) == ("R", "A")
    assert (police["Children in custody"], police["Overall"]) == ("G", "R")
    assert (hospital["Leadership"], hospital["Children in custody"]) == ("G", "Not asked")
    assert {school["Leadership"], school["Overall"]} == {"Not returned"}


def test_a_rating_is_starred_while_an_answer_is_missing(
    session: Session,
    audit_round: AuditRound,
    workbook_for: Callable[[Viewer], Workbook],
    cast: Cast,
) -> None:
    agency = Agency(reference="HALF", name="A half-answered one", agency_type="fire")
    agency.partnerships = list(audit_round.partnerships)
    session.add(agency)
    session.flush()
    answers = {"leadership.board-lead": "met", "leadership.has-plan": "no"}
    add_return(session, audit_round, agency.id, "fire", ReturnStatus.AGREED, answers)
    workbook = workbook_for(cast["Priya"])
    (half, *_) = records(workbook, "Ratings", "Agency")
    assert (half["Leadership"], half["Voice of the child"], half["Overall"]) == ("G*", "?", "G*")
    rows = [
        row for row in records(workbook, "Answers", "Agency reference") if "HALF" in row.values()
    ]
    unanswered = [row["Question key"] for row in rows if row["Answer"] == "Not answered"]
    assert unanswered == ["leadership.staff", "voice.views", "voice.heard", "voice.note"]
    assert [row["Self-rating"] for row in rows] == [
        "Green",
        None,
        None,
        "Not answered",
        "Not answered",
        None,
    ]


def test_letters_have_fills_and_rules_that_recolour_an_edited_cell(workbook: Workbook) -> None:
    sheet = workbook["Ratings"]
    police = next(row for row in sheet.iter_rows() if row[0].value == "Downshire Police")
    fills = {cell.value: cell.fill.fgColor.rgb for cell in police[4:]}
    assert fills == {"R": "008F1A0C", "A": "00FFC94D", "G": "00CDEBD3"}
    formulas = {
        (str(cells.sqref), rule.formula[0])
        for cells in sheet.conditional_formatting
        for rule in cells.rules
    }
    assert ("E5:E7", 'OR(E5="R",E5="R*",E5="Red")') in formulas
    assert ("H5:H7", 'OR(H5="Not asked")') in formulas
    assert sheet.freeze_panes == "B5"
    assert sheet.auto_filter.ref == "A4:H7"
    assert sheet.print_title_rows == "$4:$4"


def test_answers_are_typed_cells_of_what_was_asked(workbook: Workbook) -> None:
    rows = records(workbook, "Answers", "Agency reference")
    assert len(rows) == 7 + 7  # one has a date of the plan, the other has custody
    hospital = {r["Question key"]: r for r in rows if r["Agency reference"] == "HOSP"}
    assert hospital["leadership.plan-date"]["Answer"] == datetime.fromisoformat("2026-02-03")
    assert hospital["leadership.staff"]["Answer"] == 40
    assert hospital["leadership.has-plan"]["Answer"] == "Yes"
    assert hospital["voice.heard"]["Answer"] == "Not applicable"
    assert hospital["voice.heard"]["Self-rating"] == "Not applicable"
    assert hospital["voice.heard"]["Reason"] == "No children on our wards"
    police = {r["Question key"]: r for r in rows if r["Agency reference"] == "POL"}
    board_lead = police["leadership.board-lead"]
    assert (board_lead["Answer"], board_lead["Self-rating"]) == ("Not met", "Red")
    assert board_lead["Action: what"] == "Name a board lead"
    assert board_lead["Action: by when"] == datetime.fromisoformat("2026-09-30")
    assert police["voice.views"]["Link"] == "https://example.org/a"


def test_hidden_answers_and_unsubmitted_returns_are_nowhere_in_the_file(
    workbook: Workbook,
) -> None:
    everything = texts(workbook)
    assert "hidden words" not in everything
    assert "secret so far" not in everything
    assert "Nobody holds this yet" in everything


def test_actions_carry_their_status_and_whether_they_are_late(workbook: Workbook) -> None:
    late, verified = records(workbook, "Actions", "Reference")
    assert (late["Status"], late["Overdue"]) == ("Open", "Yes")
    assert (verified["Status"], verified["Overdue"]) == ("Verified", "No")
    assert (late["Agency"], late["Question"]) == ("Downshire Police", "Board lead")
    assert late["Standard"] == "Leadership"


def test_return_status_shows_london_time_and_how_far_each_has_got(workbook: Workbook) -> None:
    rows = {
        row["Agency reference"]: row
        for row in records(workbook, "Return status", "Agency reference")
    }
    assert rows["POL"]["Submitted (London time)"] == datetime.fromisoformat("2026-05-20T09:30")
    assert rows["POL"]["Receipt"].endswith("-7F3K")
    assert rows["POL"]["Overall self-rating"] == "Red"
    assert rows["POL"]["Why"] == "Red because the critical question 'Board lead' is red"
    assert rows["SCH"]["Status"] == "In progress"
    assert (rows["SCH"]["Answered of required"], rows["SCH"]["Completion"]) == ("1/5", 0.2)
    assert rows["SCH"]["Overdue"] == "Yes"
    assert rows["SCH"]["Overall self-rating"] is None


def test_nothing_is_shown_to_the_manager_of_another_partnership(
    workbook_for: Callable[[Viewer], Workbook], cast: Cast
) -> None:
    workbook = workbook_for(cast["Olga"])
    everything = " ".join(texts(workbook))
    for theirs in ("Downshire Police", "Nobody holds this yet", "Write it down"):
        assert theirs not in everything
    assert records(workbook, "Answers", "Agency reference") == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_what_looks_like_a_formula_stays_text_in_every_column(
    session: Session,
    audit_round: AuditRound,
    workbook_for: Callable[[Viewer], Workbook],
    cast: Cast,
    start: str,
) -> None:
    typed = f'{start}HYPERLINK("https://example.org","x")'
    audit_round.title = typed
    for answer in session.query(StoredAnswer):
        answer.reason = answer.comment = answer.evidence = answer.link = typed
        answer.action_what = answer.action_post = typed
    session.flush()
    workbook = workbook_for(cast["Priya"])
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    typed_cells = [cell for cell in cells if str(cell.value).endswith('"x")')]
    assert len(typed_cells) >= 6 * 12
    answers = [cell for cell in typed_cells if cell.parent.title == "Answers"]
    assert all(cell.quotePrefix for cell in answers)  # and stays text when it is edited


def test_a_round_takes_ten_statements_however_many_agencies_it_has(
    session: Session, audit_round: AuditRound, cast: Cast
) -> None:
    audit_round.partnerships  # noqa: B018 loaded before
    statements: list[str] = []

    def count(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", count)
    write_compliance(
        session,
        audit_round,
        QUESTIONNAIRE,
        visible_to=cast["Mo"],
        exported_at=EXPORTED_AT,
        path_or_stream=BytesIO(),
    )
    event.remove(engine, "before_cursor_execute", count)
    assert len(statements) == 10


def test_the_file_says_its_title_language_and_marking_and_prints_on_landscape_pages(
    workbook: Workbook,
) -> None:
    assert workbook.properties.title == "Section 11 audit 2026: compliance workbook"
    assert workbook.properties.language == "en-GB"
    for sheet in workbook:
        assert sheet.oddHeader.center.text == "OFFICIAL"
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in {
            (1, 0),
            (2, 0),
            (3, 0),
        }
    assert workbook["Answers"].page_setup.orientation == "landscape"
    assert workbook["Answers"].print_title_rows == "$1:$1"


def test_a_round_without_a_single_return_still_makes_a_workbook(
    session: Session, cast: Cast, audit_round: AuditRound
) -> None:
    empty = AuditRound(
        **{
            column.key: getattr(audit_round, column.key)
            for column in AuditRound.__table__.columns
            if column.key not in ("id", "reference")
        },
        reference="EMPTY",
    )
    session.add(empty)
    session.flush()
    stream = BytesIO()
    write_compliance(
        session,
        empty,
        QUESTIONNAIRE,
        visible_to=cast["Priya"],
        exported_at=EXPORTED_AT,
        path_or_stream=stream,
    )
    workbook = load_workbook(stream)
    (*_, everything) = records(workbook, "Summary", "Standard")
    assert (everything["Green of rated"], everything["Green %"]) == ("0/0", None)
