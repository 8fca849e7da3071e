"""The programme of rounds: what is open, who is late and by how much, what comes next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import Agency, AgencyReturn, AuditRound, Partnership
from s11audit.queries.programme import MOST_LATE, Occasion, Programme, programme
from tests.cast import Cast
from tests.joined import join
from tests.rounds_and_returns import NOON, Opened, return_named

DUE = date(2026, 12, 18)
JANUARY = date(2027, 1, 4)


def seen(session: Session, cast: Cast, today: date, who: str = "Priya") -> Programme:
    session.flush()
    return programme(session, today, visible_to=cast[who])


def another_round(session: Session, opened: Opened, status: RoundStatus, days: int) -> AuditRound:
    """One more round, which opens so many days after the first one is due."""
    first = session.get_one(AuditRound, opened.round_id)
    opens_on = DUE + timedelta(days=days)
    made = AuditRound(
        partnership_id=first.partnership_id, reference=f"N{status}{days}".upper(), title="Another",
        questionnaire_id=first.questionnaire_id, questionnaire_version="1", status=status,
        opens_on=opens_on, due_on=opens_on + timedelta(days=30),
        closes_on=opens_on + timedelta(days=44), created_at=NOON,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def test_who_is_late_for_longest_comes_first_and_extensions_count(
    session: Session, cast: Cast, opened: Opened
) -> None:
    school, hospitals = return_named(session, "R1-SCH"), return_named(session, "R1-HOSP")
    school.due_on, school.extension_reason = date(2027, 1, 1), "Ill"
    hospitals.status = ReturnStatus.SUBMITTED
    found = seen(session, cast, JANUARY)
    assert [(one.agency, one.days(JANUARY), one.extension_reason) for one in found.late] == [
        ("Downshire Police", 17, ""),
        ("Elm Row School", 3, "Ill"),
    ]
    assert (found.total_late, found.more_late) == (2, [])


def test_nobody_is_late_on_the_last_day_nor_when_excused_nor_in_a_closed_round(
    session: Session, cast: Cast, opened: Opened
) -> None:
    assert seen(session, cast, DUE).late == []
    for one in session.scalars(select(AgencyReturn)):
        one.status = ReturnStatus.EXEMPT
    assert seen(session, cast, JANUARY).late == []
    return_named(session, "R1-SCH").status = ReturnStatus.IN_PROGRESS
    assert len(seen(session, cast, JANUARY).late) == 1
    session.get_one(AuditRound, opened.round_id).status = RoundStatus.CLOSED
    assert seen(session, cast, JANUARY).late == []


def test_of_224_late_schools_only_some_are_named_and_the_rest_counted(
    session: Session, cast: Cast, opened: Opened
) -> None:
    home = session.get_one(Partnership, cast.partnerships["DOWN"])
    for number in range(224):
        agency = Agency(reference=f"S{number}", name=f"School {number}", agency_type="school",
                        partnerships=[home])  # fmt: skip
        session.add(agency)
        session.flush()
        session.add(AgencyReturn(round_id=opened.round_id, agency_id=agency.id,
                                 reference=f"R1-S{number}", due_on=DUE))  # fmt: skip
    found = seen(session, cast, JANUARY)
    assert len(found.late) == MOST_LATE
    assert [(line.reference, more) for line, more in found.more_late] == [("R1", 227 - MOST_LATE)]


def test_what_opens_is_due_or_closes_within_four_weeks_is_next(
    session: Session, cast: Cast, opened: Opened
) -> None:
    session.get_one(AuditRound, opened.round_id).closes_on = date(2027, 1, 15)
    another_round(session, opened, RoundStatus.DRAFT, -1)
    another_round(session, opened, RoundStatus.DRAFT, 28)
    another_round(session, opened, RoundStatus.DRAFT, 29)
    another_round(session, opened, RoundStatus.CLOSED, 1)
    found = seen(session, cast, DUE)
    assert [(one.day, one.occasion) for one in found.coming] == [
        (date(2026, 12, 17), Occasion.OPENS),
        (DUE, Occasion.DUE),
        (date(2027, 1, 15), Occasion.OPENS),
        (date(2027, 1, 15), Occasion.CLOSES),
    ]
    assert [line.reference for line in found.open] == ["R1"]
    assert [line.reference for line in found.drafts] == ["NDRAFT-1", "NDRAFT28", "NDRAFT29"]
    assert [line.reference for line in found.earlier] == ["NCLOSED1"]


@pytest.mark.parametrize(("who", "late"), [("Mo", 3), ("Olga", 0), ("Asif", 0)])
def test_everybody_finds_only_what_is_theirs(
    session: Session, cast: Cast, opened: Opened, who: str, late: int
) -> None:
    found = seen(session, cast, JANUARY, who)
    assert (len(found.late), found.total_late) == (late, late)
    assert found.is_empty is (late == 0)


def test_an_education_reviewer_finds_late_schools_only(
    session: Session, cast: Cast, opened: Opened
) -> None:
    erin = join(session, "Erin", (Role.EDUCATION_REVIEWER, "DOWN"))
    found = programme(session, JANUARY, visible_to=erin)
    assert [one.agency for one in found.late] == ["Elm Row School"]
    assert found.total_late == 1
