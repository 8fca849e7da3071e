"""What is held about somebody: all of it for them, and none of it about anybody else."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from s11audit.cli import main
from s11audit.domain.permissions import Role
from s11audit.models import (
    Action,
    Base,
    Delegation,
    Event,
    FactorKind,
    Invitation,
    OpenIdentity,
    OutgoingMail,
    SecondFactor,
    User,
    UserSession,
)
from s11audit.models.database import Database
from s11audit.queries.own_data import own_data
from s11audit.services.actions import add_note
from s11audit.services.events import record
from tests.cast import Cast
from tests.pages import Pages
from tests.rounds_and_returns import COMPLETE, NOON, Opened, return_named, submit

pytestmark = pytest.mark.slow


@pytest.fixture
def busy(database: Database, cast: Cast, opened: Opened) -> Opened:
    """Asif has done and been sent one of everything; others around him have, too."""
    with database.writing.begin() as session:
        submit(session, opened, cast, COMPLETE)
        action = session.scalars(select(Action)).one()
        add_note(session, action, "Asif’s own note", by=cast["Asif"], now=NOON)
        add_note(session, action, "Mo’s secret doubt", by=cast["Mo"], now=NOON)
        for name in ("Asif", "Cara"):
            surround(session, cast, name)
        delegation = Delegation(
            return_id=return_named(session, "R1-POL").id,
            user_id=cast["Bea"].user_id,
            standard_id="made-up",
            given_at=NOON,
            given_by_id=cast["Asif"].user_id,
        )
        session.add(delegation)
        asif, priya = cast["Asif"].user_id, cast["Priya"].user_id
        session.info["address"] = "203.0.113.77"
        record(session, "password-set", f"user {asif}", by=priya, at=NOON)
    return opened


def surround(session: Session, cast: Cast, name: str) -> None:
    user_id, email = cast[name].user_id, f"{name.lower()}@example.org"
    session.add_all(
        [
            Invitation(
                token_sha256=f"secret-of-{name}",
                email=email,
                name=name,
                role=Role.AGENCY_LEAD,
                agency_id=cast.agencies["POL"],
                invited_by_id=cast["Priya"].user_id,
                invited_at=NOON,
                expires_at=NOON + timedelta(days=7),
            ),
            SecondFactor(
                user_id=user_id,
                kind=FactorKind.APP,
                name=f"Telephone of {name}",
                secret=f"secret-of-{name}",
                added_at=NOON,
            ),
            OpenIdentity(
                user_id=user_id,
                issuer="https://login.example.org",
                subject=f"secret-of-{name}",
                email=email,
                added_at=NOON,
            ),
            OutgoingMail(
                kind="invitation",
                recipient=email,
                subject=f"A role for {name}",
                text=f"secret-of-{name}",
                written_at=NOON,
            ),
            UserSession(
                user_id=user_id,
                token_sha256=f"secret-{name}",
                started_at=NOON,
                last_seen_at=NOON,
                browser=f"Browser of {name}",
            ),
        ]
    )


def taken_out(pages: Pages) -> dict[str, Any]:
    """The JSON of each file of the zip, and the page to read first as `page`."""
    response = pages.client.get("/account/data.zip")
    assert response.status_code == 200
    return unpacked(response.get_data())


def unpacked(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    page = texts.pop("read-me-first.html")
    held = {name.removesuffix(".json"): json.loads(text) for name, text in texts.items()}
    return {"page": page, **held}


def test_somebody_takes_out_one_of_everything_that_is_theirs(
    pages: Pages, cast: Cast, busy: Opened
) -> None:
    held = taken_out(pages.sign_in(cast["Asif"]))
    assert held["profile"][0]["email"] == "asif@example.org"
    assert (held["roles"][0]["role"], held["roles"][0]["place"]) == (
        "agency-lead",
        "Downshire Police",
    )
    assert held["notes"] == [
        {"action": "R1-POL-A1", "written_at": NOON.isoformat(), "text": "Asif’s own note"}
    ]
    assert [one["question"] for one in held["answers"]] == sorted(COMPLETE)
    assert {one["return"] for one in held["answers"]} == {"R1-POL"}
    assert [one["subject"] for one in held["mail"]] == ["A role for Asif"]
    assert held["sign_in_methods"][0]["name"] == "Telephone of Asif"
    assert "Browser of Asif" in {one["browser"] for one in held["sessions"]}
    assert held["delegations"][0]["to_you"] in (False, 0)
    assert len(held["invitations"]) == 1
    whats = [event["what"] for event in held["events"]]
    assert {"started return R1-POL", "set the password of you"} <= set(whats)


def test_whoever_signed_has_their_signature(pages: Pages, cast: Cast, busy: Opened) -> None:
    held = taken_out(pages.sign_in(cast["Ines"]))
    assert held["signatures"][0]["return"] == "R1-POL"
    assert held["signatures"][0]["post"] == "Chief Officer"


def test_nothing_of_anybody_else_is_in_it(pages: Pages, cast: Cast, busy: Opened) -> None:
    held = taken_out(pages.sign_in(cast["Asif"]))
    text = json.dumps(held)
    for others in ("Cara", "cara@", "Mo’s", "doubt", "Priya", "Ines", "Bea", "203.0.113.77"):
        assert others not in text, others


def test_what_is_not_theirs_to_take_stays_in_the_return(
    pages: Pages, cast: Cast, busy: Opened
) -> None:
    text = json.dumps(taken_out(pages.sign_in(cast["Asif"])))
    for typed in ("The deputy leads.", "Open a separate room", "Structure chart"):
        assert typed not in text, typed


def test_no_secret_leaves(pages: Pages, cast: Cast, busy: Opened, database: Database) -> None:
    text = json.dumps(taken_out(pages.sign_in(cast["Asif"])))
    assert "secret" not in text.replace("Secrets are not in here", "")
    with database.reading() as session:
        assert session.get_one(User, cast["Asif"].user_id).password_hash not in text


def test_the_page_to_read_first_is_sound_whatever_a_name_holds(
    pages: Pages, cast: Cast, busy: Opened, database: Database
) -> None:
    hostile = "<script>alert(1)</script>"
    with database.writing.begin() as session:
        asif = cast["Asif"].user_id
        session.execute(update(User).where(User.id == asif).values(name=hostile))
    page = taken_out(pages.sign_in(cast["Asif"]))["page"]
    soup = BeautifulSoup(page, "html.parser")
    assert soup.script is None
    assert hostile in soup.h1.get_text()
    assert soup.html["lang"] == "en-GB"
    assert "3 November 2026 at 12:00pm" in soup.get_text()


def test_the_page_says_in_words_how_much_there_is(pages: Pages, cast: Cast, busy: Opened) -> None:
    page = pages.sign_in(cast["Asif"]).get("/account/data")
    rows = {
        row.th.find(string=True).strip(): row.td.get_text(strip=True)
        for row in page.soup.select("tbody tr")
    }
    assert rows["Notes that you wrote"] == "1"
    assert rows["Answers that you were the last to change"] == str(len(COMPLETE))
    assert rows["Your signatures"] == "0"


def test_taking_data_out_is_remembered(
    pages: Pages, cast: Cast, busy: Opened, database: Database
) -> None:
    taken_out(pages.sign_in(cast["Asif"]))
    with database.reading() as session:
        event = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    asif = cast["Asif"].user_id
    assert (event.kind, event.subject, event.user_id) == ("downloaded", f"user {asif}", asif)


@pytest.mark.parametrize("address", ["/account/data", "/account/data.zip"])
def test_a_browser_left_open_gives_nothing_away(
    pages: Pages, cast: Cast, busy: Opened, database: Database, address: str
) -> None:
    pages.sign_in(cast["Asif"])
    with database.writing.begin() as session:
        an_hour_ago = datetime.now(UTC) - timedelta(minutes=40)
        session.execute(update(UserSession).values(proved_at=an_hour_ago))
    page = pages.get(address)
    assert page.status == 302
    assert page.location.startswith("/sign-in/again")


def test_every_table_that_names_a_person_is_told_of_or_known_not_to_be(
    database: Database, cast: Cast
) -> None:
    """A new table with a column of somebody's must be put into their data."""
    referring = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "users"
    }
    assert referring == {
        "action_notes.user_id",
        "agreed_grades.agreed_by_id",
        "agreed_ratings.agreed_by_id",
        "answer_files.added_by_id",
        "answer_sheets.user_id",
        "answers.updated_by_id",
        "assessments.chair_id",
        "assessors.user_id",
        "case_audits.chair_id",
        "case_deletions.approved_by_id",
        "case_deletions.proposed_by_id",
        "case_files.auditor_id",
        "delegations.given_by_id",
        "delegations.user_id",
        "desk_visits.user_id",
        "events.user_id",
        "evidence_files.uploaded_by_id",
        "filled_forms.user_id",
        "findings.written_by_id",
        "immediate_concerns.closed_by_id",
        "immediate_concerns.raised_by_id",
        "immediate_concerns.seen_by_id",
        "invitations.accepted_by_id",
        "invitations.invited_by_id",
        "memberships.user_id",
        "open_identities.user_id",
        "panel_members.user_id",
        "panel_notes.updated_by_id",
        "parked_forms.user_id",
        "questionnaire_versions.proposed_by_id",
        "questionnaire_versions.published_by_id",
        "questionnaire_versions.uploaded_by_id",
        "ready_standards.marked_by_id",
        "recommendations.written_by_id",
        "recovery_codes.user_id",
        "return_comments.user_id",
        "second_factors.user_id",
        "sheet_answers.updated_by_id",
        "side_states.user_id",
        "sign_in_links.user_id",
        "signatures.user_id",
        "snapshots.frozen_by_id",
        "takeover_requests.decided_by_id",
        "user_sessions.user_id",
    }
    with database.reading() as session:
        parts = own_data(session, visible_to=cast["Asif"])
    assert len({part.name for part in parts}) == len(parts)


def test_the_operator_answers_a_request_that_came_by_post(
    database_url: str,
    database: Database,
    cast: Cast,
    busy: Opened,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    file = tmp_path / "asif.zip"
    result = CliRunner().invoke(main, ["users", "data", "Asif@Example.org", "-o", str(file)])
    assert result.exit_code == 0, result.output
    assert "about Asif" in result.output
    assert unpacked(file.read_bytes())["profile"][0]["name"] == "Asif"
    with database.reading() as session:
        event = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (event.kind, event.user_id) == ("downloaded", None)


def test_nobodys_address_is_said(
    database_url: str, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    words = ["users", "data", "nobody@example.org", "-o", str(tmp_path / "x.zip")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert "Nobody has an account" in result.output
    assert not (tmp_path / "x.zip").exists()
