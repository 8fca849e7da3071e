"""Conditions for people and for the page's script."""

from __future__ import annotations

from typing import Any

from s11audit.domain.conditions import AllOf, AnyOf, Condition, Is, Not
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Questionnaire


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


def condition_words(condition: Condition, questionnaire: Questionnaire) -> str:
    """A condition as a person reads it where no script hides the question."""
    match condition:
        case Is():
            question = questionnaire.by_key[condition.question]
            answer = type_of(question).shown(question, condition.value)
            verb = "is not" if condition.negated else "is"
            return f"your answer to “{question.title}” {verb} “{answer}”"
        case AnyOf():
            return " or ".join(condition_words(one, questionnaire) for one in condition.conditions)
        case AllOf():
            return " and ".join(condition_words(one, questionnaire) for one in condition.conditions)
        case Not():
            return f"not ({condition_words(condition.condition, questionnaire)})"
