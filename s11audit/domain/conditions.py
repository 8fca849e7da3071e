"""Conditions: what has to be answered before a question is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Is:
    """True while the question named is asked and its answer is (or, negated, is not) `value`."""

    question: str
    value: str
    negated: bool = False


@dataclass(frozen=True)
class AnyOf:
    """True when at least one of the conditions is."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class AllOf:
    """True when every one of the conditions is."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """True when the condition is not."""

    condition: Condition


Condition = Is | AnyOf | AllOf | Not


def questions_named(condition: Condition | None) -> Iterator[str]:
    """Keys of every question that a condition looks at, in the order written."""
    match condition:
        case Is(question=question):
            yield question
        case AnyOf(conditions=conditions) | AllOf(conditions=conditions):
            for inner in conditions:
                yield from questions_named(inner)
        case Not(condition=inner):
            yield from questions_named(inner)
