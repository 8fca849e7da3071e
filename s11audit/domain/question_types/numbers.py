"""Types whose values are numbers: a count, an amount of money, a part of a whole."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from s11audit.domain.numbers import percent, plain_number
from s11audit.domain.question_types.base import Cell, QuestionType, WrongValueError
from s11audit.domain.questionnaire import Question

# A number with more digits than this before its point is a slip, and would take long to print.
MOST_DIGITS = 14
_COUNT = re.compile(r"[0-9]{1,9}\Z")


class NumberType(QuestionType):
    name = "number"
    label = "Number"
    keys = frozenset({"unit", "min", "max", "decimals"})
    missing_message = "Enter the number"
    example = "Enter a number, such as 12"

    def read(self, question: Question, text: str, today: date) -> str:
        number = self._number(text)
        if number is None:
            raise WrongValueError(self.example)
        if number != round(number, question.decimals):
            places = question.decimals
            raise WrongValueError(
                f"Enter no more than {places} decimal places" if places else "Enter a whole number"
            )
        self._check_range(question, Fraction(number))
        return f"{number + 0:.{question.decimals}f}"  # plus nothing, so that -0 is stored as 0

    def _number(self, text: str) -> Decimal | None:
        try:
            number = Decimal(text.strip().replace(",", "").replace(" ", ""))
        except InvalidOperation:
            return None
        return number if number.is_finite() and number.adjusted() <= MOST_DIGITS else None

    def _check_range(self, question: Question, number: Fraction) -> None:
        if question.min is not None and number < question.min:
            raise WrongValueError(f"Enter {plain_number(question.min)} or more")
        if question.max is not None and number > question.max:
            raise WrongValueError(f"Enter {plain_number(question.max)} or less")

    def shown(self, question: Question, value: str) -> str:
        number = self._number(value)
        if number is None:
            return value
        return f"{number:,} {question.unit}" if question.unit else f"{number:,}"

    def cell(self, question: Question, value: str) -> Cell:
        number = self._number(value)
        if number is None:
            return value or None
        return float(number) if question.decimals else int(number)


class MoneyType(NumberType):
    """Pounds, and pence where the question has two decimals."""

    name = "money"
    label = "Money"
    keys = frozenset({"min", "max", "decimals"})
    missing_message = "Enter the amount"
    example = "Enter an amount in pounds, such as 1250"

    def read(self, question: Question, text: str, today: date) -> str:
        return super().read(question, text.replace("£", ""), today)

    def shown(self, question: Question, value: str) -> str:
        number = self._number(value)
        if number is None:
            return value
        return f"-£{-number:,}" if number < 0 else f"£{number:,}"


def percentage_parts(value: str) -> tuple[str, str]:
    """Part and whole of a stored percentage, each "" where it is not known."""
    part, _, whole = value.partition("/")
    return part, whole


class PercentageType(QuestionType):
    """A part and the whole it is counted in, so that those of several agencies can be added up.

    The value is "12/40". While one of the two is not known yet its place is empty: "12/".
    """

    name = "percentage"
    label = "Percentage"
    keys = frozenset({"numerator", "denominator"})
    missing_message = "Enter both numbers"

    def read(self, question: Question, text: str, today: date) -> str:
        parts = text.replace(",", "").replace(" ", "").split("/")
        if len(parts) != 2 or not all(part == "" or _COUNT.match(part) for part in parts):
            raise WrongValueError("Enter two whole numbers, such as 12 and 40")
        part, whole = (str(int(number)) if number else "" for number in parts)
        if part and whole and int(part) > int(whole):
            raise WrongValueError(
                f"“{question.numerator}” cannot be more than “{question.denominator}”"
            )
        return f"{part}/{whole}" if part or whole else ""

    def missing(self, question: Question, value: str) -> str:
        part, whole = percentage_parts(value)
        if part and whole:
            return ""
        return f"Enter “{question.denominator if part else question.numerator}” too"

    def shown(self, question: Question, value: str) -> str:
        part, whole = percentage_parts(value)
        if not (_COUNT.match(part) and _COUNT.match(whole)):
            titled = ((question.numerator, part), (question.denominator, whole))
            return "; ".join(f"{title}: {number}" for title, number in titled if number)
        share = percent(int(part), int(whole))
        return f"{value} (nothing to count)" if share is None else f"{value} ({share:.1f}%)"

    def cells(self, question: Question, value: str) -> list[tuple[str, Cell]]:
        part, whole = (int(n) if _COUNT.match(n) else None for n in percentage_parts(value))
        share = None if part is None or whole is None else percent(part, whole)
        return [
            (question.numerator, part),
            (question.denominator, whole),
            ("%", None if share is None else float(share)),
        ]
