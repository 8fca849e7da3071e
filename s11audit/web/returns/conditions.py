"""Conditions for the page's script."""

from __future__ import annotations

from typing import Any

from s11audit.domain.conditions import AllOf, AnyOf, Condition, Is, Not


def condition_json(condition: Condition) -> dict[str, Any]:
    """A condition as the questionnaire file writes it, for static/conditions.js."""
    match condition:
        case Is():
            verb = "is-not" if condition.negated else "is"
            return {"question": condition.question, verb: condition.value}
        case AnyOf():
            return {"any": [condition_json(inner) for inner in condition.conditions]}
        case AllOf():
            return {"all": [condition_json(inner) for inner in condition.conditions]}
        case Not():
            return {"not": condition_json(condition.condition)}
