"""What an installation can ask, with a database or without one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import click
from sqlalchemy.orm import Session

from s11audit.cli.installation import catalogue_of, installation, plain_failures
from s11audit.config import read_settings
from s11audit.domain.questionnaire import Questionnaire
from s11audit.questionnaires import (
    Catalogue,
    QuestionnaireFaultsError,
    UnknownQuestionnaireError,
    Version,
    shipped_catalogue,
)

LIST_HINT = "`s11audit questionnaires list` names those that there are."


@dataclass(frozen=True)
class Asked:
    """The catalogue, and a reading session where the database can be used.

    Where it cannot, `why_no_database` says why, and only files are in the catalogue.
    """

    catalogue: Catalogue
    session: Session | None = None
    why_no_database: str = ""


@contextmanager
def everything_asked() -> Iterator[Asked]:
    """Files need no database, so a missing one ends nothing."""
    with plain_failures():
        settings = read_settings(os.environ)
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(installation())
        except click.ClickException as error:
            files = shipped_catalogue(settings.questionnaires)
            yield Asked(files, why_no_database=error.message)
            return
        session = stack.enter_context(opened.database.reading())
        yield Asked(catalogue_of(opened, session), session)


def version_named(catalogue: Catalogue, id_: str, version: str) -> tuple[Version, Questionnaire]:
    """One version, or the end of the command with a sentence, or with everything wrong with it."""
    try:
        return catalogue.version(id_, version), catalogue.get(id_, version)
    except UnknownQuestionnaireError as error:
        there = [one.version for one in catalogue.versions() if one.id == id_]
        known = f"Versions of {id_}: {', '.join(there)}." if there else LIST_HINT
        raise click.ClickException(f"{error} {known}") from error
    except QuestionnaireFaultsError as error:
        raise click.ClickException(f"{id_} {version} has faults.\n{error}") from error
