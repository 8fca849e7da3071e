"""What moved since last time: each answer beside the one that the same question had then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from s11audit.domain.answers import Answer, level_of
from s11audit.domain.carrying import Carried
from s11audit.domain.lineage import same_answers
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Question
from s11audit.domain.scales import Level


@dataclass(frozen=True)
class Moved:
    """One rating of last time and of now. `by` is what it is worth more now: 0 where it stayed."""

    question: Question
    before: Level
    after: Level
    by: Fraction


@dataclass(frozen=True)
class Movements:
    """Ratings that moved `up`, `down` or stayed, and what else differs.

    Of `others` answers that are no ratings, `changed` differ. `without` counts the answers that
    have no comparator: the question is new or is answered in another way now, or one of the two
    answers is missing or not applicable.
    """

    up: tuple[Moved, ...]
    down: tuple[Moved, ...]
    compared: int
    changed: int
    others: int
    without: int

    @property
    def stayed(self) -> int:
        return self.compared - len(self.up) - len(self.down)


def movements(
    questions: Iterable[Question], answers: Mapping[str, Answer], carried: Mapping[str, Carried]
) -> Movements:
    """Compare the answers to these questions with last time's (`carried`, by question key)."""
    rated: list[Moved] = []
    differ: list[bool] = []
    without = 0
    for question in questions:
        if not type_of(question).has_answer:
            continue
        last = _last_value(question, carried)
        value = answers.get(question.key, Answer()).value
        moved = _moved(question, last, value)
        if moved:
            rated.append(moved)
        elif last and value and question.scale is None:
            differ.append(last != value)
        else:
            without += 1
    return Movements(
        up=tuple(one for one in rated if one.by > 0),
        down=tuple(one for one in rated if one.by < 0),
        compared=len(rated),
        changed=sum(differ),
        others=len(differ),
        without=without,
    )


def _last_value(question: Question, carried: Mapping[str, Carried]) -> str:
    """Last time's value, where the one question that it was given to is answered the same way."""
    last = carried[question.key].last if question.key in carried else ()
    if len(last) != 1 or not same_answers(last[0].question, question):
        return ""
    return last[0].answer.value


def _moved(question: Question, last: str, value: str) -> Moved | None:
    before, after = level_of(question, last), level_of(question, value)
    worth = question.scale.worth if question.scale else {}
    if before is None or after is None or not {before.id, after.id} <= worth.keys():
        return None
    return Moved(question, before, after, worth[after.id] - worth[before.id])
