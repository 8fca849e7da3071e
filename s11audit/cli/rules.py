"""Printing the tables that the code executes, for docs/rules.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

import click

from s11audit.domain.access import (
    EMAIL_LINK_ROLES,
    GRANTABLE,
    RULES,
    SECOND_FACTOR_ROLES,
    SESSION_LIMITS,
    Relation,
    Rule,
)
from s11audit.domain.actions import ACTION_STATUS_LABELS, ACTION_STEPS
from s11audit.domain.cases import CASE_AUDIT_STATUS_LABELS, CASE_AUDIT_STEPS
from s11audit.domain.guard.kinds import KIND_WORDS
from s11audit.domain.guard.policy import PLACE_LABELS, POLICY, RESPONSE_LABELS
from s11audit.domain.permissions import ROLE_LABELS, Permission
from s11audit.domain.steps import Step
from s11audit.domain.versions import VERSION_STATUS_LABELS, VERSION_STEPS
from s11audit.domain.workflow import (
    RETURN_STATUS_LABELS,
    RETURN_STEPS,
    ROUND_STATUS_LABELS,
    ROUND_STEPS,
)

LETTERS: dict[Relation | None, str] = {
    Relation.SELF: "✓",
    Relation.INSTALLATION: "I",
    Relation.PARTNERSHIP: "P",
    Relation.OTHERS: "O",
    Relation.SCHOOLS: "S",
    Relation.AGENCY: "A",
    Relation.DELEGATED: "D",
    Relation.TRUST: "T",
    Relation.ASSIGNED: "C",
    Relation.PANEL: "J",
}


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
    yield from _who_may_do_what()
    yield from _who_hands_out_what()
    yield from _how_roles_sign_in()
    yield from _what_is_done_about_identifiers()
    lifecycles: list[tuple[str, Sequence[Step[Any]], Mapping[Any, str]]] = [
        ("A round", ROUND_STEPS, ROUND_STATUS_LABELS),
        ("A return", RETURN_STEPS, RETURN_STATUS_LABELS),
        ("An uploaded questionnaire version", VERSION_STEPS, VERSION_STATUS_LABELS),
        ("An action", ACTION_STEPS, ACTION_STATUS_LABELS),
        ("A case audit", CASE_AUDIT_STEPS, CASE_AUDIT_STATUS_LABELS),
    ]
    for title, steps, labels in lifecycles:
        yield ""
        yield f"## {title}"
        yield ""
        yield from _table(
            ["From", "Step", "To", "Needs", "Reason"],
            (_step_row(step, labels) for step in steps),
        )


def _what_is_done_about_identifiers() -> Iterator[str]:
    yield ""
    yield "## What may identify a child"
    yield ""
    yield "What is done about a text in which it is found, by where it is written. What is"
    yield "merely possible is left alone, and what would be blocked is asked about where it is not"
    yield "certain."
    yield ""
    yield from _table(
        ["Found", *PLACE_LABELS.values()],
        (
            [words.label, *(RESPONSE_LABELS[POLICY[place][kind]] for place in PLACE_LABELS)]
            for kind, words in KIND_WORDS.items()
        ),
    )


def _who_may_do_what() -> Iterator[str]:
    yield "## Permissions"
    yield ""
    yield "A role is held for a partnership, a trust, an agency or the whole installation. A letter"
    yield "says how far it reaches; whatever has none is refused."
    yield ""
    yield from (f"- **{LETTERS[relation]}**: {relation.value}" for relation in Relation)
    yield ""
    yield from _table(
        ["About", "May", *ROLE_LABELS.values(), "When it is", "Besides"],
        (_permission_row(permission, rule) for permission, rule in RULES.items()),
    )


def _permission_row(permission: Permission, rule: Rule) -> list[str]:
    letters = (LETTERS.get(rule.roles.get(role), "") for role in ROLE_LABELS)
    states = (RETURN_STATUS_LABELS[state] for state in RETURN_STATUS_LABELS if state in rule.states)
    asks_again, leaves_a_trace = "asks again who it is", "every look is written down"
    besides = [asks_again] * rule.fresh + [leaves_a_trace] * rule.traced
    return [rule.thing.value, permission.value, *letters, ", ".join(states), ", ".join(besides)]


def _who_hands_out_what() -> Iterator[str]:
    yield ""
    yield "## Handing out roles"
    yield ""
    yield from _table(
        ["Who has this role", "may give these, as far as it reaches"],
        (
            [label, ", ".join(ROLE_LABELS[one] for one in ROLE_LABELS if one in GRANTABLE[role])]
            for role, label in ROLE_LABELS.items()
            if role in GRANTABLE
        ),
    )


def _how_roles_sign_in() -> Iterator[str]:
    yield ""
    yield "## Signing in"
    yield ""
    yield from _table(
        ["Role", "Two factors", "Link by e-mail", "Signed out when idle for", "and after"],
        (
            [
                label,
                "always" if role in SECOND_FACTOR_ROLES else "if they like",
                "where the partnership allows it" if role in EMAIL_LINK_ROLES else "",
                f"{SESSION_LIMITS[role].idle // timedelta(minutes=1)} minutes",
                f"{SESSION_LIMITS[role].absolute // timedelta(hours=1)} hours",
            ]
            for role, label in ROLE_LABELS.items()
        ),
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
