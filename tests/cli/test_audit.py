"""Proving the history from the terminal: every kind of tampering is found, and named."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from s11audit.cli import main
from s11audit.models import Agency, Event, EventChain
from s11audit.models.database import Database
from s11audit.services.events import ADDRESS, record, seal
from tests.cast import Cast
from tests.rounds_and_returns import NOON

pytestmark = pytest.mark.slow

AFTER = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def audit(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in [name for name in os.environ if name.startswith("S11AUDIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", database_url)
    return run_audit


def run_audit(*words: str) -> Result:
    result = CliRunner().invoke(main, ["audit", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def history(database: Database, cast: Cast) -> list[int]:
    """Ids of five events of the police, from an address, each with a value that changed."""
    with database.writing.begin() as session:
        session.info[ADDRESS] = "192.0.2.1"
        police = session.get_one(Agency, cast.agencies["POL"])
        by = cast["Priya"].user_id
        return [
            record(
                session,
                "agency-attributes-changed",
                f"agency {number}",
                by=by,
                at=NOON,
                detail={"before": number, "after": number + 1},
                of=police,
            ).id
            for number in range(1, 6)
        ]


def change(database: Database, event_id: int, **values: Any) -> None:
    with database.writing.begin() as session:
        session.execute(update(Event).where(Event.id == event_id).values(**values))


def remove(session: Session, event_id: int) -> None:
    session.execute(delete(Event).where(Event.id == event_id))


def content_of(session: Session, event_id: int) -> dict[str, Any]:
    event = session.get_one(Event, event_id)
    names = [column.key for column in Event.__table__.columns if column.key != "id"]
    return {name: getattr(event, name) for name in names}


def sealed_anew(session: Session) -> None:
    """What somebody does who can write the database and has read this program."""
    previous = ""
    for event in session.scalars(select(Event).order_by(Event.id)):
        event.previous_sha256 = previous
        previous = event.sha256 = seal(event)
    session.execute(update(EventChain).values(head_sha256=previous))


def fault(audit: Any, *words: str) -> str:
    result = audit("verify", *words)
    assert result.exit_code == 1, result.output
    return str(result.stderr)


def test_a_history_left_alone_is_whole(audit: Any, history: list[int]) -> None:
    assert audit("verify").stdout == "The history is whole: 5 events.\n"


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "agency-added"},
        {"subject": "agency 9"},
        {"detail": {"before": 3, "after": 9}},
        {"detail": {}},
        {"user_id": None},
        {"happened_at": AFTER},
        {"address": "192.0.2.2"},
        {"address": ""},
        {"agency_id": None},
        {"partnership_id": 1},
        {"sha256": "0" * 64},
    ],
)
def test_a_changed_column_is_found_in_its_event(
    audit: Any, database: Database, history: list[int], values: dict[str, Any]
) -> None:
    change(database, history[2], **values)
    said = fault(audit)
    assert said.startswith(f"Error: Event {history[2]} (")
    assert "is not as it was written. The 2 before it are whole." in said


def test_an_event_given_to_another_agency_is_found(
    audit: Any, database: Database, history: list[int], cast: Cast
) -> None:
    change(database, history[0], agency_id=cast.agencies["HOSP"])
    said = fault(audit)
    assert said.startswith(f"Error: Event {history[0]} (agency-attributes-changed, agency 1, 3 Nov")
    assert "is not as it was written. The 0 before it are whole." in said


@pytest.mark.parametrize("gone", [0, 2])
def test_a_deleted_event_is_missed_by_the_one_after_it(
    audit: Any, database: Database, history: list[int], gone: int
) -> None:
    with database.writing.begin() as session:
        remove(session, history[gone])
    said = fault(audit)
    assert f"Event {history[gone + 1]} (" in said
    assert f"does not follow the event before it. The {gone} before it are whole." in said


@pytest.mark.parametrize("kept", [0, 3, 4])
def test_events_deleted_from_the_end_are_missed(
    audit: Any, database: Database, history: list[int], kept: int
) -> None:
    with database.writing.begin() as session:
        for event_id in history[kept:]:
            remove(session, event_id)
    assert "latest events are missing from the end" in fault(audit)


def test_an_event_put_at_the_end_by_hand_is_named(
    audit: Any, database: Database, history: list[int]
) -> None:
    with database.writing.begin() as session:
        content = content_of(session, history[4])
        forged = Event(**{**content, "subject": "agency 9"})
        forged.previous_sha256 = content["sha256"]
        forged.sha256 = seal(forged)
        session.add(forged)
    said = fault(audit)
    assert "agency 9" in said
    assert "was added to the end without its place" in said


def test_an_event_put_between_two_others_is_named(
    audit: Any, database: Database, history: list[int]
) -> None:
    with database.writing.begin() as session:
        contents = [content_of(session, event_id) for event_id in history]
        for event_id in history[3:]:
            remove(session, event_id)
        forged = {**contents[2], "subject": "agency 9", "sha256": "1" * 64}
        session.add_all(
            Event(id=history[3] + number, **content)
            for number, content in enumerate([forged, *contents[3:]])
        )
    said = fault(audit)
    assert f"Event {history[3]} (agency-attributes-changed, agency 9" in said
    assert "does not follow the event before it" in said


def test_two_events_that_changed_places_are_found(
    audit: Any, database: Database, history: list[int]
) -> None:
    with database.writing.begin() as session:
        second, third = (content_of(session, event_id) for event_id in history[1:3])
        for event_id in history[1:3]:
            remove(session, event_id)
        session.add_all([Event(id=history[1], **third), Event(id=history[2], **second)])
    said = fault(audit)
    assert f"Event {history[1]} (agency-attributes-changed, agency 3" in said
    assert "does not follow the event before it" in said


def test_a_head_that_is_gone_or_another_is_found(
    audit: Any, database: Database, history: list[int]
) -> None:
    with database.writing.begin() as session:
        session.execute(update(EventChain).values(head_sha256="0" * 64))
    assert "latest events are missing" in fault(audit)
    with database.writing.begin() as session:
        session.execute(delete(EventChain))
    assert "latest events are missing" in fault(audit)


def test_what_is_no_longer_json_is_said_and_not_thrown(
    audit: Any, database: Database, history: list[int]
) -> None:
    if database.engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL refuses to store what is not JSON")
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE events SET detail = '{{' WHERE id = {history[2]}")
    assert "cannot be read" in fault(audit)


def test_an_anchor_holds_while_the_history_grows(
    audit: Any, database: Database, history: list[int], tmp_path: Path
) -> None:
    file = tmp_path / "anchor.json"
    assert audit("anchor", "-o", str(file)).exit_code == 0
    kept = json.loads(file.read_text())
    assert (kept["events"], kept["last_event"]) == (5, history[4])
    assert set(kept) == {"events", "last_event", "head_sha256", "at", "installation"}
    with database.writing.begin() as session:
        record(session, "agency-added", "agency 6", by=None, at=AFTER)
    result = audit("verify", "--anchor", str(file))
    assert "The history is whole: 6 events." in result.stdout
    assert "contains the 5 events" in result.stdout


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (lambda session, ids: remove(session, ids[4]), "is missing"),
        (lambda session, ids: remove(session, ids[1]), "is not the one that stood there"),
        (
            lambda session, ids: session.execute(
                update(Event).where(Event.id == ids[1]).values(subject="agency 9")
            ),
            "is not the one that stood there",
        ),
    ],
)
def test_a_history_sealed_anew_is_whole_but_not_the_one_of_the_anchor(
    audit: Any, database: Database, history: list[int], tmp_path: Path, tamper: Any, says: str
) -> None:
    file = tmp_path / "anchor.json"
    audit("anchor", "-o", str(file))
    with database.writing.begin() as session:
        tamper(session, history)
        session.expire_all()
        sealed_anew(session)
    assert audit("verify").exit_code == 0
    said = fault(audit, "--anchor", str(file))
    assert says in said
    assert "The history was written anew." in said


def test_an_anchor_of_an_empty_history_is_printed_and_holds(audit: Any, tmp_path: Path) -> None:
    printed = audit("anchor").stdout
    assert (json.loads(printed)["events"], json.loads(printed)["last_event"]) == (0, None)
    file = tmp_path / "anchor.json"
    file.write_text(printed)
    assert audit("verify", "--anchor", str(file)).exit_code == 0


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"events": 1, "at": "yesterday"}'])
def test_a_file_that_is_no_anchor_is_refused_in_one_sentence(
    audit: Any, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "anchor.json"
    file.write_text(text)
    assert fault(audit, "--anchor", str(file)).endswith("This is not an anchor of a history.\n")
