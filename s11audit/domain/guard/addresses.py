"""Where somebody lives or is reached: postcodes and e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s11audit.domain.guard.kinds import Certainty, Hit, Kind

_AREAS = frozenset(
    re.findall(
        "[A-Z]+",
        "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH "
        "DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT "
        "KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG "
        "RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD "
        "WF WN WR WS WV YO ZE",
    )
)
_GAP = r"(?:[ \t]{0,3}[-._]?[ \t]{0,3}|[ \t]*\n[ \t]*)"
_POSTCODE = re.compile(
    rf"(?i)(?<![A-Z0-9])(?P<area>[A-Z]{{1,2}})[ ]?(?P<district>[0-9OI][0-9A-Z]?)(?P<gap>{_GAP})"
    r"(?P<inward>[0-9OI][ABD-HJLNP-UW-Z]{2})(?![A-Z0-9])"
)
_SPACED = re.compile(
    r"(?<![A-Z0-9])(?P<outward>[A-Z](?: [A-Z])?(?: [0-9]){1,2})[ ]{1,3}"
    r"(?P<inward>[0-9](?: [ABD-HJLNP-UW-Z]){2})(?![A-Z0-9])"
)
_ORDINAL = re.compile(r"[0-9](?:st|nd|rd|th|hr|pl)")

_LABEL = r"[A-Z0-9](?:[A-Z0-9-]*[A-Z0-9])?"
_LOCAL = r"[A-Z0-9][A-Z0-9._%+'-]{0,63}"
_EMAIL = re.compile(
    rf"(?i)(?<![A-Z0-9._%+'-]){_LOCAL}@(?:\[?{_LABEL}\.)+[A-Z]{{2,24}}(?![A-Z0-9@])"
)
_TOP = (
    "uk|org|com|net|info|gov|edu|ac|eu|io|me|co|biz|scot|wales|cymru|london|ie|fr|de|pl|ro|us"
    "|example"
)
_AT = (
    r"(?:[ \t]*[\[({<][ \t]*(?:at|@)[ \t]*[\])}>][ \t]*|[ \t]+at[ \t]+"
    r"|[ \t]*\n?[ \t]*@[ \t]*\n?[ \t]*)"
)
_DOT = r"(?:[ \t]*[\[({<][ \t]*(?:dot|\.)[ \t]*[\])}>][ \t]*|[ \t]+dot[ \t]+|[ \t]*\.[ \t]*)"
_MAY_BE_SPELT = re.compile(r"(?i)@|\bdot\b|[\[({<] ?at\b|\bat [a-z0-9-]+\.[a-z]")
_SPELT = re.compile(
    rf"(?i)(?<![A-Z0-9._%+'@-])(?P<local>[A-Z0-9](?:[A-Z0-9_%+'-]|{_DOT}(?=[A-Z0-9])){{0,63}}?)"
    rf"(?P<at>{_AT})(?P<domain>{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}?{_DOT}(?:{_TOP}))(?![A-Z0-9@])"
    rf"(?:{_DOT}(?:{_TOP})(?![A-Z0-9]))?"
)


def postcodes(text: str) -> Iterator[Hit]:
    """Full postcodes; the first half alone names an area and nobody's house."""
    for match in _POSTCODE.finditer(text):
        shown = match[0]
        if match["area"].upper() not in _AREAS:
            continue
        if _ORDINAL.fullmatch(match["inward"]):
            continue  # `the M25 3rd exit`
        if "\n" in match["gap"] and not shown.isupper():
            continue
        plain = match["district"][0].isdigit() and match["inward"][0].isdigit()
        if not plain and (not shown.isupper() or not re.search(r"\d", shown)):
            continue  # letters that look like digits, in a word
        sure = plain and (shown.isupper() or not match["area"].islower())
        yield Hit(Kind.POSTCODE, *match.span(), Certainty.CERTAIN if sure else Certainty.LIKELY)
    for match in _SPACED.finditer(text):
        if re.sub("[^A-Z]", "", match["outward"]) in _AREAS:
            yield Hit(Kind.POSTCODE, *match.span(), Certainty.LIKELY)


def email_addresses(text: str) -> Iterator[Hit]:
    """Addresses as they are, and as people disguise them: `name at example dot org`."""
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Hit(Kind.EMAIL, *match.span(), Certainty.CERTAIN)
    for match in _SPELT.finditer(text) if _MAY_BE_SPELT.search(text) else ():
        if _is_disguised(match):
            yield Hit(Kind.EMAIL, *match.span(), Certainty.LIKELY)


def _is_disguised(match: re.Match[str]) -> bool:
    """Whether it is more than two words around “at”, or the end of one sentence and the next."""
    at, domain = match["at"].strip(), match["domain"].lower()
    spells_dots = bool(re.search(r"\bdot\b|[\[({<]", domain))
    if at.lower() == "at":
        return spells_dots or ("." in domain and not re.search(r"\.[ \t]", domain))
    return True
