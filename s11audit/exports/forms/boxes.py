"""The boxes that a question has on a form of cells: what each takes, and what it holds.

`VALUE_ROWS` is the registry: question type → the rows of boxes for its value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from s11audit.domain.question_types import (
    QUESTION_TYPES,
    ROW,
    RowsType,
    column_id,
    percentage_parts,
    type_of,
)
from s11audit.domain.questionnaire import Question
from s11audit.exports.forms.layout import FormLayout

_EXACT_DIGITS = 15  # a spreadsheet keeps no more of a number; as text it keeps all

BoxValue = str | int | float | Decimal | date | None


class Accepts(StrEnum):
    """What a box takes."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    MONTH = "month"


@dataclass(frozen=True)
class Box:
    """One cell to fill in. `lines` is how high it is at least.

    `least` and `most` bound a number; `earliest` and `latest` a day or month, as the questionnaire
    file writes them. A box `of_whole` may not hold less than the one before it.
    """

    accepts: Accepts
    value: BoxValue = None
    choices: tuple[str, ...] = ()
    least: Fraction | None = None
    most: Fraction | None = None
    decimals: int = 0
    unit: str = ""
    earliest: str = ""
    latest: str = ""
    longest: int = 0
    lines: int = 1
    of_whole: bool = False


@dataclass(frozen=True)
class BoxRow:
    """A row of boxes. `part` finds it again: by it and the question's key a program reads it."""

    part: str
    label: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class HeadingRow:
    """The headings of a grid."""

    part: str
    label: str
    titles: tuple[str, ...]


FormRow = BoxRow | HeadingRow


def value_rows(question: Question, value: str, layout: FormLayout) -> list[FormRow]:
    """Where the value of this question is written; `value` is "" on a blank form."""
    return list(VALUE_ROWS[question.type](question, value, layout))


def _one_box(question: Question, value: str, layout: FormLayout) -> Iterator[FormRow]:
    yield BoxRow("value", "", tuple(box for _, box in cell_boxes(question, value)))


def _row_a_part(question: Question, value: str, layout: FormLayout) -> Iterator[FormRow]:
    """A row for each of the two numbers of a percentage; the second must not be smaller."""
    (_, part), (_, whole) = cell_boxes(question, value)
    yield BoxRow("numerator", question.numerator, (part,))
    yield BoxRow("denominator", question.denominator, (whole,))


def _row_a_choice(question: Question, value: str, layout: FormLayout) -> Iterator[FormRow]:
    chosen = value.split()
    for option in question.options:
        label = layout.words.choose_alone if option.alone else "{label}"
        box = Box(Accepts.CHOICE, "Yes" if option.id in chosen else None, ("Yes",))
        yield BoxRow(f"option {option.id}", label.format(label=option.label), (box,))


def _grid(question: Question, value: str, layout: FormLayout) -> Iterator[FormRow]:
    """A table or list: its headings, then a row of boxes for each of its rows."""
    rows_type = _rows_type(question)
    columns = rows_type.columns(question)
    titles = [_heading(*each) for column in columns for each in cell_boxes(column, "")]
    ids = " ".join(column_id(column) for column in columns)
    yield HeadingRow(f"columns {ids}", "", tuple(titles))
    held = rows_type.held(question, value)
    wanted = max(len(held), question.rows.least, min(question.rows.most, layout.most_rows))
    for index in range(wanted):
        row = held[index] if index < len(held) else {}
        boxes = [
            box
            for column in columns
            for _, box in cell_boxes(column, row.get(column_id(column), ""))
        ]
        named = row.get(ROW) or str(index + 1)
        yield BoxRow(f"row {named}", rows_type.row_label(question, index), tuple(boxes))


def _heading(title: str, box: Box) -> str:
    """The heading of a column, with what can be chosen in it, for on paper nobody sees a list."""
    return f"{title} ({'; '.join(box.choices)})" if box.choices else title


def _rows_type(question: Question) -> RowsType:
    rows_type = type_of(question)
    if not isinstance(rows_type, RowsType):
        raise TypeError(f"Questions of type “{question.type}” have no rows")
    return rows_type


def _nothing(question: Question, value: str, layout: FormLayout) -> Iterator[FormRow]:
    return iter(())


def cell_boxes(question: Question, value: str) -> list[tuple[str, Box]]:
    """The boxes, each with its title, of a question or column that takes one line."""
    return _CELLS[question.type](question, value)


def _choice(question: Question, value: str) -> list[tuple[str, Box]]:
    question_type = QUESTION_TYPES[question.type]
    codes = question_type.codes(question) or ()
    labels = tuple(question_type.shown(question, code) for code in codes)
    held = question_type.shown(question, value) if value else None
    return [(question.title, Box(Accepts.CHOICE, held, labels))]


def _number(question: Question, value: str) -> list[tuple[str, Box]]:
    accepts = Accepts.MONEY if question.type == "money" else Accepts.NUMBER
    box = Box(
        accepts,
        _decimal(value),
        least=question.min,
        most=question.max,
        decimals=question.decimals,
        unit=question.unit,
    )
    title = f"{question.title} ({question.unit})" if question.unit else question.title
    return [(title, box)]


def _decimal(value: str) -> BoxValue:
    try:
        number = Decimal(value) if value else None
    except ArithmeticError:
        return value  # shown as it stands, for somebody to mend
    return value if number and len(number.as_tuple().digits) > _EXACT_DIGITS else number


def _percentage(question: Question, value: str) -> list[tuple[str, Box]]:
    part, whole = percentage_parts(value)
    return [
        (f"{question.title}: {question.numerator}", _count(part)),
        (f"{question.title}: {question.denominator}", _count(whole, of_whole=True)),
    ]


def _count(value: str, *, of_whole: bool = False) -> Box:
    held = int(value) if value.isdecimal() else value or None
    return Box(Accepts.NUMBER, held, least=Fraction(0), of_whole=of_whole)


def _date(question: Question, value: str) -> list[tuple[str, Box]]:
    accepts = Accepts.MONTH if question.type == "month" else Accepts.DATE
    held = QUESTION_TYPES[question.type].cell(question, value) if value else None
    box = Box(accepts, held, earliest=question.earliest, latest=question.latest)
    return [(question.title, box)]


def _short_text(question: Question, value: str) -> list[tuple[str, Box]]:
    return [(question.title, Box(Accepts.TEXT, value or None, longest=question.max_length))]


def _long_text(question: Question, value: str) -> list[tuple[str, Box]]:
    box = Box(Accepts.TEXT, value or None, longest=question.max_length, lines=5)
    return [(question.title, box)]


_CELLS: dict[str, Callable[[Question, str], list[tuple[str, Box]]]] = {
    "rating": _choice,
    "agreement": _choice,
    "yes-no": _choice,
    "yes-no-unsure": _choice,
    "choice": _choice,
    "declaration": _choice,
    "number": _number,
    "money": _number,
    "percentage": _percentage,
    "date": _date,
    "month": _date,
    "short-text": _short_text,
    "link": _short_text,
    "long-text": _long_text,
}

VALUE_ROWS: dict[str, Callable[[Question, str, FormLayout], Iterator[FormRow]]] = {
    "rating": _one_box,
    "agreement": _one_box,
    "yes-no": _one_box,
    "yes-no-unsure": _one_box,
    "choice": _one_box,
    "declaration": _one_box,
    "multiple-choice": _row_a_choice,
    "number": _one_box,
    "money": _one_box,
    "percentage": _row_a_part,
    "date": _one_box,
    "month": _one_box,
    "short-text": _one_box,
    "long-text": _one_box,
    "table": _grid,
    "evidence-list": _grid,
    "statement": _nothing,
}
