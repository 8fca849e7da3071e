"""Conditions: read from the file, and checked against the questions that they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from s11audit.domain.conditions import AllOf, AnyOf, Condition, Is, Not
from s11audit.questionnaires.faults import FaultCollector, quote, suggest
from s11audit.questionnaires.source import Items, Section

CONDITION_KEYS: tuple[str, ...] = ("question", "is", "is-not", "any", "all", "not")
_FORMS = (
    "{question: KEY, is: VALUE}, {question: KEY, is-not: VALUE}, {any: […]}, {all: […]}, {not: …}"
)


@dataclass(frozen=True)
class Look:
    """One place where a condition looks at a question."""

    question: str
    value: str
    line: int


class ConditionReader:
    """Turns one `when` into a condition; faults are collected, and None stands for a broken one."""

    def __init__(self, faults: FaultCollector) -> None:
        self._faults = faults
        self.looks: list[Look] = []

    def read(self, raw: Any, line: int) -> Condition | None:
        if not isinstance(raw, Section):
            self._faults.add(line, f"a condition should be one of: {_FORMS}")
            return None
        unknown = [key for key in raw if key not in CONDITION_KEYS]
        for key in unknown:
            near = suggest(key, CONDITION_KEYS)
            self._faults.add(raw.lines[key], f"unknown key {quote(key)} in a condition: {near}")
        if unknown:
            return None
        if set(raw) in ({"question", "is"}, {"question", "is-not"}):
            return self._is(raw)
        if len(raw) == 1:
            key, inner = next(iter(raw.items()))
            if key == "not":
                condition = self.read(inner, raw.lines[key])
                return Not(condition) if condition else None
            if key in ("any", "all"):
                return self._group(key, inner, raw.lines[key])
        self._faults.add(raw.line, f"a condition should be one of: {_FORMS}")
        return None

    def _is(self, raw: Section) -> Condition | None:
        value_key = "is" if "is" in raw else "is-not"
        question, value = raw["question"], raw[value_key]
        for key in ("question", value_key):
            if not isinstance(raw[key], str) or not raw[key]:
                self._faults.add(raw.lines[key], f"{quote(key)} should be one word of text")
                return None
        self.looks.append(Look(question, value, raw.lines[value_key]))
        return Is(question, value, negated=value_key == "is-not")

    def _group(self, key: str, raw: Any, line: int) -> Condition | None:
        if not isinstance(raw, Items) or not raw:
            self._faults.add(line, f"{quote(key)} should be a list of conditions")
            return None
        inner = [self.read(one, at) for one, at in zip(raw, raw.lines, strict=True)]
        conditions = tuple(condition for condition in inner if condition)
        if len(conditions) < len(inner):
            return None
        return AnyOf(conditions) if key == "any" else AllOf(conditions)


def add_loops(
    looks: Mapping[str, list[Look]], lines: Mapping[str, int], faults: FaultCollector
) -> None:
    """Add a fault for each loop among conditions.

    `looks` has what each question's condition looks at, by key; `lines` the line of its `when`.
    """
    waits_for = {
        key: [look.question for look in at if look.question in looks] for key, at in looks.items()
    }
    free = _free_of_loops(waits_for)
    for loop in _loops({key: names for key, names in waits_for.items() if key not in free}):
        shown = " → ".join([*loop[:10], *(["…"] if len(loop) > 10 else []), loop[0]])
        faults.add(lines[loop[0]], f"these conditions make a loop: {shown}; break it at one place")


def _free_of_loops(waits_for: Mapping[str, list[str]]) -> set[str]:
    """The questions that are neither in a loop nor behind one."""
    followers: dict[str, list[str]] = {key: [] for key in waits_for}
    for key, names in waits_for.items():
        for name in names:
            followers[name].append(key)
    waiting = {key: len(names) for key, names in waits_for.items()}
    ready = [key for key, count in waiting.items() if count == 0]
    for key in ready:  # grows while it is walked
        for follower in followers[key]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                ready.append(follower)
    return set(ready)


def _loops(waits_for: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """The loops met by following, from each question, the first that still leads into one."""
    stuck = {key: [name for name in names if name in waits_for] for key, names in waits_for.items()}
    finished: set[str] = set()
    for start in stuck:
        walked: dict[str, int] = {}
        key = start
        while key not in finished and key not in walked:
            walked[key] = len(walked)
            key = stuck[key][0]
        if key not in finished:
            yield list(walked)[walked[key] :]
        finished.update(walked)
