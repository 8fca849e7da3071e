"""An installation that sends mail; and the furnished world, which is made once for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from s11audit.domain.questionnaire import Questionnaire
from s11audit.web.security import Services
from tests.databases import PostgresqlDatabases, SqliteFiles
from tests.furnished import SERVER, Furnished, Sent, forms_of, furnished_world


@pytest.fixture
def with_mail(app: Flask) -> None:
    """An installation that sends mail."""
    shared: Services = app.extensions["s11audit"]
    settings = replace(shared.settings, mail_server=SERVER)
    app.extensions["s11audit"] = replace(shared, settings=settings)


@pytest.fixture(scope="session")
def furnished(
    databases: SqliteFiles | PostgresqlDatabases, one_app: Flask, small: Questionnaire
) -> Iterator[Furnished]:
    with furnished_world(databases, one_app, small) as world:
        yield world


@pytest.fixture(scope="session")
def forms(furnished: Furnished) -> list[Sent]:
    """Every form by POST, filled in."""
    return forms_of(furnished)
