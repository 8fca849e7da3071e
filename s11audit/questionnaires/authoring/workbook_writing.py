"""A questionnaire’s tree → a workbook in which people can go on writing it.

Every cell is text, whatever it looks like: never a formula, a number or a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from s11audit.domain.agency_types import AGENCY_ATTRIBUTE_LABELS, AGENCY_TYPE_LABELS
from s11audit.domain.question_types import QUESTION_TYPES
from s11audit.questionnaires.authoring import sheets
from s11audit.questionnaires.authoring.cell_words import cell_of
from s11audit.questionnaires.authoring.condition_syntax import in_words
from s11audit.questionnaires.authoring.key_forms import Form, KeyForm
from s11audit.questionnaires.authoring.sheet_notes import READ_ME_LINES, meanings
from s11audit.questionnaires.authoring.sheets import Columns
from s11audit.questionnaires.source import Items, Section

if TYPE_CHECKING:
    from s11audit.questionnaires.authoring.sheet_looks import WrittenBook

CELL_LIMIT = 32_767  # UTF-16 units
_PIECE = 15_000
_LIKE_ESCAPED = re.compile("_x(?=[0-9A-Fa-f]{4}_)")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def write_workbook(root: Section, library: Iterable[str] = ()) -> bytes:
    """The workbook of a questionnaire that has no fault.

    `library` has the names of scales that its questions may use besides its own.
    """
    from s11audit.questionnaires.authoring.sheet_looks import new_book  # slow to load

    book = new_book(root.get("title", ""))
    _BookWriter(root, list(library), book).write()
    return book.saved()


class _BookWriter:
    def __init__(self, root: Section, library: list[str], book: WrittenBook) -> None:
        self._root = root
        self._book = book
        self._long: list[tuple[str, str]] = []
        own = root.get("scales", {})
        self._lists = {
            "type": list(QUESTION_TYPES),
            "scale": [*own, *(name for name in library if name not in own)],
        }

    def write(self) -> None:
        standards = self._root.get("standards", ())
        names = sheets.sheet_names(standard.get("id", "") for standard in standards)
        self._write_read_me()
        self._write_head()
        self._write(sheets.SCALES, "A level", sheets.scale_columns(), self._levels())
        listed = (
            {**_short(standard), sheets.SHEET: name}
            for standard, name in zip(standards, names, strict=True)
        )
        self._write(sheets.STANDARDS, "A standard", sheets.standard_columns(), listed)
        for standard, name in zip(standards, names, strict=True):
            questions = map(_short, standard.get("questions", ()))
            self._write(name, "A question", sheets.question_columns(), questions)
        self._write(sheets.TABLES, "A column", sheets.table_columns(), self._table_columns())
        self._write_long_texts()
        self._write_lists()

    def _write_read_me(self) -> None:
        sheet = self._book.sheet(sheets.READ_ME)
        sheet.set_widths([110])
        for number, line in enumerate(READ_ME_LINES, 1):
            sheet.write_note(number, line)

    def _write_head(self) -> None:
        keys = sheets.questionnaire_keys()
        known = meanings("The questionnaire") | {
            f"rag: {key}": text for key, text in meanings("Thresholds").items()
        }
        sheet = self._book.sheet(sheets.QUESTIONNAIRE)
        sheet.write_headings([sheets.KEY, sheets.VALUE, "note"], [18, 120, 46])
        for number, (key, form) in enumerate(keys.items(), 2):
            outer, _, inner = key.partition(": ")
            holder = self._root.get(outer, {}) if inner else self._root
            text = self._cell(holder.get(inner or outer, ""), form)
            sheet.write_row(number, [key, text, known.get(key, "")])
            if form.choices:
                sheet.offer(form.choices, f"B{number}")
        sheet.freeze("A2")

    def _levels(self) -> Iterable[Mapping[str, Any]]:
        for name, scale in self._root.get("scales", {}).items():
            levels = scale if isinstance(scale, Items) else scale["levels"]
            own = {} if isinstance(scale, Items) else _short(scale)
            for level in levels:
                yield {sheets.SCALE: name} | own | level
                own = {}

    def _table_columns(self) -> Iterable[Mapping[str, Any]]:
        for standard in self._root.get("standards", ()):
            for question in standard.get("questions", ()):
                key = f"{standard.get('id')}.{question.get('id')}"
                for column in question.get("columns", ()):
                    yield {sheets.QUESTION: key} | column

    def _write(
        self, name: str, chapter: str, columns: Columns, rows: Iterable[Mapping[str, Any]]
    ) -> None:
        """Write a sheet with a row for each part and a column for each key."""
        sheet = self._book.sheet(name)
        sheet.write_headings(list(columns), [_width(form) for form in columns.values()])
        sheet.explain(list(columns), meanings(chapter))
        for number, row in enumerate(rows, 2):
            cells = [self._cell(row.get(key, ""), form) for key, form in columns.items()]
            sheet.write_row(number, cells)
        for at, form in enumerate(columns.values(), 1):
            if name != sheets.SCALES and (words := self._lists.get(form.key)):
                sheet.offer_listed(at, list(self._lists).index(form.key) + 1, len(words))
            elif form.choices:
                sheet.offer(form.choices, sheet.column(at))
        sheet.freeze("C2" if name == sheets.SCALES or name == sheets.TABLES else "B2")

    def _cell(self, value: Any, form: KeyForm) -> str:
        if isinstance(value, str):
            text = value
        elif form.form is Form.CONDITION:
            text = in_words(value)
        else:
            text = cell_of(value, form)
        encoded = in_workbook(text)
        if _length(encoded) <= CELL_LIMIT:
            return encoded
        name = f"[Too long for a cell: see the sheet “{sheets.LONG_TEXTS}”, text {len(self._long)}]"
        starts = range(0, len(text), _PIECE)
        self._long += [(name, in_workbook(text[start : start + _PIECE])) for start in starts]
        return name

    def _write_long_texts(self) -> None:
        if not self._long:
            return
        sheet = self._book.sheet(sheets.LONG_TEXTS)
        sheet.write_headings([sheets.NAME, sheets.TEXT], [40, 110])
        for number, row in enumerate(self._long, 2):
            sheet.write_row(number, list(row))
        sheet.freeze("A2")

    def _write_lists(self) -> None:
        """What the drop-downs offer, and words to copy from."""
        keys = [
            f"{standard.get('id')}.{question.get('id')}"
            for standard in self._root.get("standards", ())
            for question in standard.get("questions", ())
        ]
        lists = {
            **self._lists,
            "for (agency types)": [f"{code} ({name})" for code, name in AGENCY_TYPE_LABELS.items()],
            "with (attributes)": [
                f"{code} ({name})" for code, name in AGENCY_ATTRIBUTE_LABELS.items()
            ],
            "questions, for conditions": keys,
        }
        sheet = self._book.sheet(sheets.LISTS)
        sheet.write_headings(list(lists), [24, 24, 44, 52, 60])
        for number in range(max(map(len, lists.values()))):
            row = [words[number] if number < len(words) else "" for words in lists.values()]
            sheet.write_row(number + 2, [in_workbook(word) for word in row])
        sheet.freeze("A2")


def in_workbook(text: str) -> str:
    """A text as it is stored: what XML has no room for is written as _xFFFE_, and no other so."""
    text = _LIKE_ESCAPED.sub("_x005F_x", text)
    return _NOT_IN_XML.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def _short(part: Mapping[str, Any]) -> dict[str, Any]:
    """The part without what stands on sheets of its own."""
    elsewhere = ("questions", "levels", "columns")
    return {key: value for key, value in part.items() if key not in elsewhere}


def _length(text: str) -> int:
    return len(text) + sum(sign > "\uffff" for sign in text)


def _width(form: KeyForm) -> float:
    widths = {"ask": 60, "help": 50, "meaning": 50, "summary": 50, "id": 24, "when": 44}
    if form.key in widths:
        return widths[form.key]
    if form.form is not Form.TEXT:
        return 22 if form.form is Form.TEXTS and not form.free else 48
    return 26 if form.free and form.key not in ("unit", "earliest", "latest", "type") else 14
