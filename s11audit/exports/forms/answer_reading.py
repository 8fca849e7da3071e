"""The answer to one question out of its rows of a form, with what is wrong in each cell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date

from s11audit.domain.actions import Promise
from s11audit.domain.answers import (
    LINK_LIMIT,
    POST_LIMIT,
    TEXT_LIMIT,
    Answer,
    Part,
    parts_of,
)
from s11audit.domain.filled_forms import WrongCell
from s11audit.domain.question_types import (
    CONTROL_CHARACTERS,
    QUESTION_TYPES,
    ROW,
    RowsType,
    WrongCellsError,
    WrongValueError,
    column_id,
    is_link,
    type_of,
)
from s11audit.domain.questionnaire import Question
from s11audit.exports.forms.boxes import Accepts, cell_boxes
from s11audit.exports.forms.cell_texts import BoxCell, is_ticked, typed_text
from s11audit.exports.forms.rows_found import FoundRow

ROWS_GONE = "Rows of this question are gone from the form. Download the form again"
NO_LINK = "Enter a web address that starts with https:// or http://"

_LIMITS = {
    Part.REASON: TEXT_LIMIT,
    Part.COMMENT: TEXT_LIMIT,
    Part.EVIDENCE: TEXT_LIMIT,
    Part.LINK: LINK_LIMIT,
    Part.ACTION_WHAT: TEXT_LIMIT,
    Part.ACTION_POST: POST_LIMIT,
}
_DUE = Question(key="", title="", type="date", ask="")


class AnswerReader:
    """Reads the answer to one question. `rows` are its rows by part; `wrong` gathers faults.

    `confirms` is whether the form says that last time's answer is still right.
    """

    def __init__(
        self, question: Question, rows: Mapping[str, FoundRow], columns: int, today: date
    ) -> None:
        self._question = question
        self._rows = rows
        self._columns = columns
        self._today = today
        self.wrong: list[WrongCell] = []
        self.confirms = False

    def read(self) -> Answer:
        """The answer; what is `wrong` is left out of it."""
        parts = parts_of(self._question)
        value = self._value()
        texts = {part: self._text(part) for part in _LIMITS if part in parts}
        due = self._due() if Part.ACTION_DUE in parts else None
        if Part.CONFIRM in self._rows:
            self.confirms = self._ticked(self._cell(Part.CONFIRM))
        return Answer(
            value=value,
            reason=texts.get(Part.REASON, ""),
            comment=texts.get(Part.COMMENT, ""),
            evidence=texts.get(Part.EVIDENCE, ""),
            link=texts.get(Part.LINK, ""),
            promise=Promise(texts.get(Part.ACTION_WHAT, ""), texts.get(Part.ACTION_POST, ""), due),
        )

    def _fault(self, cell: BoxCell, message: str) -> None:
        self.wrong.append(WrongCell(cell.place, self._question.key, message))

    def _cell(self, part: str) -> BoxCell:
        row = self._rows.get(part)
        if row is not None:
            return row.boxes(self._columns, 1)[0]
        sheet = next((one.sheet for one in self._rows.values()), "")
        gone = BoxCell(sheet)
        if ROWS_GONE not in {one.message for one in self.wrong}:
            self._fault(gone, ROWS_GONE)
        return gone

    def _text(self, part: Part) -> str:
        cell = self._cell(part)
        try:
            text = typed_text(self._question, Accepts.TEXT, cell)
        except WrongValueError as wrong:
            self._fault(cell, str(wrong))
            return ""
        limit = _LIMITS[part]
        if CONTROL_CHARACTERS.search(text):
            self._fault(cell, "Take out the hidden character; it cannot be stored")
        elif len(text) > limit:
            self._fault(cell, f"Shorten this to {limit:,} characters; it has {len(text):,}")
        elif part is Part.LINK and text and not is_link(text):
            self._fault(cell, NO_LINK)
        return text

    def _due(self) -> date | None:
        cell = self._cell(Part.ACTION_DUE)
        try:
            typed = typed_text(_DUE, Accepts.DATE, cell)
            stored = QUESTION_TYPES["date"].read(_DUE, typed, self._today) if typed else ""
        except WrongValueError as wrong:
            self._fault(cell, str(wrong))
            return None
        return date.fromisoformat(stored) if stored else None

    def _ticked(self, cell: BoxCell) -> bool:
        try:
            return is_ticked(cell)
        except WrongValueError as wrong:
            self._fault(cell, str(wrong))
            return False

    def _value(self) -> str:
        kind = type_of(self._question)
        if isinstance(kind, RowsType):
            return self._rows_of_cells(kind)
        if self._question.type == "multiple-choice":
            return self._several_choices()
        named = ("numerator", "denominator")
        parts = named if self._question.type == "percentage" else (Part.VALUE,)
        return self._line([self._cell(part) for part in parts])

    def _line(self, cells: list[BoxCell]) -> str:
        """The value that one line of boxes makes."""
        before = len(self.wrong)
        text = self._joined(self._question, cells)
        if not text or len(self.wrong) > before:
            return ""
        try:
            return type_of(self._question).read(self._question, text, self._today)
        except WrongValueError as wrong:
            self._fault(next(cell for cell in cells if not cell.is_empty), str(wrong))
            return ""

    def _joined(self, question: Question, cells: Iterable[BoxCell]) -> str:
        """The texts of the boxes of a question or column as the one text that its type reads."""
        texts = []
        for cell, (_, box) in zip(cells, cell_boxes(question, ""), strict=True):
            try:
                texts.append(typed_text(question, box.accepts, cell))
            except WrongValueError as wrong:
                self._fault(cell, str(wrong))
                texts.append("")
        return "/".join(texts) if any(texts) else ""

    def _several_choices(self) -> str:
        cells = {one.id: self._cell(f"option {one.id}") for one in self._question.options}
        chosen = [code for code, cell in cells.items() if self._ticked(cell)]
        try:
            return type_of(self._question).read(self._question, " ".join(chosen), self._today)
        except WrongValueError as wrong:
            self._fault(cells[chosen[0]], str(wrong))
            return ""

    def _rows_of_cells(self, kind: RowsType) -> str:
        """The rows of a table or list, in the order of their numbers wherever they stand."""
        rows = self._grid_rows()
        if not rows:
            self._cell("row 1")  # says that it is gone
            return ""
        columns = kind.columns(self._question)
        read = [self._grid_row(row, columns) for row in rows.values()]
        fixed = bool(self._question.rows.fixed)
        sent = [
            {ROW: name} | texts if fixed else texts
            for name, (texts, _) in zip(rows, read, strict=True)
        ]
        try:
            return kind.read(self._question, json.dumps(sent), self._today)
        except WrongCellsError as wrong:
            for fault in wrong.faults:
                self._fault(read[fault.row][1][fault.column], fault.message)
        except WrongValueError as wrong:
            self._fault(BoxCell(next(iter(rows.values())).place()), str(wrong))
        return ""

    def _grid_rows(self) -> dict[str, FoundRow]:
        """The rows of the grid by name: the fixed ones in their order, others by their numbers."""
        named = {part[len("row ") :]: row for part, row in self._rows.items() if part[:4] == "row "}
        fixed = [one.id for one in self._question.rows.fixed]
        if fixed:
            return {id_: named[id_] for id_ in fixed} if named.keys() >= set(fixed) else {}
        numbers = sorted(int(name) for name in named if name.isdecimal() and len(name) < 5)
        return {str(number): named[str(number)] for number in numbers if str(number) in named}

    def _grid_row(
        self, row: FoundRow, columns: tuple[Question, ...]
    ) -> tuple[dict[str, str], dict[str, BoxCell]]:
        """By column, what is typed in this row, and the cell to name if that is wrong."""
        counts = [len(cell_boxes(column, "")) for column in columns]
        cells = iter(row.boxes(self._columns, sum(counts)))
        texts, places = {}, {}
        for column, count in zip(columns, counts, strict=True):
            own = [next(cells) for _ in range(count)]
            texts[column_id(column)] = self._joined(column, own)
            places[column_id(column)] = next((one for one in own if not one.is_empty), own[0])
        return texts, places
