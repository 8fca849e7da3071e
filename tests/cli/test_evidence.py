"""Sweeping the store from the terminal."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from s11audit.cli import main
from s11audit.models.database import Database
from s11audit.services.evidence import NewFile, add_file
from s11audit.services.evidence_store import FolderStore
from tests.cast import Cast
from tests.contents import PDF, PDF_TYPE
from tests.rounds_and_returns import NOON, Opened, return_named

TWO_DAYS = 2 * 24 * 3600


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


def sweep(database_url: str, folder: Path, *words: str) -> Result:
    told = {"DATABASE_URL": database_url, "S11AUDIT_EVIDENCE": str(folder)}
    return CliRunner().invoke(main, ["evidence", "sweep", *words], env=told)


def test_what_nobody_needs_is_told_first_and_then_deleted(
    database: Database, database_url: str, folder: Path
) -> None:
    store = FolderStore(folder)
    old, young = store.write(io.BytesIO(b"old")), store.write(io.BytesIO(b"young"))
    (place,) = folder.glob(f"*/{old}")
    long_ago = time.time() - TWO_DAYS
    os.utime(place, (long_ago, long_ago))
    looked = sweep(database_url, folder, "--dry-run")
    assert (looked.exit_code, looked.stdout) == (0, "1 content would be deleted.\n")
    done = sweep(database_url, folder)
    assert (done.exit_code, done.stdout) == (0, "1 content and 0 unfinished uploads deleted.\n")
    assert [one.sha256 for one in store.everything()] == [young]


def test_a_missing_content_is_named_and_the_command_fails(
    database: Database, database_url: str, folder: Path, opened: Opened, cast: Cast
) -> None:
    store = FolderStore(folder)
    with database.writing.begin() as session:
        new = NewFile("policy.pdf", PDF_TYPE, PDF, store.write(io.BytesIO(PDF)))
        police, chain = return_named(session, "R1-POL"), [opened.questionnaire]
        told = {"store": store, "by": cast["Asif"], "now": NOON}
        add_file(session, police, "leadership.board-lead", new, chain, **told)
    assert sweep(database_url, folder).exit_code == 0
    store.remove(new.sha256)
    done = sweep(database_url, folder)
    assert done.exit_code == 1
    assert f"The content {new.sha256} is missing" in done.stderr


def test_a_folder_in_whose_place_is_something_else_holds_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    assert sweep(database_url, tmp_path / "nowhere").stdout.startswith("0 contents")
