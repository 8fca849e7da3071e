"""Initials: `A.K.`, `J Smith`, `Mr K`, and `JB said`, where JB is no abbreviation of the work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s11audit.domain.guard.kinds import Certainty, Hit, Kind
from s11audit.domain.guard.sentences import Word
from s11audit.domain.guard.surroundings import Surroundings
from s11audit.domain.guard.words import lexicon

_DOTTED = re.compile(r"(?<![A-Za-z.])(?:[A-Z]\.[ ]?){1,2}[A-Z]\.(?![A-Za-z])")
# What is written with dots and is nobody.
_NOBODY = frozenset(["uk", "us", "gp", "po", "dob", "ad", "bc"])
_NOBODY_AT_A_START = frozenset(["nb", "ps", "eg", "ie"])
_LONGER_THAN_ABBREVIATIONS = 6
_AFTER_HOUR = re.compile(r"[0-9][ ]?$")
_AFTER_INITIAL = re.compile(r"\.?[ ]?")
_BESIDE_SURNAME = re.compile(r"\.?[ ]{0,2}|,[ ]?")


def dotted_initials(text: str) -> Iterator[Hit]:
    """Two or three capitals with a dot each."""
    for match in _DOTTED.finditer(text):
        letters = re.sub("[^a-z]", "", match[0].lower())
        if letters in _NOBODY or (len(letters) == 3 and letters in lexicon().acronyms):
            continue
        before = text[: match.start()].rstrip(" \t(")[-1:]
        if letters in _NOBODY_AT_A_START and before in ("", ".", "\n", ",", ";"):
            continue
        if _AFTER_HOUR.search(text, max(0, match.start() - 2), match.start()):
            continue
        yield Hit(Kind.NAME, *match.span(), Certainty.LIKELY)


def verdict_on_initials(around: Surroundings, number: int) -> Certainty | None:
    """Whether one or two capitals stand for a person."""
    known, word = around.known, around.words[number]
    if around.follows_title(number):
        return Certainty.LIKELY if word.folded != "i" else None
    if len(word.folded) == 1:
        return Certainty.LIKELY if _begins_a_name(around, number) else None
    if word.folded in known.acronyms or not word.folded.isalpha():
        return None
    is_listed = around.text[word.end : word.end + 1] == ","  # `3 RI, 1 RE`
    if around.follows_call_to_speak(number) and not is_listed:
        return Certainty.LIKELY
    if around.is_named(number) or (around.is_person(number) and not is_listed):
        return Certainty.LIKELY
    return Certainty.POSSIBLE


def _begins_a_name(around: Surroundings, number: int) -> bool:
    """`J Smith` and `J. Smith`, but not `Child B Smith` or `Plan C March`."""
    known, word = around.known, around.words[number]
    after = around.after(number, _AFTER_INITIAL)
    if after is None or not after.is_capital or after.in_organisation:
        return False
    if after.is_upper and len(after.folded) < _LONGER_THAN_ABBREVIATIONS:
        return False
    dotted = around.text[word.end : word.end + 1] == "."
    plain = after.folded
    if plain in known.capitals or (known.is_ordinary(plain) and plain not in known.surnames):
        return False
    if dotted:
        return True
    before = around.before(number)
    is_small = before is not None and around.shouts and before.folded in known.links
    is_lettered = before is not None and (before.is_capital or before.folded in known.lettered)
    is_lettered = is_lettered and not is_small
    is_article = word.folded == "i" or (word.folded == "a" and word.starts)
    return plain not in known.places and not is_article and not is_lettered


def is_initial_of(word: Word, gap: str, *, is_before: bool) -> bool:
    """Whether it is the initial beside a name: `Sarah K.`, `Smith, J.`, `K. Okafor`."""
    if not (word.is_upper and len(word.folded) == 1) or word.folded == "i":
        return False
    if is_before:
        return bool(re.fullmatch(r"\.?[ ]{0,2}", gap)) and "." in gap
    return bool(_BESIDE_SURNAME.fullmatch(gap)) and word.folded != "a"
