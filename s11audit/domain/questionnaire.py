"""A questionnaire version as frozen values: what is asked, of whom, and on which scales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from s11audit.domain.ratings import RAG_POINTS, Rag


class Kind(StrEnum):
    """The kinds of audit that a questionnaire can serve."""

    SELF_ASSESSMENT = "self-assessment"
    CASE_FILE_AUDIT = "case-file-audit"
    JOINT_ASSESSMENT = "joint-assessment"
    SURVEY = "survey"


class EvidenceRule(StrEnum):
    """When an answer must say what supports it."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"
    WHEN_GREEN = "when-green"


class ActionRule(StrEnum):
    """When an answer must come with an action."""

    NONE = "none"
    WHEN_RED = "when-red"
    WHEN_RED_OR_AMBER = "when-red-or-amber"


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


@dataclass(frozen=True)
class Is:
    """True while the question named is asked and its answer is (or, negated, is not) `value`."""

    question: str
    value: str
    negated: bool = False


@dataclass(frozen=True)
class AnyOf:
    """True when at least one of the conditions is."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class AllOf:
    """True when every one of the conditions is."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """True when the condition is not."""

    condition: Condition


Condition = Is | AnyOf | AllOf | Not


def questions_named(condition: Condition | None) -> Iterator[str]:
    """Keys of every question that a condition looks at, in the order written."""
    match condition:
        case Is(question=question):
            yield question
        case AnyOf(conditions=conditions) | AllOf(conditions=conditions):
            for inner in conditions:
                yield from questions_named(inner)
        case Not(condition=inner):
            yield from questions_named(inner)


@dataclass(frozen=True)
class Citation:
    """A provision of law, or a place in guidance; `checked` is false until it was looked up."""

    law: str = ""
    guidance: str = ""
    edition: str = ""
    at: str = ""
    checked: bool = True

    def __str__(self) -> str:
        parts = [self.law or self.guidance]
        if self.edition:
            parts[0] += f" ({self.edition})"
        return ", ".join([*parts, self.at] if self.at else parts)


@dataclass(frozen=True)
class Option:
    """One choice of a choice question."""

    id: str
    label: str


@dataclass(frozen=True)
class Question:
    """One thing that is asked. `key` is stable while its meaning holds."""

    key: str
    title: str
    type: str
    ask: str
    scale: Scale | None = None
    help: str = ""
    good: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()
    required: bool = True
    critical: bool = False
    evidence: EvidenceRule = EvidenceRule.NONE
    action: ActionRule = ActionRule.NONE
    agency_types: frozenset[str] | None = None
    when: Condition | None = None
    was: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    unit: str = ""
    min: Fraction | None = None
    max: Fraction | None = None
    decimals: int = 0
    earliest: str = ""
    latest: str = ""
    max_length: int = 10_000

    @property
    def standard_id(self) -> str:
        return self.key.partition(".")[0]

    @property
    def id(self) -> str:
        return self.key.partition(".")[2]

    def is_for(self, agency_type: str) -> bool:
        return self.agency_types is None or agency_type in self.agency_types


@dataclass(frozen=True)
class Standard:
    """A group of questions that is rated as one."""

    id: str
    title: str
    questions: tuple[Question, ...]
    summary: str = ""
    agency_types: frozenset[str] | None = None

    def is_for(self, agency_type: str) -> bool:
        return self.agency_types is None or agency_type in self.agency_types


@dataclass(frozen=True)
class Thresholds:
    """Compliance percentages that decide an overall rating."""

    red_below: Fraction = Fraction(60)
    green_from: Fraction = Fraction(90)


@dataclass(frozen=True)
class Questionnaire:
    """One version of a questionnaire, complete. `sha256` is the fingerprint of its file."""

    id: str
    version: str
    kind: Kind
    title: str
    standards: tuple[Standard, ...]
    scales: Mapping[str, Scale] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)
    summary: str = ""
    introduction: str = ""
    declaration: str = ""
    replaces: str = ""
    sha256: str = ""

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        return {question.key: question for question in self.questions()}

    @cached_property
    def _standards_by_id(self) -> Mapping[str, Standard]:
        return {standard.id: standard for standard in self.standards}

    def questions(self) -> Iterator[Question]:
        for standard in self.standards:
            yield from standard.questions

    def standard(self, standard_id: str) -> Standard | None:
        return self._standards_by_id.get(standard_id)
