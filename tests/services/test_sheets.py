"""Filling a sheet: what is stored, what conflicts, and when nothing can be changed any more."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import AnswerSheet, CaseFile
from s11audit.models.database import Database
from s11audit.queries.sheets import answers_on, opened_answers
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.answer_changes import Change
from s11audit.services.sheets import FilledIn, fill_in, finish, open_sheets, take_up_again, wipe
from tests.case_audits import MORNING, Audited, audit_with_files
from tests.cast import Cast
from tests.small import QUESTIONNAIRES

ASKED = Catalogue([QUESTIONNAIRES]).get("small-case", "1")
NOT_SEEN = Answer().digest


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    with database.writing.begin() as session:
        return audit_with_files(session, cast)


def file_of(session: Session, audited: Audited, agency: str = "POL") -> CaseFile:
    return session.get_one(CaseFile, audited.files["C1", agency])


def fill(session: Session, audited: Audited, *changes: Change) -> FilledIn:
    file = file_of(session, audited)
    respondent = file.agency.respondent([file.case.audit.partnership])
    by = audited["Silas"]
    return fill_in(session, file.sheet, ASKED, respondent, changes, by=by, now=MORNING)


def test_what_is_typed_on_a_sheet_is_kept_with_the_colour_of_its_level(
    database: Database, audited: Audited
) -> None:
    with database.writing.begin() as session:
        typed = Answer(value="weak", comment="Nobody asked.")
        filled = fill(session, audited, Change("voice.heard", typed, NOT_SEEN))
        assert filled.changed == ("voice.heard",)
    with database.writing.begin() as session:
        held = answers_on(session, file_of(session, audited).sheet_id)
        assert (held["voice.heard"].answer, held["voice.heard"].rag) == (typed, "red")
        assert not answers_on(session, file_of(session, audited, "HOSP").sheet_id)


def test_an_answer_to_a_question_that_is_no_longer_asked_is_kept_and_marked(
    database: Database, audited: Audited
) -> None:
    with database.writing.begin() as session:
        fill(
            session,
            audited,
            Change("plan.had-plan", Answer("yes"), NOT_SEEN),
            Change("plan.good-plan", Answer("strong"), NOT_SEEN),
        )
        fill(session, audited, Change("plan.had-plan", Answer("no"), Answer("yes").digest))
        held = answers_on(session, file_of(session, audited).sheet_id)
        assert held["plan.good-plan"].answer.value == "strong"
        assert not held["plan.good-plan"].is_asked


def test_an_answer_that_somebody_else_changed_meanwhile_is_not_overwritten(
    database: Database, audited: Audited
) -> None:
    with database.writing.begin() as session:
        fill(session, audited, Change("voice.heard", Answer("weak"), NOT_SEEN))
        filled = fill(session, audited, Change("voice.heard", Answer("strong"), NOT_SEEN))
        (conflict,) = filled.conflicts
        assert (conflict.mine.value, conflict.theirs.answer.value) == ("strong", "weak")
        assert filled.answers["voice.heard"].value == "weak"


def test_a_finished_sheet_takes_no_answers_until_it_is_taken_up_again(
    database: Database, audited: Audited
) -> None:
    change = Change("voice.heard", Answer("weak"), NOT_SEEN)
    with database.writing.begin() as session:
        sheet = file_of(session, audited).sheet
        finish(session, sheet, now=MORNING)
        with pytest.raises(StepNotAllowedError):
            fill(session, audited, change)
        take_up_again(session, sheet)
        assert fill(session, audited, change).changed


def test_an_opened_sheet_is_read_by_others_and_changed_by_nobody(
    database: Database, audited: Audited
) -> None:
    change = Change("voice.heard", Answer("weak"), NOT_SEEN)
    with database.writing.begin() as session:
        fill(session, audited, change)
        sheet = file_of(session, audited).sheet
        assert opened_answers(session, [sheet]) == {}
        open_sheets(session, [sheet], now=MORNING)
        assert opened_answers(session, [sheet])[sheet.id]["voice.heard"].rag == "red"
        for attempt in (
            lambda: fill(session, audited, change),
            lambda: take_up_again(session, sheet),
        ):
            with pytest.raises(StepNotAllowedError):
                attempt()


def test_wiping_deletes_the_answers_of_the_sheets_that_are_named_and_no_others(
    database: Database, audited: Audited
) -> None:
    with database.writing.begin() as session:
        fill(session, audited, Change("voice.heard", Answer("weak"), NOT_SEEN))
        mine, other = (file_of(session, audited, ref).sheet_id for ref in ("POL", "HOSP"))
        assert wipe(session, [other]) == 0
        assert answers_on(session, mine)
        assert wipe(session, [mine]) == 1
        assert not answers_on(session, mine)
        assert session.get(AnswerSheet, mine) is not None
