"""The workbook in which a questionnaire is written: its sheets, and the columns of each.

Reading and writing go by this alone, and this by the schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from s11audit.questionnaires.authoring.key_forms import Form, KeyForm, forms_of
from s11audit.questionnaires.authoring.workbook_xml import UNREAD
from s11audit.questionnaires.schema import (
    ColumnPart,
    LevelPart,
    QuestionnairePart,
    QuestionPart,
    ScalePart,
    StandardPart,
)

READ_ME = "Read me"
LISTS = "Lists"
QUESTIONNAIRE = "Questionnaire"
SCALES = "Scales"
STANDARDS = "Standards"
TABLES = "Tables"
LONG_TEXTS = "Long texts"
SHEETS = (READ_ME, QUESTIONNAIRE, SCALES, STANDARDS, TABLES, LONG_TEXTS, LISTS)
# Names that a spreadsheet keeps for itself, or that say that a sheet is not read.
_TAKEN = frozenset({*(name.lower() for name in SHEETS), "history"})
LONGEST_SHEET_NAME = 31

# Columns that are no key of the part in the row.
SCALE = "scale"
SHEET = "sheet"
QUESTION = "question"
KEY, VALUE = "key", "value"
NAME, TEXT = "name", "text"

Columns = dict[str, KeyForm]
_CODE = Form.TEXT


def questionnaire_keys() -> Columns:
    """The rows of the sheet “Questionnaire”; a key of an inner part reads “rag: red-below”."""
    rows: Columns = {}
    for key, form in forms_of(QuestionnairePart).items():
        if form.form is Form.INNER and form.part:
            for inner, inner_form in forms_of(form.part).items():
                rows[f"{key}: {inner}"] = inner_form
        elif form.form is not Form.LONG_PARTS:
            rows[key] = form
    return rows


def scale_columns() -> Columns:
    """A row for each level; what the scale itself has stands beside its first level."""
    return {SCALE: KeyForm(SCALE, _CODE)} | scale_keys() | forms_of(LevelPart)


def scale_keys() -> Columns:
    """The keys of a scale itself."""
    return _short(forms_of(ScalePart))


def standard_columns() -> Columns:
    """A row for each standard, with the sheet that holds its questions."""
    return _short(forms_of(StandardPart)) | {SHEET: KeyForm(SHEET, _CODE)}


def question_columns() -> Columns:
    """A row for each question; every sheet of questions has these."""
    return _short(forms_of(QuestionPart))


def table_columns() -> Columns:
    """A row for each column of a question that is a table."""
    return {QUESTION: KeyForm(QUESTION, _CODE)} | _short(forms_of(ColumnPart))


def _short(forms: Columns) -> Columns:
    return {key: form for key, form in forms.items() if form.form is not Form.LONG_PARTS}


def sheet_names(ids: Iterable[str]) -> list[str]:
    """A name for the sheet of each standard: its id, as far as a sheet may be called so."""
    names: list[str] = []
    taken = set(_TAKEN)
    for id_ in ids:
        plain = re.sub(r"[\[\]:*?/\\']", "-", id_) or "standard"
        wanted = f"the-{plain}" if plain.lower().startswith(UNREAD) else plain
        name, number = wanted[:LONGEST_SHEET_NAME], 1
        while name.lower() in taken:
            number += 1
            end = f"-{number}"
            name = wanted[: LONGEST_SHEET_NAME - len(end)] + end
        taken.add(name.lower())
        names.append(name)
    return names
