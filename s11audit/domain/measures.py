"""Measures: a count that the next audit of a theme repeats, and how far it has moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from s11audit.domain.numbers import percent
from s11audit.domain.question_types import type_of
from s11audit.domain.question_types.coded import Coded
from s11audit.domain.questionnaire import Question

# Of fewer than this many, one more or less moves the share by more than three points.
SMALL_SAMPLE = 30
# Percentage points within which two shares are called the same.
TOLERANCE = Fraction(5, 2)
_ONE_OF_A_FEW = frozenset({"rating", "agreement", "yes-no", "yes-no-unsure", "choice"})


class CountedOf(StrEnum):
    """What a measure counts."""

    CASE_FILES = "case-files"
    CASES = "cases"
    BY_HAND = "by-hand"


COUNTED_OF_LABELS: dict[CountedOf, str] = {
    CountedOf.CASE_FILES: "agencies’ files on cases",
    CountedOf.CASES: "cases, by their agreed grade",
    CountedOf.BY_HAND: "counted by hand",
}


class Direction(StrEnum):
    """Where a share moved. Whether that is good is for people to say."""

    UP = "↑"
    DOWN = "↓"
    SAME = "↔"


DIRECTION_LABELS: dict[Direction, str] = {
    Direction.UP: "up",
    Direction.DOWN: "down",
    Direction.SAME: "about the same",
}


@dataclass(frozen=True)
class Tally:
    """How many of how many."""

    part: int
    whole: int

    @property
    def words(self) -> str:
        """`12% (3/25)`, or `0/0` where there is nothing to divide by."""
        if not self.whole:
            return f"{self.part}/{self.whole}"
        share = Decimal(self.part * 100) / Decimal(self.whole)
        return f"{share.quantize(Decimal(1), ROUND_HALF_UP)}% ({self.part}/{self.whole})"

    @property
    def share(self) -> Decimal | None:
        return percent(self.part, self.whole)

    @property
    def is_small(self) -> bool:
        return self.whole < SMALL_SAMPLE

    @property
    def caution(self) -> str:
        """What to bear in mind of a small sample; empty of a large one."""
        if not self.is_small:
            return ""
        if not self.whole:
            return "Nothing was counted."
        points = percent(1, self.whole)
        return (
            f"Small sample: one more or one fewer of {self.whole} moves it by {points:.1f} points."
        )


@dataclass(frozen=True)
class Compared:
    """The same measure at an earlier audit and at the next."""

    before: Tally
    after: Tally

    @property
    def direction(self) -> Direction | None:
        """None where either has nothing to divide by."""
        if not (self.before.whole and self.after.whole):
            return None
        moved = 100 * (
            Fraction(self.after.part, self.after.whole)
            - Fraction(self.before.part, self.before.whole)
        )
        if abs(moved) <= TOLERANCE:
            return Direction.SAME
        return Direction.UP if moved > 0 else Direction.DOWN

    @property
    def words(self) -> str:
        return f"{self.before.words} → {self.after.words}"

    @property
    def caution(self) -> str:
        """Which of the two are small samples, in words; empty where neither is."""
        named = (("first", self.before), ("next", self.after))
        small = [f"{name} audit {tally.whole}" for name, tally in named if tally.is_small]
        if not small:
            return ""
        points = [
            f"{percent(1, tally.whole):.1f}" for _, tally in named if tally.is_small and tally.whole
        ]
        said = f"Small sample ({', '.join(small)})"
        if not points:
            return f"{said}."
        return f"{said}: one case more or fewer moves it by {' or '.join(points)} points."


def is_countable(question: Question) -> bool:
    """Whether an answer to it is one code of a few, which can be counted."""
    return question.type in _ONE_OF_A_FEW


def choices_of(question: Question) -> dict[str, str]:
    """Code → label of what can be counted of a question; empty where nothing can."""
    kind = type_of(question)
    if not isinstance(kind, Coded):
        return {}
    labels = kind.labels(question)
    levels = question.scale.levels if question.scale else ()
    left_out = {level.id for level in levels if not level.applicable}
    return {code: label for code, label in labels.items() if code not in left_out}


def tally(question: Question, wanted: str, values: Iterable[str]) -> Tally:
    """How many of these values are the wanted one; no answer and “not applicable” do not count."""
    counted = [value for value in values if value in choices_of(question)]
    return Tally(counted.count(wanted), len(counted))
