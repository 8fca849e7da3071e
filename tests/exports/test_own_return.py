from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.exports.own_return import NotTheirReturnError, write_return
from s11audit.models import Action, Agency, AgencyReturn, AuditRound, StoredAnswer
from tests.cast import Cast
from tests.exports.rounds import EXPORTED_AT, QUESTIONNAIRE
from tests.exports.sheets import records, texts

Download = Callable[[str, str], Workbook]


@pytest.fixture
def download(session: Session, audit_round: AuditRound, cast: Cast) -> Download:
    def write(who: str, agency: str) -> Workbook:
        agency_return = session.scalars(
            select(AgencyReturn).join(Agency).where(Agency.reference == agency)
        ).one()
        stream = BytesIO()
        write_return(
            session,
            agency_return,
            QUESTIONNAIRE,
            visible_to=cast[who],
            exported_at=EXPORTED_AT,
            path_or_stream=stream,
        )
        return load_workbook(stream)

    return write


def test_an_agency_keeps_all_its_answers_and_its_scorecard(download: Download) -> None:
    workbook = download("Asif", "POL")
    assert workbook.sheetnames == ["About", "Scorecard", "Answers", "Figures", "Actions"]
    about = {row[0]: row[1] for row in workbook["About"].iter_rows(values_only=True)}
    assert about["Submitted"] == "20 May 2026 at 9:30am"
    assert about["Required questions answered"] == "6/6 (100.0%)"
    assert about["Self-rating"].startswith("Red. Red because the critical question")
    *standards, whole = records(workbook, "Scorecard", "Standard")
    assert [row["Self-rating"] for row in standards] == ["Red", "Amber", "Green"]
    assert (whole["Red answers"], whole["Amber answers"], whole["Green answers"]) == (1, 1, 2)
    assert (whole["Compliance %"], whole["Green of rated"]) == (0.625, "2/4")  # 2½ of 4
    answers = {row["Question key"]: row for row in records(workbook, "Answers", "Standard")}
    assert answers["leadership.board-lead"]["Comment"] == "Nobody holds this yet"
    assert "leadership.plan-date" not in answers
    figures = {row["Question key"] for row in records(workbook, "Figures", "Standard")}
    assert figures == {"leadership.staff"}


def test_a_return_in_progress_can_be_downloaded_with_what_is_missing(download: Download) -> None:
    workbook = download("Dana", "SCH")
    answers = {row["Question key"]: row for row in records(workbook, "Answers", "Standard")}
    assert answers["leadership.board-lead"]["Comment"] == "secret so far"
    assert answers["voice.views"]["Answer"] == "Not answered"
    leadership, voice, custody, whole = records(workbook, "Scorecard", "Standard")
    assert leadership["Self-rating"] == "Red (provisional)"
    assert (voice["Self-rating"], custody["Self-rating"]) == ("Not answered", "Not asked")
    assert (whole["Answered of required"], whole["Completion"]) == ("1/5", 0.2)


def test_actions_are_promises_until_they_are_tracked(session: Session, download: Download) -> None:
    tracked, verified = records(download("Ines", "POL"), "Actions", "Question")
    assert (tracked["Status"], tracked["Overdue"]) == ("Open", "Yes")
    assert (verified["Status"], verified["Overdue"]) == ("Verified", "No")
    for action in session.scalars(select(Action)):
        session.delete(action)
    session.flush()
    (promised,) = records(download("Ines", "POL"), "Actions", "Question")
    assert (promised["Status"], promised["Reference"]) == ("Promised", None)
    assert promised["What will be done"] == "Name a board lead"
    assert promised["By when"] == datetime.fromisoformat("2026-09-30")


def test_what_was_brought_forward_is_marked_and_counts_nowhere_until_it_is_confirmed(
    session: Session, download: Download
) -> None:
    for answer in session.scalars(select(StoredAnswer)):
        answer.to_confirm = True
    session.flush()
    workbook = download("Asif", "POL")
    answers = {row["Question key"]: row for row in records(workbook, "Answers", "Standard")}
    board_lead = answers["leadership.board-lead"]
    assert (board_lead["Answer"], board_lead["Self-rating"]) == ("To confirm: Not met", None)
    assert board_lead["Comment"] == "Nobody holds this yet"
    assert answers["voice.note"]["Answer"] == "Not answered"
    assert "Figures" not in workbook.sheetnames
    whole = records(workbook, "Scorecard", "Standard")[-1]
    assert (whole["Answered of required"], whole["Red answers"]) == ("0/6", 0)
    for action in session.scalars(select(Action)):
        session.delete(action)
    session.flush()
    assert records(download("Asif", "POL"), "Actions", "Question") == []


@pytest.mark.parametrize("who", ["Cara", "Olga", "Priya", "Mo"])
def test_nobody_outside_the_agency_gets_its_workbook(download: Download, who: str) -> None:
    with pytest.raises(NotTheirReturnError):
        download(who, "POL")


def test_text_that_looks_like_a_formula_stays_text(download: Download) -> None:
    workbook = download("Cara", "HOSP")
    note = next(
        row for row in records(workbook, "Answers", "Standard") if row["Question"] == "Note"
    )
    assert note["Answer"] == "=1+1"
    assert "=1+1" in texts(workbook)
    kinds = {
        cell.data_type for row in workbook["Answers"].iter_rows() for cell in row if cell.value
    }
    assert "f" not in kinds
