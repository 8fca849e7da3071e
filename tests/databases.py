"""Databases for tests: a SQLite file, or a PostgreSQL server that lives as long as the tests.

S11AUDIT_TEST_DATABASE says which: `sqlite` (the default) or `postgresql`.
"""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, text

from s11audit.models.database import Database
from s11audit.models.migrating import migrate
from tests.cast import Cast, bring_on
from tests.put_back import keep_as_it_is, put_back

KIND = os.environ.get("S11AUDIT_TEST_DATABASE", "sqlite")


# The patterns that databases of tests are copied from: tables only, or with the cast in them.
EMPTY = "empty"
PEOPLED = "peopled"
# On PostgreSQL a superuser walks through the walls between rows, so tests come as somebody else.
OWNER = "s11audit"
END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"


def fill_patterns(empty_url: str, peopled_url: str) -> Cast:
    """Put the tables into both patterns, and the cast into one."""
    for url in (empty_url, peopled_url):
        database = Database(url)
        migrate(database.engine)
        if url == peopled_url:
            with database.writing.begin() as session:
                cast = bring_on(session)
        database.dispose()
    return cast


class SqliteFiles:
    """Migrated files, copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.cast = fill_patterns(self._url(EMPTY), self._url(PEOPLED))
        self._numbers = count(1)

    def _url(self, name: str) -> str:
        return f"sqlite:///{self._folder / name}.sqlite3"

    @contextmanager
    def fresh(self, pattern: str) -> Iterator[str]:
        path = self._folder / f"test-{next(self._numbers)}.sqlite3"
        shutil.copyfile(self._folder / f"{pattern}.sqlite3", path)
        yield f"sqlite:///{path}"
        path.unlink()


class PostgresqlDatabases:
    """Migrated databases, copied by the server, and put back for the next test."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._admin = create_engine(self._own_url("postgres"), isolation_level="AUTOCOMMIT")
        self._run(f"CREATE ROLE {OWNER} LOGIN")
        self._run(f"CREATE DATABASE {EMPTY} OWNER {OWNER}")
        self._run(f"CREATE DATABASE {PEOPLED} OWNER {OWNER}")
        self.cast = fill_patterns(self.url(EMPTY), self.url(PEOPLED))
        self._spare: dict[str, list[str]] = {EMPTY: [], PEOPLED: []}
        for pattern in self._spare:
            with self._as_superuser(pattern) as connection:
                keep_as_it_is(connection)
        self._numbers = count(1)

    def url(self, name: str) -> str:
        return self._address.format(user=OWNER, name=name)

    @contextmanager
    def fresh(self, pattern: str) -> Iterator[str]:
        spare = self._spare.get(pattern)
        name = spare.pop() if spare else self._copied(pattern)
        yield self.url(name)
        self._run(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        if spare is not None and self._is_put_back(name):
            spare.append(name)
        else:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._admin.dispose()

    def _copied(self, pattern: str) -> str:
        """As files: through the log it takes twice as long, most of it the machine's."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {pattern} STRATEGY FILE_COPY OWNER {OWNER}")
        return name

    def _is_put_back(self, name: str) -> bool:
        with self._as_superuser(name) as connection:
            return put_back(connection)

    @contextmanager
    def _as_superuser(self, name: str) -> Iterator[Connection]:
        engine = create_engine(self._own_url(name), poolclass=NullPool)
        with engine.begin() as connection:
            yield connection

    def _own_url(self, name: str) -> str:
        return self._address.format(user="tester", name=name)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Start a server that listens on a socket in a folder of its own; gives an address pattern."""
    programs = Path(sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1])
    folder = Path(tempfile.mkdtemp(prefix="s11audit-postgresql-"))
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, "-D", data, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **as_user,  # type: ignore[call-overload]
        )

    run("initdb", "-U", "tester", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-F -k {folder} -c listen_addresses='' -c max_connections=60"
    run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
    try:
        yield f"postgresql+psycopg://{{user}}@/{{name}}?host={folder}"
    finally:
        run("pg_ctl", "stop", "-w", "-m", "immediate")
        shutil.rmtree(folder)
