"""The disk is full, or another program holds the database: said, and nothing typed is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.databases import KIND, SqliteFiles
from tests.faults.appending import COMMENT, PAGE, Editor, two_editors
from tests.faults.served import Server, served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(KIND != "sqlite", reason="Of SQLite; a server minds its own disk and locks"),
]
TYPED = "What took an hour to write. " * 200
SMALL_DISK_BYTES = 6_000_000


def has_small_disks() -> bool:
    """Whether this machine lets us mount a file system of our own."""
    trial = ["unshare", "--mount", "--map-root-user", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return (
        bool(shutil.which("unshare")) and subprocess.run(trial, capture_output=True).returncode == 0
    )


@pytest.fixture
def asif(tmp_path: Path, databases: SqliteFiles) -> tuple[str, Editor]:
    """Address of a database, and somebody who answers in it."""
    url, editors = two_editors(tmp_path, databases, databases.cast)
    return url, editors[0]


def saves(server: Server, editor: Editor, text: str) -> tuple[int, str]:
    """Status and page of saving this text."""
    fields = editor.person.form(server, PAGE, PAGE)
    answer = editor.person.send(server, PAGE, {**fields, COMMENT: text, "next": "later"})
    return answer.status_code, answer.text


def comment(server: Server, editor: Editor) -> str:
    return str(editor.person.form(server, PAGE, PAGE)[COMMENT])


@pytest.mark.skipif(not has_small_disks(), reason="No file system can be mounted here")
def test_a_full_disk_is_said_and_what_was_typed_is_given_back(
    asif: tuple[str, Editor], tmp_path: Path
) -> None:
    url, editor = asif
    disk = tmp_path / "disk"
    disk.mkdir()
    path = Path(url.removeprefix("sqlite:///"))
    script = f"mount -t tmpfs -o size={SMALL_DISK_BYTES} tmpfs {disk} && cp {path} {disk} && exec"
    within = ["unshare", "--mount", "--map-root-user", "sh", "-c", f'{script} "$@"', "sh"]
    with served(f"sqlite:///{disk / path.name}", within) as server:
        inside = Path(f"/proc/{server.pid}/root") / disk.relative_to("/")
        assert saves(server, editor, "Before")[0] == 303
        _fill(inside / "filler")
        status, page = saves(server, editor, TYPED)
        assert status == 503
        assert "There is no room left" in page
        assert TYPED.strip() in page
        assert comment(server, editor) == "Before"  # which can still be read
        (inside / "filler").unlink()
        assert saves(server, editor, TYPED)[0] == 303
        assert comment(server, editor).strip() == TYPED.strip()


def _fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("wb", buffering=0) as filler:
        for size in (65_536, 4_096, 1):
            try:
                while True:
                    filler.write(b"x" * size)
            except OSError:
                os.fsync(filler.fileno())


def test_a_database_that_another_program_holds_is_waited_for_and_then_said(
    asif: tuple[str, Editor],
) -> None:
    url, editor = asif
    with served(url) as server:
        holding = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        holding.execute("BEGIN IMMEDIATE")
        status, page = saves(server, editor, TYPED)
        assert (status, "The service is busy" in page) == (503, True)
        assert TYPED.strip() in page
        assert comment(server, editor) != TYPED.strip()
        holding.execute("ROLLBACK")
        holding.close()
        assert saves(server, editor, TYPED)[0] == 303
        assert comment(server, editor).strip() == TYPED.strip()
