"""Setting an installation up and serving it, as an operator does."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, text
from sqlalchemy import select as select_rows

from s11audit.cli import main
from s11audit.models import Partnership, User
from s11audit.models.database import Database
from s11audit.services.account import recognised_user
from tests.cast import PASSWORD
from tests.databases import KIND, OWNER

pytestmark = pytest.mark.slow

KEY = "a key that is only for tests, and long enough"
FIRST = (
    "init",
    "--partnership-name=Downshire SCP",
    "--partnership-reference=DOWN",
    "--manager-name=Priya",
    "--manager-email=Priya@example.org",
)
STARTUP_SECONDS = 30


def environment(**settings: str) -> dict[str, str]:
    inherited = {name: text for name, text in os.environ.items() if "S11AUDIT" not in name}
    return {**inherited, **settings}


def command(*words: str) -> list[str]:
    return [sys.executable, "-c", "from s11audit.cli import main; main()", *words]


def run(*words: str, **settings: str) -> Result:
    """A command in this process, which is 20 times as fast as in one of its own."""
    others = {name: None for name in os.environ if "S11AUDIT" in name}
    done = CliRunner().invoke(main, list(words), env={**others, **settings})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture
def new_url(tmp_path: Path) -> str:
    """Address of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'new.sqlite3'}"


def test_an_empty_installation_gets_its_partnership_and_a_manager_who_can_sign_in(
    new_url: str,
) -> None:
    done = run(*FIRST, DATABASE_URL=new_url)
    assert done.exit_code == 0, done.stderr
    printed = re.search(r"Password: (\S+)", done.stdout)
    assert printed
    database = Database(new_url)
    with database.reading() as session:
        assert recognised_user(session, "priya@example.org", printed[1])
    database.dispose()


def test_initialising_again_changes_nothing_and_says_what_is_there(database_url: str) -> None:
    run(*FIRST, "--password", PASSWORD, DATABASE_URL=database_url)
    for again in ((*FIRST, "--password", "another long password"), ("init",)):
        done = run(*again, DATABASE_URL=database_url)
        assert (done.exit_code, "already" in done.stdout) == (0, True), done.stderr
        assert "Password:" not in done.stdout
    database = Database(database_url)
    with database.reading() as session:
        assert recognised_user(session, "priya@example.org", PASSWORD)
        counts = [
            session.scalar(select_rows(func.count()).select_from(t)) for t in (Partnership, User)
        ]
    database.dispose()
    assert counts == [1, 1]


def test_a_second_partnership_may_have_the_same_manager(database_url: str) -> None:
    run(*FIRST, DATABASE_URL=database_url)
    words = [word.replace("DOWN", "FAR") for word in FIRST]
    assert "now manages FAR" in run(*words, DATABASE_URL=database_url).stdout
    listed = json.loads(run("users", "list", "--json", DATABASE_URL=database_url).stdout)
    assert len(listed[0]["roles"]) == 2


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("init",), 2, "Say --partnership-reference."),
        ((*FIRST[:3], "--manager-email=priya@example.org"), 2, "Say --manager-name."),
        ((*FIRST, "--password=short"), 1, "12 characters or more"),
        ((*FIRST[:2], "--partnership-reference=a/b", *FIRST[3:]), 1, "letters, digits and hyphens"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_half_done(
    database_url: str, words: tuple[str, ...], code: int, says: str
) -> None:
    done = run(*words, DATABASE_URL=database_url)
    assert (done.exit_code, says in done.stderr) == (code, True), done.stderr
    assert run("partnerships", "list", DATABASE_URL=database_url).stdout == ""


def test_a_database_that_cannot_be_used_is_said_to_be(tmp_path: Path) -> None:
    for url in (
        f"sqlite:///{tmp_path / 'missing' / 'file.sqlite3'}",
        f"postgresql+psycopg://someone:swordfish@/x?host={tmp_path}",
        "nonsense",
    ):
        done = run("init", DATABASE_URL=url)
        assert done.exit_code == 1
        assert done.stderr.startswith("Error: ")
        assert done.stderr.count("\n") == 1
        assert "swordfish" not in done.stderr


def test_a_mistyped_file_is_not_made_by_looking_into_it(tmp_path: Path) -> None:
    path = tmp_path / "mistyped.sqlite3"
    done = run("users", "list", DATABASE_URL=f"sqlite:///{path}")
    assert (done.exit_code, path.exists()) == (1, False)
    assert "s11audit init" in done.stderr


def test_serving_needs_a_key_and_says_how_to_make_one(database_url: str) -> None:
    done = run("serve", DATABASE_URL=database_url)
    assert done.exit_code == 1
    assert "S11AUDIT_SECRET_KEY is not set" in done.stderr
    assert "secrets.token_urlsafe" in done.stderr


def test_serving_needs_tables_of_this_version(database_url: str) -> None:
    database = Database(database_url)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    database.dispose()
    done = run("serve", DATABASE_URL=database_url, S11AUDIT_SECRET_KEY=KEY)
    assert (done.exit_code, "s11audit init" in done.stderr) == (1, True), done.stderr


@pytest.mark.skipif(KIND != "postgresql", reason="SQLite has no roles")
@pytest.mark.parametrize("power", ["SUPERUSER", "BYPASSRLS"])
def test_serving_refuses_a_database_role_that_no_wall_stops(database_url: str, power: str) -> None:
    owner = Database(database_url)
    admin = Database(database_url.replace(f"//{OWNER}@", "//tester@"))
    with admin.engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE strong_{power.lower()} LOGIN {power}"))
    with owner.engine.begin() as connection:
        connection.execute(text("GRANT SELECT ON alembic_version TO PUBLIC"))
    address = database_url.replace(f"//{OWNER}@", f"//strong_{power.lower()}@")
    done = run("serve", DATABASE_URL=address, S11AUDIT_SECRET_KEY=KEY)
    assert (done.exit_code, "NOBYPASSRLS" in done.stderr) == (1, True), done.stderr
    with admin.engine.begin() as connection:
        connection.execute(text(f"DROP ROLE strong_{power.lower()}"))
    owner.dispose()
    admin.dispose()


@pytest.mark.parametrize(
    ("name", "value"), [("S11AUDIT_LOG_LEVEL", "LOUD"), ("S11AUDIT_PORT", "70000")]
)
def test_a_setting_that_serving_cannot_use_is_named(
    database_url: str, name: str, value: str
) -> None:
    settings = {"DATABASE_URL": database_url, "S11AUDIT_SECRET_KEY": KEY, name: value}
    done = run("serve", **settings)
    assert (done.exit_code, name in done.stderr) == (1, True), done.stderr


def test_a_port_that_is_taken_is_named(database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("serve", DATABASE_URL=database_url, S11AUDIT_SECRET_KEY=KEY, S11AUDIT_PORT=port)
    assert (done.exit_code, f"port {port}" in done.stderr) == (1, True), done.stderr


@contextmanager
def served(database_url: str, port: int) -> Iterator[subprocess.Popen[str]]:
    settings = {
        "DATABASE_URL": database_url,
        "S11AUDIT_SECRET_KEY": KEY,
        "S11AUDIT_PORT": str(port),
        "S11AUDIT_BASE_URL": f"http://127.0.0.1:{port}",
    }
    process = subprocess.Popen(
        command("serve"),
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=STARTUP_SECONDS)


def first_log_that_says(process: subprocess.Popen[str], words: str) -> dict[str, object]:
    """The first line of the log with these words; a server that says nothing more is ended."""
    assert process.stderr is not None
    watchdog = Timer(STARTUP_SECONDS, process.kill)
    watchdog.start()
    try:
        for line in iter(process.stderr.readline, ""):
            entry: dict[str, object] = json.loads(line)
            if words in str(entry["message"]):
                return entry
    finally:
        watchdog.cancel()
    raise AssertionError(f"Nothing logged says {words!r}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as trial:
        return int(trial.getsockname()[1])


def test_the_pages_are_served_logged_in_json_lines_and_stopped(database_url: str) -> None:
    port = free_port()
    with served(database_url, port) as process:
        first_log_that_says(process, "Booting worker")
        answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in?next=/secret", timeout=30)
        assert "Sign in" in answer.read().decode()
        entry = first_log_that_says(process, "Request answered")
        assert (entry["method"], entry["path"], entry["status"]) == ("GET", "/sign-in", 200)
        assert "secret" not in str(entry)
        process.terminate()
        printed, _ = process.communicate(timeout=STARTUP_SECONDS)
        assert process.returncode == 0
        assert f"http://127.0.0.1:{port}" in printed
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=5)
