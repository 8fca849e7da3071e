"""What a spreadsheet lets people type into each box: lists to choose from, bounds, messages."""

from __future__ import annotations

from datetime import date
from typing import Any

from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from s11audit.domain.dates import long_date
from s11audit.domain.numbers import plain_number
from s11audit.exports.cells import write_text
from s11audit.exports.forms.boxes import Accepts, Box
from s11audit.exports.forms.layout import Messages

TODAY = "today"
MESSAGE_LIMIT = 255  # characters of a message in a spreadsheet
LARGEST = 999_999_999_999_999
LAST_DAY = date(9999, 12, 31)
FIRST_DAY = date(1900, 3, 1)  # spreadsheets get the months before wrong


class ChoiceLists:
    """The hidden sheet on which the lists of choices stand, each once, a column a list.

    A list written into the rule itself could hold neither a comma nor more than 255 characters.
    """

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._places: dict[tuple[str, ...], str] = {}

    def place_of(self, choices: tuple[str, ...]) -> str:
        """The cells that hold these choices."""
        if choices not in self._places:
            column = len(self._places) + 1
            for row, choice in enumerate(choices, 1):
                write_text(self._sheet.cell(row, column), choice)
            first = self._sheet.cell(1, column).column_letter
            sheet = quote_sheetname(self._sheet.title)
            self._places[choices] = f"{sheet}!${first}$1:${first}${len(choices)}"
        return self._places[choices]


class Checks:
    """The rules of one sheet; boxes that take the same share one."""

    def __init__(self, sheet: Any, lists: ChoiceLists, messages: Messages) -> None:
        self._sheet = sheet
        self._lists = lists
        self._messages = messages
        self._rules: dict[tuple[Any, ...], DataValidation] = {}

    def add(self, box: Box, cell: str, cell_before: str) -> None:
        """Let this cell take what the box does; `cell_before` has the part of a whole."""
        rule = self._rule(box, cell_before)
        key = tuple(
            rule.get(name) for name in ("type", "operator", "formula1", "formula2", "error")
        )
        if key not in self._rules:
            message = rule["error"][:MESSAGE_LIMIT]
            made = DataValidation(**{**rule, "error": message}, allow_blank=True)
            made.showErrorMessage = made.showInputMessage = True
            made.prompt = message
            self._rules[key] = made
            self._sheet.add_data_validation(made)
        self._rules[key].add(cell)

    def _rule(self, box: Box, cell_before: str) -> dict[str, Any]:
        match box.accepts:
            case Accepts.CHOICE:
                place = self._lists.place_of(box.choices)
                return {"type": "list", "formula1": place, "error": self._messages.choice}
            case Accepts.NUMBER | Accepts.MONEY:
                return self._number(box, cell_before)
            case Accepts.DATE | Accepts.MONTH:
                return self._day(box)
            case Accepts.TEXT:
                error = self._messages.text.format(longest=f"{box.longest:,}")
                return {
                    "type": "textLength",
                    "operator": "lessThanOrEqual",
                    "formula1": str(box.longest),
                    "error": error,
                }

    def _number(self, box: Box, cell_before: str) -> dict[str, Any]:
        least, most = (None if n is None else plain_number(n) for n in (box.least, box.most))
        message = self._number_message(box, least, most)
        kind = "decimal" if box.decimals else "whole"
        first, last = (bound.replace(",", "") if bound else "" for bound in (least, most))
        if box.of_whole:
            first, message = cell_before, self._messages.whole_of_part
        return {
            "type": kind,
            "operator": "between",
            "formula1": first or f"-{LARGEST}",
            "formula2": last or str(LARGEST),
            "error": f"{message}.",
        }

    def _number_message(self, box: Box, least: str | None, most: str | None) -> str:
        messages = self._messages
        if box.accepts is Accepts.MONEY:
            message = messages.money
        elif box.decimals:
            message = messages.decimal.format(decimals=box.decimals)
        else:
            message = messages.whole
        if box.unit:
            message += messages.unit.format(unit=box.unit)
        return message + _bounds(messages.between, messages.or_more, messages.or_less, least, most)

    def _day(self, box: Box) -> dict[str, Any]:
        messages = self._messages
        month = box.accepts is Accepts.MONTH
        shown = [self._in_words(limit, month) for limit in (box.earliest, box.latest)]
        message = messages.month if month else messages.date
        message += messages.from_day.format(earliest=shown[0]) if shown[0] else ""
        message += messages.to_day.format(latest=shown[1]) if shown[1] else ""
        return {
            "type": "date",
            "operator": "between",
            "formula1": _day_formula(box.earliest) if box.earliest else _serial(FIRST_DAY),
            "formula2": _day_formula(box.latest, end=True) if box.latest else _serial(LAST_DAY),
            "error": f"{message}.",
        }

    def _in_words(self, limit: str, month: bool) -> str:
        if limit in ("", TODAY):
            return self._messages.today if limit else ""
        return f"{_day(limit):%B %Y}" if month else long_date(_day(limit))


def _bounds(between: str, or_more: str, or_less: str, least: str | None, most: str | None) -> str:
    if least is not None and most is not None:
        return between.format(least=least, most=most)
    if least is not None:
        return or_more.format(least=least)
    return "" if most is None else or_less.format(most=most)


def _day(limit: str) -> date:
    """The day, or the first day of the month, that the questionnaire file has written here."""
    return date.fromisoformat(limit if len(limit) > len("2026-03") else f"{limit}-01")


def _day_formula(limit: str, *, end: bool = False) -> str:
    """The limit as a spreadsheet works it out; at the `end` a month has all its days."""
    if limit == TODAY:
        return "TODAY()"
    day = _day(limit)
    is_month = len(limit) == len("2026-03")
    return f"DATE({day.year},{day.month + 1},0)" if end and is_month else _serial(day)


def _serial(day: date) -> str:
    return f"DATE({day.year},{day.month},{day.day})"
