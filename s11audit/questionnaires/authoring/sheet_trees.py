"""The cells of a workbook → a tree of sections and lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from s11audit.questionnaires.authoring.cell_words import put
from s11audit.questionnaires.authoring.key_forms import Form, KeyForm, forms_of
from s11audit.questionnaires.authoring.places import Places
from s11audit.questionnaires.authoring.sheet_rows import Row, Sheet
from s11audit.questionnaires.authoring.sheets import (
    KEY,
    LONG_TEXTS,
    NAME,
    QUESTION,
    QUESTIONNAIRE,
    SCALE,
    SCALES,
    SHEET,
    SHEETS,
    STANDARDS,
    TABLES,
    TEXT,
    VALUE,
    Columns,
    question_columns,
    questionnaire_keys,
    scale_columns,
    scale_keys,
    standard_columns,
    table_columns,
)
from s11audit.questionnaires.faults import quote, suggest
from s11audit.questionnaires.schema import QuestionnairePart
from s11audit.questionnaires.source import Items, Section


class TreeReader:
    """Reads the sheets of one workbook, in the order in which a questionnaire is written."""

    def __init__(self, sheets: list[dict[str, Any]], places: Places) -> None:
        self._places = places
        self._long: dict[str, str] = {}
        self._sheets = {
            found["name"].strip().lower(): Sheet(found, places, self._long) for found in sheets
        }
        self._read: set[str] = {name.lower() for name in SHEETS}

    def read(self) -> Section:
        """The tree; faults of single cells are kept in the places."""
        self._read_long_texts()
        root = self._head()
        if (scales := self._scales()) is not None:
            put(root, "scales", scales, scales.line)
        standards = self._standards()
        if standards is not None:
            put(root, "standards", standards, standards.line)
            self._add_tables(standards)
        self._add_unread_sheets()
        order = list(forms_of(QuestionnairePart))
        tree = Section(root.line)
        for key in sorted(root, key=order.index):
            put(tree, key, root[key], root.lines[key])
        return tree

    def _sheet(self, name: str, columns: Columns, needed: bool = False) -> Sheet | None:
        sheet = self._sheets.get(name.lower())
        if sheet is None and needed:
            others = [sheet.name for sheet in self._sheets.values()]
            self._places.add(1, f"the sheet “{name}” is missing: {suggest(name, others)}")
        if sheet is not None:
            sheet.read_headings(columns)
        return sheet

    def _rows(self, name: str, columns: Columns) -> Iterator[Row]:
        sheet = self._sheet(name, columns)
        yield from sheet.rows() if sheet else ()

    def _read_long_texts(self) -> None:
        columns = {key: KeyForm(key, Form.TEXT, free=True) for key in (NAME, TEXT)}
        found: dict[str, str] = {}
        for row in self._rows(LONG_TEXTS, columns):
            name = row.text(NAME)
            found[name] = found.get(name, "") + row.text(TEXT)
        self._long.update(found)

    def _head(self) -> Section:
        keys = questionnaire_keys()
        columns = {key: KeyForm(key, Form.TEXT, free=True) for key in (KEY, VALUE)}
        root = Section(1)
        sheet = self._sheet(QUESTIONNAIRE, columns, needed=True)
        for row in sheet.rows() if sheet else ():
            root.line = root.line if root else row.line
            self._add_pair(root, row, keys)
        return root

    def _add_pair(self, root: Section, row: Row, keys: Columns) -> None:
        written = " ".join(row.text(KEY).lower().split())
        if written not in keys:
            line = row.cell_line(KEY)
            self._places.add(line, f"unknown key {quote(written)}: {suggest(written, keys)}")
            return
        value, line = row.value_as(VALUE, keys[written])
        if value is None:
            return
        outer, _, inner = written.partition(": ")
        section = root
        if inner:
            if outer not in root:
                put(root, outer, Section(line), line)
            section = root[outer]
        key = inner or outer
        if key in section:
            first = section.lines[key]
            self._places.add(line, f"{quote(written)} is here twice: line {first} has it already")
        else:
            put(section, key, value, line)

    def _scales(self) -> Section | None:
        sheet = self._sheet(SCALES, scale_columns())
        if sheet is None:
            return None
        scales = Section(sheet.line)
        for row in sheet.rows():
            name = row.text(SCALE).strip()
            if not name:
                self._places.add(row.line, "the name of the scale is missing in this row")
                continue
            if name not in scales:
                put(scales, name, _scale(row), row.line)
            self._add_level(scales[name], row)
        for name, scale in scales.items():
            if set(scale) == {"levels"}:  # the short form
                scales[name] = scale["levels"]
        return scales if scales else None

    def _add_level(self, scale: Section, row: Row) -> None:
        level = row.section()
        level.pop(SCALE)
        for key in scale_keys():
            if key not in level:
                continue
            value, line = level.pop(key), level.lines.pop(key)
            if key not in scale:
                scale[key] = value
                scale.lines[key] = line
            elif scale[key] != value:
                first = scale.lines[key]
                self._places.add(line, f"this scale has another {key}: line {first} has it already")
        scale["levels"].append(level)
        scale["levels"].lines.append(row.line)
        scale["levels"] = scale.pop("levels")  # after title and direction

    def _standards(self) -> Items | None:
        sheet = self._sheet(STANDARDS, standard_columns(), needed=True)
        if sheet is None:
            return None
        standards = Items(sheet.line)
        for row in sheet.rows():
            standard = row.section()
            self._add_questions(standard, row)
            standards.append(standard)
            standards.lines.append(row.line)
        return standards

    def _add_questions(self, standard: Section, row: Row) -> None:
        line = standard.lines.pop(SHEET, None) or standard.lines.get("id", row.line)
        name = standard.pop(SHEET, "") or standard.get("id", "")
        sheet = self._sheets.get(name.lower())
        if sheet is None or name.lower() in self._read:
            free = [one.name for key, one in self._sheets.items() if key not in self._read]
            why = (
                "is another’s already"
                if sheet
                else f"is missing: {suggest(name, free) if free else 'add it'}"
            )
            self._places.add(line, f"the sheet {quote(name)} with the questions {why}")
            return
        self._read.add(name.lower())
        sheet.read_headings(question_columns())
        questions = Items(sheet.line)
        for question in sheet.rows():
            questions.append(question.section())
            questions.lines.append(question.line)
        put(standard, "questions", questions, sheet.line)

    def _add_tables(self, standards: Items) -> None:
        questions = _by_key(standards)
        for row in self._rows(TABLES, table_columns()):
            key = row.text(QUESTION).strip()
            question = questions.get(key)
            if question is None:
                why = suggest(key, questions)
                message = f"there is no question {quote(key)} for this column: {why}"
                self._places.add(row.cell_line(QUESTION), message)
                continue
            column = row.section()
            column.pop(QUESTION)
            if "columns" not in question:
                put(question, "columns", Items(row.line), row.line)
            question["columns"].append(column)
            question["columns"].lines.append(row.line)

    def _add_unread_sheets(self) -> None:
        for key, sheet in self._sheets.items():
            if key not in self._read and not sheet.is_empty:
                self._places.add(
                    sheet.line,
                    f"no row of the sheet “{STANDARDS}” names this sheet: add one, remove this "
                    "sheet, or let its name begin with “Notes”",
                )


def _scale(row: Row) -> Section:
    scale = Section(row.line)
    put(scale, "levels", Items(row.line), row.line)
    return scale


def _by_key(standards: Items) -> Mapping[str, Section]:
    return {
        f"{standard.get('id')}.{question.get('id')}": question
        for standard in standards
        for question in standard.get("questions", ())
    }
