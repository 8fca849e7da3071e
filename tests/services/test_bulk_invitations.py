"""Inviting many people from one list: what is read, what is wrong, and all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.models import Agency, Event, Invitation, OutgoingMail, Partnership
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.questionnaires.authoring.csv_lists import spreadsheet_text
from s11audit.services.bulk_agencies import References
from s11audit.services.bulk_invitations import Plan, carry_out, plan_invitations
from s11audit.services.invitation_files import read_rows, template
from s11audit.services.refusals import RefusedError
from tests.cast import Cast

NOW = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
HEADINGS = "agency reference,agency name,agency type,e-mail,name,role,attributes\n"


@pytest.fixture
def walled(database: Database, cast: Cast) -> Iterator[Session]:
    """A session as Priya's requests have: on PostgreSQL she sees no other partnership's rows."""
    with database.within(Wall.around(cast["Priya"])).writing() as opened:
        yield opened


def planned(session: Session, cast: Cast, text: str) -> Plan:
    return plan_invitations(session, read_rows(text), "DOWN", by=cast["Priya"], now=NOW)


def done(session: Session, cast: Cast, plan: Plan) -> None:
    carry_out(session, plan, by=cast["Priya"], now=NOW, address=lambda token: f"https://x/{token}")


def test_new_agencies_are_added_and_everybody_is_invited(walled: Session, cast: Cast) -> None:
    plan = planned(
        walled,
        cast,
        HEADINGS + "ash,Ash School,School,Robin@Ash.example,Robin Ash,,primary Maintained\n"
        "ASH,ash school,,jo@ash.example,Jo Birch,signatory,\n"
        ",Birch Nursery,early-years,kit@birch.example,Kit Elm,,Early years provision; volunteers\n"
        "SCH,,,sam@elm.example,Sam Oak,Contributor,\n",
    )
    assert plan.faults == []
    assert [(one.reference, one.name, one.agency_type) for one in plan.added] == [
        ("ASH", "Ash School", "school"),
        ("BIRCH-NURSER", "Birch Nursery", "early-years"),
    ]
    assert plan.added[1].attributes == {"early-years", "volunteers"}
    assert [one.name for one in plan.found] == ["Elm Row School"]
    done(walled, cast, plan)
    invited = walled.execute(select(Invitation.email, Invitation.role).order_by(Invitation.id))
    assert [tuple(row) for row in invited] == [
        ("robin@ash.example", Role.AGENCY_LEAD),
        ("jo@ash.example", Role.SIGNATORY),
        ("kit@birch.example", Role.AGENCY_LEAD),
        ("sam@elm.example", Role.CONTRIBUTOR),
    ]
    ash = walled.scalars(select(Agency).filter_by(reference="ASH")).one()
    assert ash.attributes == {"primary", "maintained"}
    assert walled.scalar(select(func.count()).select_from(OutgoingMail)) == 4
    event = walled.scalars(select(Event).filter_by(kind="many-invited")).one()
    assert event.detail == {"agencies": 2, "invitations": 4}
    assert event.partnership_id == cast.partnerships["DOWN"]


def test_a_second_time_there_is_nothing_left_to_do(walled: Session, cast: Cast) -> None:
    text = HEADINGS + (
        "POL,,,asif@example.org,Asif,,\n,Ash School,school,robin@ash.example,Robin Ash,,\n"
    )
    plan = planned(walled, cast, text)
    assert ([one.email for one in plan.present], plan.waiting) == (["asif@example.org"], [])
    done(walled, cast, plan)
    again = planned(walled, cast, text)
    assert not again.changes_anything
    assert [one.email for one in again.waiting] == ["robin@ash.example"]


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("POL,,,no address,Ann,,", "e-mail", "name@example.org"),
        ("POL,,,=a@e.org,,,", "name", "Enter a name"),
        ("POL,,,a@e.org,=HYPERLINK(1),,", "name", "formula"),
        (",@SUM,school,a@e.org,Ann,,", "agency name", "formula"),
        ("POL,,,a@e.org,Ann,manager,", "role", "use one of agency-lead"),
        ("POL,,,a@e.org,Ann,agency-laed,", "role", "did you mean agency-lead?"),
        ("POL,Downshire Fire,,a@e.org,Ann,,", "agency name", "POL is Downshire Police"),
        ("POL,,school,a@e.org,Ann,,", "agency type", "has the type Police"),
        ("P OL,,,a@e.org,Ann,,", "agency reference", "12 capital letters"),
        ("FARPOL,Farshire Police,police,a@e.org,Ann,,", "agency reference", "ask the operator"),
        ("NEW,Elm Row School,school,a@e.org,Ann,,", "agency reference", "has the reference SCH"),
        ("NEW,,school,a@e.org,Ann,,", "agency name", "There is no agency NEW"),
        ("NEW,New,,a@e.org,Ann,,", "agency type", "enter its type"),
        ("NEW,New,shcool,a@e.org,Ann,,", "agency type", "did you mean school?"),
        (",,school,a@e.org,Ann,,", "agency name", "or its reference"),
        ("NEW,New,school,a@e.org,Ann,,primry", "attributes", "did you mean primary?"),
        ("NEW,New,school,a@e.org,Ann,,Ärzte", "attributes", "one word of lower-case letters"),
        ("POL,,,a@e.org,Haddad, Noor,,primary", "", "quotation marks"),
    ],
)
def test_a_faulty_line_is_named_with_what_would_be_right(
    walled: Session, cast: Cast, row: str, column: str, says: str
) -> None:
    plan = planned(walled, cast, f"{HEADINGS}SCH,,,fine@e.org,Fine,,\n{row}\n")
    told = [(fault.line, fault.column) for fault in plan.faults if says in fault.message]
    columns = [fault.column for fault in plan.faults]
    assert len(columns) == len(set(columns)), plan.faults
    assert told == [(3, column)], plan.faults
    with pytest.raises(RefusedError):
        done(walled, cast, plan)
    assert walled.scalar(select(func.count()).select_from(Invitation)) == 0


def test_every_fault_is_told_at_once_in_the_order_of_the_lines(walled: Session, cast: Cast) -> None:
    text = HEADINGS + "NEW,,shcool,bad,,emperor,\n" + "POL,,,a@e.org,Ann,,\n" * 2
    faults = planned(walled, cast, text + "SCH,,,a@e.org,Bob,,\n").faults
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)
    assert {fault.column for fault in faults if fault.line == 2} >= {
        "agency name",
        "agency type",
        "e-mail",
        "name",
        "role",
    }
    assert [fault.message for fault in faults if fault.line == 4] == [
        "Line 3 invites the same person already: remove one of them"
    ]
    assert [fault.column for fault in faults if fault.line == 5] == ["name"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_however_a_spreadsheet_saved_it(
    encoding: str, separator: str, line_end: str
) -> None:
    lines = [["E-Mail Address", "Full name", "School", "Notes"], ["z@e.org", "Zoë Côté", "É", "x"]]
    text = line_end.join(separator.join(cells) for cells in lines)
    file = read_rows(spreadsheet_text(text.encode(encoding)))
    assert [(row.line, row.email, row.name, row.agency) for row in file.rows] == [
        (2, "z@e.org", "Zoë Côté", "É")
    ]
    assert (file.faults, file.unread) == ((), ("Notes",))


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = 'sep=;\n\ne-mail;name;agency\n\n"a@e.org";"Ann\nLee";"A; B"\nb@e.org;Bob;B\n'
    assert [(row.line, row.name, row.agency) for row in read_rows(text).rows] == [
        (5, "Ann Lee", "A; B"),
        (7, "Bob", "B"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Choose a file"),
        ("e-mail,name,agency\n", "no line below"),
        ("e-mail,name,agency\n\x00", "not a text file"),
        ("e-mail,name,agency\n" + "a@e.org,Ann,A\n" * 5_001, "Divide them into files of 5,000"),
        ("x" * 2_000_001, "larger than 2 MB"),
    ],
)
def test_a_file_with_nothing_or_too_much_in_it_is_refused(text: str, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        read_rows(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("e-mail,name\na@e.org,Ann\n", "call one “agency name”"),
        ("e-mail,email,name,agency\na@e.org,,Ann,A\n", "remove one"),
        ('e-mail,name,agency\na@e.org,"Ann,A\n', "do not match up"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_is_missing(text: str, says: str) -> None:
    file = read_rows(text)
    assert file.rows == ()
    assert [says in fault.message for fault in file.faults] == [True]


def test_the_template_is_a_list_without_faults(walled: Session, cast: Cast) -> None:
    plan = planned(walled, cast, spreadsheet_text(template()).replace("Elm Row", "Oak Row"))
    assert plan.faults == []
    assert len(plan.invited) == 2


def test_what_has_changed_meanwhile_changes_the_digest(walled: Session, cast: Cast) -> None:
    text = HEADINGS + ",Ash School,school,robin@ash.example,Robin Ash,,\n"
    shown = planned(walled, cast, text)
    assert planned(walled, cast, text).digest == shown.digest
    home = walled.get_one(Partnership, cast.partnerships["DOWN"])
    walled.add(Agency(reference="X", name="Ash School", agency_type="school", partnerships=[home]))
    walled.flush()
    assert planned(walled, cast, text).digest != shown.digest


@pytest.mark.parametrize("who", ["Mo", "Asif", "Olga"])
def test_only_the_manager_of_the_partnership_invites_many(
    session: Session, cast: Cast, who: str
) -> None:
    file = read_rows(HEADINGS + "POL,,,a@e.org,Ann,,\n")
    with pytest.raises(RefusedError):
        plan_invitations(session, file, "DOWN", by=cast[who], now=NOW)


def test_references_made_up_are_short_plain_and_new() -> None:
    references = References({"OAK"})
    for name, reference in [
        ("Élan Vital", "ELAN-VITAL"),
        ("St Mary’s Catholic Primary", "ST-MARYS-CAT"),
        ("St Mary’s Catholic Infants", "ST-MARYS-C-2"),
        ("学校", "AGENCY"),
        ("--", "AGENCY-2"),
        ("Oak", "OAK-2"),
    ]:
        assert references.made_up(name) == reference
