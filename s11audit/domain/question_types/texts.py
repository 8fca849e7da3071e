"""Types whose values are texts, and the statement, which has no value at all."""

from __future__ import annotations

import re
from datetime import date

from s11audit.domain.question_types.base import (
    CONTROL_CHARACTERS,
    QuestionType,
    WrongValueError,
)
from s11audit.domain.questionnaire import Question

_LINK = re.compile(r"https?://[^\s]+\Z", re.IGNORECASE)


def is_link(text: str) -> bool:
    """Whether this is an address on the web: nothing else is ever made a link."""
    return bool(_LINK.match(text))


class ShortTextType(QuestionType):
    name = "short-text"
    label = "Short text"
    keys = frozenset({"max-length"})

    def read(self, question: Question, text: str, today: date) -> str:
        text = text.strip()
        if CONTROL_CHARACTERS.search(text):
            raise WrongValueError("Take out the hidden character; it cannot be stored")
        if len(text) > question.max_length:
            raise WrongValueError(f"Enter {question.max_length:,} characters or fewer")
        return text


class LongTextType(ShortTextType):
    name = "long-text"
    label = "Long text"


class LinkType(ShortTextType):
    """An address on the web; a column of the evidence list, not a question of its own."""

    name = "link"
    label = "Link"

    def read(self, question: Question, text: str, today: date) -> str:
        link = super().read(question, text, today)
        if link and not is_link(link):
            raise WrongValueError("Enter a web address that starts with https:// or http://")
        return link


class StatementType(QuestionType):
    """Words between the questions. Nobody answers them."""

    name = "statement"
    label = "Statement"
    has_answer = False

    def read(self, question: Question, text: str, today: date) -> str:
        raise WrongValueError("This is a statement; leave its answer out")
