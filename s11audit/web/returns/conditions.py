"""Conditions for the page's script."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from s11audit.domain.conditions import AllOf, AnyOf, Condition, Is, Not

Settled = Callable[[Is], bool | None]
ALWAYS: dict[str, Any] = {"all": []}
NEVER: dict[str, Any] = {"any": []}


def _nothing_settled(_comparison: Is) -> None:
    """Every answer may be told."""


def condition_json(condition: Condition, settled: Settled = _nothing_settled) -> dict[str, Any]:
    """A condition as the questionnaire file writes it, for static/conditions.js.

    `settled` says whether a comparison holds whose answer the page must not tell; None for others.
    """
    told = partial(condition_json, settled=settled)
    match condition:
        case Is():
            verb = "is-not" if condition.negated else "is"
            known = settled(condition)
            if known is not None:
                return ALWAYS if known else NEVER
            return {"question": condition.question, verb: condition.value}
        case AnyOf():
            return {"any": [told(inner) for inner in condition.conditions]}
        case AllOf():
            return {"all": [told(inner) for inner in condition.conditions]}
        case Not():
            return {"not": told(condition.condition)}
