"""Opening the installation that the environment names, with every failure a plain sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from s11audit.config import ConfigurationError, Settings, read_settings
from s11audit.models.database import Database
from s11audit.models.migrating import is_current
from s11audit.queries.people import operator
from s11audit.services.refusals import RefusedError

if TYPE_CHECKING:
    from s11audit.questionnaires.catalogue import Catalogue

NOT_CURRENT = "The database is not up to date with this version of s11audit: run `s11audit init`."


@dataclass(frozen=True)
class Installation:
    """The settings of the environment and the database that they name, open."""

    settings: Settings
    database: Database


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn what can go wrong outside our code into one sentence, without a traceback."""
    try:
        yield
    except (ConfigurationError, RefusedError) as error:
        raise click.ClickException(_sentence(str(error))) from error
    except ArgumentError as error:
        raise click.ClickException(
            "DATABASE_URL cannot be read: use sqlite:///FILE or "
            "postgresql+psycopg://USER:PASSWORD@HOST/NAME."
        ) from error
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"The package {error.name} is missing. For PostgreSQL, install "
            "`s11audit[postgresql]`; no other database than that and SQLite is supported."
        ) from error
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        raise click.ClickException(f"The database cannot be used: {reason}.") from error


@contextmanager
def installation() -> Iterator[Installation]:
    """The installation of this environment, whose database must exist and be up to date."""
    with plain_failures():
        settings = read_settings(os.environ)
        _require_file(settings)
        opened = Installation(settings, Database(settings.database_url))
        try:
            if not is_current(opened.database.engine):
                raise click.ClickException(NOT_CURRENT)
            yield opened
        finally:
            opened.database.dispose()


def catalogue_of(opened: Installation, session: Session) -> Catalogue:
    """Every questionnaire of the installation, those uploaded as this session sees them."""
    # Most commands ask nothing, so they need not wait for what reads questionnaires.
    from s11audit.queries.questionnaires import UploadedVersions
    from s11audit.questionnaires.catalogue import shipped_catalogue

    by = operator(session)
    uploaded = UploadedVersions(lambda: session, lambda: by)
    return shipped_catalogue(opened.settings.questionnaires, uploaded)


def _require_file(settings: Settings) -> None:
    """SQLite would make an empty file of whatever name was mistyped."""
    url = make_url(settings.database_url)
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    if is_file and not Path(str(url.database)).is_file():
        raise click.ClickException(
            f"There is no database at {url.database}: run `s11audit init`, or set DATABASE_URL."
        )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
