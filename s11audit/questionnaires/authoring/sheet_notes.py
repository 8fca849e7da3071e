"""What a workbook tells those who write a questionnaire in it."""

from __future__ import annotations

import re
from functools import cache

from s11audit import paths

# A line that begins with # is a heading.
READ_ME_LINES: tuple[str, ...] = (
    "# Write a questionnaire in this workbook",
    "Fill in the sheets, save the workbook, and turn it into a questionnaire: s11audit "
    "questionnaires from-xlsx FILE.xlsx. Everything that is wrong is listed with its sheet and "
    "cell, such as training!F7. Nothing on this sheet, on “Lists”, or on a sheet whose name begins "
    "with “Notes” is read.",
    "",
    "# The sheets",
    "Questionnaire: a key and its value in each row. Leave a value empty where there is none.",
    "Scales: a row for each level, in the order shown. Rows with the same scale belong together; "
    "title and direction stand beside its first level. A scale of the library needs no row.",
    "Standards: a row for each standard, in the order shown. “sheet” names the sheet that holds "
    "its questions; leave it empty where that has the name of the id.",
    "One sheet for each standard: a row for each question, in the order asked. To add a standard, "
    "add its row to “Standards”, copy a sheet of questions and give it the new name.",
    "Tables: a row for each column of a question of type table; “question” names it, such as "
    "training.figures.",
    "Long texts: only there where a text is too long for one cell.",
    "",
    "# The columns",
    "The first row of a sheet names its columns; rest the pointer on a name to read what it means. "
    "Columns may stand in any order, and those that you do not need may be deleted. A column whose "
    "name begins with “note” is not read, so there is room for notes of your own.",
    "",
    "# What to write in a cell",
    "Type text. A formula, or a date that the spreadsheet has changed, is refused: type an "
    "apostrophe before what should stay as it is, such as '2026-27.",
    "A line break within a cell is Alt+Enter (in LibreOffice Ctrl+Enter).",
    "Lists (good, examples) have a line for each text. Codes (for, with, in, was, dropped) stand "
    "on a line each, or with commas between them.",
    "Options and rows have a line for each: on-paper = On paper. An option that rules out the "
    "others: none = None of these | alone: yes",
    "What levels mean for one question (means) has a line for each: met = All of them are trained.",
    "Citations (cites) have a line for each: law: Children Act 2004 s11(2)(a) or guidance: Working "
    "Together | edition: 2026 | at: chapter 4 | checked: no",
    "Conditions (when) are words: leadership.has-volunteers is yes. They may be joined: "
    "a.b is not not-met and (c.d is yes or not (e.f is no)). Put brackets around what “and” joins "
    "where “or” stands beside it.",
    "Within such a line write \\n for a line break, and put a backslash before a sign that would "
    "be misread: \\| \\= \\\\ (a text in a cell of its own needs none).",
)


@cache
def meanings(chapter: str) -> dict[str, str]:
    """What each key means, as a chapter of the reference says it; empty where there is none."""
    try:
        reference = (paths.QUESTIONNAIRES / "README.md").read_text(encoding="utf-8")
    except OSError:
        return {}
    found: dict[str, str] = {}
    means = 1
    for line in _chapter(reference, chapter):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if "Means" in cells:
            means = cells.index("Means")
        elif (key := re.fullmatch("`([^`]+)`", cells[0])) and len(cells) > means:
            found.setdefault(key[1], cells[means].replace("`", "").replace("*", ""))
    return found


def _chapter(reference: str, title: str) -> list[str]:
    _, _, rest = reference.partition(f"\n### {title}\n")
    return [line for line in rest.split("\n### ")[0].splitlines() if line.startswith("|")]
