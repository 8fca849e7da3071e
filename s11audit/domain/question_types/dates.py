"""Types whose values are days and months, stored as ISO dates."""

from __future__ import annotations

import re
from datetime import date, datetime

from s11audit.domain.dates import long_date
from s11audit.domain.question_types.base import Cell, QuestionType, WrongValueError
from s11audit.domain.questionnaire import Question

TODAY = "today"
_TYPED_DAY = re.compile(r"([0-9]{1,2})[ ./-]+([0-9]{1,2})[ ./-]+([0-9]{4})\Z")
_TYPED_MONTH = re.compile(r"([0-9]{1,2})[ ./-]+([0-9]{4})\Z")
_ISO_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})\Z")


class DateType(QuestionType):
    name = "date"
    label = "Date"
    keys = frozenset({"earliest", "latest"})
    missing_message = "Enter the date"
    example = "Enter a real date, such as 27 3 2026"
    called = "date"

    def read(self, question: Question, text: str, today: date) -> str:
        day = self.day(text.strip())
        if day is None or day.year < 1900:
            raise WrongValueError(self.example)
        earliest = self._limit(question.earliest, today)
        latest = self._limit(question.latest, today)
        if earliest and day < earliest:
            raise WrongValueError(f"The {self.called} must be {self.in_words(earliest)} or later")
        if latest and day > latest:
            wording = (
                self.not_in_future
                if question.latest == TODAY
                else f"{self.in_words(latest)} or earlier"
            )
            raise WrongValueError(f"The {self.called} must be {wording}")
        return self.stored(day)

    not_in_future = "in the past or today"

    def day(self, text: str) -> date | None:
        """The day written here, as ISO has it or as people type it; None if it is none."""
        try:
            if typed := _TYPED_DAY.match(text):
                day, month, year = (int(part) for part in typed.groups())
                return date(year, month, day)
            return date.fromisoformat(text)
        except ValueError:
            return None

    def stored(self, day: date) -> str:
        return day.isoformat()

    def in_words(self, day: date) -> str:
        return long_date(day)

    def _limit(self, limit: str, today: date) -> date | None:
        return today if limit == TODAY else self.day(limit)

    def typed(self, question: Question, value: str) -> str:
        day = self.day(value)
        return f"{day.day} {day.month} {day.year}" if day else value

    def shown(self, question: Question, value: str) -> str:
        day = self.day(value)
        return self.in_words(day) if day else value

    def cell(self, question: Question, value: str) -> Cell:
        return self.day(value) or value or None


class MonthType(DateType):
    """A month and its year; as a date it is the first day of the month."""

    name = "month"
    label = "Month"
    missing_message = "Enter the month and year"
    example = "Enter a real month and year, such as 3 2026"
    called = "month"
    not_in_future = "this month or earlier"

    def day(self, text: str) -> date | None:
        try:
            if iso := _ISO_MONTH.match(text):
                return date(int(iso[1]), int(iso[2]), 1)
            if typed := _TYPED_MONTH.match(text):
                return date(int(typed[2]), int(typed[1]), 1)
            return datetime.strptime(text, "%B %Y").date()  # noqa: DTZ007 (no time in it)
        except ValueError:
            return None

    def stored(self, day: date) -> str:
        return f"{day:%Y-%m}"

    def in_words(self, day: date) -> str:
        return f"{day:%B %Y}"

    def typed(self, question: Question, value: str) -> str:
        day = self.day(value)
        return f"{day.month} {day.year}" if day else value
