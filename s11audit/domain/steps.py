"""A row of a lifecycle: what may be done, in which status, by whom, and where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from s11audit.domain.permissions import Permission


class StepNotAllowedError(Exception):
    """The thing is not in a status from which this step leads anywhere. Says so in plain words."""


Status = TypeVar("Status", bound=StrEnum)


@dataclass(frozen=True)
class Step(Generic[Status]):
    """One row of a lifecycle.

    `name` is the step's name in code and addresses, `button` what a person presses, `event` the
    past-tense kind of the history row, `needs_reason` whether a reason must be typed.
    """

    name: str
    sources: frozenset[Status]
    target: Status
    permission: Permission
    button: str
    event: str
    needs_reason: bool = False


def steps_from(steps: Sequence[Step[Status]], status: Status) -> tuple[Step[Status], ...]:
    """The steps that lead on from this status, in the order of the table."""
    return tuple(step for step in steps if status in step.sources)


def step_named(steps: Sequence[Step[Status]], name: str, status: Status) -> Step[Status]:
    """The step of this name, if it may be taken from this status.

    Raises StepNotAllowedError otherwise.
    """
    called = name
    for step in steps:
        if step.name == name and status in step.sources:
            return step
        called = step.button if step.name == name else called
    now = status.replace("-", " ")
    raise StepNotAllowedError(f"“{called}” is not possible while this is “{now}”.")
