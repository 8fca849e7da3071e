"""A plain list of questions, as CSV → a questionnaire to begin with."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from s11audit.domain.questionnaire import Kind
from s11audit.questionnaires.authoring.cell_words import WordsError, id_from, put, value_of
from s11audit.questionnaires.authoring.key_forms import Form, KeyForm, forms_of
from s11audit.questionnaires.authoring.places import Places
from s11audit.questionnaires.authoring.workbook_reading import checked_yaml
from s11audit.questionnaires.faults import QuestionnaireFaultsError, quote, repeated, suggest
from s11audit.questionnaires.parts import ScaleLibrary
from s11audit.questionnaires.schema import QuestionnairePart, QuestionPart
from s11audit.questionnaires.source import LARGEST_FILE, Items, Section, control_character

STANDARD, ASK = "standard", "ask"
COLUMNS = (STANDARD, "id", "title", "type", "scale", ASK, "help", "required", "options")
DEFAULT_SCALE = "met-partly-not-met"
MOST_ROWS = 5_000
LONGEST_ID = 40
# Words that an id can do without.
_SMALL = frozenset(
    re.findall(
        "[a-z]+",
        "a an and any are as at be been by can do does each every for from has have how if in into "
        "is it its of on one or our so such than that the their them they this to was what when "
        "where which who with you your ",
    )
)

Record = dict[str, tuple[str, int]]
"""Column → text and the number of its place."""


def read_list(
    raw: bytes, name: str, head: dict[str, str], library: ScaleLibrary | None = None
) -> str:
    """The text of a YAML file that asks the questions of this list.

    `head` has the keys of the questionnaire itself: `questionnaire`, `version` and `title`, and
    others if need be. Raises QuestionnaireFaultsError: its faults name the file as `name`, and row
    and column.
    """
    places = Places(name, "the list")
    try:
        root = _tree(raw, head, places)
        places.faults.raise_if_any()
        return checked_yaml(root, places, library)
    except QuestionnaireFaultsError as error:
        raise places.named(error) from error


def _tree(raw: bytes, head: dict[str, str], places: Places) -> Section:
    root = Section(1)
    head = {"kind": Kind.SELF_ASSESSMENT.value} | head
    for key in forms_of(QuestionnairePart):
        if key in head:
            put(root, key, head[key], 1)
    standards: dict[str, Section] = {}
    ids = {"": _NewIds()}  # of the standards, and then of each standard’s questions
    for record in _records(_text(raw, places), places):
        title, line = record.get(STANDARD, ("", 0))
        if title and title not in standards:
            standards[title] = _standard(title, line, ids[""])
            ids[standards[title]["id"]] = _NewIds()
        elif not title and not standards:
            places.add(next(iter(record.values()))[1], "the first question has no standard")
            break
        # A question without a standard belongs to that of the question above it.
        standard = standards[title] if title else next(reversed(standards.values()))
        _add_question(standard["questions"], record, ids[standard["id"]], places)
    listed = Items(1)
    for standard in standards.values():
        listed.append(standard)
        listed.lines.append(standard.line)
    put(root, "standards", listed, 1)
    return root


def _text(raw: bytes, places: Places) -> str:
    """The text of the list; raises QuestionnaireFaultsError for what is no text."""
    if len(raw) > LARGEST_FILE:
        places.add(1, f"the file is larger than {LARGEST_FILE:,} bytes; no list of questions is")
    elif raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        places.add(1, "this is a workbook, not a CSV file: save it as CSV, or use from-xlsx")
    places.faults.raise_if_any()
    return spreadsheet_text(raw)


def spreadsheet_text(raw: bytes) -> str:
    """The text of bytes that a spreadsheet wrote: UTF-8, UTF-16 or, where it is neither, Windows’.

    What can be read in none of them is replaced by `\ufffd`.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _records(text: str, places: Places) -> Iterator[Record]:
    """The rows that have anything in them, by column."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
    columns: list[str] = []
    try:
        for number, row in enumerate(rows, 1):
            if number > MOST_ROWS:
                places.add(places.line(f"row {number}"), f"there are more than {MOST_ROWS:,} rows")
                return
            if not any(cell.strip() for cell in row):
                continue
            if not columns:
                columns = _columns(row, number, places)
            elif record := _record(row, number, columns, places):
                yield record
    except csv.Error as error:
        places.add(places.line(f"row {rows.line_num}"), f"this is not CSV: {error}")
    if not columns:
        places.add(1, "the file is empty")


def _columns(row: list[str], number: int, places: Places) -> list[str]:
    """The key of each column, as the first row names it."""
    named = [" ".join(cell.lower().split()) for cell in row]
    columns = [ASK if name == "question" else name for name in named]
    line = places.line(f"row {number}")
    for name in dict.fromkeys(columns):
        if name and name not in COLUMNS:
            known = suggest(name, [*COLUMNS, "question"])
            places.add(line, f"unknown column {quote(name)}: {known}")
    for key in (STANDARD, ASK):
        if key not in columns:
            called = "question" if key == ASK else key
            places.add(line, f"the column “{called}” is missing in the first row")
    for at, name, _ in repeated((name, line) for name in columns if name):
        places.add(at, f"column {quote(name)} is here twice")
    places.faults.raise_if_any()
    return columns


def _record(row: list[str], number: int, columns: list[str], places: Places) -> Record:
    record: Record = {}
    for at, cell in enumerate(row):
        text = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
        if not text:
            continue
        name = columns[at] if at < len(columns) else ""
        called = "question" if name == ASK else name
        line = places.line(f"row {number}, column {called or at + 1}")
        if not name:
            places.add(line, "this column has no name in the first row")
        elif wrong := control_character(text):
            places.add(line, wrong)
        else:
            record[name] = (text, line)
    return record


def _standard(title: str, line: int, ids: _NewIds) -> Section:
    standard = Section(line)
    put(standard, "id", ids.of(title, "standard"), line)
    put(standard, "title", title, line)
    put(standard, "questions", Items(line), line)
    return standard


def _add_question(questions: Items, record: Record, ids: _NewIds, places: Places) -> None:
    if ASK not in record:
        line = next(iter(record.values()))[1]
        places.add(line, "there is no question in this row")
        return
    line = record[ASK][1]
    words = record.get("title", record[ASK])[0]
    made = {
        "id": ids.of(words, "question"),
        "type": "choice" if "options" in record else "rating",
    }
    if record.get("type", (made["type"], 0))[0] == "rating":
        made["scale"] = DEFAULT_SCALE
    question = Section(line)
    forms = forms_of(QuestionPart)
    for key in (key for key in forms if key in COLUMNS):
        text, at = record.get(key, (made.get(key, ""), line))
        if text:
            _put(question, forms[key], text, at, places)
    questions.append(question)
    questions.lines.append(line)


def _put(question: Section, form: KeyForm, text: str, line: int, places: Places) -> None:
    if form.form is Form.TEXT:
        put(question, form.key, text.lower() if form.choices else text, line)
        return
    try:
        put(question, form.key, value_of(text.replace(";", "\n"), form, line), line)
    except WordsError as error:
        places.add(line, str(error))


class _NewIds:
    """Ids made of words, no two of them alike."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}  # how often each was wanted or made

    def of(self, words: str, otherwise: str) -> str:
        """An id made of the words that matter."""
        plain = id_from(words, longest=10 * LONGEST_ID)
        telling = "-".join(word for word in plain.split("-") if word not in _SMALL)
        wanted = id_from(telling or plain, LONGEST_ID) or otherwise
        number = self._numbers.get(wanted, 0) + 1
        while number > 1 and f"{wanted}-{number}" in self._numbers:
            number += 1
        id_ = wanted if number == 1 else f"{wanted}-{number}"
        self._numbers[wanted] = number
        self._numbers.setdefault(id_, 1)
        return id_
