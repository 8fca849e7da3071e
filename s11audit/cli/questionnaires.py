"""`s11audit questionnaires`: check files, and list what an installation can ask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from s11audit.config import ConfigurationError, read_settings
from s11audit.questionnaires import Catalogue, Fault, check, shipped_catalogue


@click.group()
def questionnaires() -> None:
    """Check questionnaire files, and list those that can be used."""


@questionnaires.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]…")
def check_files(paths: tuple[str, ...]) -> None:
    """Print everything that is wrong with questionnaire files.

    PATH is a file, or a folder of <id>/<version>.yaml files. Without a PATH, everything that this
    installation can use is checked. Exits with 1 if anything is wrong.
    """
    faults: list[Fault] = []
    count = 0
    for number, found in _checked(paths):
        count += number
        faults += found
    for fault in faults:
        click.echo(str(fault))
    if faults:
        files = len({fault.path for fault in faults})
        click.echo(
            f"{_plural(len(faults), 'fault')} in {files} of {_plural(count, 'questionnaire')}"
        )
        raise SystemExit(1)
    click.echo(f"{_plural(count, 'questionnaire')}, no faults")


@questionnaires.command("list")
def list_versions() -> None:
    """List the questionnaires that this installation can use."""
    catalogue = _configured_catalogue()
    versions = catalogue.versions()
    for version in versions:
        click.echo(f"{version.id}  {version.version}  {version.kind}  {version.title}")
    faulty = len(catalogue.places()) - len(versions)
    if faulty:
        hint = "`s11audit questionnaires check` says why"
        click.echo(f"{_plural(faulty, 'file')} cannot be used: {hint}", err=True)


def _checked(paths: tuple[str, ...]) -> Iterator[tuple[int, list[Fault]]]:
    """How many files stand behind each path, and what is wrong with them."""
    if not paths:
        catalogue = _configured_catalogue()
        yield _checked_catalogue(catalogue)
        yield 0, catalogue.loose_files()
    for path in map(Path, paths):
        if not path.is_dir():
            yield 1, check(path)
            continue
        # A folder of <id>/<version>.yaml has names to keep; loose files may be called anything.
        catalogue, loose = Catalogue([path]), sorted(path.glob("*.yaml"))
        yield _checked_catalogue(catalogue)
        for file in loose:
            yield 1, check(file)
        if not catalogue.places() and not loose:
            yield 0, [Fault(str(path), 1, "there is no questionnaire in this folder")]


def _checked_catalogue(catalogue: Catalogue) -> tuple[int, list[Fault]]:
    return len(catalogue.places()), catalogue.faults()


def _configured_catalogue() -> Catalogue:
    try:
        return shipped_catalogue(read_settings(os.environ).questionnaires)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
