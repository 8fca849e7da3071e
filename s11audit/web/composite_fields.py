"""Fields of answers that are made of several boxes, each named after the field and what it holds.

A percentage has the boxes `<name>-numerator` and `<name>-denominator`; a cell of a table has
`<name>-<row, from 0>-<column>`, and where the cell has two boxes itself, `…_numerator` and so on.
Together they give the text that the question's type reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from s11audit.domain.question_types import (
    ROW,
    CellFault,
    RowsType,
    WrongCellsError,
    column_id,
    percentage_parts,
    type_of,
)
from s11audit.domain.questionnaire import Question
from s11audit.web.boxes import TOOK_OUT, Box, cleaned, read_value

PERCENTAGE_BOXES = ("numerator", "denominator")
MORE_ROWS = 3


class CompositeField(Box, Field):
    """A value of several boxes; `texts` has what stands in each, by the end of its name."""

    def __init__(self, question: Question, today: date, **options: Any) -> None:
        super().__init__(**options)
        self.question = question
        self.today = today
        self.stored = ""
        self.texts: dict[str, str] = {}
        self.had_control = False

    def endings(self) -> Sequence[str]:
        """The ends of the names of all its boxes, the first box first."""
        raise NotImplementedError

    def spread(self, value: str) -> dict[str, str]:
        """What a stored value puts into the boxes."""
        raise NotImplementedError

    def gathered(self) -> str:
        """The text that the boxes make together; "" where all are empty."""
        raise NotImplementedError

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors = []
        self.object_data = data
        self.stored = data or ""
        sent = [end for end in self.endings() if formdata and f"{self.name}-{end}" in formdata]
        self.texts = {} if sent else self.spread(self.stored)  # nothing sent changes nothing
        for ending in sent:
            self.texts[ending], dirty = cleaned(formdata[f"{self.name}-{ending}"])
            self.had_control |= dirty
        self.data = self.gathered()

    def pre_validate(self, form: BaseForm) -> None:
        if self.had_control:
            raise ValidationError(TOOK_OUT)
        self.stored = read_value(self.question, self.gathered(), self.today)
        self.texts = self.spread(self.stored)

    def box_id(self, ending: str) -> str:
        """The id of a box; the first has the field's own, so that a summary can link to it."""
        return self.id if ending == self.endings()[0] else f"{self.id}-{ending}"

    def as_sent(self) -> Iterator[tuple[str, str]]:
        for ending in self.endings():
            yield f"{self.name}-{ending}", self.texts.get(ending, "")


class PercentageField(CompositeField):
    """The part and the whole that it is counted in."""

    def endings(self) -> Sequence[str]:
        return PERCENTAGE_BOXES

    def spread(self, value: str) -> dict[str, str]:
        return dict(zip(PERCENTAGE_BOXES, percentage_parts(value), strict=True))

    def gathered(self) -> str:
        return _fraction(*(self.texts.get(ending, "") for ending in PERCENTAGE_BOXES))


class MonthField(CompositeField):
    """A month and its year."""

    def endings(self) -> Sequence[str]:
        return ("month", "year")

    def spread(self, value: str) -> dict[str, str]:
        month, _, year = type_of(self.question).typed(self.question, value).partition(" ")
        return {"month": month, "year": year}

    def gathered(self) -> str:
        return " ".join(self.texts.get(ending, "") for ending in self.endings()).strip()


@dataclass(frozen=True)
class CellBox:
    """One box of a cell: what it is called, its id and name, and what stands in it."""

    label: str
    id: str
    name: str
    text: str


@dataclass(frozen=True)
class TableCell:
    """One cell: its column, its boxes (two for a percentage) and what is wrong with it."""

    column: Question
    boxes: tuple[CellBox, ...]
    choices: tuple[tuple[str, str], ...]
    error: str

    @property
    def error_id(self) -> str:
        return f"{self.boxes[0].name}-error"


@dataclass(frozen=True)
class TableRow:
    label: str
    cells: tuple[TableCell, ...]


class TableField(CompositeField):
    """The cells of a table, or of a list of evidence."""

    def __init__(self, question: Question, today: date, **options: Any) -> None:
        super().__init__(question, today, **options)
        rows_type = type_of(question)
        assert isinstance(rows_type, RowsType)  # noqa: S101 (tells mypy)
        self.rows_type = rows_type
        self.columns = rows_type.columns(question)
        self.cell_faults: tuple[CellFault, ...] = ()
        self._endings = [
            f"{index}-{ending}"
            for index in range(question.rows.most)
            for column in self.columns
            for ending in _endings_of(column)
        ]

    def endings(self) -> Sequence[str]:
        return self._endings

    def spread(self, value: str) -> dict[str, str]:
        texts: dict[str, str] = {}
        for index, row in enumerate(self.rows_type.held(self.question, value)):
            for column in self.columns:
                texts |= self._spread_cell(index, column, row.get(column_id(column), ""))
        return texts

    def _spread_cell(self, index: int, column: Question, value: str) -> dict[str, str]:
        parts: Sequence[str] = [self.rows_type.type_of_column(column).typed(column, value)]
        if column.type == "percentage":
            parts = percentage_parts(value)
        endings = _endings_of(column)
        return {f"{index}-{end}": part for end, part in zip(endings, parts, strict=True) if part}

    @property
    def row_count(self) -> int:
        """How many rows are drawn: the fixed ones, or those with text and some to go on with."""
        limits = self.question.rows
        if limits.fixed:
            return len(limits.fixed)
        begun = (int(ending.partition("-")[0]) + 1 for ending, text in self.texts.items() if text)
        return min(limits.most, max(limits.least, max(begun, default=0) + MORE_ROWS))

    def gathered(self) -> str:
        if not any(self.texts.values()):
            return ""
        fixed = self.question.rows.fixed
        rows = []
        for index in range(self.row_count):
            row = {ROW: fixed[index].id} if fixed else {}
            for column in self.columns:
                row[column_id(column)] = self._gathered_cell(index, column)
            rows.append(row)
        return json.dumps(rows, ensure_ascii=False)

    def _gathered_cell(self, index: int, column: Question) -> str:
        texts = [self.texts.get(f"{index}-{ending}", "") for ending in _endings_of(column)]
        return _fraction(*texts) if column.type == "percentage" else texts[0]

    def pre_validate(self, form: BaseForm) -> None:
        try:
            super().pre_validate(form)
        except ValidationError as error:
            if isinstance(error.__cause__, WrongCellsError):
                self.cell_faults = error.__cause__.faults
            raise

    def lacks(self, message: str) -> None:
        super().lacks(message)
        self.cell_faults = tuple(self.rows_type.missing_cells(self.question, self.stored))

    def faults(self) -> Iterator[tuple[str, str]]:
        if not self.cell_faults:
            yield from super().faults()
        for fault in self.cell_faults:
            column = next(one for one in self.columns if column_id(one) == fault.column)
            words = self.rows_type.in_words(self.question, [fault])
            yield self.box_id(f"{fault.row}-{_endings_of(column)[0]}"), words

    @property
    def rows(self) -> list[TableRow]:
        """The rows as they are drawn."""
        errors = {(fault.row, fault.column): fault.message for fault in self.cell_faults}
        return [
            TableRow(
                label := self.rows_type.row_label(self.question, index),
                tuple(self._cell(index, label, column, errors) for column in self.columns),
            )
            for index in range(self.row_count)
        ]

    def _cell(
        self, index: int, row: str, column: Question, errors: Mapping[tuple[int, str], str]
    ) -> TableCell:
        labels = _labels_of(column)
        boxes = tuple(
            CellBox(
                label,
                self.box_id(f"{index}-{ending}"),
                f"{self.name}-{index}-{ending}",
                self.texts.get(f"{index}-{ending}", ""),
            )
            for ending, label in zip(_endings_of(column), labels, strict=True)
        )
        return TableCell(
            column, boxes, _choices(column), errors.get((index, column_id(column)), "")
        )


def _endings_of(column: Question) -> tuple[str, ...]:
    """The ends of the names of the boxes in a cell of this column."""
    id_ = column_id(column)
    if column.type == "percentage":
        return tuple(f"{id_}_{part}" for part in PERCENTAGE_BOXES)
    return (id_,)


def _labels_of(column: Question) -> tuple[str, ...]:
    """What the boxes in a cell of this column are called, where its title is not enough."""
    return (column.numerator, column.denominator) if column.type == "percentage" else ("",)


def _choices(column: Question) -> tuple[tuple[str, str], ...]:
    """Code and label of each choice of a cell that is chosen, not typed."""
    if column.type == "link":
        return ()
    cell_type = type_of(column)
    return tuple((code, cell_type.shown(column, code)) for code in cell_type.codes(column) or ())


def _fraction(part: str, whole: str) -> str:
    return f"{part}/{whole}" if part or whole else ""
