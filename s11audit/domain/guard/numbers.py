"""Numbers that belong to one person: NHS, pupil, National Insurance and telephone numbers.

Each is found with whatever people put between its digits: spaces, hyphens, dots, a line's end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from s11audit.domain.guard.kinds import Certainty, Hit, Kind

# Between two characters of a number: at most this much, so that sums and lists are left alone.
_GAP = r"(?:[ \t]{0,3}[-./_][ \t]{0,3}|[ \t]{0,3}\n[ \t]{0,3}|[ \t]{1,3})?"
_DIGIT = "[0-9OoIl|]"
_BEFORE = r"(?<![0-9£$€%#/])(?<![0-9][.,/:-])"
_AFTER = r"(?![0-9])(?![.,:/-][0-9])(?!%)"

_TEN = re.compile(
    rf"(?<![A-Za-z0-9£$€]){_DIGIT}(?:{_GAP}{_DIGIT}){{9}}(?![A-Za-z0-9])(?![.,:/-][0-9])"
)
_GLUED = re.compile(r"(?i)(?:nhs|no|number|num)[:#.]?([0-9]{10})(?![0-9])")
_AFTER_NHS = re.compile(r"(?i)\bnhs\b[^.\n0-9]{0,30}$")
_AFTER_PHONE = re.compile(
    r"(?i)\b(?:tel|telephone|phone|mobile|mob|call|called|ring|rang|text|fax|cell)\b[^.\n0-9]{0,20}$"
)
_AFTER_COUNTRY = re.compile(r"(?:\+|00)[ ]?44\)?[ .-]*(?:\(0\))?[ .-]*$")
_LETTERS_AS_DIGITS = str.maketrans("OoIl|", "00111")

# Digits together, or as they stand on letters of the NHS; others may be several numbers in a row.
_USUAL_GROUPS = ((10,), (3, 3, 4), (3, 7), (6, 4))
_MOST_LINES = 2

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN = re.compile(
    rf"(?i)(?<![A-Z0-9])[{_UPN_LETTERS}](?:{_GAP}{_DIGIT}){{11}}{_GAP}[0-9{_UPN_LETTERS}](?![A-Z0-9])"
)
_AFTER_UPN = re.compile(r"(?i)\b(?:upn|pupil (?:no|number|ref(?:erence)?|id))\b[^.\n]{0,20}$")

_NI = re.compile(
    rf"(?i)(?<![A-Z0-9])[A-CEGHJ-PR-TW-Z]{_GAP}[A-CEGHJ-NPR-TW-Z]"
    rf"(?:{_GAP}{_DIGIT}){{6}}{_GAP}[A-D](?![A-Z0-9])"
)
_NO_NI = frozenset({"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"})

_UK_PHONE = re.compile(
    rf"{_BEFORE}(?<![A-Za-z])"
    rf"(?P<code>(?:\(?(?:\+|00)[ ]?44\)?{_GAP}(?:\(0\){_GAP})?|\(?[0Oo]{_GAP}))"
    rf"(?P<rest>\(?[1-9I](?:\)?{_GAP}\(?{_DIGIT}){{8,9}}\)?){_AFTER}(?![A-Za-z])"
)
_ABROAD = re.compile(
    r"(?<![0-9A-Za-z+])\+(?!44)[1-9][0-9]{0,2}(?:[ ().-]{0,2}[0-9]){7,12}(?![0-9])"
)
# Helplines and switchboards: a number of a service says nothing about a child.
_PUBLIC = ("3", "8", "9")
_DATE = re.compile(r"[0-3]?[0-9]([ ./-])[01]?[0-9]\1(?:19|20)[0-9]{2}\b")
_COUNTING = ("0123456789", "1234567890", "12345678910", "9876543210", "10987654321")


def nhs_numbers(text: str) -> Iterator[Hit]:
    """Ten digits whose last one checks the others; one that fails only beside the word NHS."""
    for match in _TEN.finditer(text):
        digits = _digits(match[0])
        if _AFTER_COUNTRY.search(text, max(0, match.start() - 12), match.start()):
            continue
        near_nhs = bool(_AFTER_NHS.search(text, 0, match.start()))
        if _is_no_number(match[0], digits):
            continue
        if not is_nhs_number(digits):
            if near_nhs:
                yield _hit(Kind.NHS_NUMBER, match.span(), Certainty.LIKELY)
            continue
        if not near_nhs and _is_rather_a_phone(text, match, digits):
            continue
        sure = near_nhs or _groups(match[0]) in _USUAL_GROUPS
        certainty = Certainty.CERTAIN if sure else Certainty.LIKELY
        yield _hit(Kind.NHS_NUMBER, match.span(), certainty)
    for match in _GLUED.finditer(text):
        if is_nhs_number(match[1]):
            yield _hit(Kind.NHS_NUMBER, match.span(1), Certainty.CERTAIN)


def _is_no_number(shown: str, digits: str) -> bool:
    """Whether it is letters after all, a row that counts, or a column of figures."""
    is_row = digits in _COUNTING or len(set(digits)) == 1
    return _mostly_letters(shown) or is_row or shown.count("\n") >= _MOST_LINES


def is_nhs_number(digits: str) -> bool:
    """Whether the last of ten digits is the check digit of the nine before it (modulus 11)."""
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)
    )
    check = (11 - total % 11) % 11
    return len(digits) == 10 and check != 10 and check == int(digits[9])


def pupil_numbers(text: str) -> Iterator[Hit]:
    """A check letter, eleven digits, and a digit or, while it is temporary, a letter."""
    for match in _UPN.finditer(text):
        whole = re.sub(r"[^0-9A-Za-z|]", "", match[0])
        number = whole[0].upper() + _digits(whole[1:12]) + whole[12].upper()
        if is_pupil_number(number):
            yield _hit(Kind.UPN, match.span(), Certainty.CERTAIN)
        elif _AFTER_UPN.search(text, 0, match.start()):
            yield _hit(Kind.UPN, match.span(), Certainty.LIKELY)


def is_pupil_number(number: str) -> bool:
    """Whether the letter in front checks the twelve characters behind it."""
    values = [int(one) if one.isdigit() else _UPN_LETTERS.find(one.upper()) for one in number[1:]]
    total = sum(value * weight for value, weight in zip(values, range(2, 14), strict=False))
    return len(number) == 13 and -1 not in values and _UPN_LETTERS[total % 23] == number[0].upper()


def insurance_numbers(text: str) -> Iterator[Hit]:
    """Two letters, six digits and a letter from A to D."""
    for match in _NI.finditer(text):
        whole = re.sub(r"[^0-9A-Za-z|]", "", match[0])
        if whole[:2].upper() in _NO_NI or _mostly_letters(whole[2:8]):
            continue
        certainty = Certainty.CERTAIN if whole[:2].isupper() else Certainty.LIKELY
        yield _hit(Kind.NATIONAL_INSURANCE, match.span(), certainty)


def phone_numbers(text: str) -> Iterator[Hit]:
    """Mobile and other numbers of the United Kingdom, and those of other countries after a plus."""
    for match in _UK_PHONE.finditer(text):
        number = _digits(match["rest"])
        if _is_no_number(match[0], f"0{number}") or _DATE.match(match[0]):
            continue
        has_prefix = "44" in match["code"]
        near = has_prefix or bool(_AFTER_PHONE.search(text, 0, match.start()))
        if not near and not _is_whole(number, match[0]):
            continue
        public = number.startswith(_PUBLIC)
        certainty = Certainty.POSSIBLE if public else Certainty.CERTAIN
        yield _hit(Kind.PHONE, match.span(), certainty)
    for match in _ABROAD.finditer(text):
        yield _hit(Kind.PHONE, match.span(), Certainty.LIKELY)


def _is_whole(number: str, shown: str) -> bool:
    """Whether digits without a country's code are as many as a number has, in groups like one's."""
    if len(number) == 9:  # some old exchanges, and never written digit by digit
        return number.startswith("1") and not _is_scattered(shown)
    is_mobile = number.startswith("7") and not re.match(r"\(?[0Oo][^0-9]", shown)
    return len(number) == 10 and (is_mobile or not _is_scattered(shown))


def _is_rather_a_phone(text: str, match: re.Match[str], digits: str) -> bool:
    return digits.startswith("01") and bool(_AFTER_PHONE.search(text, 0, match.start()))


def _is_scattered(shown: str) -> bool:
    """Whether the digits stand one by one, as in a row of a table."""
    return max(_groups(shown)) <= 2


def _groups(shown: str) -> tuple[int, ...]:
    """How many digits stand together, one after another."""
    return tuple(len(group) for group in re.findall(r"[0-9OoIl|]+", shown))


def _digits(shown: str) -> str:
    return re.sub("[^0-9]", "", shown.translate(_LETTERS_AS_DIGITS))


def _mostly_letters(shown: str) -> bool:
    return sum(one in "OoIl|" for one in shown) > 3


def _hit(kind: Kind, span: tuple[int, int], certainty: Certainty) -> Hit:
    return Hit(kind, *span, certainty)
