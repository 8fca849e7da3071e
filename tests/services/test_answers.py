"""Saving answers: nothing is lost, nothing of somebody else's is overwritten unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer
from s11audit.domain.conditions import Is
from s11audit.domain.ratings import Rating
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import AuditRound, Event, StoredAnswer
from s11audit.models.database import Database
from s11audit.queries.returns import answers_of, scores_of
from s11audit.services.answer_changes import Change
from s11audit.services.answers import save_answers
from s11audit.services.returns import RoundNotOpenError, send_for_sign_off
from tests.cast import Cast
from tests.rounds_and_returns import COMPLETE, IN_SPRING, NOON, Opened, fill, return_named

LEAD = "leadership.board-lead"


def test_the_first_answer_starts_the_return(session: Session, cast: Cast, opened: Opened) -> None:
    saved = fill(session, "R1-POL", opened, {LEAD: Answer("met")}, by=cast["Asif"])
    assert saved.changed == (LEAD,)
    agency_return = return_named(session, "R1-POL")
    assert agency_return.status is ReturnStatus.IN_PROGRESS
    assert agency_return.version == 2
    kinds = session.scalars(select(Event.kind)).all()
    assert kinds == ["return-started"]


def test_everything_that_belongs_to_an_answer_is_kept(
    session: Session, cast: Cast, opened: Opened
) -> None:
    whole = Answer(
        value="partly-met",
        comment="Line one\nline two",
        evidence="Minutes",
        link="https://example.org/minutes",
        promise=Promise("Tell everybody", "Head of Safeguarding", IN_SPRING),
    )
    fill(session, "R1-POL", opened, {LEAD: whole}, by=cast["Asif"])
    held = answers_of(session, return_named(session, "R1-POL").id)
    assert held[LEAD].answer == whole
    assert held[LEAD].rag == "amber"
    assert held[LEAD].updated_by == "Asif"


def test_an_answer_changed_by_somebody_else_comes_back_as_a_conflict_and_the_rest_is_saved(
    session: Session, cast: Cast, opened: Opened
) -> None:
    empty = Answer().digest
    fill(session, "R1-POL", opened, {LEAD: Answer("met", comment="Bea's")}, by=cast["Bea"])
    stale = [
        Change(LEAD, Answer("not-met", comment="Asif's"), seen=empty),
        Change("training.staff", Answer("12"), seen=empty),
    ]
    agency_return = return_named(session, "R1-POL")
    saved = save_answers(
        session, agency_return, opened.questionnaire, stale, by=cast["Asif"], now=NOON
    )
    assert [conflict.key for conflict in saved.conflicts] == [LEAD]
    assert saved.conflicts[0].mine.comment == "Asif's"
    assert saved.conflicts[0].theirs.answer.comment == "Bea's"
    assert saved.conflicts[0].theirs.updated_by == "Bea"
    held = answers_of(session, agency_return.id)
    assert held[LEAD].answer.comment == "Bea's"
    assert held["training.staff"].answer.value == "12"


def test_a_question_left_alone_is_no_conflict_though_somebody_else_changed_it(
    session: Session, cast: Cast, opened: Opened
) -> None:
    shown = Answer("met")
    fill(session, "R1-POL", opened, {LEAD: shown}, by=cast["Asif"])
    fill(session, "R1-POL", opened, {LEAD: Answer("not-met")}, by=cast["Bea"])
    untouched = [Change(LEAD, shown, seen=shown.digest)]
    saved = save_answers(
        session,
        return_named(session, "R1-POL"),
        opened.questionnaire,
        untouched,
        by=cast["Asif"],
        now=NOON,
    )
    assert saved.conflicts == ()
    assert saved.answers[LEAD].value == "not-met"


def test_an_answer_hidden_later_is_kept_but_neither_asked_nor_scored(
    session: Session, cast: Cast, opened: Opened
) -> None:
    checks = "leadership.volunteer-checks"
    fill(
        session,
        "R1-POL",
        opened,
        {
            "leadership.has-volunteers": Answer("yes"),
            checks: Answer("not-met", comment="None yet"),
            LEAD: Answer("met"),
        },
        by=cast["Asif"],
    )
    agency_return = return_named(session, "R1-POL")
    with_red = scores_of(session, agency_return.id)
    assert with_red is not None
    assert with_red.standards["leadership"].red == 1
    fill(session, "R1-POL", opened, {"leadership.has-volunteers": Answer("no")}, by=cast["Asif"])
    without = scores_of(session, agency_return.id)
    assert without is not None
    assert without.standards["leadership"].red == 0
    assert without.standards["leadership"].rating is Rating.GREEN
    hidden = answers_of(session, agency_return.id)[checks]
    assert hidden.answer.comment == "None yet"
    assert not hidden.is_asked


def test_a_return_sent_for_sign_off_takes_no_answers(
    session: Session, cast: Cast, opened: Opened
) -> None:
    fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    agency_return = return_named(session, "R1-POL")
    send_for_sign_off(session, agency_return, opened.questionnaire, by=cast["Asif"], now=NOON)
    with pytest.raises(StepNotAllowedError, match="cannot be changed"):
        fill(session, "R1-POL", opened, {LEAD: Answer("not-met")}, by=cast["Asif"])
    assert answers_of(session, agency_return.id)[LEAD].answer.value == "met"


def test_a_closed_round_takes_no_answers(session: Session, cast: Cast, opened: Opened) -> None:
    session.get_one(AuditRound, opened.round_id).status = RoundStatus.CLOSED
    with pytest.raises(RoundNotOpenError):
        fill(session, "R1-POL", opened, {LEAD: Answer("met")}, by=cast["Asif"])


@pytest.mark.parametrize("name", ["Cara", "Ines", "Mo", "Priya", "Olga"])
def test_only_the_agencys_own_lead_and_contributors_answer(
    session: Session, cast: Cast, opened: Opened, name: str
) -> None:
    with pytest.raises(PermissionError):
        fill(session, "R1-POL", opened, {LEAD: Answer("met")}, by=cast[name])
    assert session.scalars(select(StoredAnswer)).all() == []


@pytest.mark.parametrize("count", [1, 9])
def test_statements_of_a_save_do_not_grow_with_the_answers(
    database: Database, session: Session, cast: Cast, opened: Opened, count: int
) -> None:
    fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    session.commit()
    agency_return = return_named(session, "R1-POL")
    _ = agency_return.round, agency_return.agency.partnerships
    keys = ["training.difference", *COMPLETE][:count]
    changes = [
        Change(
            key,
            Answer(COMPLETE.get(key, Answer("Much")).value, comment="Changed"),
            seen=COMPLETE.get(key, Answer()).digest,
        )
        for key in keys
    ]
    statements: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def count_it(_c: object, _cu: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    saved = save_answers(
        session, agency_return, opened.questionnaire, changes, by=cast["Asif"], now=NOON
    )
    assert len(saved.changed) == len(keys)
    # One of them takes away the marks of standards that were ready.
    assert len([one for one in statements if not one.startswith("BEGIN")]) <= 9, statements


def test_a_standard_that_is_no_longer_asked_keeps_no_score(
    session: Session, cast: Cast, opened: Opened
) -> None:
    """The whole of a standard can hang on an answer given in another."""
    gate = next(one for one in opened.questionnaire.questions() if one.id == "has-volunteers")
    custody = opened.questionnaire.standards[2]
    condition = Is(gate.key, "yes")
    gated = replace(
        custody, questions=tuple(replace(one, when=condition) for one in custody.questions)
    )
    standards = (*opened.questionnaire.standards[:2], gated)
    hanging = replace(opened, questionnaire=replace(opened.questionnaire, standards=standards))
    for value, standards_scored in (
        ("yes", {"leadership", "training", "custody"}),
        ("no", {"leadership", "training"}),
    ):
        fill(session, "R1-POL", hanging, {gate.key: Answer(value)}, by=cast["Asif"])
        scored = scores_of(session, return_named(session, "R1-POL").id)
        assert scored is not None
        assert set(scored.standards) == standards_scored
