"""Retention from the terminal: what is due, and doing again what a backup brought back."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from s11audit.cli import main
from s11audit.cli.retention import warn_of_deletions_not_done
from s11audit.config import read_settings
from s11audit.models import CaseAudit
from s11audit.models.database import Database
from s11audit.services.deletion_ledger import Ledger
from s11audit.services.retention import Ruling, approve, propose
from tests.cast import Cast
from tests.full_cases import AFTER_A_YEAR, full_audit, second_person


def run(database_url: str, ledger: Path, *words: str) -> Result:
    told = {"DATABASE_URL": database_url, "S11AUDIT_DELETION_LEDGER": str(ledger)}
    return CliRunner().invoke(main, ["retention", *words], env=told)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "deletions.jsonl"


@pytest.fixture
def brought_back(database: Database, cast: Cast, ledger: Path) -> None:
    """An audit whose deletion stands in the ledger and, as after a restore, was not done."""
    with database.writing.begin() as session:
        full_audit(session, cast, "MA-25-01")
        kit = second_person(session)
    with database.writing() as session:
        audit = session.scalars(select(CaseAudit)).one()
        propose(session, audit, 12, by=cast["Priya"], now=AFTER_A_YEAR)
        approve(session, audit, Ruling(12, Ledger(ledger)), by=kit, now=AFTER_A_YEAR)
        session.rollback()


def test_what_is_due_is_listed_for_any_day(
    database: Database, database_url: str, cast: Cast, ledger: Path
) -> None:
    nothing = run(database_url, ledger, "due")
    assert "Nothing is held" in nothing.output
    with database.writing.begin() as session:
        full_audit(session, cast, "MA-25-01")
        full_audit(session, cast, "MA-25-02", hold_reason="A review")
    said = run(database_url, ledger, "due", "--today", "2026-10-13").output
    assert "MA-25-01  due on 14 October 2026  19 answers and texts" in said
    assert "MA-25-02  on hold; without it due on 14 October 2026" in said
    told = json.loads(run(database_url, ledger, "due", "--today", "2026-10-14", "--json").output)
    assert [(one["audit"], one["stage"]) for one in told["audits"]] == [
        ("MA-25-01", "due"),
        ("MA-25-02", "on-hold"),
    ]
    assert told["audits"][0]["held"]["answers"] == 2


@pytest.mark.usefixtures("brought_back")
def test_a_replay_deletes_what_is_here_again_and_a_dry_run_nothing(
    database: Database, database_url: str, ledger: Path
) -> None:
    dry = run(database_url, ledger, "replay", "--dry-run")
    assert dry.output == "MA-25-01  would be deleted again\n"
    done = json.loads(run(database_url, ledger, "replay", "--json").output)
    assert done["deletions"][0]["outcome"] == "deleted again"
    assert done["deletions"][0]["rows"] == 19
    assert run(database_url, ledger, "replay").output == "MA-25-01  done before\n"
    assert run(database_url, ledger, "replay", "--dry-run").output == "Nothing to delete again.\n"
    with database.reading() as session:
        assert session.scalars(select(CaseAudit.emptied_at)).one() == AFTER_A_YEAR


@pytest.mark.usefixtures("brought_back")
def test_a_line_that_fits_nothing_here_is_told_and_fails(
    database: Database, database_url: str, ledger: Path
) -> None:
    with database.writing.begin() as session:
        session.execute(update(CaseAudit).values(reference="MA-25-09"))
    stray = run(database_url, ledger, "replay")
    assert (stray.exit_code, stray.output) == (1, "MA-25-01  not in this database\n")
    ledger.write_text("no line\n")
    assert "is no deletion" in run(database_url, ledger, "replay").output


@pytest.mark.usefixtures("brought_back")
def test_serve_says_what_a_backup_brought_back(
    database_url: str, ledger: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told = {"DATABASE_URL": database_url, "S11AUDIT_DELETION_LEDGER": str(ledger)}
    with caplog.at_level(logging.WARNING):
        warn_of_deletions_not_done(read_settings(told))
        assert "MA-25-01 was deleted before and is here again" in caplog.text
        caplog.clear()
        assert run(database_url, ledger, "replay").exit_code == 0
        warn_of_deletions_not_done(read_settings(told))
        assert caplog.text == ""
        ledger.write_text("no line\n")
        warn_of_deletions_not_done(read_settings(told))
        assert "cannot be compared" in caplog.text


def test_a_ledger_that_is_not_there_is_said(database_url: str, ledger: Path) -> None:
    result = run(database_url, ledger, "replay")
    assert f"There is no ledger at {ledger}" in result.stderr
    assert result.exit_code == 0
