"""Printing the tables that the code executes, for docs/rules.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import click

from s11audit.domain.access import RULES
from s11audit.domain.actions import ACTION_STATUS_LABELS, ACTION_STEPS
from s11audit.domain.permissions import ROLE_LABELS
from s11audit.domain.versions import VERSION_STATUS_LABELS, VERSION_STEPS
from s11audit.domain.workflow import (
    RETURN_STATUS_LABELS,
    RETURN_STEPS,
    ROUND_STATUS_LABELS,
    ROUND_STEPS,
    Step,
)


@click.command()
def rules() -> None:
    """Print who may do what, and what may happen next, as Markdown."""
    click.echo("\n".join(rules_in_markdown()))


def rules_in_markdown() -> Iterator[str]:
    """The lines of docs/rules.md."""
    yield "# Who may do what, and what may happen next"
    yield ""
    yield "Printed by `s11audit rules` from the tables that the code executes."
    yield ""
    yield "A manager and a QA subgroup member hold their role for a partnership and reach what is"
    yield "that partnership's; the others hold it for one agency and reach what is that agency's."
    yield "Whatever has no tick is refused."
    yield ""
    yield "## Permissions"
    yield ""
    yield from _table(
        ["May", *ROLE_LABELS.values()],
        (
            [permission.value, *("✓" if role in rule.roles else "" for role in ROLE_LABELS)]
            for permission, rule in RULES.items()
        ),
    )
    lifecycles: list[tuple[str, Sequence[Step[Any]], Mapping[Any, str]]] = [
        ("A round", ROUND_STEPS, ROUND_STATUS_LABELS),
        ("A return", RETURN_STEPS, RETURN_STATUS_LABELS),
        ("An uploaded questionnaire version", VERSION_STEPS, VERSION_STATUS_LABELS),
        ("An action", ACTION_STEPS, ACTION_STATUS_LABELS),
    ]
    for title, steps, labels in lifecycles:
        yield ""
        yield f"## {title}"
        yield ""
        yield from _table(
            ["From", "Step", "To", "Needs", "Reason"],
            (_step_row(step, labels) for step in steps),
        )


def _step_row(step: Step[Any], labels: Mapping[Any, str]) -> list[str]:
    sources: Iterable[StrEnum] = (status for status in labels if status in step.sources)
    return [
        ", ".join(labels[status] for status in sources),
        step.button,
        labels[step.target],
        step.permission.value,
        "yes" if step.needs_reason else "",
    ]


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
