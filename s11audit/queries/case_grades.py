"""Grades of a whole audit, counted: those that agencies gave, and those that the panel agreed.

The two sides are counted apart and never mixed. Only colours are counted: scales may differ.
Agreed grades outlive what agencies answered: they are counted, too, where there are no answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from s11audit.domain.panels import (
    RagCount,
    Shifts,
    is_graded,
    rag_count,
    shifts,
)
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.queries.case_reading import CaseRead


@dataclass(frozen=True)
class GradeLine:
    """The grades of one question, or (`question` is None) of all those of a standard or audit.

    `given` counts agencies' grades, `agreed` those of the panel, one a case. `differing` of
    `compared` cases have agencies that differ.
    """

    title: str
    given: RagCount = field(default_factory=RagCount)
    agreed: RagCount = field(default_factory=RagCount)
    shifts: Shifts = field(default_factory=Shifts)
    differing: int = 0
    compared: int = 0
    question: Question | None = None

    def plus(self, other: GradeLine) -> GradeLine:
        """Both together, as a line of this title."""
        return GradeLine(
            self.title,
            self.given + other.given,
            self.agreed + other.agreed,
            self.shifts + other.shifts,
            self.differing + other.differing,
            self.compared + other.compared,
        )


@dataclass(frozen=True)
class GradeGroup:
    """The questions of one standard, and all of them together."""

    standard: Standard
    lines: tuple[GradeLine, ...]
    total: GradeLine


@dataclass(frozen=True)
class GradeTable:
    """The grades of an audit, by standard.

    `files` counts agencies' files on its cases, `not_involved` those of them left out everywhere.
    """

    groups: tuple[GradeGroup, ...]
    total: GradeLine
    cases: int
    files: int
    not_involved: int


def grade_table(questionnaire: Questionnaire, cases: Sequence[CaseRead]) -> GradeTable:
    """Count the grades of these cases."""
    groups = tuple(
        _group(standard, cases)
        for standard in questionnaire.standards
        if any(map(is_graded, standard.questions))
    )
    files = [file for one in cases for file in one.files]
    return GradeTable(
        groups,
        _sum("All questions", [group.total for group in groups]),
        len(cases),
        len(files),
        sum(not file.is_involved for file in files),
    )


def _group(standard: Standard, cases: Sequence[CaseRead]) -> GradeGroup:
    lines = [_line(question, cases) for question in standard.questions if is_graded(question)]
    return GradeGroup(standard, tuple(lines), _sum(standard.title, lines))


def _line(question: Question, cases: Sequence[CaseRead]) -> GradeLine:
    asked = [one for one in cases if one.values(question) or one.agreed_level(question)]
    apart = [one.variance(question) for one in asked]
    moved = [shifts(question, one.values(question), one.agreed_level(question)) for one in asked]
    return GradeLine(
        question.title,
        given=rag_count(question, [value for one in asked for value in one.values(question)]),
        agreed=rag_count(question, [one.agreed_level(question) for one in asked]),
        shifts=sum(moved, Shifts()),
        differing=sum(one.differs for one in apart),
        compared=sum(one.steps is not None for one in apart),
        question=question,
    )


def _sum(title: str, lines: Sequence[GradeLine]) -> GradeLine:
    whole = GradeLine(title)
    for line in lines:
        whole = whole.plus(line)
    return whole
