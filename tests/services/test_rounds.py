"""Rounds and scrutiny's steps: two at once do not both succeed, and the history says who did it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import AgencyReturn, AuditRound, Event
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.queries.people import operator
from s11audit.services.moderation import take_return_step
from s11audit.services.refusals import RefusedError
from s11audit.services.rounds import add_agencies, create_round, extend, take_round_step
from tests.cast import Cast
from tests.rounds_and_returns import COMPLETE, NEVER, NOON, Opened, return_named, submit

DATES = (date(2027, 3, 1), date(2027, 4, 30), date(2027, 5, 14))


def create(
    session: Session, cast: Cast, small: Questionnaire, *agencies: str, who: str = "Priya"
) -> AuditRound:
    ids = [cast.agencies[reference] for reference in agencies]
    home = cast.partnerships["DOWN"]
    return create_round(
        session, home, "S11-2027", "Audit", small, *DATES, ids, by=cast[who], now=NOON
    )


def test_a_draft_has_a_return_for_each_agency(
    session: Session, cast: Cast, small: Questionnaire
) -> None:
    audit_round = create(session, cast, small, "POL", "SCH")
    assert (audit_round.status, audit_round.questionnaire_sha256) == (RoundStatus.DRAFT, "")
    returns = session.scalars(select(AgencyReturn).order_by(AgencyReturn.reference)).all()
    assert [(one.reference, one.status, one.due_on) for one in returns] == [
        ("S11-2027-POL", ReturnStatus.NOT_STARTED, DATES[1]),
        ("S11-2027-SCH", ReturnStatus.NOT_STARTED, DATES[1]),
    ]


@pytest.mark.parametrize("who", ["Mo", "Asif", "Olga"])
def test_only_its_own_manager_sets_up_a_round(
    session: Session, cast: Cast, small: Questionnaire, who: str
) -> None:
    with pytest.raises(PermissionError):
        create(session, cast, small, "POL", who=who)


def test_an_agency_joins_once(session: Session, cast: Cast, small: Questionnaire) -> None:
    audit_round = create(session, cast, small, "POL")
    both = [cast.agencies["POL"], cast.agencies["SCH"]]
    added = add_agencies(session, audit_round, both, by=cast["Priya"], now=NOON)
    assert [one.reference for one in added] == ["S11-2027-SCH"]
    with pytest.raises(RefusedError):
        add_agencies(session, audit_round, [cast.agencies["FARPOL"]], by=cast["Priya"], now=NOON)


def test_opening_pins_the_questionnaire_for_good(
    session: Session, cast: Cast, small: Questionnaire
) -> None:
    audit_round = create(session, cast, small, "POL")
    priya = cast["Priya"]
    take_round_step(session, audit_round, "open", by=priya, now=NOON, questionnaire=small)
    assert audit_round.questionnaire_sha256 == small.sha256
    take_round_step(session, audit_round, "close", by=priya, now=NOON)
    take_round_step(session, audit_round, "reopen", by=priya, now=NOON, reason="Asked to")
    assert audit_round.questionnaire_sha256 == small.sha256
    events = session.scalars(select(Event).order_by(Event.id)).all()
    assert [(one.kind, one.user_id) for one in events] == [
        ("round-created", priya.user_id),
        ("round-agencies-added", priya.user_id),
        ("round-opened", priya.user_id),
        ("round-closed", priya.user_id),
        ("round-reopened", priya.user_id),
    ]


def test_the_operators_rounds_are_nobodys_in_the_history(
    session: Session, cast: Cast, small: Questionnaire
) -> None:
    create_round(
        session,
        cast.partnerships["DOWN"],
        "S11-2027",
        "Audit",
        small,
        *DATES,
        [],
        by=operator(session),
        now=NOON,
    )
    assert session.scalars(select(Event)).one().user_id is None


def test_two_who_close_a_round_at_once_do_not_both_succeed(
    database: Database, cast: Cast, opened: Opened
) -> None:
    with database.reading() as late:
        as_seen_before = late.get_one(AuditRound, opened.round_id)
    with database.writing.begin() as session:
        audit_round = session.get_one(AuditRound, opened.round_id)
        take_round_step(session, audit_round, "close", by=cast["Priya"], now=NOON)
    with database.writing() as session:
        session.add(as_seen_before)
        with pytest.raises(StepNotAllowedError):
            take_round_step(session, as_seen_before, "close", by=cast["Priya"], now=NOON)


def test_a_return_can_be_sent_back_only_once(session: Session, cast: Cast, opened: Opened) -> None:
    agency_return = submit(session, opened, cast, COMPLETE)
    before = agency_return.version
    take_return_step(
        session, agency_return, "send-back", by=cast["Priya"], now=NOON, reason="Say more"
    )
    assert (agency_return.version, agency_return.status_reason) == (before + 1, "Say more")
    with pytest.raises(StepNotAllowedError):
        take_return_step(
            session, agency_return, "send-back", by=cast["Priya"], now=NOON, reason="Say more"
        )
    sent_back = session.scalars(select(Event).where(Event.kind == "return-sent-back")).one()
    assert "Say more" not in str(sent_back.detail)


@pytest.mark.parametrize("who", ["Mo", "Asif", "Ines", "Cara", "Olga"])
def test_only_its_own_manager_sends_a_return_back(
    session: Session, cast: Cast, opened: Opened, who: str
) -> None:
    agency_return = submit(session, opened, cast, COMPLETE)
    with pytest.raises(PermissionError):
        take_return_step(session, agency_return, "send-back", by=cast[who], now=NOON, reason="X")


def test_what_has_been_returned_cannot_be_given_longer(
    session: Session, cast: Cast, opened: Opened
) -> None:
    agency_return = submit(session, opened, cast, COMPLETE)
    with pytest.raises(StepNotAllowedError):
        extend(session, agency_return, date(2027, 1, 8), "Ill", by=cast["Priya"], now=NOON)
    school = return_named(session, "R1-SCH")
    with pytest.raises(RefusedError):
        extend(session, school, NEVER + timedelta(days=1), "Ill", by=cast["Priya"], now=NOON)
    with pytest.raises(PermissionError):
        extend(session, school, date(2027, 1, 8), "Ill", by=cast["Mo"], now=NOON)


def test_a_reference_that_another_partnership_has_is_refused_whether_or_not_it_can_be_seen(
    database: Database, session: Session, cast: Cast, small: Questionnaire
) -> None:
    create(session, cast, small, "POL")
    session.commit()
    olga, home = cast["Olga"], cast.partnerships["FAR"]
    with (
        database.within(Wall.around(olga)).writing() as walled,
        pytest.raises(RefusedError, match="There is already a round S11-2027") as refused,
    ):
        create_round(walled, home, "S11-2027", "Theirs", small, *DATES, [], by=olga, now=NOON)
    assert refused.value.field == "reference"
