"""What a panel compares: grades of several agencies on one question, and the grade it agrees.

Grades are steps of one scale, and are never averaged. Across scales only colours are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.ratings import Rag
from s11audit.domain.scales import Level, Scale


def is_graded(question: Question) -> bool:
    """Whether a panel agrees a grade for it."""
    return question.type == "rating" and question.scale is not None


def graded_questions(questionnaire: Questionnaire) -> list[Question]:
    return [question for question in questionnaire.questions() if is_graded(question)]


def grade_of(question: Question, value: str) -> Level | None:
    """The level that was given; None of no answer, and of one that says it does not apply."""
    level = question.scale.level(value) if question.scale else None
    return level if level and level.applicable else None


@dataclass(frozen=True)
class RagCount:
    """How many grades there are of each colour; those that have none stand apart.

    `waiting` counts what was asked and has no grade yet.
    """

    red: int = 0
    amber: int = 0
    green: int = 0
    uncoloured: int = 0
    not_applicable: int = 0
    waiting: int = 0

    @property
    def rated(self) -> int:
        return self.red + self.amber + self.green

    @property
    def asked(self) -> int:
        return self.rated + self.uncoloured + self.not_applicable + self.waiting

    def __add__(self, other: RagCount) -> RagCount:
        return RagCount(
            self.red + other.red,
            self.amber + other.amber,
            self.green + other.green,
            self.uncoloured + other.uncoloured,
            self.not_applicable + other.not_applicable,
            self.waiting + other.waiting,
        )


def rag_count(question: Question, values: Iterable[str]) -> RagCount:
    """The colours of these values (level ids); an empty one waits for its grade."""
    found = Counter(_counted_as(question, value) for value in values)
    return RagCount(**found)


def _counted_as(question: Question, value: str) -> str:
    level = question.scale.level(value) if question.scale else None
    if level is None:
        return "waiting"
    if not level.applicable:
        return "not_applicable"
    return Rag(level.rag).value if level.rag else "uncoloured"


class Shift(StrEnum):
    """What became of an agency's grade when the panel agreed one."""

    KEPT = "kept"
    RAISED = "raised"
    LOWERED = "lowered"
    CHANGED = "changed"


@dataclass(frozen=True)
class Shifts:
    """How many grades of agencies were kept, raised and lowered.

    `changed` are those of scales that do not say which end is the good one.
    """

    kept: int = 0
    raised: int = 0
    lowered: int = 0
    changed: int = 0

    @property
    def compared(self) -> int:
        return self.kept + self.raised + self.lowered + self.changed

    def __add__(self, other: Shifts) -> Shifts:
        return Shifts(
            self.kept + other.kept,
            self.raised + other.raised,
            self.lowered + other.lowered,
            self.changed + other.changed,
        )


def shift(question: Question, own: str, agreed: str) -> Shift | None:
    """From an agency's grade to the agreed one; None where either is not a grade."""
    before, after = grade_of(question, own), grade_of(question, agreed)
    if question.scale is None or before is None or after is None:
        return None
    if before == after:
        return Shift.KEPT
    best_first = _is_best_first(question.scale)
    if best_first is None:
        return Shift.CHANGED
    order = _grades(question.scale)
    comes_earlier = order.index(after.id) < order.index(before.id)
    return Shift.RAISED if comes_earlier is best_first else Shift.LOWERED


def shifts(question: Question, owns: Iterable[str], agreed: str) -> Shifts:
    """What became of each of these agencies' grades."""
    found = Counter(one for own in owns if (one := shift(question, own, agreed)))
    return Shifts(**{kind.value: number for kind, number in found.items()})


def _grades(scale: Scale) -> tuple[str, ...]:
    """Ids of the levels that are grades, in the order of the scale."""
    return tuple(level.id for level in scale.levels if level.applicable)


def _is_best_first(scale: Scale) -> bool | None:
    """Whether the scale begins at its good end; None where nothing on it says so."""
    worth = scale.worth
    ends = [worth[level_id] for level_id in _grades(scale) if level_id in worth]
    if not ends or ends[0] == ends[-1]:
        return None
    return ends[0] > ends[-1]
