"""Form fields for answers: WTForms binds and validates, the templates draw.

`VALUE_FIELDS` is the registry: question type → what builds the field of its value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import Field, StringField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from s11audit.domain.answers import TEXT_LIMIT
from s11audit.domain.question_types import WrongValueError, type_of
from s11audit.domain.questionnaire import Question

# Line ends and tabs are text; every other control character is a stray of some other program, and
# neither a spreadsheet nor PostgreSQL can hold all of them.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LINK = re.compile(r"https?://[^\s]+\Z", re.IGNORECASE)

TOOK_OUT = (
    "We took out a hidden character that cannot be stored. Check that the text reads well, "
    "then save again"
)


class TextField(StringField):
    """Text of at most `limit` characters, line ends as one character each."""

    def __init__(self, limit: int = TEXT_LIMIT, **options: Any) -> None:
        super().__init__(**options)
        self.limit = limit
        self.had_control = False

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if not valuelist:
            return  # a box that was not sent keeps what it holds
        text = valuelist[0].replace("\r\n", "\n").replace("\r", "\n").strip()
        self.data = _CONTROL.sub("", text)
        self.had_control = self.data != text

    def pre_validate(self, form: BaseForm) -> None:
        if self.had_control:
            raise ValidationError(TOOK_OUT)
        if len(self.data or "") > self.limit:
            over = len(self.data or "") - self.limit
            raise ValidationError(
                f"Shorten this to {self.limit:,} characters; it is {over:,} too long"
            )


class LinkField(TextField):
    """An address on the web."""

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        if self.data and not _LINK.match(self.data):
            raise ValidationError("Enter a web address that starts with https:// or http://")


class DateParts(Field):
    """A date typed as day, month and year; `data` is the date, or None where there is none yet.

    `called` says which date it is ("on which the round opens"), for a form with several.
    """

    def __init__(self, called: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.called = called
        self.parts: tuple[str, str, str] = ("", "", "")

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.data = self.object_data = data
        self.process_errors = []
        if isinstance(data, date):
            self.parts = (str(data.day), str(data.month), str(data.year))
        if formdata is not None and f"{self.name}-day" in formdata:
            self.parts = tuple(
                formdata.get(f"{self.name}-{part}", "").strip() for part in ("day", "month", "year")
            )
            self.data = _real_date(self.parts)

    @property
    def typed(self) -> str:
        """What was typed, as an ISO date where it is one."""
        if self.data:
            return str(self.data.isoformat())
        return "-".join(self.parts) if any(self.parts) else ""

    def pre_validate(self, form: BaseForm) -> None:
        if any(self.parts) and self.data is None:
            which = f" {self.called}" if self.called else ""
            raise ValidationError(f"Enter a real date{which}, such as 27 3 2026")


def _real_date(parts: tuple[str, str, str]) -> date | None:
    try:
        day, month, year = (int(part) for part in parts)
        return date(year, month, day) if year >= 1900 else None
    except (ValueError, OverflowError):
        return None


class ValueField(TextField):
    """The value of an answer: what its question's type accepts."""

    def __init__(self, question: Question, today: date, **options: Any) -> None:
        limit = question.max_length if question.type.endswith("-text") else TEXT_LIMIT
        super().__init__(limit=limit, **options)
        self.question = question
        self.today = today
        self.stored = ""

    @property
    def typed(self) -> str:
        return self.data or ""

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        self.stored = _read(self.question, self.typed, self.today)


class DateValueField(DateParts):
    """The value of a date question."""

    def __init__(self, question: Question, today: date, **options: Any) -> None:
        super().__init__(**options)
        self.question = question
        self.today = today
        self.stored = ""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        super().process(formdata, date.fromisoformat(data) if data else None)

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        self.stored = _read(self.question, self.typed, self.today)


def _read(question: Question, typed: str, today: date) -> str:
    """The value to store; a question left empty stores nothing, which is for gaps to tell."""
    if not typed:
        return ""
    try:
        return type_of(question).read(question, typed, today)
    except WrongValueError as error:
        raise ValidationError(str(error)) from None


VALUE_FIELDS: dict[str, type[ValueField] | type[DateValueField]] = {
    "rating": ValueField,
    "yes-no": ValueField,
    "choice": ValueField,
    "number": ValueField,
    "date": DateValueField,
    "short-text": ValueField,
    "long-text": ValueField,
}
