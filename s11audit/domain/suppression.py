"""Which counts of a survey may be shown, so that no answer of fewer than five people can be told.

`docs/adr/0013-suppression.md` says why it is done so, and proves that it holds. In short: a group's
answers to a question are shown level by level, or only as the sides that its levels fall into, or
not at all: wherever a count shown would be 1 to 4, the whole row falls back by one. Totals leave
out what is hidden, unless all that is hidden together is itself safe to be worked out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import reduce

# Fewer people than this are never told of, neither by themselves nor as a difference.
SMALLEST = 5


class Detail(IntEnum):
    """How much of a group's answers to one question can be shown."""

    NOTHING = 0
    SIDES = 1
    LEVELS = 2


@dataclass(frozen=True)
class Tally:
    """How many people of a group gave each answer to one question.

    `sides` part everybody who is counted, so they add up to all. `levels` are the single answers.
    Where somebody may choose several, `others` are further counts that follow from those shown, as
    of those who chose something else: they are shown nowhere, but are as safe as the rest.
    """

    sides: tuple[int, ...]
    levels: tuple[int, ...]
    others: tuple[int, ...] = ()

    @property
    def people(self) -> int:
        return sum(self.sides)

    @property
    def detail(self) -> Detail:
        """How much of it could be shown if nothing else were."""
        if not is_safe(self.sides):
            return Detail.NOTHING
        return Detail.LEVELS if is_safe((*self.levels, *self.others)) else Detail.SIDES

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            _added(self.sides, other.sides),
            _added(self.levels, other.levels),
            _added(self.others, other.others),
        )


def is_safe(counts: Iterable[int]) -> bool:
    """Whether each count is of nobody, or of enough people."""
    return all(count == 0 or count >= SMALLEST for count in counts)


@dataclass(frozen=True)
class Grouping:
    """Whose answers are counted where, by how many people answered: agency ids.

    `agencies` can be shown by themselves. `by_type` and `everybody` also count the others where
    these are enough together; elsewhere they are left out.
    """

    agencies: frozenset[int]
    by_type: Mapping[str, frozenset[int]]
    everybody: frozenset[int]

    def left_out(self, types: Mapping[int, str], code: str = "") -> frozenset[int]:
        """The small agencies that are in no number of a type, or of everybody.

        Those that nobody answered for are among them, so that they are not told from the others.
        All of them together are fewer than five people, or their type would count them.
        """
        small = frozenset(types) - self.agencies
        if code:
            own = frozenset(one for one in small if types[one] == code)
            return frozenset() if own & self.by_type.get(code, frozenset()) else own
        in_types = frozenset[int]().union(*self.by_type.values())
        if (self.everybody - in_types) & small:
            return frozenset()
        return frozenset().union(*(self.left_out(types, one) for one in set(types.values())))


def grouping(people: Mapping[int, int], types: Mapping[int, str]) -> Grouping:
    """The grouping for these numbers of people who answered; `types` are those of the agencies."""
    enough = frozenset(one for one, count in people.items() if count >= SMALLEST)
    by_type: dict[str, frozenset[int]] = {}
    waiting: set[int] = set()
    for code in sorted(set(types.values())):
        members = frozenset(one for one in people if types[one] == code and people[one])
        few = members - enough
        if is_safe([sum(people[one] for one in few)]):
            by_type[code] = members
        else:
            by_type[code] = members & enough
            waiting |= few
    are_enough = is_safe([sum(people[one] for one in waiting)])
    return Grouping(
        enough,
        {code: members for code, members in by_type.items() if members},
        frozenset().union(waiting if are_enough else (), *by_type.values()),
    )


@dataclass(frozen=True)
class Shown:
    """What can be shown of a group's answers to one question.

    `tally` is of the agencies in `counted`; some of the group may be left out of it. Its levels
    may be shown only where `detail` says so; its sides wherever there is anything.
    """

    detail: Detail
    tally: Tally
    counted: frozenset[int]


@dataclass(frozen=True)
class ShownAnswers:
    """What can be shown of the answers to one question: by agency, by type, and of everybody."""

    agencies: Mapping[int, Shown]
    by_type: Mapping[str, Shown]
    everybody: Shown | None


@dataclass
class _Hidden:
    """Agencies whose answers a total has yet to hide among others.

    `unseen` are shown in no way by themselves; of `coarse` only the sides are known.
    """

    unseen: set[int] = field(default_factory=set)
    coarse: set[int] = field(default_factory=set)


def shown_answers(tallies: Mapping[int, Tally], groups: Grouping) -> ShownAnswers:
    """What can be shown of the answers to one question, agency id → tally.

    Nothing that is shown, and no sum or difference of it, is a count of 1 to 4 people.
    """
    details = {
        one: tallies[one].detail if one in groups.agencies else Detail.NOTHING
        for one in groups.everybody
    }
    by_type: dict[str, Shown] = {}
    left = _Hidden(unseen=set(groups.everybody).difference(*groups.by_type.values()))
    for code, members in groups.by_type.items():
        own = _Hidden(
            {one for one in members if details[one] is Detail.NOTHING},
            {one for one in members if details[one] is Detail.SIDES},
        )
        shown = _total(tallies, members, own)
        if shown is not None:
            by_type[code] = shown
        left.unseen |= own.unseen - (shown.counted if shown else frozenset())
        if shown is None or shown.detail is Detail.SIDES:
            left.coarse |= own.coarse | (own.unseen - left.unseen)
    return ShownAnswers(
        {
            one: Shown(detail, tallies[one], frozenset({one}))
            for one, detail in details.items()
            if detail is not Detail.NOTHING
        },
        by_type,
        _total(tallies, groups.everybody, left),
    )


def _total(tallies: Mapping[int, Tally], members: Collection[int], hidden: _Hidden) -> Shown | None:
    """What can be shown of all members together; None where that is nothing.

    What can be worked out by taking away all that is shown besides must be safe, too.
    """
    unseen, coarse = set(hidden.unseen), set(hidden.coarse)
    if not is_safe(_sum(tallies, unseen).sides if unseen else ()):
        members, unseen = set(members) - unseen, set()
    if not members:
        return None
    rest = _sum(tallies, unseen | coarse) if unseen | coarse else None
    fine = rest is None or is_safe((*rest.levels, *rest.others))
    return Shown(
        Detail.LEVELS if fine else Detail.SIDES, _sum(tallies, members), frozenset(members)
    )


def _sum(tallies: Mapping[int, Tally], members: Iterable[int]) -> Tally:
    return reduce(Tally.__add__, (tallies[one] for one in sorted(members)))


def _added(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))
