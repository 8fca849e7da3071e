"""Full dates: certainly of birth where words say so, otherwise merely possible.

A month and a year identify nobody and are what a chronology should use, so they are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from s11audit.domain.guard.kinds import Certainty, Hit, Kind

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    "oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:(?:19|20)[0-9]{2}|'?[0-9]{2})"
_LONG_YEAR = r"(?:19|20)[0-9]{2}"
_ORDINAL = r"(?:[ ]?(?:st|nd|rd|th))?"
_SEPARATOR = r"[ \t]{0,2}[./\\-][ \t\n]{0,2}"
_DATE = re.compile(
    rf"(?i)(?<![0-9A-Za-z./-])(?=[0-9])(?:"
    rf"(?P<figures>{_DAY}(?P<sep>{_SEPARATOR}){_MONTH}{_SEPARATOR}{_YEAR})(?![0-9]|[./-][0-9])"
    rf"|{_LONG_YEAR}[-/.]{_MONTH}[-/.]{_DAY}(?![0-9])"
    rf"|{_DAY}[ ]{_MONTH}[ ]{_LONG_YEAR}(?![0-9])"
    rf"|{_DAY}{_ORDINAL}(?:[ \t]+of)?[ \t\n./,-]{{0,3}}(?:{_MONTHS})\b"
    rf"[ \t\n./,-]{{0,3}}{_YEAR}(?![0-9])"
    r")"
)
_MONTH_FIRST = re.compile(
    rf"(?i)\b(?:{_MONTHS})\b[ \t]{{0,2}}{_DAY}{_ORDINAL},?[ \t\n]{{1,2}}{_YEAR}(?![0-9])"
)
_DIGITS = re.compile(rf"(?<![0-9])(?:{_DAY}){{1}}(?:0[1-9]|1[0-2]){_LONG_YEAR}(?![0-9])")
_PARTIAL = re.compile(rf"(?i)(?<![0-9A-Za-z]){_DAY}{_ORDINAL}(?:[ \t]+of)?[ \t]+(?:{_MONTHS})\b")
_SAYS_BIRTH = re.compile(
    r"(?i)(?:\bd[ ]?[./]?[ ]?o[ ]?[./]?[ ]?b\b\.?|\bdate[ -]of[ -]birth\b|\bbirth[ -]?da(?:te|y)\b"
    r"|\bborn\b|\bd[ ]?of[ ]?b\b|(?<![\w.])b\.(?=[ ]?$))"
    r"(?P<between>[^.!?;\n]{0,45}?|[ :]*\n[ \t]*)$"
)
_SAYS_AGE = re.compile(
    r"(?i)\b(?:aged?|turned|turns|turning)\b[ :]*(?:[0-9]{1,2}|$)[^.!?;\n]{0,12}$"
)
_THEN_BIRTH = re.compile(
    r"(?i)^[ ,]{0,2}[(\[]?[ ]?(?:d[./]?o[./]?b\b|date of birth|birth ?date|birthday|was born"
    r"|is (?:his|her|their) (?:birthday|date of birth|dob))"
)
_AFTER_PERSON = re.compile(
    r"(?i)\b(?:child|baby|boy|girl|son|daughter|sibling|brother|sister|twin|infant|pupil|patient|subject)"
    r"[ ]?[(,\[][ ]?$"
)
_NEAR = 70
_SHORT = 12


def birth_dates(text: str) -> Iterator[Hit]:
    """Dates with a day, month and year, as sure as the words beside them make us."""
    for match in chain(_DATE.finditer(text), _MONTH_FIRST.finditer(text), _DIGITS.finditer(text)):
        certainty = _certainty(text, *match.span())
        if match.re is _DIGITS and certainty is Certainty.POSSIBLE:
            continue  # eight digits are seldom a date
        yield Hit(Kind.BIRTH_DATE, *match.span(), certainty)
    for match in _PARTIAL.finditer(text):
        before = text[max(0, match.start() - _NEAR) : match.start()]
        said = _SAYS_BIRTH.search(before)
        if said and len(said["between"]) <= _SHORT:
            yield Hit(Kind.BIRTH_DATE, *match.span(), Certainty.LIKELY)


def _certainty(text: str, start: int, end: int) -> Certainty:
    before = text[max(0, start - _NEAR) : start]
    after = text[end : end + 30]
    if _SAYS_BIRTH.search(before) or _THEN_BIRTH.search(after):
        return Certainty.CERTAIN
    if _SAYS_AGE.search(before) or _AFTER_PERSON.search(before):
        return Certainty.LIKELY
    return Certainty.POSSIBLE
