"""What every test may ask for: an empty database, the cast, and pages to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy.orm import Session

from s11audit.config import Settings, read_settings
from s11audit.domain.questionnaire import Questionnaire
from s11audit.models.database import Database
from s11audit.web import create_app
from s11audit.web.security import Services
from tests.cast import Cast
from tests.compiled import compile_once
from tests.contents import EVIDENCE
from tests.databases import (
    EMPTY,
    KIND,
    PEOPLED,
    PostgresqlDatabases,
    SqliteFiles,
    postgresql_server,
)
from tests.pages import Pages
from tests.rounds_and_returns import Opened, open_round
from tests.small import QUESTIONNAIRES, small_questionnaire

# How long an example takes says more about the machine than about what is tested.
hypothesis_settings.register_profile(
    "any-machine",
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("any-machine")
compile_once()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What opens no database need not be proved on a second kind of it."""
    if KIND == "sqlite":
        return
    opens_none = [one for one in items if "databases" not in getattr(one, "fixturenames", ())]
    config.hook.pytest_deselected(items=opens_none)
    items[:] = [one for one in items if one not in set(opens_none)]


@pytest.fixture(scope="session")
def databases(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SqliteFiles | PostgresqlDatabases]:
    if KIND == "sqlite":
        yield SqliteFiles(tmp_path_factory.mktemp("databases"))
        return
    with postgresql_server() as address:
        server = PostgresqlDatabases(address)
        yield server
        server.close()


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, databases: SqliteFiles | PostgresqlDatabases
) -> Iterator[str]:
    """Address of a database with tables, and in them the cast if the test asks for it."""
    with databases.fresh(PEOPLED if "cast" in request.fixturenames else EMPTY) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session; what a test does not commit is rolled back."""
    with database.writing() as opened:
        yield opened


@pytest.fixture
def cast(databases: SqliteFiles | PostgresqlDatabases, database_url: str) -> Cast:
    """Everybody of tests/cast.py, in the test's database."""
    return databases.cast


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(database_url)


def settings_for(database_url: str) -> Settings:
    return read_settings(
        {
            "DATABASE_URL": database_url,
            "S11AUDIT_SECRET_KEY": "a secret that is only for tests, and long",
            "S11AUDIT_QUESTIONNAIRES": str(QUESTIONNAIRES),
            "S11AUDIT_EVIDENCE": str(EVIDENCE),
            "S11AUDIT_DELETION_LEDGER": str(EVIDENCE / "deletions.jsonl"),
        }
    )


@pytest.fixture(scope="session")
def one_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application of all tests: its routes and templates are put together once."""
    nowhere = tmp_path_factory.mktemp("nowhere") / "empty.sqlite3"
    made = create_app(settings_for(f"sqlite:///{nowhere}"))
    made.testing = True
    return made


@pytest.fixture
def app(one_app: Flask, settings: Settings, database: Database) -> Flask:
    """The application over this test's database."""
    shared: Services = one_app.extensions["s11audit"]
    one_app.extensions["s11audit"] = replace(shared, settings=settings, database=database)
    return one_app


@pytest.fixture
def pages(app: Flask, database: Database) -> Pages:
    """A browser without JavaScript that checks every page it is shown."""
    return Pages(app, database)


@pytest.fixture(scope="session")
def small() -> Questionnaire:
    """tests/questionnaires/small/1.yaml."""
    return small_questionnaire()


@pytest.fixture
def opened(database: Database, cast: Cast, small: Questionnaire) -> Opened:
    """Round R1, open, committed."""
    with database.writing.begin() as writing:
        return open_round(writing, cast, small)
