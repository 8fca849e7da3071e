"""Opening the database: SQLite made safe for several writers, PostgreSQL as it comes.

SQLite: every transaction that may write starts with BEGIN IMMEDIATE, so that a read followed by an
update cannot lose somebody else's write; readers start with BEGIN and never wait (WAL).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

from s11audit.models.walls import EVERYTHING, NOTHING, Wall

BUSY_TIMEOUT_MS = 5_000
# The server's threads are the limit: each holds two connections at most.
UNLIMITED = -1


class WriteWhileReadingError(RuntimeError):
    """A page that only shows something tried to change something: a fault of ours."""


class ReadingSession(Session):
    """A session that refuses to write, for requests that must not change state."""

    def flush(self, objects: Any = None) -> None:
        if self.new or self.dirty or self.deleted:
            raise WriteWhileReadingError("A reading session has changes to flush")
        super().flush(objects)


@dataclass(frozen=True)
class Sessions:
    """Makers of the two kinds of session."""

    reading: sessionmaker[Session]
    writing: sessionmaker[Session]


class Database:
    """An engine, and sessions over it that read or write.

    `reading()` and `writing()` are the machine's own and see everything; whoever serves a person
    takes theirs from `within(wall)`.
    """

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self.reading, self.writing = self._sessions(EVERYTHING)

    def within(self, wall: Wall) -> Sessions:
        """Sessions that, on PostgreSQL, see no row beyond the wall."""
        return Sessions(*self._sessions(wall))

    def _sessions(self, wall: Wall) -> tuple[sessionmaker[Session], sessionmaker[Session]]:
        engine = self.engine.execution_options(wall=wall)
        reading: sessionmaker[Session] = sessionmaker(
            engine.execution_options(read_only=True), class_=ReadingSession, expire_on_commit=False
        )
        return reading, sessionmaker(engine, expire_on_commit=False)

    def dispose(self) -> None:
        self.engine.dispose()


def open_engine(url: str) -> Engine:
    """An engine for this address. A SQLite file is made where there is none; its folder is not."""
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True, max_overflow=UNLIMITED)
        event.listen(engine, "begin", _tell_wall)
        return engine
    engine = create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, max_overflow=UNLIMITED
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    # What is deleted is overwritten in the file, not only forgotten.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin as the connection's options say.

    `rebuilds_tables` is for migrations: a table that others point to is dropped and made anew,
    which SQLite allows only while it minds no foreign keys, and that is said before a transaction.
    """
    options = connection.get_execution_options()
    if options.get("rebuilds_tables", False):
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    reads_only = options.get("read_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _tell_wall(connection: Connection) -> None:
    wall: Wall = connection.get_execution_options().get("wall", NOTHING)
    wall.tell(connection)
