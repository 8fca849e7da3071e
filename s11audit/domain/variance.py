"""How far apart the levels are that several people or agencies gave to one question.

Counted in steps along the scale. There is no average: a red beside a green is not two ambers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from s11audit.domain.scales import Scale


class Closeness(StrEnum):
    TOO_FEW = "too-few"
    AGREE = "agree"
    ONE_STEP = "one-step"
    FURTHER = "further"


@dataclass(frozen=True)
class Variance:
    """`rated` levels count. `steps` lie between the furthest two; None of fewer than two."""

    rated: int
    steps: int | None

    @property
    def closeness(self) -> Closeness:
        if self.steps is None:
            return Closeness.TOO_FEW
        return {0: Closeness.AGREE, 1: Closeness.ONE_STEP}.get(self.steps, Closeness.FURTHER)

    @property
    def words(self) -> str:
        if self.steps is None:
            return "Fewer than two grades"
        if self.steps < 2:
            return ("All agree", "One step apart")[self.steps]
        return f"{self.steps} steps apart"

    @property
    def differs(self) -> bool:
        return bool(self.steps)

    @property
    def apart(self) -> int:
        """For sorting: what agrees is nearer than any difference, and what has too few nearest."""
        return -1 if self.steps is None else self.steps


def variance(scale: Scale | None, values: Iterable[str]) -> Variance:
    """How far these levels (ids) are apart, by the order in which the scale has them.

    Whoever gave none (empty), or to whom it does not apply, is left out.
    """
    order = [level.id for level in scale.levels if level.applicable] if scale else []
    places = [order.index(value) for value in values if value in order]
    return Variance(len(places), max(places) - min(places) if len(places) > 1 else None)


@dataclass(frozen=True)
class Tally:
    """Of how many questions levels agree, lie one step apart, or further; or are too few."""

    agree: int
    one_step: int
    further: int
    too_few: int

    @property
    def total(self) -> int:
        return self.agree + self.one_step + self.further + self.too_few


def tally(variances: Iterable[Variance]) -> Tally:
    """Count questions by how far apart their levels are."""
    closeness = [one.closeness for one in variances]
    return Tally(
        agree=closeness.count(Closeness.AGREE),
        one_step=closeness.count(Closeness.ONE_STEP),
        further=closeness.count(Closeness.FURTHER),
        too_few=closeness.count(Closeness.TOO_FEW),
    )
