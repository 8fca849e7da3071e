"""A round's dates: whole days in London, changed with a reason, and what is over is closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import AuditRound, Event
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.services.refusals import RefusedError
from s11audit.services.returns import RoundNotOpenError
from s11audit.services.round_dates import (
    RoundDates,
    change_dates,
    close_ended_rounds,
    dates_of,
)
from s11audit.services.rounds import extend, take_round_step
from tests.cast import Cast
from tests.rounds_and_returns import COMPLETE, NOON, Opened, fill, return_named, submit

OPENS, DUE, CLOSES = date(2026, 10, 1), date(2026, 12, 18), date(2027, 1, 15)
SECOND = timedelta(seconds=1)
# Last day in London → the first moment after it. Clocks change on 28 March and 25 October.
ENDS = [
    (date(2027, 3, 27), datetime(2027, 3, 28, 0, 0, tzinfo=UTC)),
    (date(2027, 3, 28), datetime(2027, 3, 28, 23, 0, tzinfo=UTC)),
    (date(2027, 3, 29), datetime(2027, 3, 29, 23, 0, tzinfo=UTC)),
    (date(2026, 10, 24), datetime(2026, 10, 24, 23, 0, tzinfo=UTC)),
    (date(2026, 10, 25), datetime(2026, 10, 26, 0, 0, tzinfo=UTC)),
    (date(2026, 10, 26), datetime(2026, 10, 27, 0, 0, tzinfo=UTC)),
]


@pytest.fixture
def audit_round(session: Session, opened: Opened) -> AuditRound:
    """R1, open to three agencies, which closes on 15 January 2027."""
    found = session.get_one(AuditRound, opened.round_id)
    found.closes_on = CLOSES
    session.flush()
    return found


def change(
    session: Session,
    cast: Cast,
    audit_round: AuditRound,
    due_on: date = DUE,
    closes_on: date = CLOSES,
    reason: str = "Half of us were ill",
    *,
    opens_on: date = OPENS,
    who: str = "Priya",
    now: datetime = NOON,
) -> int:
    dates = RoundDates(opens_on, due_on, closes_on)
    return change_dates(session, audit_round, dates, reason, by=cast[who], now=now)


@pytest.mark.parametrize(("closes_on", "over"), ENDS)
def test_the_last_day_lasts_until_midnight_in_london(
    session: Session,
    cast: Cast,
    opened: Opened,
    audit_round: AuditRound,
    closes_on: date,
    over: datetime,
) -> None:
    audit_round.closes_on = closes_on
    last_moment = over - SECOND
    no = {"leadership.has-volunteers": Answer("no")}
    assert close_ended_rounds(session, last_moment) == []
    fill(session, "R1-POL", opened, no, by=cast["Asif"], now=last_moment)
    with pytest.raises(RoundNotOpenError):
        fill(session, "R1-POL", opened, no, by=cast["Asif"], now=over)
    assert close_ended_rounds(session, over) == [audit_round]
    assert audit_round.status is RoundStatus.CLOSED


def test_what_is_over_is_closed_once_by_nobody(
    session: Session, cast: Cast, audit_round: AuditRound
) -> None:
    after = datetime(2027, 1, 16, 0, 0, tzinfo=UTC)
    assert [one.reference for one in close_ended_rounds(session, after)] == ["R1"]
    assert close_ended_rounds(session, after) == []
    event = session.scalars(select(Event).where(Event.kind == "round-closed")).one()
    assert (event.user_id, event.round_id) == (None, audit_round.id)
    assert event.detail == {"before": "open", "after": "closed", "last_day": "2027-01-15"}


def test_drafts_are_not_closed(session: Session, audit_round: AuditRound) -> None:
    audit_round.status = RoundStatus.DRAFT
    session.flush()
    assert close_ended_rounds(session, datetime(2030, 1, 1, tzinfo=UTC)) == []


def test_the_dates_of_an_open_round_change_with_a_reason_and_move_its_returns(
    session: Session, cast: Cast, audit_round: AuditRound
) -> None:
    assert change(session, cast, audit_round, date(2027, 1, 8), date(2027, 1, 29)) == 3
    assert dates_of(audit_round) == RoundDates(OPENS, date(2027, 1, 8), date(2027, 1, 29))
    assert audit_round.dates_reason == "Half of us were ill"
    assert return_named(session, "R1-SCH").due_on == date(2027, 1, 8)
    event = session.scalars(select(Event).where(Event.kind == "round-dates-changed")).one()
    assert event.user_id == cast["Priya"].user_id
    assert event.detail == {
        "before": ["2026-10-01", "2026-12-18", "2027-01-15"],
        "after": ["2026-10-01", "2027-01-08", "2027-01-29"],
        "returns": 3,
        "reason_given": True,
    }


def test_an_extension_stays_unless_everybody_gets_longer_still(
    session: Session, cast: Cast, audit_round: AuditRound
) -> None:
    school = return_named(session, "R1-SCH")
    extend(session, school, date(2027, 1, 8), "Ill", by=cast["Priya"], now=NOON)
    assert change(session, cast, audit_round, date(2026, 12, 21)) == 2
    session.refresh(school)
    assert school.due_on == date(2027, 1, 8)
    assert change(session, cast, audit_round, date(2027, 1, 12)) == 3
    session.refresh(school)
    assert (school.due_on, school.extension_reason) == (date(2027, 1, 12), "Ill")


def test_what_was_returned_in_time_does_not_become_late(
    session: Session, cast: Cast, opened: Opened, audit_round: AuditRound
) -> None:
    police = submit(session, opened, cast, COMPLETE)
    assert change(session, cast, audit_round, date(2026, 10, 30)) == 2
    session.refresh(police)
    assert police.due_on == DUE


def test_a_round_does_not_close_before_what_an_agency_was_promised(
    session: Session, cast: Cast, audit_round: AuditRound
) -> None:
    school = return_named(session, "R1-SCH")
    extend(session, school, date(2027, 1, 8), "Ill", by=cast["Priya"], now=NOON)
    with pytest.raises(RefusedError, match="enter 8 January 2027 or a later date") as refused:
        change(session, cast, audit_round, DUE, date(2027, 1, 7))
    assert refused.value.field == "closes_on"
    change(session, cast, audit_round, DUE, date(2027, 1, 8))


@pytest.mark.parametrize(
    ("dates", "reason", "field"),
    [
        ((OPENS, OPENS, CLOSES), "Ill", "due_on"),
        ((OPENS, DUE, date(2026, 12, 17)), "Ill", "closes_on"),
        ((OPENS, date(2026, 11, 1), date(2026, 11, 2)), "Ill", "closes_on"),
        ((date(2026, 10, 2), DUE, CLOSES), "Ill", "opens_on"),
        ((OPENS, DUE, CLOSES), " ", "reason"),
    ],
)
def test_dates_that_cannot_be_are_refused(
    session: Session,
    cast: Cast,
    audit_round: AuditRound,
    dates: tuple[date, date, date],
    reason: str,
    field: str,
) -> None:
    with pytest.raises(RefusedError) as refused:
        change_dates(session, audit_round, RoundDates(*dates), reason, by=cast["Priya"], now=NOON)
    assert refused.value.field == field
    assert dates_of(audit_round) == RoundDates(OPENS, DUE, CLOSES)


def test_a_draft_changes_all_its_dates_without_a_reason(
    session: Session, cast: Cast, audit_round: AuditRound
) -> None:
    audit_round.status = RoundStatus.DRAFT
    session.flush()
    change(session, cast, audit_round, DUE, CLOSES, "", opens_on=date(2026, 11, 9))
    assert audit_round.opens_on == date(2026, 11, 9)


def test_the_dates_of_a_round_that_has_closed_stay(
    session: Session, cast: Cast, audit_round: AuditRound
) -> None:
    audit_round.status = RoundStatus.CLOSED
    session.flush()
    with pytest.raises(StepNotAllowedError):
        change(session, cast, audit_round)


@pytest.mark.parametrize("who", ["Mo", "Asif", "Olga"])
def test_only_its_own_manager_changes_the_dates(
    session: Session, cast: Cast, audit_round: AuditRound, who: str
) -> None:
    with pytest.raises(PermissionError):
        change(session, cast, audit_round, who=who)


def test_behind_the_wall_a_manager_moves_every_return(
    database: Database, session: Session, cast: Cast, audit_round: AuditRound
) -> None:
    session.commit()
    with database.within(Wall.around(cast["Priya"])).writing.begin() as walled:
        found = walled.get_one(AuditRound, audit_round.id)
        assert change(walled, cast, found, date(2027, 1, 8)) == 3


def test_two_who_change_a_round_at_once_do_not_undo_its_closing(
    database: Database, session: Session, cast: Cast, audit_round: AuditRound
) -> None:
    session.commit()
    with database.reading() as late:
        as_seen_before = late.get_one(AuditRound, audit_round.id)
    with database.writing.begin() as first:
        close_ended_rounds(first, datetime(2027, 1, 16, tzinfo=UTC))
    with database.writing() as second:
        second.add(as_seen_before)
        with pytest.raises(StepNotAllowedError, match="Somebody else"):
            change(second, cast, as_seen_before, date(2027, 1, 8))


def test_opening_again_after_the_last_day_needs_a_new_one(
    session: Session, cast: Cast, opened: Opened, audit_round: AuditRound
) -> None:
    after = datetime(2027, 1, 16, 9, 0, tzinfo=UTC)
    close_ended_rounds(session, after)

    def reopen(closes_on: date | None) -> None:
        take_round_step(
            session, audit_round, "reopen",
            by=cast["Priya"], now=after, reason="Asked to", closes_on=closes_on,
        )  # fmt: skip

    for wrong in (None, date(2027, 1, 15)):
        with pytest.raises(RefusedError) as refused:
            reopen(wrong)
        assert (refused.value.field, audit_round.status) == ("closes_on", RoundStatus.CLOSED)
    reopen(date(2027, 1, 16))
    assert (audit_round.status, audit_round.closes_on) == (RoundStatus.OPEN, date(2027, 1, 16))
    no = {"leadership.has-volunteers": Answer("no")}
    fill(session, "R1-POL", opened, no, by=cast["Asif"], now=after)
    assert return_named(session, "R1-POL").status is ReturnStatus.IN_PROGRESS


def test_a_draft_whose_last_day_is_over_is_not_opened(
    session: Session, cast: Cast, opened: Opened, audit_round: AuditRound
) -> None:
    audit_round.status, audit_round.questionnaire_sha256 = RoundStatus.DRAFT, ""
    session.flush()
    with pytest.raises(StepNotAllowedError, match="Change its dates"):
        take_round_step(
            session, audit_round, "open", by=cast["Priya"],
            now=datetime(2027, 1, 16, tzinfo=UTC), questionnaire=opened.questionnaire,
        )  # fmt: skip
