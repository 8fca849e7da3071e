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

from s11audit.domain.guard.dictionary import dictionary

_REGULAR_ENDINGS = (
    ("ies", "y"),
    ("ied", "y"),
    ("ier", "y"),
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
    ("iness", "y"),
    ("ness", ""),
    ("ily", "y"),
    ("ation", "e"),
)
_SHORTEST_STEM = 3
_SHORTEST_SLIP = 6
_PREFIXES = frozenset(
    ["pre", "post", "re", "non", "co", "un", "ex", "multi", "inter", "sub", "mid"]
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_HEADING = re.compile(r"\[([a-z-]+)\]")


@dataclass(frozen=True)
class Lexicon:
    """Sets of folded words (`folded`): small letters, no accents.

    `given` holds all given names, `unclear` those that need words around them (`wishes` more of
    them), `sure` and `small_given` those that are names even in small letters; `census` are
    American ones, which are believed only with a capital. Of `ordinary` words, `usual` ones are
    what somebody may have meant who made a slip. `phrases` and `places` hold several words as one
    text. `small_words` mean something without a capital, though no dictionary may have them.
    """

    given: frozenset[str]
    unclear: frozenset[str]
    wishes: frozenset[str]
    sure: frozenset[str]
    small_given: frozenset[str]
    census: frozenset[str]
    surnames: frozenset[str]
    ordinary: frozenset[str]
    usual: frozenset[str]
    capitals: frozenset[str]
    places: frozenset[str]
    titles: frozenset[str]
    kin: frozenset[str]
    takes_person: frozenset[str]
    does: frozenset[str]
    acts: frozenset[str]
    states: frozenset[str]
    person_states: frozenset[str]
    possessed: frozenset[str]
    links: frozenset[str]
    family: frozenset[str]
    tells: frozenset[str]
    lettered: frozenset[str]
    adverbs: frozenset[str]
    small_words: frozenset[str]
    organisations: frozenset[str]
    roles: frozenset[str]
    phrases: frozenset[str]
    acronyms: frozenset[str]

    def is_capital(self, word: str) -> bool:
        """Whether it has a capital and is nobody's name, or is the plural of such a word."""
        if word in self.capitals or word.removesuffix("s") in self.capitals:
            return True
        return "-" in word and all(one in self.capitals for one in word.split("-"))  # `Oct-Dec`

    def is_nearly_ordinary(self, word: str) -> bool:
        """Whether a long word is one slip away from one that people use."""
        return len(word) >= _SHORTEST_SLIP and any(
            slip in self.usual or is_ordinary(slip, self.usual) for slip in _slips(word)
        )

    def is_ordinary(self, word: str) -> bool:
        """Whether a folded word is in the dictionary, itself or with a regular ending; of words
        joined by hyphens each of them."""
        return is_ordinary(word, self.ordinary)


def is_ordinary(word: str, dictionary: frozenset[str]) -> bool:
    """See `Lexicon.is_ordinary`."""
    if "-" in word:
        parts = word.split("-")
        return all(
            len(one) < 2 or is_ordinary(one, dictionary) or one in _PREFIXES for one in parts
        )
    return word in dictionary or any(
        stem in dictionary or any(one in dictionary for one in _stems(stem))
        for stem in _stems(word)
    )


def folded(word: str) -> str:
    """`Zoë` → `zoe`, `O’Neill` → `o'neill`."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFD", word.lower())
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return plain.translate(_UNACCENTED)


_UNACCENTED = str.maketrans(
    dict(zip("\u0142\u00f8\u0111\u0131\u00f0", "lodid", strict=True))
    | {"\u00df": "ss", "\u00e6": "ae", "\u0153": "oe", "\u00fe": "th"}
)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """All lists, as they are shipped."""
    given, wishes = _words("given-names"), _words("wish-names")
    unclear = wishes | _words("unclear-names")
    around, organisations = _parts("titles-and-kin"), _parts("organisations")
    acronyms = _split(organisations["acronyms"])
    sure = _words("certain-names")
    british = _words("british")
    ordinary = british | {folded(word) for word in dictionary()}
    often = _listed("english_wikipedia", "us_tv_and_film")
    capitals, places = _words("capitals"), _phrases("places") | _phrases("local-places")
    small = frozenset(
        name
        for name in given - unclear - capitals - places - acronyms
        if len(name) > 2 and not is_ordinary(name, ordinary)
    )
    return Lexicon(
        given=given - unclear,
        unclear=unclear,
        wishes=wishes,
        sure=sure,
        small_given=small | sure,
        census=_listed("female_names", "male_names") - ordinary - unclear,
        surnames=_words("surnames") | (_listed("surnames") - ordinary),
        ordinary=ordinary,
        usual=british | frozenset(word for word in often if is_ordinary(word, ordinary)),
        capitals=capitals,
        places=places,
        small_words=capitals | acronyms | _split(organisations["heads"]),
        organisations=_split(organisations["heads"]),
        roles=_split(organisations["roles"]),
        phrases=frozenset(organisations["phrases"]),
        acronyms=acronyms,
        **{part.replace("-", "_"): _split(lines) for part, lines in around.items()},
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


def _listed(*names: str) -> frozenset[str]:
    return frozenset(word for name in names for word in FREQUENCY_LISTS[name] if len(word) > 2)


def _slips(word: str) -> Iterator[str]:
    """The word with one letter left out, doubled, exchanged or swapped with its neighbour."""
    for place in range(len(word)):
        before, after = word[:place], word[place + 1 :]
        yield before + after
        if after:
            yield before + after[0] + word[place] + after[1:]
        for letter in _LETTERS:
            yield before + letter + after
            yield before + letter + word[place:]


def _stems(word: str) -> Iterator[str]:
    for ending, instead in _REGULAR_ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            yield stem + instead
            if stem[-1] == stem[-2]:
                yield stem[:-1]
