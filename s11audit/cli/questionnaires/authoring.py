"""`s11audit questionnaires to-xlsx`, `from-xlsx`, `from-csv`: writing one in a spreadsheet."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from s11audit.cli.installation import plain_failures
from s11audit.cli.questionnaires.writing import written_or_said
from s11audit.config import read_settings
from s11audit.domain.questionnaire import Kind
from s11audit.questionnaires import QuestionnaireFaultsError
from s11audit.questionnaires.faults import FaultCollector
from s11audit.questionnaires.loading import load_source
from s11audit.questionnaires.scale_library import ScaleFolders, shipped_scales
from s11audit.questionnaires.source import read_bytes, read_source

Command = Callable[..., Any]


def _output(kind: str) -> Callable[[Command], Command]:
    return click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help=f"The {kind} to write; otherwise FILE with another ending. One that you name here and "
        "that is there is replaced.",
    )


def _file(name: str) -> Callable[[Command], Command]:
    return click.argument("file", metavar=name, type=click.Path(path_type=Path))


@click.command()
@_file("FILE.yaml")
@_output("workbook")
def to_xlsx(file: Path, output: Path | None) -> None:
    """Write a questionnaire as a workbook, to go on with in Excel.

    Everything comes along but comments. The file may have no faults.
    """
    from s11audit.questionnaires.authoring.workbook_writing import write_workbook

    with _ending_with_faults():
        faults = FaultCollector(str(file))
        raw = read_bytes(file, faults)
        root, library = read_source(raw, faults), _library()
        load_source(root, raw, faults, library=library)
    _write(write_workbook(root, sorted(library.names())), file, output, ".xlsx")


@click.command()
@_file("FILE.xlsx")
@_output("YAML file")
def from_xlsx(file: Path, output: Path | None) -> None:
    """Turn a workbook into a questionnaire, or list what is wrong, each with sheet and cell."""
    from s11audit.questionnaires.authoring.workbook_reading import read_workbook

    with _ending_with_faults():
        text = read_workbook(_bytes(file), str(file), _library())
    _write(text.encode(), file, output, ".yaml")


@click.command()
@_file("FILE.csv")
@click.option("--questionnaire", "id_", required=True, metavar="ID", help="Its id.")
@click.option("--version", required=True, help="Its version, such as 2026.")
@click.option("--title", required=True, help="Its title.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    default=Kind.SELF_ASSESSMENT.value,
    show_default=True,
    help="Its kind.",
)
@_output("YAML file")
def from_csv(
    file: Path, id_: str, version: str, title: str, kind: str, output: Path | None
) -> None:
    """Turn a list of questions into a questionnaire to begin with.

    The columns are standard and question and, where wanted, type, title, help, scale, options (with
    semicolons between them), required and id. A question without a type is a rating of the scale
    met-partly-not-met, or a choice where it has options.
    """
    from s11audit.questionnaires.authoring.csv_lists import read_list

    head = {"questionnaire": id_, "version": version, "kind": kind, "title": title}
    with _ending_with_faults():
        text = read_list(_bytes(file), str(file), head, _library())
    _write(text.encode(), file, output, ".yaml")


def _library() -> ScaleFolders:
    with plain_failures():
        return shipped_scales(read_settings(os.environ).questionnaires)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror or error}.") from error


@contextmanager
def _ending_with_faults() -> Iterator[None]:
    """Every fault on a line of its own, and 1 as the exit code."""
    try:
        yield
    except QuestionnaireFaultsError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error


def _write(raw: bytes, file: Path, output: Path | None, ending: str) -> None:
    """Write the whole file or nothing; one that nobody named is never replaced."""
    path = output or file.with_suffix(ending)
    if output is None and path.exists():
        raise click.ClickException(f"{path} is there already: name the file to write with -o.")
    with (
        written_or_said(path),
        TemporaryDirectory(prefix=".s11audit-", dir=path.parent) as folder,
    ):
        unfinished = Path(folder) / path.name
        unfinished.write_bytes(raw)
        unfinished.replace(path)
    click.echo(f"Wrote {path}")
