"""`s11audit questionnaires list`."""

from __future__ import annotations

import json
from typing import Any

import click

from s11audit.cli.questionnaires.opening import everything_asked
from s11audit.domain.dates import long_date
from s11audit.domain.numbers import counted
from s11audit.domain.versions import VERSION_STATUS_LABELS, VersionStatus
from s11audit.questionnaires import Version


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_versions(as_json: bool) -> None:
    """List the versions that there are, and how far each has got."""
    with everything_asked() as asked:
        versions = asked.catalogue.versions()
        faulty = len(asked.catalogue.places()) - len(versions)
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in versions], indent=2, ensure_ascii=False))
    else:
        for line in _aligned([_row(version) for version in versions]):
            click.echo(line)
    if faulty:
        hint = "`s11audit questionnaires check` says why"
        click.echo(f"{counted(faulty, 'questionnaire')} cannot be used: {hint}", err=True)


def status_words(version: Version) -> str:
    """How far a version has got, and since when."""
    day = version.published_on
    if version.status is VersionStatus.WITHDRAWN:
        day = version.withdrawn_on
    label = VERSION_STATUS_LABELS[version.status]
    return f"{label} {long_date(day)}" if day else label


def _row(version: Version) -> tuple[str, ...]:
    return version.id, version.version, status_words(version), version.kind, version.title


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(4)] if rows else []
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]


def _as_json(version: Version) -> dict[str, Any]:
    published, withdrawn = version.published_on, version.withdrawn_on
    return {
        "id": version.id,
        "version": version.version,
        "status": version.status.value,
        "kind": version.kind.value,
        "title": version.title,
        "published": published.isoformat() if published else None,
        "withdrawn": withdrawn.isoformat() if withdrawn else None,
        "replaces": version.replaces or None,
        "sha256": version.sha256,
        "uploaded": version.is_uploaded,
    }
