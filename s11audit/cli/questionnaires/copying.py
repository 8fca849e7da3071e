"""`s11audit questionnaires new-version`: a copy to begin the next version from."""

from __future__ import annotations

import os
from pathlib import Path

import click

from s11audit.cli.questionnaires.opening import Asked, everything_asked, version_named
from s11audit.cli.questionnaires.writing import written_or_said
from s11audit.config import read_settings
from s11audit.questionnaires import QuestionnaireFaultsError, Version
from s11audit.questionnaires.copying import next_version


@click.command()
@click.argument("id_", metavar="ID")
@click.argument("old")
@click.argument("new")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of questionnaires to write to; otherwise S11AUDIT_QUESTIONNAIRES, or the "
    "folder of the old version.",
)
def new_version(id_: str, old: str, new: str, folder: Path | None) -> None:
    """Copy version OLD into a new file, as a draft of version NEW that replaces it.

    Comments and layout stay. What OLD said of the version before it goes. Each question follows
    the one of its own key until you say otherwise with “was” or “dropped”.
    """
    with everything_asked() as asked:
        found, _ = version_named(asked.catalogue, id_, old)
        _refuse_if_there(asked, id_, new)
        path = _folder(folder, found) / id_ / f"{new}.yaml"
        try:
            raw = next_version(asked.catalogue.source(id_, old), old, new)
            asked.catalogue.checked(raw, str(path), (id_, new))
        except QuestionnaireFaultsError as error:
            raise click.ClickException(f"it would have faults.\n{error}") from error
    _write(path, raw)
    click.echo(f"Wrote {path}, a draft that replaces {old}.")
    click.echo(f"Change it, then see: s11audit questionnaires changes {id_} {old} {new}")


def _refuse_if_there(asked: Asked, id_: str, new: str) -> None:
    if (id_, new) in asked.catalogue.names():
        raise click.ClickException(f"There is a version {new} of {id_} already.")


def _folder(folder: Path | None, old: Version) -> Path:
    configured = folder or read_settings(os.environ).questionnaires
    if configured:
        return configured
    if old.path is None:
        raise click.ClickException(f"{old.id} {old.version} is no file: say --to FOLDER.")
    return old.path.parent.parent


def _write(path: Path, raw: bytes) -> None:
    with written_or_said(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(raw)
