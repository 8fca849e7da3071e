"""What somebody typed, beside what is stored meanwhile: nothing is overwritten unseen.

Answers of a return and of a sheet are compared alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from s11audit.domain.answers import Answer
from s11audit.queries.returns import HeldAnswer


@dataclass(frozen=True)
class Change:
    """What somebody typed for one question; `seen` is the digest of the answer they were shown.

    `confirms` says that last time's answer, left as it was brought forward, is still right.
    Changing it says as much of what it was changed to.
    """

    key: str
    answer: Answer
    seen: str
    confirms: bool = False


@dataclass(frozen=True)
class Conflict:
    """Two people changed the same answer: what was typed, and what is stored meanwhile."""

    key: str
    mine: Answer
    theirs: HeldAnswer


@dataclass(frozen=True)
class Sorted:
    """Changes parted into what is written, what is confirmed as it stands, and conflicts."""

    wanted: Mapping[str, Answer]
    confirmed: frozenset[str]
    conflicts: tuple[Conflict, ...]


def sort_out(changes: Sequence[Change], held: Mapping[str, HeldAnswer]) -> Sorted:
    """Part what is to be written from what somebody else has changed meanwhile.

    A question that the person did not touch is neither, even if somebody else did. To confirm an
    answer that is no longer the one that was shown is a conflict too.
    """
    wanted: dict[str, Answer] = {}
    confirmed = set()
    conflicts = []
    for change in changes:
        stored = held.get(change.key)
        now_stored = stored.answer if stored else Answer()
        is_touched = change.answer.digest != change.seen or change.confirms
        if change.answer == now_stored:
            if is_touched and stored and stored.to_confirm:
                confirmed.add(change.key)
        elif is_touched and stored and now_stored.digest != change.seen:
            conflicts.append(Conflict(change.key, change.answer, stored))
        elif change.answer.digest != change.seen:
            wanted[change.key] = change.answer
    return Sorted(wanted, frozenset(confirmed), tuple(conflicts))
