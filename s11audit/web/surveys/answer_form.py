"""The form on which somebody answers a survey: the box of each question, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from s11audit.domain.answers import Part
from s11audit.domain.guard.policy import Place
from s11audit.domain.question_types import type_of, without_capital
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.web.fields import VALUE_FIELDS
from s11audit.web.guard import Guard


class Asked:
    """The box of one question, empty or as it was sent: what `templates/questions/` draw."""

    def __init__(self, question: Question, typed: MultiDict[str, str] | None, today: date) -> None:
        self.question = question
        self.prefix = f"{question.key.replace('.', '-')}__"
        box: Any = VALUE_FIELDS[question.type](question, today)
        self.form: Any = BaseForm({str(Part.VALUE): box}, prefix=self.prefix)
        self.form.process(typed, data={Part.VALUE: ""})

    def validate(self, guard: Guard) -> None:
        """Leave in the box what is wrong with it, or what may identify somebody."""
        field = self.form[Part.VALUE]
        if not guard.checks(self.form):
            return
        if not field.stored and self.question.required:
            field.lacks(type_of(self.question).missing_message)

    @property
    def stored(self) -> str:
        """The value to keep, once `validate` has found nothing."""
        return str(self.form[Part.VALUE].stored)

    @property
    def errors(self) -> Iterator[tuple[str, str]]:
        """Id of the box → what is wrong, and with which question."""
        for control, message in self.form[Part.VALUE].faults():
            yield control, f"{self.question.title}: {without_capital(message)}"


class AnswerSheet:
    """All the boxes of a survey, in order. `typed` is what was sent, of which nothing is lost.

    What may identify somebody is asked about, and not remembered: an answer has no event.
    """

    def __init__(
        self, questionnaire: Questionnaire, today: date, typed: MultiDict[str, str] | None = None
    ) -> None:
        self.guard = Guard(Place.SURVEYS, sent=typed or {})
        self.parts: list[tuple[Standard, list[Asked]]] = [
            (
                standard,
                [_asked(standard, question, typed, today) for question in standard.questions],
            )
            for standard in questionnaire.standards
        ]

    @property
    def asked(self) -> list[Asked]:
        return [one for _, of_standard in self.parts for one in of_standard]

    def validate(self) -> bool:
        for one in self.asked:
            one.validate(self.guard)
        return not self.errors

    @property
    def errors(self) -> list[tuple[str, str]]:
        return [error for one in self.asked for error in one.errors]

    @property
    def values(self) -> dict[str, str]:
        """Question key → value to keep, of what was answered."""
        return {one.question.key: one.stored for one in self.asked if one.stored}


def _asked(
    standard: Standard, question: Question, typed: MultiDict[str, str] | None, today: date
) -> Asked:
    """The question under the heading of its part, where its own is one lower."""
    return Asked(replace(question, heading=question.heading or standard.title), typed, today)
