"""Form fields for answers: WTForms binds and validates, the templates draw.

`VALUE_FIELDS` is the registry: question type → what builds the field of its value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, Field, StringField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation, ValidationError

from s11audit.domain.answers import TEXT_LIMIT
from s11audit.domain.question_types import is_link
from s11audit.domain.questionnaire import Question
from s11audit.web.boxes import TOOK_OUT, Box, cleaned, read_value
from s11audit.web.composite_fields import (
    CompositeField,
    MonthField,
    PercentageField,
    TableField,
)


class TextField(Box, StringField):
    """Text of at most `limit` characters, line ends as one character each."""

    def __init__(self, limit: int = TEXT_LIMIT, **options: Any) -> None:
        super().__init__(**options)
        self.limit = limit
        self.had_control = False

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if not valuelist:
            return  # a box that was not sent keeps what it holds
        self.data, self.had_control = cleaned(valuelist[0])

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
        if self.data and not is_link(self.data):
            raise ValidationError("Enter a web address that starts with https:// or http://")


class TickField(Box, BooleanField):
    """One box to tick."""


class DateParts(Box, Field):
    """A date typed as day, month and year; `data` is the date, or None where there is none yet.

    `called` says which date it is ("on which the round opens"), for a form with several.
    """

    def __init__(self, called: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.called = called
        self.parts: tuple[str, str, str] = ("", "", "")

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.data = self.object_data = data if isinstance(data, date) else None  # or unset
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

    def as_sent(self) -> Iterator[tuple[str, str]]:
        for part, text in zip(("day", "month", "year"), self.parts, strict=True):
            yield f"{self.name}-{part}", text


class MonthParts(Box, Field):
    """A month typed as month and year; `data` is its first day, or None where there is none yet."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.data = self.object_data = data if isinstance(data, date) else None  # or unset
        self.process_errors = []
        self.parts = (str(data.month), str(data.year)) if isinstance(data, date) else ("", "")
        if formdata is not None and f"{self.name}-month" in formdata:
            month, year = (formdata.get(name, "").strip() for name, _ in self.boxes)
            self.parts = month, year
            self.data = _real_date(("1", month, year))

    @property
    def boxes(self) -> tuple[tuple[str, str], ...]:
        """Name of each box, and what is typed in it."""
        ends = ("month", "year")
        return tuple(
            (f"{self.name}-{end}", text) for end, text in zip(ends, self.parts, strict=True)
        )

    def pre_validate(self, form: BaseForm) -> None:
        if any(self.parts) and self.data is None:
            raise StopValidation("Enter a real month and year, such as 3 2026")

    def as_sent(self) -> Iterator[tuple[str, str]]:
        yield from self.boxes


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
        self.stored = read_value(self.question, self.typed, self.today)


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
        self.stored = read_value(self.question, self.typed, self.today)


class ChoicesField(ValueField):
    """The value of a question with boxes to tick: the codes of those ticked.

    A box that is not ticked is not sent, so the form also sends an empty one: without that, no box
    ticked would look like nothing sent at all.
    """

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata([" ".join(valuelist)] if valuelist else [])

    @property
    def chosen(self) -> list[str]:
        return self.typed.split()

    def as_sent(self) -> Iterator[tuple[str, str]]:
        yield self.name, ""
        for code in self.chosen:
            yield self.name, code


VALUE_FIELDS: dict[str, type[ValueField | DateValueField | CompositeField]] = {
    "rating": ValueField,
    "agreement": ValueField,
    "yes-no": ValueField,
    "yes-no-unsure": ValueField,
    "choice": ValueField,
    "multiple-choice": ChoicesField,
    "number": ValueField,
    "percentage": PercentageField,
    "money": ValueField,
    "date": DateValueField,
    "month": MonthField,
    "short-text": ValueField,
    "long-text": ValueField,
    "table": TableField,
    "evidence-list": TableField,
    "statement": ValueField,
    "declaration": ChoicesField,
}
