"""`s11audit questionnaires changes`: what became of each question."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import click

from s11audit.cli.questionnaires.opening import everything_asked, version_named
from s11audit.domain.lineage import CHANGE_LABELS, Change, ChangeKind, compare
from s11audit.domain.questionnaire import Question


@click.command()
@click.argument("id_", metavar="ID")
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def changes(id_: str, old: str, new: str, as_json: bool) -> None:
    """Print what became of each question of version OLD in version NEW."""
    if old == new:
        raise click.UsageError("Name two versions, the old one and then the new one.")
    with everything_asked() as asked:
        _, before = version_named(asked.catalogue, id_, old)
        _, after = version_named(asked.catalogue, id_, new)
    if before.replaces == new:
        click.echo(f"{old} replaces {new}, so you may want: changes {id_} {new} {old}", err=True)
    elif after.replaces != old:
        told = f"replaces {after.replaces}" if after.replaces else "replaces no version"
        click.echo(f"{new} {told}, so questions are followed by their keys only.", err=True)
    found = compare(before, after)
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in found], indent=2, ensure_ascii=False))
        return
    click.echo(f"{after.title}: from {old} to {new}")
    for line in _lines(found):
        click.echo(line)


def _lines(found: Sequence[Change]) -> Iterator[str]:
    for kind, label in CHANGE_LABELS.items():
        of_kind = [change for change in found if change.kind is kind]
        yield f"\n{label}: {len(of_kind)}"
        for change in of_kind:
            yield from _change_lines(change)


def _change_lines(change: Change) -> Iterator[str]:
    keys = [", ".join(one.key for one in side) for side in (change.old, change.new) if side]
    notes = [CHANGE_LABELS[kind].lower() for kind in change.also]
    notes += [f"differs in {', '.join(change.differs)}"] if change.differs else []
    yield f"  {' → '.join(dict.fromkeys(keys))}" + (f" ({'; '.join(notes)})" if notes else "")
    if change.kind is ChangeKind.UNCHANGED:
        yield f"    {_text(change.new[0])}"
        return
    yield from (f"    - {_text(question)}" for question in change.old)
    yield from (f"    + {_text(question)}" for question in change.new)


def _text(question: Question) -> str:
    return " ".join(question.ask.split())


def _as_json(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "also": [kind.value for kind in change.also],
        "old": [{"key": one.key, "text": one.ask} for one in change.old],
        "new": [{"key": one.key, "text": one.ask} for one in change.new],
        "differs": list(change.differs),
    }
