"""People, agencies, partnerships and the history from the terminal."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from s11audit.cli import main
from s11audit.models import Agency, Event, EventChain, FactorKind, OutgoingMail, SecondFactor
from s11audit.models.database import Database
from s11audit.services.account import recognised_user
from tests.cast import LONG_AGO, PASSWORD, Cast
from tests.rounds_and_returns import Opened

pytestmark = pytest.mark.slow


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in [name for name in os.environ if name.startswith("S11AUDIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", database_url)
    return run_command


def run_command(*words: str) -> Result:
    result = CliRunner().invoke(main, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def lines_of(result: Result) -> Iterator[str]:
    assert result.exit_code == 0, result.output
    yield from result.stdout.splitlines()


def add(run: Any, *more: str, role: str = "agency-lead", email: str = "noor@example.org") -> Result:
    result: Result = run(
        "users", "add", "--name", "Noor Haddad", "--email", email, "--role", role, *more
    )
    return result


def test_the_password_printed_for_a_new_person_works(
    run: Any, cast: Cast, database: Database
) -> None:
    result = add(run, "--agency", "pol", email="Noor@example.org")
    printed = re.search(r"Password: (\S+)", result.stdout)
    assert printed, result.output
    with database.reading() as session:
        assert recognised_user(session, "noor@example.org", printed[1])


def test_the_operator_takes_a_lost_second_step_from_somebody(
    run: Any, cast: Cast, database: Database
) -> None:
    with database.writing.begin() as session:
        session.add(
            SecondFactor(
                user_id=cast["Priya"].user_id,
                kind=FactorKind.APP,
                name="Lost phone",
                added_at=LONG_AGO,
            )
        )
    assert "Priya is signed out" in run("users", "reset-second-factor", "priya@example.org").stdout
    with database.reading() as session:
        assert session.scalars(select(SecondFactor)).all() == []
        assert session.scalars(select(Event.kind)).all() == ["second-factors-reset"]


def test_who_has_no_second_step_is_told_of_and_nothing_happens(
    run: Any, cast: Cast, database: Database
) -> None:
    result = run("users", "reset-second-factor", "asif@example.org")
    assert result.stdout == "Asif had no second step, so there was none to reset.\n"
    with database.reading() as session:
        assert session.scalars(select(Event)).all() == []


def test_trust_viewers_and_operators_are_added(run: Any, cast: Cast) -> None:
    run("trusts", "add", "elm", "--name", "Elm Trust")
    assert add(run, "--trust", "elm", role="trust-viewer").exit_code == 0
    assert add(run, role="operator", email="otto@example.org").exit_code == 0
    people = json.loads(run("users", "list", "--json").stdout)
    roles = {person["email"]: person["roles"] for person in people}
    assert roles["noor@example.org"] == ["Trust viewer, Elm Trust"]
    assert roles["otto@example.org"] == ["Operator, the whole installation"]


def test_a_given_password_is_not_printed(run: Any, cast: Cast) -> None:
    result = add(run, "--agency", "POL", "--password", PASSWORD)
    assert result.exit_code == 0
    assert PASSWORD not in result.output


@pytest.mark.parametrize(
    ("more", "role", "code", "says"),
    [
        ([], "agency-lead", 2, "Say for which agency"),
        (["--agency", "NONE"], "agency-lead", 1, "Choose the agency"),
        ([], "manager", 2, "Say which partnership"),
        (["--partnership", "NONE"], "manager", 1, "Choose the partnership"),
        (["--partnership", "DOWN", "--agency", "POL"], "manager", 2, "Leave --agency out"),
        ([], "emperor", 2, "emperor"),
        ([], "trust-viewer", 2, "Say for which trust"),
        (["--trust", "NONE"], "trust-viewer", 1, "Choose the trust"),
        (["--agency", "POL", "--trust", "ELM"], "agency-lead", 2, "Leave --trust out"),
        (["--partnership", "DOWN"], "operator", 2, "Leave --partnership out"),
        (["--agency", "POL", "--password", "short"], "agency-lead", 1, "12 characters or more"),
    ],
)
def test_what_cannot_be_added_is_said_in_a_sentence(
    run: Any, cast: Cast, more: list[str], role: str, code: int, says: str
) -> None:
    result = add(run, *more, role=role)
    assert (result.exit_code, says in result.stderr) == (code, True), result.output
    assert result.stdout == ""


def test_an_address_is_taken_once(run: Any, cast: Cast) -> None:
    result = add(run, "--agency", "POL", email="ASIF@example.org")
    assert result.exit_code == 1
    assert result.stderr == "Error: Somebody with this e-mail address has an account already.\n"


def test_everybody_is_listed_whatever_their_partnership(run: Any, cast: Cast) -> None:
    people = json.loads(run("users", "list", "--json").stdout)
    assert [person["name"] for person in people] == sorted(cast.viewers)
    asif = next(person for person in people if person["name"] == "Asif")
    assert asif == {
        "name": "Asif",
        "email": "asif@example.org",
        "active": True,
        "roles": ["Agency lead, Downshire Police"],
    }
    assert "Asif  asif@example.org  active  Agency lead, Downshire Police" in lines_of(
        run("users", "list")
    )


def test_somebody_is_disabled_enabled_and_given_a_new_password(
    run: Any, cast: Cast, database: Database
) -> None:
    def can_sign_in(password: str) -> bool:
        with database.reading() as session:
            return recognised_user(session, "priya@example.org", password) is not None

    assert run("users", "disable", "Priya@example.org").exit_code == 0
    assert not can_sign_in(PASSWORD)
    assert run("users", "enable", "priya@example.org").exit_code == 0
    assert can_sign_in(PASSWORD)
    printed = re.search(r"Priya: (\S+)", run("users", "new-password", "priya@example.org").stdout)
    assert printed
    assert can_sign_in(printed[1])
    assert not can_sign_in(PASSWORD)


def test_somebody_unknown_is_said_to_be(run: Any, cast: Cast) -> None:
    result = run("users", "disable", "nobody@example.org")
    assert result.exit_code == 1
    assert result.stderr == "Error: Nobody with a role has the address nobody@example.org.\n"


def test_agencies_are_added_and_listed(run: Any, cast: Cast) -> None:
    words = ("agencies", "add", "elm", "--name", "Elm Nursery", "--type", "early-years")
    assert run(*words).exit_code == 2  # there are two partnerships
    assert run(*words, "--partnership", "down").exit_code == 0
    listed = json.loads(run("agencies", "list", "--json").stdout)
    elm = {"reference": "ELM", "name": "Elm Nursery", "type": "early-years"}
    assert {**elm, "attributes": [], "people": 0} in listed
    changed = run("agencies", "change", "elm", "--with", "volunteers", "--with", "nursery")
    assert changed.stdout == "Elm Nursery has or does: nursery, volunteers.\n"
    assert {"POL", "FARPOL"} <= {agency["reference"] for agency in listed}
    assert "already" in run(*words, "--partnership", "down").stderr


def test_a_type_that_looks_mistyped_is_refused_and_a_word_of_ones_own_is_not(
    run: Any, cast: Cast
) -> None:
    words = ("agencies", "add", "elm", "--name", "Elm", "--partnership", "down", "--type")
    refused = run(*words, "charitee")
    assert refused.exit_code == 2
    assert "did you mean “charity”?" in refused.stderr
    assert run(*words, "lighthouse").exit_code == 0


def test_partnerships_are_listed(run: Any, cast: Cast) -> None:
    listed = json.loads(run("partnerships", "list", "--json").stdout)
    assert {one["reference"] for one in listed} == {"DOWN", "FAR"}


def test_partnerships_trusts_and_shared_agencies_are_set_up(run: Any, cast: Cast) -> None:
    assert run("partnerships", "add", "north", "--name", "North SCP").exit_code == 0
    assert run("trusts", "add", "elm", "--name", "Elm Trust").exit_code == 0
    joined = run("trusts", "join", "ELM", "SCH")
    assert joined.stdout == "Elm Row School belongs to Elm Trust.\n"
    assert "not a school" in run("trusts", "join", "ELM", "POL").stderr
    listed = json.loads(run("trusts", "list", "--json").stdout)
    assert listed == [{"reference": "ELM", "name": "Elm Trust", "schools": ["SCH"]}]
    assert run("trusts", "leave", "SCH").exit_code == 0
    shared = run("agencies", "share", "POL", "--with", "NORTH")
    assert shared.stdout.endswith("Downshire Safeguarding Children Partnership; North SCP.\n")
    assert (
        "There is no partnership NONE" in run("agencies", "share", "POL", "--with", "NONE").stderr
    )


def test_a_list_of_people_is_tried_first_and_then_invited(
    run: Any, cast: Cast, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes("name;e-mail;school;type\nZoë;zoe@e.org;Ash School;school\n".encode("cp1252"))
    words = ("people", "invite-many", str(file), "--partnership", "down")
    dry = run(*words, "--dry-run")
    assert list(lines_of(dry)) == [
        "Agency  ASH-SCHOOL  school  Ash School",
        "Invite  zoe@e.org  agency-lead  Ash School",
        "To be done: 1 person invited, 1 agency added.",
    ]
    assert list(lines_of(run(*words)))[-1] == "Done: 1 person invited, 1 agency added."
    plan = json.loads(run(*words, "--json").stdout)
    assert [one["email"] for one in plan["waiting"]] == ["zoe@e.org"]
    with database.reading() as session:
        mail = session.scalars(select(OutgoingMail)).one()
    assert "/join/" in mail.text


def test_a_faulty_list_invites_nobody(
    run: Any, cast: Cast, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("name,e-mail,school,type\nAnn,a@e.org,Ash,school\nBob,bob,Ash,school\n")
    result = run("people", "invite-many", str(file), "--partnership", "DOWN")
    assert result.exit_code == 1
    assert result.stderr.startswith("Line 3, e-mail: Enter an e-mail address")
    assert "The list has 1 fault. Nothing was done." in result.stderr
    with database.reading() as session:
        assert session.scalars(select(OutgoingMail)).all() == []


def test_a_list_of_agencies_is_tried_first_and_then_taken_into_a_round(
    run: Any, opened: Opened, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "agencies.csv"
    file.write_text("name,type\nAsh School,school\nElm Row School,\nash school,school\n")
    words = ("agencies", "import", str(file), "--partnership", "down", "--round", "r1")
    assert list(lines_of(run(*words, "--dry-run"))) == [
        "Agency  ASH-SCHOOL  school  Ash School",
        "There already  SCH  Elm Row School",
        "Line 4 names ASH-SCHOOL again, like line 2",
        "To be done: 1 agency added, 1 taken into R1.",
    ]
    with database.reading() as session:
        assert session.scalars(select(Agency).filter_by(reference="ASH-SCHOOL")).all() == []
    assert list(lines_of(run(*words)))[-1] == "Done: 1 agency added, 1 taken into R1."
    plan = json.loads(run(*words, "--json").stdout)
    assert (plan["added"], plan["joining"]) == ([], [])
    assert {one["reference"] for one in plan["found"]} == {"ASH-SCHOOL", "SCH"}
    shown = json.loads(run("rounds", "show", "R1", "--json").stdout)
    assert shown["by_type"]["school"] == {"returned": 0, "expected": 2}


def test_a_faulty_list_of_agencies_adds_none(run: Any, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "agencies.csv"
    file.write_text("name,type\nAsh School,school\nOak School,shcool\n")
    result = run("agencies", "import", str(file), "--partnership", "DOWN")
    assert result.exit_code == 1
    assert "Line 3, agency type: “shcool” is none that we know" in result.stderr
    assert "The list has 1 fault. Nothing was done." in result.stderr
    assert "Ash School" not in run("agencies", "list").stdout
    wrong = run("agencies", "import", str(file), "--partnership", "DOWN", "--round", "NONE")
    assert (wrong.exit_code, "You run no round NONE" in wrong.stderr) == (1, True)


def test_the_empty_list_of_agencies_can_be_imported(run: Any, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "agencies.csv"
    file.write_bytes(run("agencies", "template").stdout_bytes)
    done = run("agencies", "import", str(file), "--partnership", "DOWN")
    assert list(lines_of(done))[-1] == "Done: 2 agencies added."


@pytest.fixture
def history(run: Any, cast: Cast) -> Any:
    for reference in ("ONE", "TWO", "THREE"):
        words = ("agencies", "add", reference, "--name", "Elm", "--type", "faith")
        assert run(*words, "--partnership", "DOWN").exit_code == 0
    return run


def test_a_history_left_alone_is_whole(history: Any) -> None:
    assert list(lines_of(history("audit", "verify"))) == ["The history is whole: 3 events."]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "agency-left"}, "is not as it was written"),
        ({"detail": {}}, "is not as it was written"),
        ({"subject": "agency ONE"}, "is not as it was written"),
        ({"previous_sha256": "0" * 64}, "does not follow the event before it"),
    ],
)
def test_a_changed_event_is_named(
    history: Any, database: Database, change: dict[str, Any], says: str
) -> None:
    with database.writing.begin() as session:
        session.execute(update(Event).where(Event.id == 2).values(**change))
    result = history("audit", "verify")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: Event 2 (")
    assert says in result.stderr
    assert "The 1 before it are whole." in result.stderr


@pytest.mark.parametrize(("gone", "says"), [(2, "Event 3"), (3, "latest events are missing")])
def test_a_removed_event_is_missed(history: Any, database: Database, gone: int, says: str) -> None:
    with database.writing.begin() as session:
        session.delete(session.get_one(Event, gone))
    result = history("audit", "verify")
    assert (result.exit_code, says in result.stderr) == (1, True), result.output


def test_a_head_of_another_history_is_noticed(history: Any, database: Database) -> None:
    with database.writing.begin() as session:
        session.execute(update(EventChain).values(head_sha256="0" * 64))
    assert history("audit", "verify").exit_code == 1
