"""`s11audit questionnaires check`: everything that is wrong, with file and line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from s11audit.cli.questionnaires.opening import everything_asked
from s11audit.domain.numbers import counted
from s11audit.questionnaires import Catalogue, Fault
from s11audit.questionnaires.neighbours import FirstOf, check_file


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…")
def check(paths: tuple[str, ...]) -> None:
    """Print everything that is wrong with questionnaires.

    PATH is a file, or a folder of <id>/<version>.yaml files. Without a PATH, everything that this
    installation can use is checked, uploads too: each by itself, against the versions that it
    speaks of, and against the fingerprint with which it was published. Exits with 1 if anything
    is wrong.
    """
    faults: list[Fault] = []
    count = 0
    with everything_asked() as asked:
        for number, found in _checked(paths, asked.catalogue):
            count += number
            faults += found
        if not paths and asked.why_no_database and "DATABASE_URL" in os.environ:
            click.echo(f"Uploads were not checked. {asked.why_no_database}", err=True)
    for fault in faults:
        click.echo(str(fault))
    if faults:
        files = len({fault.path for fault in faults})
        click.echo(
            f"{counted(len(faults), 'fault')} in {files} of {counted(count, 'questionnaire')}"
        )
        raise SystemExit(1)
    click.echo(f"{counted(count, 'questionnaire')}, no faults")


def _checked(paths: tuple[str, ...], installed: Catalogue) -> Iterator[tuple[int, list[Fault]]]:
    """How many questionnaires stand behind each path, and what is wrong with them."""
    if not paths:
        yield len(installed.places()), installed.faults()
        yield 0, installed.loose_files()
    for path in map(Path, paths):
        if path.is_dir():
            yield from _checked_folder(path, installed)
        else:
            yield 1, check_file(path, installed)


def _checked_folder(path: Path, installed: Catalogue) -> Iterator[tuple[int, list[Fault]]]:
    """A folder of <id>/<version>.yaml has names to keep; loose files may be called anything."""
    catalogue, loose = Catalogue([path]), sorted(path.glob("*.yaml"))
    yield len(catalogue.places()), catalogue.faults(FirstOf(catalogue, installed))
    for file in loose:
        yield 1, check_file(file, installed)
    if not catalogue.places() and not loose:
        yield 0, [Fault(str(path), 1, "there is no questionnaire in this folder")]
