"""What every question type does with the values of its questions."""

from __future__ import annotations

import re
from datetime import date

from s11audit.domain.questionnaire import Question

Cell = str | int | float | date | None

# Line ends and tabs are text; every other control character is a stray of some other program, and
# neither a spreadsheet nor PostgreSQL can hold all of them.
CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class WrongValueError(ValueError):
    """A value that a question does not accept. Its text tells the person what would be right."""


class QuestionType:
    """What is common to all types. `name` is the `type:` of the questionnaire file.

    `keys` are the keys of a question in the file that only some types understand. A type without
    `has_answer` only tells something. `missing_message` says what to do about an empty answer.
    """

    name = ""
    label = ""
    keys: frozenset[str] = frozenset()
    has_answer = True
    missing_message = "Enter your answer"

    def codes(self, question: Question) -> tuple[str, ...] | None:
        """Every code that an answer can be or, of several, can have; None where there are none."""
        return None

    def read(self, question: Question, text: str, today: date) -> str:
        """The value to store for what was typed; raises WrongValueError."""
        raise NotImplementedError

    def typed(self, question: Question, value: str) -> str:
        """The stored value as a person would type it into one box."""
        return value

    def shown(self, question: Question, value: str) -> str:
        """The stored value as a person reads it."""
        return value

    def cell(self, question: Question, value: str) -> Cell:
        """The stored value as one cell of a spreadsheet holds it."""
        return self.shown(question, value) or None

    def cells(self, question: Question, value: str) -> list[tuple[str, Cell]]:
        """The stored value in columns that can be added up: title and cell of each."""
        return [(question.title, self.cell(question, value))]

    def missing(self, question: Question, value: str) -> str:
        """What a value that could be stored still lacks, as advice; "" where it is whole."""
        return ""


def without_capital(message: str) -> str:
    """The message as it goes on after a colon."""
    return message[:1].lower() + message[1:]
