"""The registry of question types: what each accepts, and how its answer is shown and exported.

A new type is a class here, a builder in `web/fields.py`, and two partials of its name in
`templates/questions/` and `templates/answers/`; a test finds whichever is missing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from s11audit.domain.dates import long_date
from s11audit.domain.questionnaire import Question

Cell = str | int | float | date | None


class WrongValueError(ValueError):
    """A value that a question does not accept. Its text tells the person what would be right."""


class QuestionType:
    """What is common to all types. `name` is the `type:` of the questionnaire file.

    `keys` are the keys of a question in the file that only some types understand.
    """

    name = ""
    label = ""
    keys: frozenset[str] = frozenset()
    has_answer = True

    def codes(self, question: Question) -> tuple[str, ...] | None:
        """Every value that the question accepts, or None where they cannot be listed."""
        return None

    def read(self, question: Question, text: str, today: date) -> str:
        """The value to store for what was typed; raises WrongValueError."""
        raise NotImplementedError

    def shown(self, question: Question, value: str) -> str:
        """The stored value as a person reads it."""
        return value

    def cell(self, question: Question, value: str) -> Cell:
        """The stored value as a spreadsheet holds it."""
        return self.shown(question, value) or None


class Coded(QuestionType):
    """Types whose values are codes with labels."""

    def labels(self, question: Question) -> dict[str, str]:
        """Code → label, in order."""
        raise NotImplementedError

    def codes(self, question: Question) -> tuple[str, ...]:
        return tuple(self.labels(question))

    def read(self, question: Question, text: str, today: date) -> str:
        code = text.strip()
        if code not in self.labels(question):
            known = ", ".join(f"“{label}”" for label in self.labels(question).values())
            raise WrongValueError(f"Select one of {known}")
        return code

    def shown(self, question: Question, value: str) -> str:
        return self.labels(question).get(value, value)


class RatingType(Coded):
    name = "rating"
    label = "Rating"
    keys = frozenset({"scale", "critical"})

    def labels(self, question: Question) -> dict[str, str]:
        return {level.id: level.label for level in question.scale.levels} if question.scale else {}


class YesNoType(Coded):
    name = "yes-no"
    label = "Yes or no"

    def labels(self, question: Question) -> dict[str, str]:
        return {"yes": "Yes", "no": "No"}


class ChoiceType(Coded):
    name = "choice"
    label = "One choice"
    keys = frozenset({"options"})

    def labels(self, question: Question) -> dict[str, str]:
        return {option.id: option.label for option in question.options}


class NumberType(QuestionType):
    name = "number"
    label = "Number"
    keys = frozenset({"unit", "min", "max", "decimals"})

    def read(self, question: Question, text: str, today: date) -> str:
        try:
            number = Decimal(text.strip().replace(",", "").replace(" ", ""))
        except InvalidOperation:
            raise WrongValueError("Enter a number, such as 12") from None
        if not number.is_finite() or number.adjusted() > 14:
            raise WrongValueError("Enter a number, such as 12")
        if number != round(number, question.decimals):
            places = question.decimals
            raise WrongValueError(
                f"Enter no more than {places} decimal places" if places else "Enter a whole number"
            )
        self._check_range(question, Fraction(number))
        return f"{number + 0:.{question.decimals}f}"  # plus nothing, so that -0 is stored as 0

    def _check_range(self, question: Question, number: Fraction) -> None:
        if question.min is not None and number < question.min:
            raise WrongValueError(f"Enter {float(question.min):g} or more")
        if question.max is not None and number > question.max:
            raise WrongValueError(f"Enter {float(question.max):g} or less")

    def shown(self, question: Question, value: str) -> str:
        if not value:
            return ""
        number = f"{Decimal(value):,}"
        return f"{number} {question.unit}" if question.unit else number

    def cell(self, question: Question, value: str) -> Cell:
        if not value:
            return None
        return float(value) if question.decimals else int(value)


class DateType(QuestionType):
    name = "date"
    label = "Date"
    keys = frozenset({"earliest", "latest"})

    def read(self, question: Question, text: str, today: date) -> str:
        try:
            day = date.fromisoformat(text.strip())
        except ValueError:
            raise WrongValueError("Enter a real date, such as 27 3 2026") from None
        earliest = self._limit(question.earliest, today)
        latest = self._limit(question.latest, today)
        if earliest and day < earliest:
            raise WrongValueError(f"The date must be {long_date(earliest)} or later")
        if latest and day > latest:
            wording = (
                "in the past or today"
                if question.latest == "today"
                else (f"{long_date(latest)} or earlier")
            )
            raise WrongValueError(f"The date must be {wording}")
        return day.isoformat()

    def _limit(self, limit: str, today: date) -> date | None:
        if not limit:
            return None
        return today if limit == "today" else date.fromisoformat(limit)

    def shown(self, question: Question, value: str) -> str:
        return long_date(date.fromisoformat(value)) if value else ""

    def cell(self, question: Question, value: str) -> Cell:
        return date.fromisoformat(value) if value else None


class ShortTextType(QuestionType):
    name = "short-text"
    label = "Short text"
    keys = frozenset({"max-length"})

    def read(self, question: Question, text: str, today: date) -> str:
        text = text.strip()
        if len(text) > question.max_length:
            raise WrongValueError(f"Enter {question.max_length:,} characters or fewer")
        return text


class LongTextType(ShortTextType):
    name = "long-text"
    label = "Long text"


QUESTION_TYPES: dict[str, QuestionType] = {
    question_type.name: question_type
    for question_type in (
        RatingType(),
        YesNoType(),
        ChoiceType(),
        NumberType(),
        DateType(),
        ShortTextType(),
        LongTextType(),
    )
}


def type_of(question: Question) -> QuestionType:
    return QUESTION_TYPES[question.type]
