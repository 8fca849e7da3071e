"""Likely names of people: known ones, and unknown ones where the words around them say so.

No list holds every name, so a word with a capital that is no ordinary word, place or organisation
counts as a name where it stands as a person does: after “mum” or “Mr”, before “said”, beside
another name. Words that are names and something else besides need the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from s11audit.domain.guard.kinds import Certainty, Hit, Kind
from s11audit.domain.guard.sentences import Word, words_of
from s11audit.domain.guard.words import Lexicon, lexicon

_AGED = re.compile(r"[ ]?[,(\[][ ]?(?:aged? )?(?:[0-9]{1,2}|f|m)\b(?![-/.]?[0-9%])")
_OPENS = re.compile(r"^[ ]?[,:(\"'\[-]{0,2}[ ]?$")
_CLOSE_BY = re.compile(r"^(?:[ ]|[ ]?\n[ ]?)$")
_LISTED = re.compile(r"^(?:, ?| ?& ?| ?/ ?| ?\+ ?)$")
_CALLED = re.compile(
    r"(?i)(?:\b(?:called|named|nicknamed|(?:known|referred to) as|names? (?:is|was|are|were)|name:|names:"
    r"|pseudonym|aka|a\.k\.a\.?|surname|first ?name|forename|hi,?|hello,?|dear|love from))[ :]{0,2}[\"'(]?$"
)
_PARTICLES = frozenset(
    "de da do dos das di del la le van von der den al el bin bint ibn ap ab st".split()
)
_NOT_BEFORE = frozenset(
    "the a an this that these those each every our your its no any some per".split()
)
_PLACED = frozenset("in at near around across outside throughout into within".split())
_STATES = frozenset(
    "was were is are has had who whose did does will would can could should may might aged also then".split()
)
_OF_A_PERSON = frozenset(
    "seen born removed taken asked known placed living referred upset scared crying aged spoken visited "
    "missing found admitted told observed heard happy sad tired hungry absent excluded anxious angry "
    "present presenting staying sleeping struggling registered subject accommodated discharged sober pregnant "
    "arrested assaulted hurt injured bruised frightened withdrawn quiet very not always often never still been "
    "already reluctant unable being going left moved returned disclosed said supported six five four three two "
    "one seven eight nine ten eleven twelve a an at with".split()
)
_POSSESSED = frozenset(
    "mum mother father dad parents parent brother sister siblings sibling family nan grandmother grandfather "
    "grandparents aunt uncle partner boyfriend girlfriend friend friends school teacher voice views wishes "
    "needs behaviour attendance bedroom room home house placement plan file record records case chronology "
    "injuries injury bruise arm leg head face hair clothes health weight sleep speech development history "
    "experience experiences lived daily life death birth birthday age account disclosure allegation story "
    "phone mobile social health worker carer carers foster stepfather stepmother step-father step-mother "
    "anxiety diagnosis medication medical safety presentation relationship relationships contact mood anger".split()
)
_PLACE_ENDING = re.compile(
    r"(?:shire|ton|ham|ford|bury|borough|burgh|mouth|ville|dale|stead|chester|cester|minster|combe|coombe|wick|"
    r"hurst|pool|port|bridge|worth|haven|gate|thorpe|sea|by|land|lands|view|side|brook|mere|wood|field|leigh)$"
)
_DOTTED = re.compile(r"(?<![A-Za-z.])(?:[A-Z]\.[ ]?){2,3}(?![A-Za-z.]*\.[A-Za-z])")
_NO_INITIALS = frozenset("uk gp us eg ie am pm dob ad bc nb ps po ba ma phd qc kc mp".split())


def names(text: str) -> Iterator[Hit]:
    """Runs of words that are likely or possibly somebody's name, and initials."""
    finder = _Finder(text, words_of(text), lexicon())
    yield from finder.found()


class _Finder:
    def __init__(self, text: str, words: Sequence[Word], known: Lexicon) -> None:
        self.text = text
        self.words = words
        self.known = known
        self.verdicts: list[Certainty | None] = [None] * len(words)

    def found(self) -> Iterator[Hit]:
        for number in range(len(self.words)):
            self.verdicts[number] = self._verdict(number)
        self._spread()
        yield from self._runs()
        yield from self._dotted_initials()

    # One word

    def _verdict(self, number: int) -> Certainty | None:
        word = self.words[number]
        if word.is_address or word.in_organisation:
            return None
        if len(word.folded) <= 2 and word.is_upper:
            return self._initials(number)
        if not word.is_capital:
            return self._in_small_letters(number)
        return self._with_capital(number)

    def _in_small_letters(self, number: int) -> Certainty | None:
        known, word = self.known, self.words[number]
        if word.folded in known.sure or (
            word.folded in known.given
            and len(word.folded) > 3
            and not known.is_ordinary(word.folded)
            and word.folded not in known.places
            and word.folded not in known.capitals
        ):
            return Certainty.LIKELY
        if self._follows_title(number) and word.folded in known.surnames | known.given:
            return Certainty.LIKELY
        return None

    def _with_capital(self, number: int) -> Certainty | None:
        known, word = self.known, self.words[number]
        plain = word.folded
        if plain in known.kin or plain in known.titles or plain in known.roles:
            return None
        if plain in known.capitals or plain in known.unclear or plain in known.places:
            return self._unclear(number)
        if plain in known.sure:
            return Certainty.LIKELY
        is_ordinary = known.is_ordinary(plain)
        if plain in known.given or plain in known.census:
            if not is_ordinary or not word.starts or self._is_person(number):
                return Certainty.LIKELY
            return None
        if is_ordinary:
            return Certainty.LIKELY if self._is_named(number, plain in known.surnames) else None
        return self._unknown(number)

    def _unclear(self, number: int) -> Certainty | None:
        """A word that is a name and something else: the words around it decide."""
        word, known = self.words[number], self.known
        if word.folded in known.capitals and word.folded not in known.unclear:
            is_surname = word.folded in known.surnames
            return Certainty.LIKELY if is_surname and self._follows_title(number) else None
        is_name = word.folded in known.unclear or word.folded in known.given
        if self._is_named(number, True) or (is_name and self._is_person(number)):
            return Certainty.LIKELY
        return Certainty.POSSIBLE if is_name and not word.starts else None

    def _unknown(self, number: int) -> Certainty | None:
        """A word with a capital that no list has."""
        word, known = self.words[number], self.known
        if word.is_upper and len(word.folded) <= 6 and word.folded not in known.surnames:
            return None  # an abbreviation
        if self._is_named(number, True):
            return Certainty.LIKELY
        before = self._before(number)
        if before is not None and before.folded in _NOT_BEFORE:
            return None
        if self._is_person(number):
            return Certainty.LIKELY
        if _PLACE_ENDING.search(word.folded) and word.folded not in known.surnames:
            return None
        if before is not None and (before.folded in _PLACED or word.starts):
            return None
        if word.folded in known.surnames:
            return Certainty.POSSIBLE
        if before is not None and before.folded in known.told and not word.starts:
            return Certainty.LIKELY
        return None if word.starts else Certainty.POSSIBLE

    # The words around

    def _is_named(self, number: int, is_likely: bool) -> bool:
        """Whether the words before leave no other reading: a title, kin, “called”."""
        if self._follows_title(number):
            return True
        word = self.words[number]
        if not is_likely and word.starts:
            return False
        if _CALLED.search(self.text, max(0, word.start - 30), word.start):
            return True
        return self._follows_kin(number)

    def _follows_title(self, number: int) -> bool:
        before = self._before(number, r"^\.?[ ]{1,2}$")
        if before is None or before.folded not in self.known.titles:
            return False
        return before.is_capital or not before.is_upper and before.folded not in ("miss", "nurse")

    def _follows_kin(self, number: int) -> bool:
        before = self._before(number, _OPENS.pattern)
        if before is None or before.folded not in self.known.kin:
            return False
        gap = self.text[before.end : self.words[number].start]
        return gap == " " or "(" in gap or "," in gap and self._is_person(number)

    def _is_person(self, number: int) -> bool:
        """Whether it does or has what people do and have."""
        word = self.words[number]
        if word.is_possessive:
            after = self._after(number, r"^'?s?[ ]$")
            return after is not None and after.folded in _POSSESSED
        if _AGED.match(self.text, word.end):
            return True
        after = self._after(number, r"^[ ]$")
        if after is None or after.is_capital:
            return False
        if after.folded in _STATES:
            then = self._after(number + 1, r"^[ ]$")
            return then is not None and (then.folded in _OF_A_PERSON or then.folded.endswith("ing"))
        return after.folded in self.known.says

    def _before(self, number: int, gap: str = r"^[ ]$") -> Word | None:
        if number == 0:
            return None
        before, word = self.words[number - 1], self.words[number]
        return before if re.match(gap, self.text[before.end : word.start]) else None

    def _after(self, number: int, gap: str) -> Word | None:
        if number + 1 >= len(self.words):
            return None
        word, after = self.words[number], self.words[number + 1]
        return after if re.match(gap, self.text[word.end : after.start]) else None

    # Initials

    def _initials(self, number: int) -> Certainty | None:
        """`Mr K`, `J Smith`, and `JB said`, where JB is no abbreviation of the work."""
        known, word = self.known, self.words[number]
        if self._follows_title(number):
            return Certainty.LIKELY
        if len(word.folded) == 1:
            return self._initial_of_surname(number)
        if word.folded in known.acronyms or not word.folded.isalpha():
            return None
        if self._is_person(number) or self._follows_kin(number):
            return Certainty.LIKELY
        return Certainty.POSSIBLE

    def _initial_of_surname(self, number: int) -> Certainty | None:
        word = self.words[number]
        after = self._after(number, r"^\.?[ ]?$")
        if after is None or not after.is_capital or after.is_upper or after.in_organisation:
            return None
        dotted = self.text[word.end : word.end + 1] == "."
        is_article = word.folded in ("a", "i") and not dotted
        is_surname = after.folded in self.known.surnames | self.known.given
        if is_article or not is_surname or after.folded in self.known.capitals:
            return None
        before = self._before(number)
        if (
            not dotted
            and before is not None
            and (before.is_capital or before.folded in self.known.kin)
        ):
            return None  # “Child B Smith”, “Plan C March”
        return Certainty.LIKELY

    def _dotted_initials(self) -> Iterator[Hit]:
        for match in _DOTTED.finditer(self.text):
            letters = re.sub("[^a-z]", "", match[0].lower())
            if letters in _NO_INITIALS or letters in self.known.acronyms and len(letters) > 2:
                continue
            end = match.start() + len(match[0].rstrip())
            yield Hit(Kind.NAME, match.start(), end, Certainty.LIKELY)

    # Runs

    def _spread(self) -> None:
        """Beside a name, words with a capital are its other parts, or the next name of a list."""
        for numbers in (range(1, len(self.words)), range(len(self.words) - 2, -1, -1)):
            step = -numbers.step
            for number in numbers:
                beside = number + step
                if self.verdicts[beside] == Certainty.LIKELY:
                    if self.verdicts[number] != Certainty.LIKELY and self._belongs(number, beside):
                        self.verdicts[number] = Certainty.LIKELY

    def _belongs(self, number: int, beside: int) -> bool:
        known, word, other = self.known, self.words[number], self.words[beside]
        first, second = sorted((word, other), key=lambda one: one.start)
        gap = self.text[first.end : second.start]
        if word.is_address or word.in_organisation or first.is_possessive:
            return False
        plain = word.folded
        if not _CLOSE_BY.match(gap):
            return bool(_LISTED.match(gap)) and self.verdicts[number] == Certainty.POSSIBLE
        if not word.is_capital:
            return (
                word is second
                and not other.is_capital
                and plain in known.surnames
                and not known.is_ordinary(plain)
            )
        if plain in known.kin or plain in known.titles or plain in known.roles or word.is_upper:
            return False
        if plain in known.surnames | known.given | known.unclear:
            return word is second or not word.starts or plain not in known.ordinary
        if plain in known.capitals or plain in known.places:
            return False
        return not known.is_ordinary(plain)

    def _runs(self) -> Iterator[Hit]:
        """Neighbouring parts of a name as one, from its first letter to its last."""
        number = 0
        while number < len(self.words):
            certainty = self.verdicts[number]
            last = number
            while certainty is not None and self._goes_on(last, certainty):
                last += 1
            if certainty is not None:
                yield Hit(Kind.NAME, self.words[number].start, self.words[last].bare_end, certainty)
            number = last + 1

    def _goes_on(self, last: int, certainty: Certainty) -> bool:
        if last + 1 >= len(self.words) or self.verdicts[last + 1] != certainty:
            return False
        gap = self.text[self.words[last].end : self.words[last + 1].start]
        return bool(re.fullmatch(r"\.?\s{1,2}", gap)) and not self.words[last].is_possessive
