"""Scales: the levels that an answer can be rated at, and what each is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from s11audit.domain.ratings import RAG_POINTS, Rag


class Direction(StrEnum):
    """Which end of a scale's points is the good end."""

    HIGHEST_IS_BEST = "highest-is-best"
    LOWEST_IS_BEST = "lowest-is-best"


@dataclass(frozen=True)
class Level:
    """One choice on a scale. A level that is not `applicable` leaves every denominator."""

    id: str
    label: str
    meaning: str = ""
    rag: Rag | None = None
    points: Fraction | None = None
    applicable: bool = True
    needs_reason: bool = False


@dataclass(frozen=True)
class Scale:
    """An ordered set of levels that belongs to one questionnaire version."""

    id: str
    levels: tuple[Level, ...]
    title: str = ""
    direction: Direction = Direction.HIGHEST_IS_BEST

    def level(self, level_id: str) -> Level | None:
        return self._by_id.get(level_id)

    @cached_property
    def _by_id(self) -> dict[str, Level]:
        return {level.id: level for level in self.levels}

    @cached_property
    def has_rag(self) -> bool:
        return any(level.rag for level in self.levels if level.applicable)

    @cached_property
    def worth(self) -> Mapping[str, Fraction]:
        """What each applicable level is worth, 0 to 1: points ÷ the best points of the scale.

        With no points in the file a coloured level is worth its colour (G 1, A ½, R 0). Where the
        lowest points are best they are counted from the other end before dividing, so on 1 to 4
        with 1 best, level 1 is worth 4/4 and level 4 is worth 1/4. A scale that has neither points
        nor colours is worth nothing at all: the mapping is empty.
        """
        applicable = [level for level in self.levels if level.applicable]
        points = {level.id: level.points for level in applicable if level.points is not None}
        if not points:
            return {level.id: RAG_POINTS[level.rag] for level in applicable if level.rag}
        if self.direction is Direction.LOWEST_IS_BEST:
            ends = min(points.values()) + max(points.values())
            points = {level_id: ends - worth for level_id, worth in points.items()}
        top = max(points.values())
        return {level_id: worth / top for level_id, worth in points.items()} if top > 0 else {}
