"""What somebody put into a box of a form, as they would have typed it on the website.

Spreadsheets turn what is typed into numbers, dates and truths, and give back labels, not codes.
What means the same is taken; what could mean something else is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from s11audit.domain.dates import long_date
from s11audit.domain.question_types import WrongValueError, type_of
from s11audit.domain.questionnaire import Question
from s11audit.exports.forms.boxes import Accepts
from s11audit.exports.forms.stamp import tidy

FORMULA = "This is a formula, and a form takes none. Type the answer itself"
ERROR = "This is an error of the spreadsheet, not an answer. Type the answer itself"
NO_TICK = "Write Yes here, or leave this empty"

_YES = frozenset({"yes", "y", "x", "true", "1", "✓", "✔"})
_NO = frozenset({"no", "n", "false", "0", "-"})
_DAYS = ("%d %B %Y", "%d %b %Y", "%A %d %B %Y", "%Y/%m/%d")
_MONTHS = ("%B %Y", "%b %Y", "%B, %Y", "%b-%Y")


@dataclass(frozen=True)
class BoxCell:
    """What stands in a box: the place of its cell, and its kind and text as they were read.

    The kind is one of those of `read_cells`, or "" where nothing stands there.
    """

    place: str
    kind: str = ""
    text: str = ""

    @property
    def is_empty(self) -> bool:
        return self.kind != "formula" and not tidy(self.text)


def typed_text(question: Question, accepts: Accepts, cell: BoxCell) -> str:
    """What a person would type for this cell of a question, or of a column of a table.

    "" where the box is empty; raises WrongValueError where the cell cannot be taken.
    """
    if cell.kind == "formula":
        raise WrongValueError(FORMULA)
    if cell.kind == "error":
        raise WrongValueError(ERROR)
    text = tidy(cell.text)
    return _TYPED[accepts](question, cell.kind, text) if text else ""


def is_ticked(cell: BoxCell) -> bool:
    """Whether Yes is chosen; raises WrongValueError for anything but that, No and nothing."""
    if cell.kind in ("formula", "error"):
        raise WrongValueError(FORMULA if cell.kind == "formula" else ERROR)
    said = tidy(cell.text).casefold()
    if said and said not in _YES | _NO:
        raise WrongValueError(NO_TICK)
    return said in _YES


def _text(_question: Question, kind: str, text: str) -> str:
    """A text, also where the spreadsheet has made a date of it."""
    if kind != "date":
        return text
    day = _iso_day(text)
    return long_date(day) if day else text


def _choice(question: Question, _kind: str, text: str) -> str:
    """The code whose label, or which itself, stands here; what is neither goes on as it is."""
    question_type = type_of(question)
    codes = question_type.codes(question) or ()
    said = _folded(text)
    by_label = {_folded(question_type.shown(question, code)): code for code in codes}
    return by_label.get(said) or next((code for code in codes if _folded(code) == said), text)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _number(question: Question, kind: str, text: str) -> str:
    if kind == "date":
        raise WrongValueError("This is a date. Enter a number, in figures only")
    if kind == "truth":
        raise WrongValueError("Enter a number, in figures only")
    unit = question.unit
    return text[: -len(unit)].strip() if unit and text.endswith(unit) else text


def _day(_question: Question, kind: str, text: str) -> str:
    if kind == "number":
        raise WrongValueError("This is a number. Enter a date, such as 27/3/2026")
    day = _iso_day(text) or _named_day(text, _DAYS)
    return day.isoformat() if day else text


def _month(_question: Question, kind: str, text: str) -> str:
    if kind == "number":
        raise WrongValueError("This is a number. Enter the first day of the month, as 1/3/2026")
    day = _iso_day(text) or _named_day(text, (*_DAYS, *_MONTHS, "%d/%m/%Y", "%d.%m.%Y"))
    return f"{day:%Y-%m}" if day else text


def _iso_day(text: str) -> date | None:
    """The day that the reader of cells, or a person, has written as 2026-03-27, perhaps a time."""
    try:
        return date.fromisoformat(text.replace("T", " ").partition(" ")[0])
    except ValueError:
        return None


def _named_day(text: str, ways: tuple[str, ...]) -> date | None:
    for way in ways:
        try:
            return datetime.strptime(text, way).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


_TYPED: dict[Accepts, Callable[[Question, str, str], str]] = {
    Accepts.TEXT: _text,
    Accepts.CHOICE: _choice,
    Accepts.NUMBER: _number,
    Accepts.MONEY: _number,
    Accepts.DATE: _day,
    Accepts.MONTH: _month,
}
