"""What commands about people and agencies share: lists, and which partnership is meant."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click
from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.queries import directory

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def partnership_meant(session: Session, wanted: str | None, by: Viewer) -> str:
    """The partnership that was named, or the only one."""
    if wanted is not None:
        return wanted.upper()
    there = directory.partnerships(session, visible_to=by)
    if len(there) != 1:
        raise click.UsageError(
            f"Say which partnership, with --partnership: there are {len(there)}."
        )
    return there[0].reference


def print_rows(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    """A line a row, its values two spaces apart, or JSON."""
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo("  ".join(_in_words(name, value) for name, value in row.items()).rstrip())


def _in_words(name: str, value: object) -> str:
    if isinstance(value, bool):
        return name if value else f"not {name}"
    return "; ".join(value) if isinstance(value, list) else str(value)
