"""Likely names of people: known ones, and unknown ones where the words around them say so.

No list holds every name, so a word with a capital that is no ordinary word, place or organisation
counts as a name where it stands as a person does: after “mum” or “Mr”, before “said”, beside
another name. Words that are names and something else besides need the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from s11audit.domain.guard.initials import dotted_initials, is_initial_of, verdict_on_initials
from s11audit.domain.guard.kinds import Certainty, Hit, Kind
from s11audit.domain.guard.sentences import Word, words_of
from s11audit.domain.guard.surroundings import SPACE, Surroundings
from s11audit.domain.guard.words import lexicon

_LISTED = re.compile(r", ?| ?& ?| ?/ ?| ?\+ ?")
_IN_RUN = re.compile(r"\.?[ \t]{1,2}")
# Before a place or a thing, never before a person.
_NO_PERSON = frozenset(
    re.findall(
        "[a-z]+",
        "the a an this these those each every our your its no any some per all both other in at "
        "near around across outside throughout into",
    )
)
_PARTICLES = frozenset(
    re.findall(
        "[a-z]+", "de da do dos das di del la le van von der den ter al el bin bint ibn ap ab"
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
_LONGEST_ABBREVIATION = 5
_MOST_SLIPS = 100
_SHORTEST_SMALL = 4


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
        self.verdicts: list[Certainty | None] = []
        self.slips_left = _MOST_SLIPS

    def found(self) -> Iterator[Hit]:
        self.verdicts = [self._verdict(number) for number in range(len(self.words))]
        self._spread()
        yield from self._runs()

    # One word

    def _verdict(self, number: int) -> Certainty | None:
        word = self.words[number]
        if word.is_address or word.in_organisation:
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
        if plain in known.small_given or ("-" in plain and self._joins_names(plain)):
            return Certainty.LIKELY
        if plain in known.ordinary or plain in known.small_words or len(plain) < _SHORTEST_SMALL:
            return None
        if known.is_ordinary(plain) or not around.is_small(number):
            return None
        return None if self._is_slip(plain) else Certainty.LIKELY

    def _joins_names(self, plain: str) -> bool:
        """`ellie-mae`: names only, one of which is nothing else."""
        parts = plain.split("-")
        known = self.known
        return all(one in known.given or one in known.sure for one in parts) and any(
            one in known.small_given for one in parts
        )

    def _in_capitals(self, number: int) -> Certainty | None:
        """`SARAH`, but not `NSPCC`."""
        known, plain = self.known, self.words[number].folded
        if self.around.follows_title(number) and plain not in known.acronyms:
            return Certainty.LIKELY
        is_name = plain in known.sure or plain in known.small_given
        return Certainty.LIKELY if is_name and len(plain) > 3 else None

    def _with_capital(self, number: int) -> Certainty | None:
        known, word, around = self.known, self.words[number], self.around
        plain = word.folded
        if plain in known.kin or plain in known.titles or plain in known.roles:
            return None
        if plain in known.sure or (word.is_foreign and plain not in known.places):
            return Certainty.LIKELY
        if known.is_capital(plain) or plain in known.unclear or plain in known.places:
            return self._unclear(number)
        is_ordinary = known.is_ordinary(plain)
        if plain in known.given or plain in known.census:
            if not is_ordinary or not word.starts or around.is_person(number):
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
        if not is_name:
            is_surname = plain in known.surnames and plain not in known.capitals
            named = around.is_named(number) if is_surname else around.follows_title(number)
            return Certainty.LIKELY if named else None
        if around.is_named(number) or self._has_surname(number):
            return Certainty.LIKELY
        before = around.before(number)
        if word.starts or (before is not None and before.folded in _NO_PERSON):
            is_person = word.starts and around.is_person(number)
            return Certainty.LIKELY if is_person else None
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
        return plain in known.surnames and plain not in known.capitals and plain not in known.places

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
        if around.is_person(number) and not (word.starts and is_slip):
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

    # Its neighbours

    def _spread(self) -> None:
        """Beside a name, words with a capital are its other parts, or the next name of a list."""
        forwards, backwards = range(1, len(self.words)), range(len(self.words) - 2, -1, -1)
        for numbers in (forwards, backwards, forwards):
            for number in numbers:
                beside = number - numbers.step
                is_name = self.verdicts[number] is Certainty.LIKELY
                is_beside_one = self.verdicts[beside] is Certainty.LIKELY
                if not is_name and is_beside_one and self._belongs(number, beside):
                    self.verdicts[number] = Certainty.LIKELY

    def _belongs(self, number: int, beside: int) -> bool:
        word, other = self.words[number], self.words[beside]
        first, second = min(number, beside), max(number, beside)
        if word.is_address or word.in_organisation or self.words[first].is_possessive:
            return False
        gap = self.around.gap(first, second)
        if is_initial_of(word, gap, is_before=number < beside):
            return True
        follows_initial = number > beside and other.is_upper and len(other.folded) == 1
        if not SPACE.fullmatch(gap) and not (follows_initial and gap in (".", ". ")):
            is_next = bool(_LISTED.fullmatch(gap)) and word.is_capital
            is_name = word.folded in self.known.unclear or word.folded in self.known.given
            return is_next and (is_name or self.verdicts[number] is Certainty.POSSIBLE)
        if not word.is_capital:
            return number > beside and self._goes_on_small(number, other)
        return self._is_part(number, is_second=number > beside)

    def _goes_on_small(self, number: int, other: Word) -> bool:
        """A surname without a capital after such a name, or what joins two parts of a name."""
        known, plain = self.known, self.words[number].folded
        if plain in _PARTICLES:
            after = self.around.after(number)
            return after is not None and after.is_capital and other.is_capital
        is_surname = plain in known.surnames and not known.is_ordinary(plain)
        return is_surname and not other.is_capital

    def _is_part(self, number: int, *, is_second: bool) -> bool:
        known, word = self.known, self.words[number]
        plain = word.folded
        if plain in known.kin or plain in known.titles or plain in known.roles:
            return False
        if word.is_upper and len(plain) <= _LONGEST_ABBREVIATION:
            return plain in known.surnames or plain in known.small_given
        if plain in known.surnames or plain in known.given or plain in known.unclear:
            return is_second or not word.starts or not known.is_ordinary(plain)
        if plain in known.capitals or plain in known.places:
            return False
        return not known.is_ordinary(plain)

    def _runs(self) -> Iterator[Hit]:
        """Neighbouring parts of a name as one, from its first letter to its last."""
        number = 0
        while number < len(self.words):
            certainty, last = self.verdicts[number], number
            while certainty is not None and self._goes_on(last, certainty):
                last += 1
            if certainty is not None:
                start, end = self.words[number].start, self.words[last].bare_end
                yield Hit(Kind.NAME, start, end, certainty)
            number = last + 1

    def _goes_on(self, last: int, certainty: Certainty) -> bool:
        if last + 1 >= len(self.words) or self.verdicts[last + 1] is not certainty:
            return False
        word, gap = self.words[last], self.around.gap(last, last + 1)
        is_stop = "." in gap and len(word.folded) > 1
        return bool(_IN_RUN.fullmatch(gap)) and not word.is_possessive and not is_stop
