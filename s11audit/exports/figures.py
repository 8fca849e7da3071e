"""What agencies gave in numbers, ready to be added up, and what they wrote into tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.numbers import percent
from s11audit.domain.question_types import (
    Cell,
    QuestionType,
    RowsType,
    column_id,
    type_of,
)
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.exports.question_rows import FigureRow, TableCellRow
from s11audit.queries.figures import ValueLine

FIGURES = frozenset({"number", "money", "percentage"})
# A spreadsheet would show a month as its first day, and a sum of money without its pound sign.
_SHOWN = frozenset({"money", "month"})
ALL_AGENCIES = "All agencies"
POUNDS = "£"


def answer_cell(question: Question, value: str) -> Cell:
    """A value as one cell among those of all kinds of questions."""
    question_type = type_of(question)
    shown = question.type in _SHOWN
    return question_type.shown(question, value) if shown else question_type.cell(question, value)


@dataclass(frozen=True)
class _Figure:
    """One figure of an answer. Figures of one `place` can be pooled under the name `pooled`."""

    place: tuple[int, int]
    what: str
    pooled: str
    value: Cell = None
    numerator: int | None = None
    denominator: int | None = None


def figure_keys(questionnaire: Questionnaire) -> list[str]:
    """Keys of the questions whose answers hold figures, be it in a table."""
    return [one.key for one in questionnaire.questions() if _has_figures(one)]


def table_keys(questionnaire: Questionnaire) -> list[str]:
    """Keys of the questions whose answers are rows of cells."""
    return [one.key for one in questionnaire.questions() if isinstance(type_of(one), RowsType)]


def _has_figures(question: Question) -> bool:
    return question.type in FIGURES or any(one.type in FIGURES for one in question.columns)


def figure_rows(
    questionnaire: Questionnaire, lines: Iterable[ValueLine], *, totals: bool
) -> Iterator[FigureRow]:
    """A row a figure, question by question; with `totals` each percentage is pooled below."""
    found: dict[str, list[tuple[ValueLine, _Figure]]] = {}
    for line in lines:
        question = questionnaire.by_key.get(line.question_key)
        if question is not None and _has_figures(question):
            figures = ((line, figure) for figure in _figures(question, line.value))
            found.setdefault(question.key, []).extend(figures)
    for standard in questionnaire.standards:
        for question in standard.questions:
            by_place: dict[tuple[int, int], list[tuple[ValueLine, _Figure]]] = {}
            for line, figure in found.get(question.key, ()):
                by_place.setdefault(figure.place, []).append((line, figure))
            for _, own in sorted(by_place.items()):
                rows = [_figure_row(line, standard.title, question, one) for line, one in own]
                yield from rows
                if totals:
                    yield from _total(rows, own[0][1].pooled)


def _figure_row(line: ValueLine, standard: str, question: Question, figure: _Figure) -> FigureRow:
    numerator, denominator = figure.numerator, figure.denominator
    known = numerator is not None and denominator is not None
    return FigureRow(
        line.agency_reference,
        line.agency,
        agency_type_label(line.agency_type),
        standard,
        question.key,
        question.title,
        figure.what,
        figure.value,
        numerator,
        denominator,
        percent(numerator or 0, denominator or 0) if known else None,
    )


def _total(rows: list[FigureRow], what: str) -> Iterator[FigureRow]:
    """All agencies together: sum of numerators ÷ sum of denominators, of those that gave both."""
    both = [
        (row.numerator, row.denominator)
        for row in rows
        if row.numerator is not None and row.denominator is not None
    ]
    if both:
        numerator, denominator = (sum(numbers) for numbers in zip(*both, strict=True))
        yield FigureRow(
            agency_reference="",
            agency=ALL_AGENCIES,
            agency_type="",
            standard=rows[0].standard,
            question_key=rows[0].question_key,
            question=rows[0].question,
            what=what,
            numerator=numerator,
            denominator=denominator,
            percentage=percent(numerator, denominator),
            is_total=True,
        )


def _figures(question: Question, value: str) -> Iterator[_Figure]:
    rows_type = type_of(question)
    if not isinstance(rows_type, RowsType):
        yield _figure(rows_type, question, value, (0, 0))
        return
    fixed = bool(question.rows.fixed)
    for index, row in enumerate(rows_type.held(question, value)):
        label = rows_type.row_label(question, index)
        for number, column in enumerate(rows_type.columns(question)):
            text = row.get(column_id(column), "")
            if text and column.type in FIGURES:
                column_type = rows_type.type_of_column(column)
                # rows that each agency makes of its own are pooled by column
                place = (index if fixed else 0, number)
                before = (f"{label}, {column.title}", column.title if not fixed else "")
                yield _figure(column_type, column, text, place, before)


def _figure(
    question_type: QuestionType,
    question: Question,
    value: str,
    place: tuple[int, int],
    before: tuple[str, str] = ("", ""),
) -> _Figure:
    """The figure of this value; `before` are what its own name and its pool's begin with."""
    own, pool = before
    is_share = question.type == "percentage"
    counted = POUNDS if question.type == "money" else question.unit
    if is_share:
        counted = f"{question.numerator} ÷ {question.denominator}"
    what = ": ".join(text for text in (own, counted) if text)
    pooled = ": ".join(text for text in (pool or own, counted) if text)
    if not is_share:
        return _Figure(place, what, pooled, question_type.cell(question, value))
    (_, part), (_, whole), _ = question_type.cells(question, value)
    return _Figure(place, what, pooled, None, _count(part), _count(whole))


def _count(cell: Cell) -> int | None:
    return cell if isinstance(cell, int) else None


def table_rows(questionnaire: Questionnaire, lines: Iterable[ValueLine]) -> Iterator[TableCellRow]:
    """A row a cell that was filled in, agency by agency."""
    standards = {standard.id: standard.title for standard in questionnaire.standards}
    for line in lines:
        question = questionnaire.by_key.get(line.question_key)
        if question is None:
            continue
        for row, column, cell in _cells(question, line.value):
            yield TableCellRow(
                line.agency_reference,
                line.agency,
                agency_type_label(line.agency_type),
                standards[question.standard_id],
                question.key,
                question.title,
                row,
                column,
                cell,
            )


def _cells(question: Question, value: str) -> Iterator[tuple[str, str, Cell]]:
    """Row, column and content of every cell that holds something."""
    rows_type = type_of(question)
    if not isinstance(rows_type, RowsType):
        return
    for index, row in enumerate(rows_type.held(question, value)):
        label = rows_type.row_label(question, index)
        for column in rows_type.columns(question):
            text = row.get(column_id(column), "")
            column_type = rows_type.type_of_column(column)
            if text and column.type == "month":
                yield label, column.title, column_type.shown(column, text)
            elif text:
                for title, cell in column_type.cells(column, text):
                    same = title == column.title
                    yield label, title if same else f"{column.title}: {title}", cell
