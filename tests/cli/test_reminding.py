"""Reminding from the terminal, for cron."""

from __future__ import annotations

import json

from click.testing import CliRunner, Result
from sqlalchemy import select

from s11audit.cli import main
from s11audit.models import OutgoingMail, User
from s11audit.models.database import Database
from tests.cast import Cast
from tests.rounds_and_returns import Opened

WITH_SERVER = {
    "S11AUDIT_SMTP_HOST": "mail.invalid",
    "S11AUDIT_SMTP_FROM": "audit@example.org",
    "S11AUDIT_BASE_URL": "https://audit.example.org",
}
WITHOUT_SERVER = {"S11AUDIT_SMTP_HOST": None}


def run(database_url: str, *words: str, with_server: bool = True) -> Result:
    told = {"DATABASE_URL": database_url, **(WITH_SERVER if with_server else WITHOUT_SERVER)}
    return CliRunner().invoke(main, ["remind", *words], env=told)


def texts(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(OutgoingMail.text)))


def test_a_run_writes_what_is_due_that_day_and_names_whom_nobody_reaches(
    database: Database, database_url: str, opened: Opened, cast: Cast
) -> None:
    with database.writing.begin() as session:
        session.get_one(User, cast["Dana"].user_id).is_active = False
    done = run(database_url, "--today", "2026-12-11")
    assert (done.exit_code, done.stdout.splitlines()) == (
        0,
        [
            "R1  2 messages written to 2 agencies",
            "  HOSP  When the round opens  Downshire Hospitals NHS Trust",
            "  POL  When the round opens  Downshire Police",
        ],
    )
    assert done.stderr == "  SCH  Elm Row School has no agency lead who can be written to\n"
    assert sum("https://audit.example.org/returns/R1-" in text for text in texts(database)) == 2
    again = run(database_url, "--today", "2026-12-11")
    assert again.stdout == "R1  0 messages written to 0 agencies\n"


def test_a_dry_run_needs_no_server_and_writes_nothing(
    database: Database, database_url: str, opened: Opened
) -> None:
    done = run(database_url, "--today", "2026-12-19", "--dry-run", "--json", with_server=False)
    said = json.loads(done.stdout)
    assert (said["today"], said["dry_run"], said["mails"]) == ("2026-12-19", True, 3)
    (about,) = said["rounds"]
    assert (about["round"], about["nobody_to_write_to"]) == ("R1", [])
    assert about["told"][0] == {
        "agency": "HOSP",
        "return": "R1-HOSP",
        "occasion": "1",
        "due_on": "2026-12-18",
        "people": 1,
    }
    assert texts(database) == []


def test_without_a_mail_server_a_run_says_so(database_url: str, opened: Opened) -> None:
    done = run(database_url, with_server=False)
    assert (done.exit_code, "S11AUDIT_SMTP_HOST is not set" in done.stderr) == (1, True)


def test_with_no_open_round_a_run_says_so(database_url: str) -> None:
    done = run(database_url, "--today", "2026-12-11")
    assert (done.exit_code, done.stdout) == (0, "No round is open on 11 December 2026.\n")
