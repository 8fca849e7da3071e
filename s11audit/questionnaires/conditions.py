"""Conditions: read from the file, and checked against the questions that they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from s11audit.domain.questionnaire import AllOf, AnyOf, Condition, Is, Not
from s11audit.questionnaires.faults import FaultCollector, quote, suggest
from s11audit.questionnaires.source import Items, Section

CONDITION_KEYS: tuple[str, ...] = ("question", "is", "is-not", "any", "all", "not")
_FORMS = (
    "{question: KEY, is: VALUE}, {question: KEY, is-not: VALUE}, {any: […]}, {all: […]}, {not: …}"
)

# Routing follows a chain of conditions to its end, and so must a person who fills in the form.
LONGEST_CHAIN = 20


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


def add_loops_and_chains(
    looks: Mapping[str, list[Look]], lines: Mapping[str, int], faults: FaultCollector
) -> None:
    """Add a fault for each loop among conditions, and for a chain too long to follow.

    `looks` has what each question's condition looks at, by key; `lines` the line of its `when`.
    """
    waits_for = {
        key: [look.question for look in at if look.question in looks] for key, at in looks.items()
    }
    depth = _depths(waits_for)
    for loop in _loops({key: names for key, names in waits_for.items() if key not in depth}):
        shown = " → ".join([*loop[:10], *(["…"] if len(loop) > 10 else []), loop[0]])
        faults.add(lines[loop[0]], f"these conditions make a loop: {shown}; break it at one place")
    too_deep = [key for key, links in depth.items() if links == LONGEST_CHAIN + 1]
    for key in too_deep:
        faults.add(
            lines[key],
            f"this is the end of a chain of more than {LONGEST_CHAIN} conditions; name an earlier "
            "question instead",
        )


def _depths(waits_for: Mapping[str, list[str]]) -> dict[str, int]:
    """Length of the longest chain behind each question; those in or behind a loop are left out."""
    followers: dict[str, list[str]] = {key: [] for key in waits_for}
    for key, names in waits_for.items():
        for name in names:
            followers[name].append(key)
    waiting = {key: len(names) for key, names in waits_for.items()}
    ready = [key for key, count in waiting.items() if count == 0]
    depth = dict.fromkeys(ready, 0)
    for key in ready:  # grows while it is walked
        for follower in followers[key]:
            depth[follower] = max(depth.get(follower, 0), depth[key] + 1)
            waiting[follower] -= 1
            if waiting[follower] == 0:
                ready.append(follower)
    return {key: depth[key] for key in ready}


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
