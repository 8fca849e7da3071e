"""Several signatures: each in turn, of different people, void as soon as anything can change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.permissions import Role
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import Action, AgencyReturn, Event, Signature
from s11audit.models.database import Database
from s11audit.queries.returns import latest_snapshot
from s11audit.queries.signatures import signatures_of
from s11audit.services.moderation import take_return_step
from s11audit.services.returns import (
    AlreadySignedError,
    RoundNotOpenError,
    hand_back,
    send_for_sign_off,
    sign_and_submit,
    take_back,
)
from tests.cast import Cast
from tests.joined import join
from tests.rounds_and_returns import COMPLETE, NOON, Opened, fill, return_named


@pytest.fixture
def governor(session: Session, cast: Cast) -> Viewer:
    """A second signatory of the police, in a round that needs two."""
    return join(session, "Gus", (Role.SIGNATORY, "POL"))


@pytest.fixture
def frozen(session: Session, cast: Cast, opened: Opened, governor: Viewer) -> AgencyReturn:
    fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    found = return_named(session, "R1-POL")
    found.round.signatures_needed = 2
    send_for_sign_off(session, found, opened.questionnaire, by=cast["Asif"], now=NOON)
    return found


def sign(
    session: Session,
    agency_return: AgencyReturn,
    opened: Opened,
    by: Viewer,
    now: datetime = NOON,
) -> Signature:
    snapshot = latest_snapshot(session, agency_return.id)
    assert snapshot is not None
    return sign_and_submit(
        session,
        agency_return,
        opened.questionnaire,
        snapshot_sha256=snapshot.sha256,
        post=f"Post of {by.name}",
        by=by,
        now=now,
    )


def test_the_first_of_two_signatures_waits_and_the_second_submits(
    session: Session, cast: Cast, opened: Opened, frozen: AgencyReturn, governor: Viewer
) -> None:
    sign(session, frozen, opened, cast["Ines"])
    assert frozen.status is ReturnStatus.AWAITING_SIGN_OFF
    assert (frozen.receipt, frozen.submitted_at) == (None, None)
    assert session.scalars(select(Action)).all() == []
    sign(session, frozen, opened, governor, NOON + timedelta(hours=1))
    assert frozen.status is ReturnStatus.SUBMITTED
    assert frozen.submitted_at == NOON + timedelta(hours=1)
    assert frozen.receipt is not None
    assert len(session.scalars(select(Action)).all()) == 1
    standing = signatures_of(session, frozen.id)
    assert [one.user.name for one in standing] == ["Ines", "Gus"]
    assert len({one.snapshot.sha256 for one in standing}) == 1
    kinds = ("return-signed", "return-submitted")
    told = session.scalars(select(Event).where(Event.kind.in_(kinds)).order_by(Event.id)).all()
    assert [(one.kind, one.detail["signatures"]) for one in told] == [
        ("return-signed", "1/2"),
        ("return-submitted", "2/2"),
    ]


def test_nobody_signs_twice(
    session: Session, cast: Cast, opened: Opened, frozen: AgencyReturn
) -> None:
    sign(session, frozen, opened, cast["Ines"])
    with pytest.raises(AlreadySignedError):
        sign(session, frozen, opened, cast["Ines"])
    assert len(signatures_of(session, frozen.id)) == 1


def test_two_who_sign_at_the_same_moment_submit_once(
    database: Database, cast: Cast, opened: Opened
) -> None:
    with database.writing.begin() as session:
        governor = join(session, "Gus", (Role.SIGNATORY, "POL"))
        fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
        found = return_named(session, "R1-POL")
        found.round.signatures_needed = 2
        send_for_sign_off(session, found, opened.questionnaire, by=cast["Asif"], now=NOON)
    with database.reading() as reading:
        stale = return_named(reading, "R1-POL")
        assert stale.status is ReturnStatus.AWAITING_SIGN_OFF
    for who in (cast["Ines"], governor):
        with database.writing.begin() as session:
            sign(session, return_named(session, "R1-POL"), opened, who)
    with database.reading() as reading:
        assert return_named(reading, "R1-POL").status is ReturnStatus.SUBMITTED


@pytest.mark.parametrize("how", ["take-back", "hand-back"])
def test_what_goes_back_has_no_signature_left(
    session: Session,
    cast: Cast,
    opened: Opened,
    frozen: AgencyReturn,
    governor: Viewer,
    how: str,
) -> None:
    sign(session, frozen, opened, cast["Ines"])
    if how == "take-back":
        take_back(session, frozen, by=cast["Asif"], now=NOON)
    else:
        hand_back(session, frozen, "Say more on custody.", by=governor, now=NOON)
    assert signatures_of(session, frozen.id) == []
    event = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert event.detail["voided"] == 1
    fill(session, "R1-POL", opened, {"training.staff": Answer("121")}, by=cast["Asif"])
    send_for_sign_off(session, frozen, opened.questionnaire, by=cast["Asif"], now=NOON)
    for who in (cast["Ines"], governor):  # whoever had signed signs anew
        sign(session, frozen, opened, who)
    assert frozen.status is ReturnStatus.SUBMITTED


def test_sent_back_by_scrutiny_every_signature_is_void(
    session: Session, cast: Cast, opened: Opened, frozen: AgencyReturn, governor: Viewer
) -> None:
    for who in (cast["Ines"], governor):
        sign(session, frozen, opened, who)
    take_return_step(session, frozen, "send-back", by=cast["Priya"], now=NOON, reason="Too short")
    assert signatures_of(session, frozen.id) == []
    assert len(session.scalars(select(Signature)).all()) == 2
    assert (frozen.receipt, frozen.submitted_at) == (None, None)


def test_a_return_that_is_excused_while_it_waits_has_no_signature_left(
    session: Session, cast: Cast, opened: Opened, frozen: AgencyReturn
) -> None:
    sign(session, frozen, opened, cast["Ines"])
    take_return_step(session, frozen, "exempt", by=cast["Priya"], now=NOON, reason="It closes")
    assert frozen.status is ReturnStatus.EXEMPT
    assert signatures_of(session, frozen.id) == []


def test_a_late_return_is_taken_until_the_last_day_of_the_round_and_counts_its_days(
    session: Session, cast: Cast, opened: Opened, frozen: AgencyReturn, governor: Viewer
) -> None:
    frozen.round.closes_on = frozen.due_on + timedelta(days=4)
    # A quarter to midnight in London on the last day, in winter.
    last = datetime(2026, 12, 22, 23, 45, tzinfo=UTC)
    sign(session, frozen, opened, cast["Ines"], last)
    with pytest.raises(RoundNotOpenError):
        sign(session, frozen, opened, governor, last + timedelta(minutes=15))
    sign(session, frozen, opened, governor, last)
    assert frozen.days_late == 4


def test_signing_again_after_submitting_is_refused(
    session: Session, cast: Cast, opened: Opened, frozen: AgencyReturn, governor: Viewer
) -> None:
    for who in (cast["Ines"], governor):
        sign(session, frozen, opened, who)
    receipt = frozen.receipt
    third = join(session, "Tom", (Role.SIGNATORY, "POL"))
    with pytest.raises(StepNotAllowedError):
        sign(session, frozen, opened, third)
    assert frozen.receipt == receipt
