"""Sign-off: what is frozen is what is signed, and signing submits once."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer, Part
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import Action, Event
from s11audit.queries.returns import answers_in, latest_snapshot
from s11audit.queries.signatures import signatures_of
from s11audit.services.returns import (
    ChangedReturnError,
    GapsError,
    hand_back,
    send_for_sign_off,
    sign_and_submit,
    take_back,
)
from tests.cast import Cast
from tests.rounds_and_returns import COMPLETE, IN_SPRING, NOON, Opened, fill, return_named, submit


def test_a_return_with_gaps_cannot_be_sent_for_sign_off(
    session: Session, cast: Cast, opened: Opened
) -> None:
    red_without_action = COMPLETE | {"custody.children": Answer("not-met")}
    fill(session, "R1-POL", opened, red_without_action, by=cast["Asif"])
    agency_return = return_named(session, "R1-POL")
    with pytest.raises(GapsError) as caught:
        send_for_sign_off(session, agency_return, opened.questionnaire, by=cast["Asif"], now=NOON)
    assert {(gap.question.key, gap.part) for gap in caught.value.gaps} == {
        ("custody.children", Part.ACTION_WHAT),
        ("custody.children", Part.ACTION_POST),
        ("custody.children", Part.ACTION_DUE),
    }


def test_signing_submits_the_return_and_its_promises_become_actions(
    session: Session, cast: Cast, opened: Opened
) -> None:
    agency_return = submit(session, opened, cast, COMPLETE)
    assert agency_return.status is ReturnStatus.SUBMITTED
    assert agency_return.submitted_at == NOON
    assert agency_return.receipt is not None
    assert agency_return.receipt.startswith("R1-")
    (signature,) = signatures_of(session, agency_return.id)
    assert (signature.user.name, signature.post) == ("Ines", "Chief Officer")
    assert signature.declaration == opened.questionnaire.declaration
    action = session.scalars(select(Action)).one()
    assert (action.what, action.post, action.due_on) == (
        "Open a separate room",
        "Head of Custody",
        IN_SPRING,
    )
    assert action.question_key == "custody.children"
    kinds = session.scalars(select(Event.kind).order_by(Event.id)).all()
    assert kinds[0] == "return-started"
    assert "return-sent-for-sign-off" in kinds
    assert "return-submitted" in kinds


def test_what_is_frozen_is_every_asked_answer_and_no_hidden_one(
    session: Session, cast: Cast, opened: Opened
) -> None:
    answers = COMPLETE | {"leadership.volunteer-checks": Answer("not-met", comment="Hidden")}
    agency_return = submit(session, opened, cast, answers)
    snapshot = latest_snapshot(session, agency_return.id)
    assert snapshot is not None
    assert answers_in(snapshot) == COMPLETE
    assert json.loads(snapshot.content)["questionnaire"] == [
        "small",
        "1",
        opened.questionnaire.sha256,
    ]


def test_a_return_frozen_again_cannot_be_signed_by_somebody_who_read_the_older_one(
    session: Session, cast: Cast, opened: Opened
) -> None:
    fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    agency_return = return_named(session, "R1-POL")
    read = send_for_sign_off(
        session, agency_return, opened.questionnaire, by=cast["Asif"], now=NOON
    ).sha256
    take_back(session, agency_return, by=cast["Asif"], now=NOON)
    fill(session, "R1-POL", opened, {"training.staff": Answer("121")}, by=cast["Asif"])
    send_for_sign_off(session, agency_return, opened.questionnaire, by=cast["Asif"], now=NOON)
    with pytest.raises(ChangedReturnError):
        sign_and_submit(
            session,
            agency_return,
            opened.questionnaire,
            snapshot_sha256=read,
            post="Chief Officer",
            by=cast["Ines"],
            now=NOON,
        )


def test_a_signatory_hands_back_with_a_reason_and_answers_open_again(
    session: Session, cast: Cast, opened: Opened
) -> None:
    fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    agency_return = return_named(session, "R1-POL")
    send_for_sign_off(session, agency_return, opened.questionnaire, by=cast["Asif"], now=NOON)
    hand_back(session, agency_return, "Say more on custody.", by=cast["Ines"], now=NOON)
    assert agency_return.status is ReturnStatus.IN_PROGRESS
    assert agency_return.status_reason == "Say more on custody."
    fill(session, "R1-POL", opened, {"training.staff": Answer("121")}, by=cast["Asif"])


@pytest.mark.parametrize("name", ["Asif", "Bea", "Hugo", "Priya", "Mo"])
def test_only_the_agencys_own_signatory_signs(
    session: Session, cast: Cast, opened: Opened, name: str
) -> None:
    fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    agency_return = return_named(session, "R1-POL")
    snapshot = send_for_sign_off(
        session, agency_return, opened.questionnaire, by=cast["Asif"], now=NOON
    )
    with pytest.raises(PermissionError):
        sign_and_submit(
            session,
            agency_return,
            opened.questionnaire,
            snapshot_sha256=snapshot.sha256,
            post="x",
            by=cast[name],
            now=NOON,
        )
    assert signatures_of(session, agency_return.id) == []


def test_a_return_is_signed_once(session: Session, cast: Cast, opened: Opened) -> None:
    agency_return = submit(session, opened, cast, COMPLETE)
    snapshot = latest_snapshot(session, agency_return.id)
    assert snapshot is not None
    with pytest.raises(StepNotAllowedError):
        sign_and_submit(
            session,
            agency_return,
            opened.questionnaire,
            snapshot_sha256=snapshot.sha256,
            post="Chief Officer",
            by=cast["Ines"],
            now=NOON,
        )
