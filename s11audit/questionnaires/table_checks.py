"""What the rows and columns of a table must agree on."""

from __future__ import annotations

from s11audit.domain.question_types import ROW
from s11audit.questionnaires.answered_checks import add_repeated_names
from s11audit.questionnaires.faults import FaultCollector, quote, repeated
from s11audit.questionnaires.parts import Part, QuestionParts
from s11audit.questionnaires.schema import QuestionPart

MOST_COLUMNS = 10
MOST_ROWS = 100


def add_table_faults(table: QuestionParts, faults: FaultCollector) -> None:
    """Add what is wrong with the shape of a table; each column is looked at on its own."""
    _add_column_faults(table, faults)
    question = table.part
    fixed = question.values.rows
    if "rows" not in question.broken:
        names = [(row.id, row.label) for row in fixed]
        add_repeated_names(question, "rows", "row", names, faults)
    if len(fixed) > MOST_ROWS:
        faults.add(question.line("rows"), f"a table has {MOST_ROWS} rows at the most")
    for key in ("min-rows", "max-rows"):
        if question.has("rows") and question.has(key):
            faults.add(
                question.line(key), f"a table with rows of its own has no {key}: leave one out"
            )
    add_list_faults(question, faults)


def add_list_faults(question: Part[QuestionPart], faults: FaultCollector) -> None:
    """Add what is wrong with the least and the most rows."""
    least, most = question.values.min_rows, question.values.max_rows
    if most and not 1 <= int(most) <= MOST_ROWS:
        faults.add(question.line("max-rows"), f"max-rows can be 1 to {MOST_ROWS}")
    elif int(least or 0) > int(most or MOST_ROWS):
        faults.add(question.line("min-rows"), f"min-rows is above {most or MOST_ROWS}, the most")


def _add_column_faults(table: QuestionParts, faults: FaultCollector) -> None:
    question, columns = table.part, table.columns
    if "columns" in question.broken:
        return
    if not question.section.get("columns"):
        faults.add(question.line("columns"), "a table needs the key “columns” with one or more")
    if len(columns) > MOST_COLUMNS:
        faults.add(question.line("columns"), f"a table has {MOST_COLUMNS} columns at the most")
    for key in ("id", "title"):
        placed = [
            (column.section[key], column.line(key))
            for column in columns
            if column.has(key) and key not in column.broken
        ]
        for line, word, first in repeated(placed):
            faults.add(
                line, f"column {key} {quote(word)} is here twice: line {first} has it already"
            )
    for column in columns:
        if column.id == ROW:
            faults.add(column.line("id"), f"a column cannot have the id {quote(ROW)}; rename it")
