"""Bringing a database's tables up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from s11audit.models.walls import EVERYTHING, build_walls, take_down_walls

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def alembic_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> None:
    """Create the tables of an empty database, or bring an older one up to date."""
    own = engine.execution_options(wall=EVERYTHING, rebuilds_tables=True)
    with own.connect() as connection:
        connection.detach()  # nobody else gets one that does not mind foreign keys
        with connection.begin():
            take_down_walls(connection)
            command.upgrade(alembic_config(connection), "head")
            build_walls(connection)
            _check_foreign_keys(connection)


def _check_foreign_keys(connection: Connection) -> None:
    """SQLite does not mind them while tables are rebuilt, so they are all looked at afterwards."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            tables = ", ".join(sorted({row[0] for row in broken}))
            raise RuntimeError(f"Rows of {tables} would point to nothing; nothing was changed.")


def is_current(engine: Engine) -> bool:
    """Whether the database has every table and column that this version of the code expects."""
    with engine.execution_options(read_only=True).connect() as connection:
        expected = ScriptDirectory.from_config(alembic_config(connection)).get_heads()
        present = MigrationContext.configure(connection).get_current_heads()
    return set(present) == set(expected)


def goes_round_walls(engine: Engine) -> bool:
    """Whether we sign in to the server as a role that the walls between rows do not bind."""
    if engine.dialect.name != "postgresql":
        return False
    asked = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    with engine.connect() as connection:
        return bool(connection.scalar(asked))
