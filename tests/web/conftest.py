"""The furnished world and its forms, which take a while: they are made once for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from s11audit.domain.questionnaire import Questionnaire
from tests.databases import PostgresqlDatabases, SqliteFiles
from tests.furnished import Furnished, Sent, forms_of, furnished_world


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
