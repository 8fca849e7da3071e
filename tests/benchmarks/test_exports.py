"""The Answers sheet of a large round, against openpyxl writing the same cells and nothing else."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import insert
from sqlalchemy.orm import Session

from s11audit.domain.questionnaire import Kind, Questionnaire, Standard
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import ReturnStatus
from s11audit.exports.compliance import answer_rows
from s11audit.exports.layout import layout_named
from s11audit.exports.rows import AnswerRow
from s11audit.exports.summary import round_facts
from s11audit.exports.workbook import write_workbook
from s11audit.models import Agency, AgencyReturn, AuditRound, StoredAnswer
from s11audit.queries.reports import submitted_answers
from tests.benchmarks.timing import quickest
from tests.cast import Cast
from tests.exports.rounds import EXPORTED_AT, SUBMITTED_AT, make_round, rating

pytestmark = pytest.mark.benchmark

ROUNDS = 3
AGENCIES, STANDARDS, IN_EACH = 300, 9, 5
ALLOWED = 1.5
COMMENT = "Our lead meets the board every six weeks and has seen three teams since March. " * 3

QUESTIONNAIRE = Questionnaire(
    id="tiny",
    version="2026",
    kind=Kind.SELF_ASSESSMENT,
    title="Long self-assessment",
    standards=tuple(
        Standard(
            f"standard-{s}",
            f"Standard {s}",
            tuple(rating(f"standard-{s}.question-{q}", f"Question {q}") for q in range(IN_EACH)),
        )
        for s in range(STANDARDS)
    ),
)


def fill(session: Session, cast: Cast, agencies: int, reference: str) -> AuditRound:
    """A round in which so many agencies have answered all 45 questions."""
    audit_round = make_round(session, cast.partnerships["DOWN"], reference)
    for number in range(agencies):
        name = f"{reference}-{number}"
        agency = Agency(reference=name, name=f"Agency {name}", agency_type="charity")
        agency.partnerships = [audit_round.partnership]
        session.add(agency)
        session.flush()
        agency_return = AgencyReturn(
            round_id=audit_round.id,
            agency_id=agency.id,
            reference=name,
            status=ReturnStatus.SUBMITTED,
            due_on=audit_round.due_on,
        )
        session.add(agency_return)
        session.flush()
        answers = [_answer(agency_return.id, q.key) for q in QUESTIONNAIRE.questions()]
        session.execute(insert(StoredAnswer), answers)
    return audit_round


def _answer(return_id: int, key: str) -> dict[str, Any]:
    return {
        "return_id": return_id,
        "question_key": key,
        "value": "partly-met",
        "rag": "amber",
        "comment": COMMENT,
        "evidence": "Minutes of the board; audit of twenty files",
        "action_what": "Test the plan with children",
        "action_post": "Head of safeguarding",
        "action_due_on": EXPORTED_AT.date(),
        "updated_at": SUBMITTED_AT,
    }


def write_answers(
    session: Session, audit_round: AuditRound, viewer: Viewer, target: BytesIO | Path
) -> None:
    """Write the Answers sheet and no other."""
    layout = layout_named("compliance")
    sheet = next(sheet for sheet in layout.sheets if sheet.title == "Answers")
    facts = round_facts(audit_round, QUESTIONNAIRE, [], visible_to=viewer, exported_at=EXPORTED_AT)
    answers = submitted_answers(session, audit_round, visible_to=viewer)
    write_workbook(
        replace(layout, sheets=(sheet,)),
        facts,
        {AnswerRow: answer_rows(QUESTIONNAIRE, answers)},
        target,
        written_at=EXPORTED_AT,
    )


def write_bare(rows: list[list[Any]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Answers")
    for row in rows:
        sheet.append(row)
    book.save(BytesIO())


def test_the_answers_of_300_agencies_take_little_longer_than_bare_cells(
    session: Session, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    audit_round = fill(session, cast, AGENCIES, "LARGE")
    viewer = cast["Priya"]
    stream = BytesIO()
    write_answers(session, audit_round, viewer, stream)
    written = load_workbook(stream, read_only=True)
    rows = [list(row) for row in written["Answers"].iter_rows(values_only=True)]
    assert len(rows) == 1 + AGENCIES * STANDARDS * IN_EACH
    ours, bare = quickest(
        lambda: write_answers(session, audit_round, viewer, BytesIO()),
        lambda: write_bare(rows),
        rounds=ROUNDS,
        within=ALLOWED,
        clock=process_time,
    )
    with capsys.disabled():
        print(
            f"\nAnswers sheet of {AGENCIES} agencies × {STANDARDS * IN_EACH} questions: "
            f"{ours:.1f} s, {ours / bare:.2f} × the same cells with bare openpyxl"
        )
    assert ours <= ALLOWED * bare


def test_memory_stays_flat_as_the_answers_grow(
    session: Session, cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    peaks = []
    path = tmp_path / "answers.xlsx"
    for agencies, reference in ((1, "WARM"), (25, "SMALL"), (100, "FOURFOLD")):
        audit_round = fill(session, cast, agencies, reference)
        session.expire_all()
        audit_round.partnership  # noqa: B018 loaded before
        tracemalloc.start()
        write_answers(session, audit_round, cast["Priya"], path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    _, small, fourfold = peaks
    with capsys.disabled():
        print(
            f"\npeak memory of the Answers sheet: {small / 1e6:.2f} MB for 1,125 rows, "
            f"{fourfold / small:.2f} × that for four times as many"
        )
    assert fourfold < 1.2 * small
