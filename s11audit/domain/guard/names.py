"""Likely names of people: known ones, and unknown ones where the words around them say so.

No list holds every name, so a word with a capital that is no ordinary word, place or organisation
counts as a name where it stands as a person does: after “mum” or “Mr”, before “said”, beside
another name. Words that are names and something else besides need the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from s11audit.domain.guard.initials import dotted_initials, verdict_on_initials
from s11audit.domain.guard.kinds import Certainty, Hit
from s11audit.domain.guard.name_parts import Parts
from s11audit.domain.guard.sentences import Word, words_of
from s11audit.domain.guard.shapes import is_joined, is_shaped_like_a_name
from s11audit.domain.guard.surroundings import Surroundings
from s11audit.domain.guard.things import (
    is_among_places,
    is_eponym,
    is_of_family,
    is_saint,
    is_thing,
    may_be_thing,
)
from s11audit.domain.guard.words import lexicon

# Before a place or a thing, never before a person.
_NO_PERSON = frozenset(
    re.findall(
        "[a-z]+",
        "the a an this these those each every our your its no any some per all both other in at "
        "near around across outside throughout into",
    )
)
_PLACE_ENDING = re.compile(
    r"(?:shire|borough|burgh|mouth|minster|bridge|thorpe|combe|coombe|haven|chester|cester|"
    r"-on-[a-z]+|-by-[a-z]+|-le-[a-z]+|upon-[a-z]+)$"
)
_LIKE_A_PLACE = re.compile(
    r"(?:ton|ham|ford|bury|ville|dale|stead|wick|hurst|pool|port|worth|gate|sea|land|lands|view|side|"
    r"brook|mere|wood|field|fields|stow|well|hill|vale|park|way)$"
)
_WORD_ENDING = re.compile("(?:s|ed|ing|ly|tion|ment|ness|ity|nce|ive|al|ary|ure|ent|ant)$")
_HUMP = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
_WITH_HUMP = ("mac", "mc", "fitz", "de", "di", "da", "la", "le", "du", "van", "o")
_MOST_SLIPS = 100
_SHORTEST_SMALL = 4
_VOWEL = re.compile("[aeiouy]")


def names(text: str) -> Iterator[Hit]:
    """Runs of words that are likely or possibly somebody's name, and initials."""
    yield from _Finder(text).found()
    yield from dotted_initials(text)


class _Finder:
    def __init__(self, text: str) -> None:
        self.known = lexicon()
        self.text = text
        self.words = words_of(text)
        self.around = Surroundings(text, self.words, self.known)
        self.slips_left = _MOST_SLIPS

    def found(self) -> Iterator[Hit]:
        parts = Parts(self.around, [self._verdict(number) for number in range(len(self.words))])
        parts.spread()
        yield from parts.runs()

    def _verdict(self, number: int) -> Certainty | None:
        word = self.words[number]
        if word.is_address or word.in_organisation:
            return None
        if word.is_capital and (is_eponym(self.around, number) or is_saint(self.around, number)):
            return None
        if word.is_upper and len(word.folded) <= 2:
            return verdict_on_initials(self.around, number)
        if not word.is_capital:
            return self._in_small_letters(number)
        if word.is_upper:
            return self._in_capitals(number)
        if _HUMP.search(self.text, word.start, word.end) and not word.folded.startswith(_WITH_HUMP):
            return None  # `LibreOffice`
        return self._with_capital(number)

    def _in_small_letters(self, number: int) -> Certainty | None:
        known, around, plain = self.known, self.around, self.words[number].folded
        if plain in known.small_given or ("-" in plain and is_joined(plain, known, small=True)):
            return Certainty.LIKELY
        is_titled = number > 0 and self.words[number - 1].folded in known.titles
        if is_titled and around.follows_title(number) and plain not in known.small_words:
            is_surname = plain in known.surnames and plain not in known.does
            return Certainty.LIKELY if is_surname or not known.is_ordinary(plain) else None
        if plain in known.unclear:
            after = around.after(number)
            if after is not None and after.folded in known.surnames:
                return Certainty.LIKELY if around.is_person(number + 1) else None
        if plain[:-1] in known.small_given and around.is_without_apostrophe(number):
            return Certainty.LIKELY
        if plain in known.ordinary or plain in known.small_words or len(plain) < _SHORTEST_SMALL:
            return None
        if known.is_ordinary(plain) or not around.is_small(number):
            return None
        return None if self._is_slip(plain) else Certainty.LIKELY

    def _in_capitals(self, number: int) -> Certainty | None:
        """`SARAH`, but not `NSPCC`."""
        known, plain = self.known, self.words[number].folded
        if self.around.follows_title(number) and plain not in known.acronyms:
            return Certainty.LIKELY
        if len(plain) <= 3:
            return None
        if plain in known.sure or plain in known.small_given:
            return Certainty.LIKELY
        if not self.around.shouts or plain in known.acronyms or known.is_capital(plain):
            return None
        return Certainty.LIKELY if self._is_name_in_shout(number) else None

    def _is_name_in_shout(self, number: int) -> bool:
        """Whether a word of a text in capitals is a name, which its capitals do not say."""
        known, around, plain = self.known, self.around, self.words[number].folded
        stands = around.is_small(number) or around.is_person(number)
        if plain in known.unclear or (known.is_ordinary(plain) and plain in known.given):
            return stands
        if known.is_ordinary(plain) or plain in known.places or not _VOWEL.search(plain):
            return False
        if plain in known.census or around.is_after_kin(number):
            return True
        if is_shaped_like_a_name(plain, known):
            return True
        stands = stands or around.follows_link(number)
        return stands and (plain in known.surnames or not self._is_slip(plain))

    def _with_capital(self, number: int) -> Certainty | None:
        known, word, around = self.known, self.words[number], self.around
        plain = word.folded
        if around.is_nobody(plain):
            return None
        if word.is_foreign and plain not in known.places:
            return Certainty.LIKELY
        if plain in known.sure or is_of_family(around, number) or is_joined(plain, known):
            return Certainty.POSSIBLE if is_thing(around, number) else Certainty.LIKELY
        if plain[:-1] in known.small_given and around.is_without_apostrophe(number):
            return Certainty.LIKELY
        if known.is_capital(plain) or plain in known.unclear or plain in known.places:
            return self._unclear(number)
        is_ordinary = known.is_ordinary(plain)
        if plain in known.given or plain in known.census:
            if is_thing(around, number):
                return Certainty.POSSIBLE
            if not is_ordinary or not word.starts or around.is_person(number, loosely=True):
                return Certainty.LIKELY
            return Certainty.LIKELY if self._has_surname(number) else None
        if is_ordinary:
            is_surname = plain in known.surnames
            named = around.is_named(number) if is_surname else around.follows_form(number)
            return Certainty.LIKELY if named else None
        return self._unknown(number)

    def _unclear(self, number: int) -> Certainty | None:
        """A word that is a name and something else: the words around it decide."""
        known, word, around = self.known, self.words[number], self.around
        plain = word.folded
        is_name = plain in known.unclear or plain in known.given
        if plain in known.places and is_among_places(around, number):
            return None
        if not is_name:
            is_surname = plain in known.surnames and plain not in known.capitals
            named = around.is_named(number) if is_surname else around.follows_title(number)
            return Certainty.LIKELY if named else None
        if around.is_named(number) or self._has_surname(number):
            return Certainty.LIKELY
        before = around.before(number)
        if word.starts or (before is not None and before.folded in _NO_PERSON):
            is_person = word.starts and around.is_person(number)
            return Certainty.LIKELY if is_person and not may_be_thing(around, number) else None
        is_word = plain in known.capitals or plain in known.places or self._goes_before_word(number)
        if around.is_person(number) or (around.follows_link(number) and not is_word):
            return Certainty.LIKELY
        return None if plain in known.capitals else Certainty.POSSIBLE

    def _goes_before_word(self, number: int) -> bool:
        """Whether an ordinary word with a capital follows, as in `Hope for Young People`."""
        after = self.around.after(number)
        return after is not None and after.is_capital and not self._is_strange(after)

    def _has_surname(self, number: int) -> bool:
        """Whether a surname follows, as in `Will Smith`."""
        after = self.around.after(number)
        if after is None or not after.is_capital or after.in_organisation or after.is_upper:
            return False
        plain, known = after.folded, self.known
        if plain in known.capitals or plain in known.places or self.around.is_nobody(plain):
            return False
        before = self.around.before(number)
        is_thing = before is not None and before.folded in _NO_PERSON
        return plain in known.surnames or (not is_thing and not known.is_ordinary(plain))

    def _unknown(self, number: int) -> Certainty | None:
        """A word with a capital that no list has."""
        known, word, around = self.known, self.words[number], self.around
        if around.is_named(number):
            return Certainty.LIKELY
        before = around.before(number)
        behind = before.folded if before else ""
        if behind in _NO_PERSON or _PLACE_ENDING.search(word.folded):
            return None
        is_slip = bool(_WORD_ENDING.search(word.folded)) and self._is_slip(word.folded)
        if around.is_person(number, loosely=True) and not (word.starts and is_slip):
            return Certainty.LIKELY
        if not is_slip and is_shaped_like_a_name(word.folded, known):
            return Certainty.LIKELY
        if _LIKE_A_PLACE.search(word.folded):
            return None
        if word.starts:
            return Certainty.POSSIBLE if not self._is_slip(word.folded) else None
        is_second = before is not None and before.is_capital and self._is_label(before)
        is_second = is_second and not self._has_partner(number)
        if word.folded in known.surnames:
            return Certainty.LIKELY
        is_of = behind in ("of", "from")
        return Certainty.POSSIBLE if is_second or is_of else Certainty.LIKELY

    def _is_label(self, before: Word) -> bool:
        """`Operation …`, `Form …`, and whatever has a capital within a sentence."""
        known = self.known
        return not before.starts or before.folded in known.organisations | known.lettered

    def _is_slip(self, plain: str) -> bool:
        """Whether it is an ordinary word with a slip; of very many not all are worth the time."""
        self.slips_left -= 1
        return self.slips_left >= 0 and self.known.is_nearly_ordinary(plain)

    def _has_partner(self, number: int) -> bool:
        """Whether it is one of two such words: `Bayruhan Celikoz`."""
        return any(
            one is not None and one.is_capital and not one.is_upper and self._is_strange(one)
            for one in (self.around.before(number), self.around.after(number))
        )

    def _is_strange(self, word: Word) -> bool:
        known, plain = self.known, word.folded
        if word.in_organisation or plain in known.capitals or plain in known.places:
            return False
        return not known.is_ordinary(plain) or plain in known.given or plain in known.surnames
