"""What the boxes of every form have in common: clean text, errors with a place, sending again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from wtforms.validators import ValidationError

from s11audit.domain.question_types import CONTROL_CHARACTERS, WrongValueError, type_of
from s11audit.domain.questionnaire import Question

TOOK_OUT = (
    "We took out a hidden character that cannot be stored. Check that the text reads well, "
    "then save again"
)


class Box:
    """A field of a form that can be sent again as it is, and says where it is wrong."""

    id: str
    name: str
    data: Any
    errors: Any

    def as_sent(self) -> Iterator[tuple[str, str]]:
        """Names and texts of its controls as a browser would send them."""
        yield self.name, str(self.data or "")

    def faults(self) -> Iterator[tuple[str, str]]:
        """Id of a control and what is wrong with it."""
        for message in self.errors[:1]:
            yield self.id, str(message)

    def lacks(self, message: str) -> None:
        """Say what is missing beside it."""
        self.errors = [message]


def cleaned(text: str) -> tuple[str, bool]:
    """Text with line ends of one character, and whether it held what cannot be stored."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    clean = CONTROL_CHARACTERS.sub("", text)
    return clean, clean != text


def read_value(question: Question, typed: str, today: date) -> str:
    """The value to store; a question left empty stores nothing, which is for gaps to tell."""
    if not typed:
        return ""
    try:
        return type_of(question).read(question, typed, today)
    except WrongValueError as error:
        raise ValidationError(str(error)) from error
