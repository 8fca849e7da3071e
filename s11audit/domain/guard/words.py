"""The word lists beside this module, read once, and what they say of a word.

What is in which list, and whence: `words/README.md`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from zxcvbn.frequency_lists import FREQUENCY_LISTS

_REGULAR_ENDINGS = (
    ("ies", "y"),
    ("ied", "y"),
    ("es", ""),
    ("s", ""),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
    ("ers", ""),
    ("ers", "e"),
    ("er", ""),
    ("er", "e"),
    ("ness", ""),
)
_SHORTEST_STEM = 3
_HEADING = re.compile(r"\[(\w+)\]")


@dataclass(frozen=True)
class Lexicon:
    """Sets of folded words (`folded`): small letters, no accents.

    `given` holds all given names, `unclear` those that need words around them, `sure` those that
    are names even in small letters; `census` are American names, which are believed only with a
    capital. `phrases` and `places` hold several words as one text.
    """

    given: frozenset[str]
    unclear: frozenset[str]
    sure: frozenset[str]
    census: frozenset[str]
    surnames: frozenset[str]
    ordinary: frozenset[str]
    capitals: frozenset[str]
    places: frozenset[str]
    titles: frozenset[str]
    kin: frozenset[str]
    told: frozenset[str]
    says: frozenset[str]
    organisations: frozenset[str]
    roles: frozenset[str]
    phrases: frozenset[str]
    acronyms: frozenset[str]

    def is_ordinary(self, word: str) -> bool:
        """Whether a folded word is in the dictionary, itself or with a regular ending."""
        return word in self.ordinary or any(stem in self.ordinary for stem in _stems(word))


def folded(word: str) -> str:
    """`Zoë` → `zoe`, `O’Neill` → `o'neill`."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFD", word.lower())
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return plain.translate(_UNACCENTED)


_UNACCENTED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}
)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """All lists, as they are shipped."""
    given, unclear = _words("given-names"), _words("unclear-names")
    around, organisations = _parts("titles-and-kin"), _parts("organisations")
    ordinary = _words("ordinary")
    return Lexicon(
        given=given - unclear,
        unclear=unclear,
        sure=_words("certain-names"),
        census=_census("female_names", "male_names") - ordinary - unclear,
        surnames=_words("surnames") | (_census("surnames") - ordinary),
        ordinary=ordinary,
        capitals=_words("capitals"),
        places=_phrases("places") | _phrases("local-places"),
        titles=_split(around["titles"]),
        kin=_split(around["kin"]),
        told=_split(around["told"]),
        says=_split(around["says"]),
        organisations=_split(organisations["heads"]),
        roles=_split(organisations["roles"]),
        phrases=frozenset(organisations["phrases"]),
        acronyms=_split(organisations["acronyms"]),
    )


def _lines(name: str) -> Iterator[str]:
    text = (files(__package__) / "words" / f"{name}.txt").read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


def _words(name: str) -> frozenset[str]:
    return _split(_lines(name))


def _phrases(name: str) -> frozenset[str]:
    return frozenset(one.strip() for one in " ".join(_lines(name)).split(",") if one.strip())


def _parts(name: str) -> dict[str, list[str]]:
    """The lines under each `[heading]` of a file."""
    parts: dict[str, list[str]] = {}
    for line in _lines(name):
        if heading := _HEADING.fullmatch(line):
            lines = parts.setdefault(heading[1], [])
        else:
            lines.append(line)
    return parts


def _split(lines: Iterator[str] | list[str]) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


def _census(*names: str) -> frozenset[str]:
    return frozenset(word for name in names for word in FREQUENCY_LISTS[name] if len(word) > 2)


def _stems(word: str) -> Iterator[str]:
    for ending, instead in _REGULAR_ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            yield stem + instead
            if stem[-1] == stem[-2]:
                yield stem[:-1]
