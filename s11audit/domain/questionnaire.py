"""A questionnaire version as frozen values: what is asked, of whom, and on which scales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from s11audit.domain.audience import EVERYBODY, Audience
from s11audit.domain.conditions import Condition, questions_named
from s11audit.domain.scales import Scale


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
    """One choice of a choice question. One that stands `alone` excludes the others."""

    id: str
    label: str
    alone: bool = False


class Carry(StrEnum):
    """What becomes of last time's answer when a version is replaced."""

    CONFIRM = "confirm"
    ANSWER_AFRESH = "answer-afresh"


@dataclass(frozen=True)
class Lineage:
    """Which questions of the replaced version a question follows, and how their answers carry.

    `was` is empty for a question that follows the one of its own key, or none. `why_afresh` tells
    the respondent why last time's answer does not carry.
    """

    was: tuple[str, ...] = ()
    carry: Carry = Carry.CONFIRM
    why_afresh: str = ""


NO_LINEAGE = Lineage()


@dataclass(frozen=True)
class Rows:
    """The rows of a table or list: those that are `fixed`, or as many as are needed."""

    fixed: tuple[Option, ...] = ()
    least: int = 0
    most: int = 20


@dataclass(frozen=True)
class Tested:
    """The standard of another questionnaire whose answers a survey question tests."""

    questionnaire_id: str
    standard_id: str

    def __str__(self) -> str:
        return f"{self.questionnaire_id}/{self.standard_id}"


@dataclass(frozen=True)
class Question:
    """One thing that is asked. `key` is stable while its meaning holds.

    `means` says what a level (or option) means for this question; a rating may have a `comment`
    beside it, except in a survey. The last fields belong to some types only; a column of a table
    is a question too, with a key of its own below the table's.
    """

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
    comment: bool = True
    evidence: EvidenceRule = EvidenceRule.NONE
    action: ActionRule = ActionRule.NONE
    heading: str = ""
    means: Mapping[str, str] = field(default_factory=dict)
    audience: Audience = EVERYBODY
    when: Condition | None = None
    lineage: Lineage = NO_LINEAGE
    tests: Tested | None = None
    options: tuple[Option, ...] = ()
    unit: str = ""
    min: Fraction | None = None
    max: Fraction | None = None
    decimals: int = 0
    earliest: str = ""
    latest: str = ""
    max_length: int = 10_000
    numerator: str = ""
    denominator: str = ""
    agree: str = ""
    columns: tuple[Question, ...] = ()
    rows: Rows = Rows()

    @property
    def standard_id(self) -> str:
        return self.key.partition(".")[0]

    @property
    def id(self) -> str:
        return self.key.partition(".")[2]

    def meaning(self, code: str) -> str:
        """What choosing this level or option says: in the question's own words or the scale's."""
        level = self.scale.level(code) if self.scale else None
        return self.means.get(code, level.meaning if level else "")


@dataclass(frozen=True)
class Thresholds:
    """Compliance percentages that decide an overall rating."""

    red_below: Fraction = Fraction(60)
    green_from: Fraction = Fraction(90)


@dataclass(frozen=True)
class Standard:
    """A group of questions that is rated as one, by `thresholds` where it has its own."""

    id: str
    title: str
    questions: tuple[Question, ...]
    summary: str = ""
    part: str = ""
    audience: Audience = EVERYBODY
    thresholds: Thresholds | None = None


@dataclass(frozen=True)
class LocalVersion:
    """The version that one partnership (by its reference) asks besides the common one."""

    partnership: str
    id: str
    version: str
    sha256: str


# Question key → references of the partnerships that may read it; None for all of them.
ToldTo = Mapping[str, frozenset[str] | None]


@dataclass(frozen=True)
class Questionnaire:
    """One version of a questionnaire, complete. `sha256` is the fingerprint of its file.

    Where `local` questions of partnerships were put behind it, it is that of all the files.
    """

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
    dropped: tuple[str, ...] = ()
    sha256: str = ""
    local: tuple[LocalVersion, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        return {question.key: question for question in self.questions()}

    @cached_property
    def _standards_by_id(self) -> Mapping[str, Standard]:
        return {standard.id: standard for standard in self.standards}

    @cached_property
    def in_routing_order(self) -> tuple[Question, ...]:
        """Every question after all those that its condition looks at, however long the chain."""
        placed: dict[str, Question] = {}
        for question in self.questions():
            waiting = [question]
            while waiting:
                needed = self._needed_before(waiting[-1], placed)
                waiting.extend(needed)
                if not needed:
                    ready = waiting.pop()
                    placed[ready.key] = ready
        return tuple(placed.values())

    def _needed_before(self, question: Question, placed: Mapping[str, Question]) -> list[Question]:
        named = questions_named(question.when)
        return [self.by_key[key] for key in named if key in self.by_key and key not in placed]

    @cached_property
    def told_to(self) -> ToldTo:
        """Which partnerships may read each question: those that it is asked for.

        Whether a question is asked tells of the answers that
        its condition looks at, so whoever may not read those does not read it either.
        """
        told: dict[str, frozenset[str] | None] = {}
        for question in self.in_routing_order:
            standard = self._standards_by_id[question.standard_id]
            bounds = [standard.audience.partnerships, question.audience.partnerships]
            bounds += [told[key] for key in questions_named(question.when) if key in told]
            closed = [bound for bound in bounds if bound is not None]
            told[question.key] = frozenset.intersection(*closed) if closed else None
        return told

    @cached_property
    def is_parted(self) -> bool:
        """Whether any question is for some partnerships only."""
        return any(bound is not None for bound in self.told_to.values())

    def questions(self) -> Iterator[Question]:
        for standard in self.standards:
            yield from standard.questions

    def standard(self, standard_id: str) -> Standard | None:
        return self._standards_by_id.get(standard_id)
