"""Made-up numbers and addresses of persons, valid ones, in the ways that people write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from s11audit.domain.guard import Kind
from s11audit.domain.guard.numbers import is_nhs_number, is_pupil_number

Spelt = tuple[str, str]
"""A value as it is written, and what that way is called."""

_FIRST_DAY = date(2006, 1, 1)
_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_AREAS = ["AB", "B", "BN", "CF", "E", "EH", "LE", "LS", "M", "NE", "PO", "RH", "SE", "TN", "YO"]
_WIDE = {ord(one): ord(one) + 0xFEE0 for one in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ@."}
_ARABIC = {ord("0") + digit: 0x0660 + digit for digit in range(10)}
_MONTHS = "January February March April May June July August September October November December"


def _spelt(groups: list[str], random: Random) -> Spelt:
    """The parts of a number, joined and disguised in one of many ways."""
    spelling = random.choice(sorted(_SPELLINGS))
    return _SPELLINGS[spelling](groups), spelling


_SPELLINGS: dict[str, Callable[[list[str]], str]] = {
    "together": "".join,
    "spaced": " ".join,
    "hyphenated": "-".join,
    "dotted": ".".join,
    "no-break spaces": "\u00a0".join,
    "thin spaces": "\u2009".join,
    "en dashes": "\u2013".join,
    "two spaces": "  ".join,
    "on two lines": lambda groups: "\n".join([" ".join(groups[:-1]), groups[-1]]),
    "zero-width": lambda groups: "\u200b".join("".join(groups)),
    "zero-width and spaced": lambda groups: " ".join("\u2060".join(one) for one in groups),
    "soft hyphens": lambda groups: "\u00ad".join(groups),
    "full-width": lambda groups: " ".join(groups).translate(_WIDE),
}


def _digits(number: int, random: Random) -> str:
    return "".join(random.choice("0123456789") for _ in range(number))


def nhs_number(random: Random) -> Spelt:
    while not is_nhs_number(number := random.choice("4679") + _digits(9, random)):
        pass
    groups = [number[:3], number[3:6], number[6:]]
    if random.random() < 0.1:
        return " ".join(groups).translate(_ARABIC), "other digits"
    return _spelt(groups, random)


def pupil_number(random: Random) -> Spelt:
    body = _digits(11, random) + random.choice("0123456789A")
    number = next(one + body for one in _LETTERS if is_pupil_number(one + body))
    return _spelt([number[:4], number[4:8], number[8:]], random)


def insurance_number(random: Random) -> Spelt:
    prefix = random.choice(["AB", "CE", "JG", "LW", "PX", "SA", "TY", "WL", "ZX"])
    groups = [prefix, *(_digits(2, random) for _ in range(3)), random.choice("ABCD")]
    return _spelt(groups, random)


def birth_date(random: Random) -> Spelt:
    day = _FIRST_DAY + timedelta(days=random.randrange(7_300))
    month = _MONTHS.split()[day.month - 1]
    ways = {
        "slashes": f"{day:%d/%m/%Y}",
        "short year": f"{day:%d/%m/%y}",
        "dotted": f"{day:%d.%m.%Y}",
        "hyphenated": f"{day:%d-%m-%Y}",
        "in words": f"{day.day} {month} {day.year}",
        "ordinal": f"{day.day}{_ordinal(day.day)} of {month} {day.year}",
        "short month": f"{day.day} {month[:3]} {day:%y}",
        "month first": f"{month} {day.day}, {day.year}",
        "year first": day.isoformat(),
        "zero-width": "\u200b".join(f"{day:%d/%m/%Y}"),
        "full-width": f"{day:%d/%m/%Y}".translate(_WIDE),
        "on two lines": f"{day.day} {month}\n{day.year}",
    }
    way = random.choice(sorted(ways))
    return ways[way], way


def _ordinal(day: int) -> str:
    return "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def postcode(random: Random) -> Spelt:
    outward = random.choice(_AREAS) + str(random.randint(1, 29))
    inward = str(random.randint(0, 9)) + "".join(random.choices("ABDEFGHJLNPQRSTUWXYZ", k=2))
    if random.random() < 0.15:
        return f"{outward} {inward}".lower(), "small letters"
    return _spelt([outward, inward], random)


def phone_number(random: Random) -> Spelt:
    mobile, area = "7" + _digits(9, random), random.choice(["1273", "1323", "1424", "1903"])
    landline = _digits(6, random)
    if random.random() < 0.6:
        groups = random.choice(
            [
                ["0" + mobile[:4], mobile[4:]],
                ["0" + mobile[:4], mobile[4:7], mobile[7:]],
                ["+44 " + mobile[:4], mobile[4:]],
                ["0" + area, landline],
                ["020", "7946", "0" + _digits(3, random)],
            ]
        )
        return _spelt(groups, random)
    ways = {
        "brackets": f"(0{area}) {landline}",
        "country and nought": f"+44 (0){area} {landline}",
        "country in brackets": f"(+44) {mobile[:4]} {mobile[4:]}",
        "two noughts": f"0044 {mobile[:4]} {mobile[4:]}",
        "pairs": " ".join(("0" + mobile)[at : at + 2] for at in range(0, 11, 2)),
    }
    way = random.choice(sorted(ways))
    return ways[way], way


def email_address(random: Random) -> Spelt:
    name = random.choice(["s.jones", "mum2019", "kayleigh_b", "j-o.smith", "dad+kids", "x.y.z"])
    domain = random.choice(["example.org", "mail.example.com", "post.example.co.uk", "x-y.example"])
    words = domain.replace(".", " dot ")
    ways = {
        "plain": f"{name}@{domain}",
        "capitals": f"{name}@{domain}".upper(),
        "in words": f"{name.replace('.', ' dot ')} at {words}",
        "brackets": f"{name} (at) {domain}",
        "square brackets": f"{name}[at]{domain.replace('.', '[dot]')}",
        "zero-width": "\u200b".join(f"{name}@{domain}"),
        "full-width": f"{name}@{domain}".replace("@", "\uff20").replace(".", "\uff0e"),
        "spaced": f"{name} @ {domain}",
        "soft hyphen": f"{name}\u00ad@{domain}",
    }
    way = random.choice(sorted(ways))
    return ways[way], way


VALUES: dict[Kind, Callable[[Random], Spelt]] = {
    Kind.NHS_NUMBER: nhs_number,
    Kind.UPN: pupil_number,
    Kind.NATIONAL_INSURANCE: insurance_number,
    Kind.BIRTH_DATE: birth_date,
    Kind.POSTCODE: postcode,
    Kind.PHONE: phone_number,
    Kind.EMAIL: email_address,
}
