"""Choosing what an agency writes, and putting its own words and figures into it.

Within a round the least used text comes first, so that agencies side by side differ.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from random import Random

from s11audit.demo.content import Content, MadeUpAgency

_SLOT = re.compile(r"\{([^{}]+)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")
_SENTENCE_START = re.compile(r"(\A|[.?!] )([a-z])")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "September", "October")


def filled_in(text: str, words: Mapping[str, str], rng: Random) -> str:
    """The text with `{8..12}` made a number, and `{board}` or `{month}` made words."""
    month = rng.choice(_MONTHS)

    def fill(slot: re.Match[str]) -> str:
        if numbers := _RANGE.fullmatch(slot[1]):
            return f"{rng.randint(int(numbers[1]), int(numbers[2])):,}"
        return month if slot[1] == "month" else words[slot[1].lower()]

    return _SENTENCE_START.sub(lambda start: start[1] + start[2].upper(), _SLOT.sub(fill, text))


@dataclass(frozen=True)
class Undertaking:
    """An action as an agency promises it, and what it will have changed."""

    what: str
    post: str
    impact: str


@dataclass
class Writer:
    """Writes for every agency of one round; `used_before` holds what they wrote in another."""

    content: Content
    used_before: Counter[tuple[str, str]] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)

    def comment(
        self,
        agency: MadeUpAgency,
        key: str,
        level: str,
        words: Mapping[str, str],
        rng: Random,
        repeats: bool,
    ) -> str:
        """A comment that fits the question, the level and the agency.

        Gives "" where none is left, unless another agency's may be repeated.
        """
        fitting = self._comments(agency, key, level)
        for texts in fitting:
            unused = [text for text in texts if not self._is_taken(agency, text)]
            if text := self._least_used(agency, unused, rng):
                return filled_in(text, words, rng)
        if not repeats:
            return ""
        return filled_in(self._least_used(agency, [*chain(*fitting)], rng), words, rng)

    def evidence(
        self, agency: MadeUpAgency, key: str, words: Mapping[str, str], rng: Random
    ) -> tuple[str, str]:
        """What supports an answer, and a link to it or ""."""
        slugs = {}
        for item in self.content.texts[key]["evidence"]:
            if isinstance(item, dict):
                ((slug, text),) = item.items()
                slugs[text] = slug
            else:
                slugs[item] = ""
        text = self._least_used(agency, list(slugs), rng)
        folder = f"https://documents.example.org/{agency.reference.lower()}"
        link = f"{folder}/{slugs[text]}" if slugs[text] else ""
        return filled_in(text, words, rng), link

    def undertaking(
        self, agency: MadeUpAgency, key: str, words: Mapping[str, str], rng: Random
    ) -> Undertaking:
        """An action that fits the question."""
        rows = {row["what"]: row for row in self.content.texts[key]["actions"]}
        row = rows[self._least_used(agency, list(rows), rng)]
        return Undertaking(
            filled_in(row["what"], words, rng),
            self.content.post(agency.agency_type, row["post"]),
            filled_in(row["impact"], words, rng),
        )

    def _comments(
        self, agency: MadeUpAgency, key: str, level: str
    ) -> tuple[list[str], list[str], list[str]]:
        """Texts kept for this type of agency, for a group that it is in, and for any."""
        own, groups, anybodys = [], [], []
        for item in self.content.texts[key].get(level, []):
            if isinstance(item, str):
                anybodys.append(item)
                continue
            ((tag, text),) = item.items()
            if tag == agency.agency_type:
                own.append(text)
            elif self.content.suits(tag, agency.agency_type):
                groups.append(text)
        return own, groups, anybodys

    def _is_taken(self, agency: MadeUpAgency, text: str) -> bool:
        return bool(self.used[text] or self.used_before[agency.reference, text])

    def _least_used(self, agency: MadeUpAgency, texts: list[str], rng: Random) -> str:
        fresh = [text for text in texts if not self.used_before[agency.reference, text]]
        if not (fresh or texts):
            return ""
        text = min(fresh or texts, key=lambda text: (self.used[text], rng.random()))
        self.used[text] += 1
        self.used_before[agency.reference, text] += 1
        return text
