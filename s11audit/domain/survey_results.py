"""What is shown of a survey: questions as groups answered them, beside ratings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from s11audit.domain.questionnaire import Question, Standard
from s11audit.domain.ratings import Rating, Side
from s11audit.domain.suppression import Detail, Shown
from s11audit.domain.surveys import (
    GOOD,
    NOT_GOOD,
    SEVERAL,
    SIDE_LABELS,
    UNANSWERED,
    Reading,
    contradicts,
    good_share,
    labels_of,
    side_of,
)

EVERYBODY = "All agencies"
# The side that has most to say is set beside the answers: what was agreed, or else moderated.
SIDES_BY_WEIGHT = (Side.AGREED, Side.MODERATED, Side.SELF)


@dataclass(frozen=True)
class SideRating:
    """The rating of a standard by one side: of one agency, or how many of several are green.

    Of one agency `rated` is 1 and `rating` its rating; of several `rating` is None.
    """

    side: Side
    rating: Rating | None
    green: int
    rated: int


@dataclass(frozen=True)
class GivenAnswer:
    """One answer, or one side of several, and how many gave it. `side` is that of a tally."""

    label: str
    people: int
    side: int


@dataclass(frozen=True)
class QuestionResult:
    """One question as a group answered it, beside the rating of the standard that it tests.

    `shown` is None where it is hidden. `left_out` are people of the group whose answers are in no
    number here, so that nobody's can be told. `tested` is the standard's title, if it is known.
    """

    question: Question
    reading: Reading | None
    shown: Shown | None
    left_out: int
    tested: str
    ratings: tuple[SideRating, ...]

    @property
    def good(self) -> tuple[int, int] | None:
        """How many answers are good, of how many that apply; None where that is not known."""
        if self.shown is None or self.reading is None:
            return None
        sides = self.shown.tally.sides
        return sides[GOOD], sides[GOOD] + sides[NOT_GOOD]

    @property
    def share(self) -> Decimal | None:
        return good_share(self.shown.tally) if self.good and self.shown else None

    @property
    def has_levels(self) -> bool:
        return self.shown is not None and self.shown.detail is Detail.LEVELS

    @property
    def answers(self) -> tuple[GivenAnswer, ...]:
        """What was answered, in order: by level where that is shown, or else by side."""
        if self.shown is None:
            return ()
        return self._levels() if self.has_levels else self._sides()

    def _levels(self) -> tuple[GivenAnswer, ...]:
        *counts, unanswered = self.shown.tally.levels if self.shown else (0,)
        labels = labels_of(self.question)
        given = [
            GivenAnswer(label, count, side_of(self.question, self.reading, code))
            for (code, label), count in zip(labels.items(), counts, strict=True)
        ]
        none = [GivenAnswer(SIDE_LABELS[UNANSWERED], unanswered, UNANSWERED)] if unanswered else []
        return (*given, *none)

    def _sides(self) -> tuple[GivenAnswer, ...]:
        sides = self.shown.tally.sides if self.shown else ()
        is_known = self.reading is not None
        labels = SIDE_LABELS if is_known else ("Answered", *SIDE_LABELS[1:])
        always = {GOOD, NOT_GOOD} if is_known else {GOOD}
        return tuple(
            GivenAnswer(labels[side], count, side)
            for side, count in enumerate(sides)
            if count or side in always
        )

    @property
    def adds_up(self) -> bool:
        """Whether everybody is in one of the answers, so that one bar can show them."""
        return not (self.has_levels and self.question.type == SEVERAL)

    @property
    def is_mismatch(self) -> bool:
        """Whether an agency rates itself green where too few of its staff give a good answer."""
        if self.shown is None or self.reading is None or self.leading is None:
            return False
        return contradicts(self.leading.rating, self.reading, self.shown.tally)

    @property
    def leading(self) -> SideRating | None:
        """The rating that the answers are compared with."""
        by_side = {one.side: one for one in self.ratings}
        return next((by_side[side] for side in SIDES_BY_WEIGHT if side in by_side), None)


@dataclass(frozen=True)
class GroupResult:
    """What one group answered: an agency, a type of agency, or everybody.

    `people` is how many are counted; None where the group is too small to be shown at all.
    `asked` is how many staff its agencies have, where every one that is counted said so.
    `small_agencies` of it are left out of `people`: fewer than five people of all these together.
    """

    name: str
    people: int | None
    asked: int | None
    parts: tuple[tuple[Standard, tuple[QuestionResult, ...]], ...]
    small_agencies: int = 0

    @property
    def results(self) -> list[QuestionResult]:
        return [result for _, results in self.parts for result in results]

    @property
    def mismatches(self) -> list[QuestionResult]:
        return [one for one in self.results if one.is_mismatch]


@dataclass(frozen=True)
class AgencyResult:
    """One agency's results, and what its staff wrote, in an order that tells nothing."""

    reference: str
    agency_type: str
    group: GroupResult
    comments: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class SurveyResults:
    """All that a viewer may see of a survey. `whole` is None for who sees schools only."""

    whole: GroupResult | None
    by_type: Mapping[str, GroupResult]
    agencies: tuple[AgencyResult, ...]

    @property
    def hidden_agencies(self) -> list[str]:
        """Agencies of which nothing is shown, because fewer than five people answered."""
        return [one.group.name for one in self.agencies if one.group.people is None]
