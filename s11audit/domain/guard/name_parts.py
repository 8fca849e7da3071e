"""What belongs to a name that was found: its other parts, and the next names of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from s11audit.domain.guard.initials import is_initial_of
from s11audit.domain.guard.kinds import Certainty, Hit, Kind
from s11audit.domain.guard.sentences import Word
from s11audit.domain.guard.surroundings import SPACE, Surroundings

_LISTED = re.compile(r", ?(?:and )?| ?& ?| ?/ ?| ?\+ ?")
_IN_RUN = re.compile(r"\.?[ \t]{1,2}")
_PARTICLES = frozenset(
    re.findall(
        "[a-z]+", "de da do dos das di del la le van von der den ter al el bin bint ibn ap ab"
    )
)
_LONGEST_ABBREVIATION = 5
_SHORTEST_SMALL = 4


@dataclass(frozen=True)
class Parts:
    """`verdicts` has for each word of a text whether it is a name, and is written on."""

    around: Surroundings
    verdicts: list[Certainty | None]

    def spread(self) -> None:
        """Beside a name, words with a capital are its other parts, or the next name of a list."""
        count = len(self.verdicts)
        forwards, backwards = range(1, count), range(count - 2, -1, -1)
        for numbers in (forwards, backwards, forwards):
            for number in numbers:
                if self.verdicts[number] is not Certainty.LIKELY and self._is_drawn(
                    number, numbers.step
                ):
                    self.verdicts[number] = Certainty.LIKELY

    def _is_drawn(self, number: int, step: int) -> bool:
        """Whether the word beside it is a name and takes it along."""
        beside = number - step
        if self.verdicts[beside] is Certainty.LIKELY:
            return self._belongs(number, beside)
        beyond = beside - step
        if not 0 <= beyond < len(self.verdicts) or self.verdicts[beyond] is not Certainty.LIKELY:
            return False
        return self._is_one_of_two(number, beside, beyond)

    def _is_one_of_two(self, number: int, between: int, other: int) -> bool:
        """`Robin and Jayden`, `jayden and ezra`."""
        words, known = self.around.words, self.around.known
        if words[between].folded != "and" or not self._are_close(number, between, other):
            return False
        word, plain = words[number], words[number].folded
        if word.is_address or word.in_organisation or self.around.is_nobody(plain):
            return False
        if not word.is_capital:
            return not words[other].is_capital and self._is_small_name(plain)
        if word.is_upper and not words[other].is_upper:
            return False
        if plain in known.unclear or plain in known.given:
            return plain not in known.capitals
        return self.verdicts[number] is Certainty.POSSIBLE

    def _are_close(self, *numbers: int) -> bool:
        first, middle, last = sorted(numbers)
        gaps = self.around.gap(first, middle), self.around.gap(middle, last)
        return all(SPACE.fullmatch(gap) for gap in gaps)

    def _is_small_name(self, plain: str) -> bool:
        """Whether a word without a capital may be the next name of a list."""
        known = self.around.known
        if self.around.is_nobody(plain):
            return False
        if plain in known.given or plain in known.unclear:
            return plain in known.given or not known.is_ordinary(plain)
        if len(plain) < _SHORTEST_SMALL or plain in known.small_words or plain in known.places:
            return False
        return not known.is_ordinary(plain) and not known.is_nearly_ordinary(plain)

    def _belongs(self, number: int, beside: int) -> bool:
        words, known = self.around.words, self.around.known
        word, other = words[number], words[beside]
        first, second = min(number, beside), max(number, beside)
        if word.is_address or word.in_organisation or words[first].is_possessive:
            return False
        gap = self.around.gap(first, second)
        if is_initial_of(word, gap, is_before=number < beside):
            return True
        follows_initial = number > beside and other.is_upper and len(other.folded) == 1
        if not SPACE.fullmatch(gap) and not (follows_initial and gap in (".", ". ")):
            is_next = bool(_LISTED.fullmatch(gap))
            if not word.is_capital:
                return is_next and not other.is_capital and self._is_small_name(word.folded)
            is_name = word.folded in known.unclear or word.folded in known.given
            return is_next and (is_name or self.verdicts[number] is Certainty.POSSIBLE)
        if not word.is_capital:
            return number > beside and self._goes_on_small(number, other)
        return self._is_part(number, is_second=number > beside)

    def _goes_on_small(self, number: int, other: Word) -> bool:
        """A surname without a capital after such a name, or what joins two parts of a name."""
        known, plain = self.around.known, self.around.words[number].folded
        if plain in _PARTICLES:
            after = self.around.after(number)
            return after is not None and after.is_capital and other.is_capital
        is_surname = plain in known.surnames and not known.is_ordinary(plain)
        return is_surname and not other.is_capital

    def _is_part(self, number: int, *, is_second: bool) -> bool:
        known, word = self.around.known, self.around.words[number]
        plain = word.folded
        if self.around.is_nobody(plain):
            return False
        if word.is_upper and len(plain) <= _LONGEST_ABBREVIATION:
            return plain in known.surnames or plain in known.small_given
        if plain in known.surnames or plain in known.given or plain in known.unclear:
            return is_second or not word.starts or not known.is_ordinary(plain)
        if plain in known.capitals or plain in known.places:
            return False
        return not known.is_ordinary(plain)

    def runs(self) -> Iterator[Hit]:
        """Neighbouring parts of a name as one, from its first letter to its last."""
        number, words = 0, self.around.words
        while number < len(words):
            certainty, last = self.verdicts[number], number
            while certainty is not None and self._goes_on(last, certainty):
                last += 1
            if certainty is not None:
                start, end = words[number].start, words[last].bare_end
                yield Hit(Kind.NAME, start, end, certainty)
            number = last + 1

    def _goes_on(self, last: int, certainty: Certainty) -> bool:
        words = self.around.words
        if last + 1 >= len(words) or self.verdicts[last + 1] is not certainty:
            return False
        word, gap = words[last], self.around.gap(last, last + 1)
        is_stop = "." in gap and len(word.folded) > 1
        return bool(_IN_RUN.fullmatch(gap)) and not word.is_possessive and not is_stop
