"""Adding agencies from a list: what is read, what is said twice, what is wrong, and the round."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.workflow import RoundStatus
from s11audit.models import Agency, AgencyReturn, AuditRound, Event
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.services.agency_lists import AgencyPlan, add_planned, plan_agencies
from s11audit.services.bulk_invitations import carry_out, plan_invitations
from s11audit.services.invitation_files import AGENCY_COLUMNS, read_rows, template
from s11audit.services.refusals import RefusedError
from tests.cast import Cast
from tests.rounds_and_returns import NOON, Opened

HEADINGS = "reference,name,type,attributes\n"


@pytest.fixture
def walled(database: Database, cast: Cast) -> Iterator[Session]:
    """A session as Priya's requests have: on PostgreSQL she sees no other partnership's rows."""
    with database.within(Wall.around(cast["Priya"])).writing() as opened:
        yield opened


def planned(session: Session, cast: Cast, lines: str, round_: str = "") -> AgencyPlan:
    rows = read_rows(HEADINGS + lines, AGENCY_COLUMNS)
    return plan_agencies(session, rows, "DOWN", round_, by=cast["Priya"])


def done(session: Session, cast: Cast, plan: AgencyPlan) -> None:
    add_planned(session, plan, by=cast["Priya"], now=NOON)


def test_agencies_are_added_without_anybody_to_invite(walled: Session, cast: Cast) -> None:
    plan = planned(walled, cast, "ASH,Ash School,School,primary\n,Birch Trust,nhs-trust,\n")
    assert plan.faults == ()
    assert [one.reference for one in plan.added] == ["ASH", "BIRCH-TRUST"]
    done(walled, cast, plan)
    ash = walled.scalars(select(Agency).filter_by(reference="ASH")).one()
    assert (ash.name, ash.agency_type, ash.attributes) == ("Ash School", "school", {"primary"})
    assert walled.scalars(select(AgencyReturn)).all() == []
    events = walled.scalars(select(Event).where(Event.kind == "agency-added")).all()
    assert [one.subject for one in events] == ["agency ASH", "agency BIRCH-TRUST"]


def test_what_is_there_or_said_twice_is_told_and_not_added_again(
    walled: Session, cast: Cast
) -> None:
    lines = ",Elm Row School,,\nASH,Ash School,school,\n,ash school,school,\nSCH,,,\n"
    plan = planned(walled, cast, lines)
    assert [one.reference for one in plan.added] == ["ASH"]
    assert [one.reference for one in plan.found] == ["SCH"]
    assert [(one.line, one.first, one.reference) for one in plan.repeated] == [
        (4, 3, "ASH"),
        (5, 2, "SCH"),
    ]
    done(walled, cast, plan)
    again = planned(walled, cast, lines)
    assert not again.changes_anything
    assert {one.reference for one in again.found} == {"ASH", "SCH"}


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("NEW,New,shcool,", "agency type", "did you mean school?"),
        ("NEW,New,,", "agency type", "enter its type"),
        ("NEW,,school,", "agency name", "There is no agency NEW"),
        (",,school,", "agency name", "or its reference"),
        ("N EW,New,school,", "agency reference", "12 capital letters"),
        ("FARPOL,Farshire Police,police,", "agency reference", "ask the operator"),
        ("POL,Downshire Fire,,", "agency name", "POL is Downshire Police"),
        ("POL,,school,", "agency type", "has the type Police"),
        ("NEW,=1+1,school,", "agency name", "formula"),
        ("NEW,New,school,primry", "attributes", "did you mean primary?"),
        ("ASH,Ash Academy,school,", "agency name", "ASH is Ash School"),
        ("OAK,Ash School,school,", "agency reference", "has the reference ASH"),
        (",Ash School,school,boarding", "attributes", "Line 2 adds Ash School"),
    ],
)
def test_a_faulty_line_is_named_with_what_would_be_right(
    walled: Session, cast: Cast, row: str, column: str, says: str
) -> None:
    plan = planned(walled, cast, f"ASH,Ash School,school,primary\n{row}\n")
    told = [(fault.line, fault.column) for fault in plan.faults if says in fault.message]
    assert told == [(3, column)], plan.faults
    with pytest.raises(RefusedError):
        done(walled, cast, plan)
    assert walled.scalars(select(Agency).filter_by(reference="ASH")).all() == []


def test_new_agencies_and_those_there_join_a_round_once(
    database: Database, cast: Cast, opened: Opened
) -> None:
    with database.writing.begin() as session:
        session.delete(session.scalars(select(AgencyReturn).filter_by(reference="R1-SCH")).one())
    lines = "ASH,Ash School,school,\nSCH,,,\nPOL,,,\n"
    with database.within(Wall.around(cast["Priya"])).writing.begin() as walled:
        plan = planned(walled, cast, lines, "R1")
        assert [one.reference for one in plan.joining] == ["ASH", "SCH"]
        done(walled, cast, plan)
        references = walled.scalars(select(AgencyReturn.reference).order_by(AgencyReturn.id))
        assert set(references) == {"R1-POL", "R1-HOSP", "R1-SCH", "R1-ASH"}
        assert not planned(walled, cast, lines, "R1").changes_anything
        event = walled.scalars(select(Event).where(Event.kind == "round-agencies-added")).one()
        assert event.detail["returns"] == ["R1-ASH", "R1-SCH"]


def test_people_and_agencies_of_one_list_join_a_round(
    walled: Session, cast: Cast, opened: Opened
) -> None:
    rows = read_rows("school,type,e-mail,name\nAsh School,school,ann@ash.example,Ann\n")
    plan = plan_invitations(walled, rows, "DOWN", "R1", by=cast["Priya"], now=NOON)
    assert [one.reference for one in plan.joining] == ["ASH-SCHOOL"]
    carry_out(walled, plan, by=cast["Priya"], now=NOON, address=lambda token: token)
    assert walled.scalars(select(AgencyReturn).filter_by(reference="R1-ASH-SCHOOL")).one()


def test_a_round_that_has_closed_or_is_anothers_takes_nobody_in(
    database: Database, session: Session, cast: Cast, opened: Opened
) -> None:
    for round_, says in (("NONE", "You run no round NONE"), ("R1", "has closed")):
        session.get_one(AuditRound, opened.round_id).status = RoundStatus.CLOSED
        session.flush()
        with pytest.raises(RefusedError, match=says) as refused:
            planned(session, cast, "ASH,Ash School,school,\n", round_)
        assert refused.value.field == "round"
    session.commit()
    with database.within(Wall.around(cast["Olga"])).writing() as hers:
        rows = read_rows(HEADINGS + "ASH,Ash School,school,\n", AGENCY_COLUMNS)
        with pytest.raises(RefusedError, match="You run no round R1"):
            plan_agencies(hers, rows, "FAR", "R1", by=cast["Olga"])


def test_two_hundred_and_twenty_four_schools_are_one_list(
    walled: Session, cast: Cast, opened: Opened
) -> None:
    lines = "".join(f",School number {number},school,\n" for number in range(224))
    plan = planned(walled, cast, lines, "R1")
    assert (len(plan.added), len(plan.joining), plan.faults) == (224, 224, ())
    done(walled, cast, plan)
    assert len(walled.scalars(select(AgencyReturn)).all()) == 227


def test_the_template_can_be_read_and_names_nobody(walled: Session, cast: Cast) -> None:
    text = template(AGENCY_COLUMNS).decode("utf-8-sig")
    assert "e-mail" not in text
    plan = plan_agencies(walled, read_rows(text, AGENCY_COLUMNS), "DOWN", "", by=cast["Priya"])
    assert (len(plan.added), plan.faults, plan.unread) == (2, (), ())


def test_columns_of_people_are_told_to_be_of_no_use(walled: Session, cast: Cast) -> None:
    rows = read_rows("school,type,e-mail\nAsh School,school,a@e.org\n", AGENCY_COLUMNS)
    plan = plan_agencies(walled, rows, "DOWN", "", by=cast["Priya"])
    assert (plan.unread, len(plan.added)) == (("e-mail",), 1)
