"""What in a text, or in the name of a file, may identify a child or somebody close to one.

`find` is the whole of it. The rules look at the text as a reader sees it (`normal`), and there is
no learning and no guessing by machine: lists, grammar and check digits, all of them here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from s11audit.domain.guard.addresses import email_addresses, postcodes
from s11audit.domain.guard.birth_dates import birth_dates
from s11audit.domain.guard.kinds import KIND_WORDS, Certainty, Hit, Kind
from s11audit.domain.guard.names import names
from s11audit.domain.guard.normal import Normal, normal
from s11audit.domain.guard.numbers import (
    insurance_numbers,
    nhs_numbers,
    phone_numbers,
    pupil_numbers,
)

__all__ = ["KIND_WORDS", "Certainty", "Hit", "Kind", "find", "find_in_file_name"]

# In this order one wins over another that it overlaps with and that is no surer.
_RULES: tuple[Callable[[str], Iterator[Hit]], ...] = (
    nhs_numbers,
    pupil_numbers,
    insurance_numbers,
    email_addresses,
    phone_numbers,
    birth_dates,
    postcodes,
    names,
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINERS = str.maketrans("_+~", "   ")


def find(text: str) -> list[Hit]:
    """Everything in a text that may identify somebody, in its order and without overlaps.

    Places are those of the text as given, whatever hides in it.
    """
    return _found(normal(text))


def find_in_file_name(name: str) -> list[Hit]:
    """The same of the name of a file, in which words are joined in other ways than in a text."""
    spaced = name.translate(_JOINERS)
    hits = find(spaced)
    return hits or _found(_without_humps(spaced))


def _without_humps(name: str) -> Normal:
    """`SmithSarah-plan.docx` → `Smith Sarah plan docx`."""
    plain: list[str] = []
    starts: list[int] = []
    for place, one in enumerate(name):
        if place and _HUMP.match(name, place):
            plain.append(" ")
            starts.append(place)
        plain.append(" " if one in "-." else one)
        starts.append(place)
    return Normal("".join(plain), [*starts, len(name)])


def _found(looked_at: Normal) -> list[Hit]:
    hits = [hit for rule in _RULES for hit in rule(looked_at.text)]
    return [
        Hit(hit.kind, *looked_at.place(hit.start, hit.end), hit.certainty)
        for hit in sorted(_without_overlaps(hits), key=lambda hit: hit.start)
    ]


def _without_overlaps(hits: Sequence[Hit]) -> list[Hit]:
    """The surest of those that overlap; of equally sure ones the first by rule."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: -hit.certainty):
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return kept
