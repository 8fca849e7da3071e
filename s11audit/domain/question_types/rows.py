"""Types whose values are rows of cells: the table, and the list of evidence.

The value is a list of rows in JSON. A row has the texts of its cells by column; of a table with
fixed rows also the id of its row, under `row`. Cells and rows without text are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from s11audit.domain.question_types.base import (
    Cell,
    QuestionType,
    WrongValueError,
    without_capital,
)
from s11audit.domain.question_types.texts import is_link
from s11audit.domain.questionnaire import Question

ROW = "row"
LONGEST_VALUE = 30_000
# What is sent can be longer than what is kept, for it holds empty rows too.
_LONGEST_SENT = 10 * LONGEST_VALUE
_NO_ROWS = "Enter a list of rows, each with its cells"

Row = dict[str, str]


@dataclass(frozen=True)
class CellFault:
    """What is wrong with one cell: its row (counted from 0, as it was sent) and column."""

    row: int
    column: str
    message: str


class WrongCellsError(WrongValueError):
    """Cells that are not accepted. The text names row and column of each."""

    def __init__(self, faults: Iterable[CellFault], text: str) -> None:
        self.faults = tuple(faults)
        super().__init__(text)


def column_id(column: Question) -> str:
    """The id of a column within its table."""
    return column.key.rpartition(".")[2]


class RowsType(QuestionType):
    """What table and list have in common. `column_types` are those that a column can be of."""

    missing_message = "Fill in at least one row"

    def __init__(self, column_types: Iterable[QuestionType]) -> None:
        self._types = {column_type.name: column_type for column_type in column_types}

    @property
    def column_types(self) -> tuple[str, ...]:
        return tuple(self._types)

    def columns(self, question: Question) -> tuple[Question, ...]:
        raise NotImplementedError

    def type_of_column(self, column: Question) -> QuestionType:
        return self._types[column.type]

    def row_label(self, question: Question, index: int) -> str:
        """What the row of this index is called: that of a fixed row, or its number."""
        fixed = question.rows.fixed
        return fixed[index].label if index < len(fixed) else f"Row {index + 1}"

    def held(self, question: Question, value: str) -> list[Row]:
        """The rows of a stored value; fixed ones in their places, with those that are empty."""
        try:
            rows = _rows_of(value) if value else []
        except WrongValueError:
            rows = []
        if not question.rows.fixed:
            return rows
        by_id = {row.get(ROW, ""): row for row in rows}
        return [by_id.get(fixed.id, {ROW: fixed.id}) for fixed in question.rows.fixed]

    def read(self, question: Question, text: str, today: date) -> str:
        if not text.strip():
            return ""
        faults: list[CellFault] = []
        kept: list[Row] = []
        for index, sent in enumerate(self._placed(question, _rows_of(text))):
            row = self._read_row(question, index, sent, today, faults)
            if row:
                fixed = {ROW: question.rows.fixed[index].id} if question.rows.fixed else {}
                kept.append(fixed | row)
        if faults:
            raise WrongCellsError(faults, self.in_words(question, faults))
        if len(kept) > question.rows.most:
            raise WrongValueError(f"Enter {question.rows.most} rows or fewer")
        value = json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else ""
        if len(value) > LONGEST_VALUE:
            raise WrongValueError(
                f"Shorten this: the rows together can hold {LONGEST_VALUE:,} characters"
            )
        return value

    def _placed(self, question: Question, rows: list[Row]) -> list[Row]:
        """Rows of a table with fixed rows in the order of these; others as they come."""
        fixed = [row.id for row in question.rows.fixed]
        if not fixed:
            return rows
        by_id: dict[str, Row] = {}
        for row in rows:
            row_id = row.get(ROW, "")
            if row_id not in fixed:
                raise WrongValueError(f"Name one of these rows: {', '.join(fixed)}")
            if row_id in by_id:
                raise WrongValueError(f"The row “{row_id}” is here twice")
            by_id[row_id] = row
        return [by_id.get(row_id, {ROW: row_id}) for row_id in fixed]

    def _read_row(
        self, question: Question, index: int, sent: Row, today: date, faults: list[CellFault]
    ) -> Row:
        row: Row = {}
        columns = {column_id(column): column for column in self.columns(question)}
        unknown = sent.keys() - columns.keys() - ({ROW} if question.rows.fixed else set())
        if unknown:
            raise WrongValueError(f"There is no column “{min(unknown)}”: use {', '.join(columns)}")
        for id_, column in columns.items():
            text = sent.get(id_, "").strip()
            try:
                value = self.type_of_column(column).read(column, text, today) if text else ""
            except WrongValueError as wrong:
                faults.append(CellFault(index, id_, str(wrong)))
            else:
                row |= {id_: value} if value else {}
        return row

    def in_words(self, question: Question, faults: Iterable[CellFault]) -> str:
        """Faults as text: "Row 2, Staff trained: enter a whole number"."""
        titles = {column_id(column): column.title for column in self.columns(question)}
        quotes = "“{}”" if question.rows.fixed else "{}"
        return "; ".join(
            f"{quotes.format(self.row_label(question, fault.row))}, {titles[fault.column]}: "
            f"{without_capital(fault.message)}"
            for fault in faults
        )

    def missing(self, question: Question, value: str) -> str:
        lacking = self.missing_cells(question, value)
        if lacking:
            more = len(lacking) - 1
            words = self.in_words(question, lacking[:1])
            return f"{words} (and {more} more)" if more else words
        least, there = question.rows.least, len(self.held(question, value))
        if question.required and not question.rows.fixed and there < least:
            return f"Enter at least {least} rows; there {'is' if there == 1 else 'are'} {there}"
        return ""

    def missing_cells(self, question: Question, value: str) -> list[CellFault]:
        """The cells that a stored value lacks; of a table nobody has to fill, in rows begun."""
        lacking = []
        for index, row in enumerate(self.held(question, value)):
            if not (question.required or row.keys() - {ROW}):
                continue
            for column in self.columns(question):
                message = self._lacks(column, row.get(column_id(column), ""))
                if message:
                    lacking.append(CellFault(index, column_id(column), message))
        return lacking

    def _lacks(self, column: Question, value: str) -> str:
        column_type = self.type_of_column(column)
        if value:
            return column_type.missing(column, value)
        return column_type.missing_message if column.required else ""

    def shown(self, question: Question, value: str) -> str:
        rows = enumerate(self.held(question, value))
        lines = [(index, list(self._shown_cells(question, row))) for index, row in rows]
        return "\n".join(
            f"{self.row_label(question, index)}: {'; '.join(cells)}"
            for index, cells in lines
            if cells
        )

    def _shown_cells(self, question: Question, row: Row) -> Iterator[str]:
        for column in self.columns(question):
            if text := self.cell_shown(column, row):
                yield f"{column.title} {text}"

    def cell_shown(self, column: Question, row: Row) -> str:
        """The cell of a held row in this column as a person reads it; "" where it is empty."""
        text = row.get(column_id(column), "")
        return self.type_of_column(column).shown(column, text) if text else ""

    def cells(self, question: Question, value: str) -> list[tuple[str, Cell]]:
        return [
            (f"{self.row_label(question, index)}, {_titled(column, title)}", cell)
            for index, row in enumerate(self.held(question, value))
            for column in self.columns(question)
            for title, cell in self.type_of_column(column).cells(
                column, row.get(column_id(column), "")
            )
        ]


class TableType(RowsType):
    name = "table"
    label = "Table"
    keys = frozenset({"columns", "rows", "min-rows", "max-rows"})
    missing_message = "Fill in the table"

    def columns(self, question: Question) -> tuple[Question, ...]:
        return question.columns


class EvidenceListType(RowsType):
    """What supports an answer: what it is, an address on the web, a file and where it is kept."""

    name = "evidence-list"
    label = "List of evidence"
    keys = frozenset({"max-rows"})

    def is_link(self, text: str) -> bool:
        """Whether what was typed can be made a link."""
        return is_link(text)

    def columns(self, question: Question) -> tuple[Question, ...]:
        titles = (
            ("text", "What it is", "short-text", 500),
            ("link", "Link", "link", 2_000),
            ("file", "File and where it is kept", "short-text", 200),
        )
        return tuple(
            Question(
                key=f"{question.key}.{id_}",
                title=title,
                type=type_,
                ask=title,
                required=id_ == "text",
                max_length=longest,
            )
            for id_, title, type_, longest in titles
        )


def _titled(column: Question, title: str) -> str:
    return title if title == column.title else f"{column.title}: {title}"


def _rows_of(text: str) -> list[Row]:
    """The rows that are written here in JSON; raises WrongValueError."""
    if len(text) > _LONGEST_SENT:
        raise WrongValueError(f"Shorten this: it can hold {LONGEST_VALUE:,} characters")
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise WrongValueError(_NO_ROWS) from None
    if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
        raise WrongValueError(_NO_ROWS)
    return rows


def _is_row(row: object) -> bool:
    return isinstance(row, dict) and all(isinstance(cell, str) for cell in row.values())
