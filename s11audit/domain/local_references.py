"""What may stand in a list that cases are drawn from: references, and nothing that names a child.

`fault_of_reference` is the one place that says what a reference looks like. No message repeats
what was typed, as it may be what must not be kept.
"""

from __future__ import annotations

import re
from datetime import date

LONGEST_REFERENCE = 20
LONGEST_VALUE = 40
MOST_DIGITS = 8
MOST_LETTERS = 6
_USE = "Use the reference of your own system"
_REFERENCE = re.compile(r"[A-Za-z0-9_-]+")
_VALUE = re.compile(r"[\w .,+&()/<>≤≥–’'-]+")
_NHS_NUMBER = re.compile(r"(?<!\d)\d{3}[ _-]?\d{3}[ _-]?\d{4}(?!\d)")
_PHONE = re.compile(r"(?<!\d)0(?:[ _-]?\d){9,10}(?!\d)")
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?[ _-]?\d[A-Z]{2}", re.IGNORECASE)
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[-_/. ](\d{1,2})[-_/. ](\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_/. ](\d{1,2})[-_/. ](\d{1,2})(?!\d)")
_DAY_FIRST_EIGHT = re.compile(r"(?<!\d)(\d{2})(\d{2})((?:19|20)\d{2})(?!\d)")
_YEAR_FIRST_EIGHT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_WITH_MONTH = re.compile(rf"\d{{1,2}}[-_/. ]{_MONTH}\b|\b{_MONTH}[-_/. ]\d{{1,4}}", re.IGNORECASE)


def fault_of_reference(text: str) -> str:
    """What is wrong with a reference and what would be right; nothing where it may be kept."""
    if not text:
        return "There is no reference on this line"
    if found := _what_it_looks_like(text):
        return f"This looks like {found}. {_USE}, such as EH-01234"
    if not any(one.isdigit() for one in text):
        return f"This has no digit in it, so it may be a name. {_USE}, such as EH-01234"
    if not _REFERENCE.fullmatch(text):
        return "Use letters, digits, hyphens and underscores only, without spaces"
    if len(text) > LONGEST_REFERENCE:
        return f"This is longer than {LONGEST_REFERENCE} characters. Use a shorter reference"
    if re.search(rf"\d{{{MOST_DIGITS + 1}}}", text):
        return f"Use at most {MOST_DIGITS} digits in a row: longer numbers are those of a person"
    if re.search(rf"[A-Za-z]{{{MOST_LETTERS + 1}}}", text):
        return f"Use at most {MOST_LETTERS} letters in a row: longer ones may be a name"
    return ""


def fault_of_value(text: str) -> str:
    """The same of an age band, a team or a type of plan, each of which may be left out."""
    if not text:
        return ""
    if found := _what_it_looks_like(text):
        return f"This looks like {found}. Write an age band as “10 to 15”, or leave this out"
    if len(text) > LONGEST_VALUE:
        return f"Shorten this to {LONGEST_VALUE} characters"
    if not _VALUE.fullmatch(text):
        return "Use letters, digits and spaces only"
    return ""


def _what_it_looks_like(text: str) -> str:
    if "@" in text:
        return "an e-mail address"
    if _is_date(text):
        return "a date"
    if _NHS_NUMBER.search(text):
        return "an NHS number"
    if _PHONE.search(text):
        return "a telephone number"
    if _POSTCODE.fullmatch(text):
        return "a postcode"
    return ""


def _is_date(text: str) -> bool:
    """Whether there is a day of the calendar in it, in whichever way people write one."""
    if _WITH_MONTH.search(text):
        return True
    found = [*_YEAR_FIRST.findall(text), *_YEAR_FIRST_EIGHT.findall(text)]
    for pattern in (_DAY_FIRST, _DAY_FIRST_EIGHT):
        found += [(year, month, day) for day, month, year in pattern.findall(text)]
    return any(_is_day(*parts) for parts in found)


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(day))
    except ValueError:
        return False
    return True
