"""Benchmarks add bare views of their own, so each has an application of its own."""

from __future__ import annotations

import pytest
from flask import Flask

from s11audit.config import Settings
from s11audit.models.database import Database
from s11audit.web import create_app


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    return create_app(settings, database)
