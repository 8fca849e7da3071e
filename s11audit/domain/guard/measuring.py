"""How much of what is marked in texts the guard finds, and how often it raises a false alarm."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from s11audit.domain.guard import Certainty, Hit, Kind, find

# What it is built to reach; a test holds it to these on the shipped corpus.
WANTED_OF_NUMBERS = 0.99
WANTED_OF_NAMES = 0.90
ALLOWED_FALSE_ALARMS = 0.05


@dataclass(frozen=True)
class Label:
    """Characters `start` to `end` of a text are of this kind. `group` tells kinds of labels apart
    in the figures, such as names that are in no list."""

    kind: Kind
    start: int
    end: int
    group: str = ""


@dataclass(frozen=True)
class LabelledText:
    """A text and all that identifies somebody in it: nothing, in a harmless one."""

    text: str
    labels: tuple[Label, ...] = ()


@dataclass
class Share:
    """`part` of `whole`."""

    part: int = 0
    whole: int = 0

    def count(self, counts: bool) -> None:
        self.part += counts
        self.whole += 1

    @property
    def share(self) -> float | None:
        return self.part / self.whole if self.whole else None


@dataclass
class Figures:
    """`found` by (kind, group); harmless texts with an alarm, in all and by kind of the alarm.

    Something is found if a hit of its kind that is at least likely touches it.
    """

    found: dict[tuple[Kind, str], Share] = field(default_factory=dict)
    alarms: Share = field(default_factory=Share)
    alarms_by_kind: dict[Kind, int] = field(default_factory=dict)

    def of_kind(self, kind: Kind) -> Share:
        """What was found of a kind, whatever its group."""
        shares = [share for (one, _), share in self.found.items() if one is kind]
        return _sum(shares)

    @property
    def of_numbers(self) -> Share:
        """What was found of all kinds but names."""
        return _sum([share for (kind, _), share in self.found.items() if kind is not Kind.NAME])


def measure(texts: Iterable[LabelledText]) -> Figures:
    """Look at all texts and count."""
    figures = Figures()
    for one in texts:
        told = [hit for hit in find(one.text) if hit.certainty >= Certainty.LIKELY]
        for label in one.labels:
            share = figures.found.setdefault((label.kind, label.group), Share())
            share.count(any(_touches(hit, label) for hit in told))
        if not one.labels:
            figures.alarms.count(bool(told))
            for kind in {hit.kind for hit in told}:
                figures.alarms_by_kind[kind] = figures.alarms_by_kind.get(kind, 0) + 1
    return figures


def _touches(hit: Hit, label: Label) -> bool:
    return hit.kind is label.kind and hit.start < label.end and label.start < hit.end


def _sum(shares: list[Share]) -> Share:
    return Share(sum(one.part for one in shares), sum(one.whole for one in shares))
