"""The words around a word: whether they leave it no other reading than a person's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from s11audit.domain.guard.sentences import Word
from s11audit.domain.guard.words import Lexicon

SPACE = re.compile(r"[ \t]{1,2}|[ ]?\n[ ]?")
_AFTER_TITLE = re.compile(r"\.?[ ]{1,2}")
_AFTER_KIN = re.compile(r"[ ]?[,:(\"'\[-]{0,2}[ ]?")
_AGED = re.compile(
    r"[ ]?[,(\[][ ]?(?:(?:aged? )?(?:[0-9]{1,2}|f|m)\b(?![-/.,]?[0-9%])"
    r"|(?:aged? )?(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen)\b)"
)
_IS_KIN = re.compile(
    r"[ ]?[,(-][ ]?(?:(?:his|her|their|the|a|who is|mum's|dad's|mother's|father's) )?"
    r"(?:[a-z-]+ ){0,2}?(?P<kin>[a-z-]+)\b"
)
_CALLED = re.compile(
    r"(?i)(?:\b(?:called|named|nicknamed|known as|(?:re)?ferred to as|names? (?:is|was|are|were)"
    r"|name|names|surname|first ?name|last ?name|fore ?name|family name|alias|aka|a\.k\.a\.?"
    r"|(?:mother|father|mum|dad|parents?|carers?|siblings?|brother|sister|friend) of"
    r"|calls (?:him|her|them)(?:self|selves)?|hi,?|hello,?|dear|love from|signed by)"
    r")(?: ?[:=-])?[ ]{0,2}[\"'(]?$"
)
_KIN_IS = re.compile(
    r"(?i)\b(?:(?:(?:step|grand)-?)?(?:mum|mother|dad|father)|partner|boyfriend|girlfriend|bf|gf"
    r"|uncle|aunt|brother|sister|cousin|worker|sw|hv|iro|solicitor|guardian|teacher|tutor|mentor"
    r"|carer)(?: is| was|'s)(?: now)?[ ]$"
)
_ENDS_OF_IS = ("is ", "as ", "'s ", "ow ")
_IS_AGED = re.compile(
    r"[ ](?:is|was|turned|turns|aged)[ ](?:now |only |just |nearly |almost )?[0-9]{1,2}"
    r"(?:[ ](?:and|years?|yrs|months?|weeks?|but|when|in)\b|[.,;)]|$)"
)
_AND_KIN = re.compile(
    r"[ ]?(?:,|and|&)[ ](?:(?:the|his|her|their|two|three|other|younger|older|new) ){0,3}"
    r"(?P<kin>[a-z-]+)"
)
_AND_INITIAL = re.compile(r"[ ][A-Z]\.?(?= [a-z])")
_SPOKE = re.compile(
    r"(?i)\b(?:spoke|speaking|talked|talking|spoken|listened|call(?:ed)?|letter|text|email|contact(?:ed)?"
    r"|visit(?:ed)?|seen|met|discussed|conversation|session|direct work|home) (?:to|with|by)$"
    r"|\b(?:told|tell|tells|asked|saw|sees|met|rang|asks|ask)$"
)
_FORMS = frozenset(["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir"])
_LONGEST_CALL = 30
_IN_BRACKETS = re.compile(
    r"[ ]?\((?:SW|HV|GP|MW|TA|TM|IRO|DSL|PC|DC|DS|FSW|ASYE|YOT|CG|FC|CIC|IDVA|OT|SENC[Oo]|HT|HoY"
    r"|EWO)\b"
)
# Not `will put`, `may let`: the past of these is as their stem.
_MODAL = frozenset(["will", "may"])
_SAME_IN_PAST = frozenset(
    re.findall("[a-z]+", "bet cut hit hurt let put read set shut spit wet come run")
)
_IS_UPPER = 0.6
_FEWEST_UPPER = 4
_BEFORE_CLAUSE = frozenset(
    re.findall("[a-z]+", "that since when if because while although until before after")
)


@dataclass(frozen=True)
class Surroundings:
    """A text as words, and what its words say of one another."""

    text: str
    words: Sequence[Word]
    known: Lexicon

    @cached_property
    def shouts(self) -> bool:
        """Whether the text is written in capitals."""
        long = [word for word in self.words if word.end - word.start > 2]
        upper = sum(word.is_upper for word in long)
        return upper >= _FEWEST_UPPER and upper >= _IS_UPPER * len(long)

    def gap(self, first: int, second: int) -> str:
        """What stands between two words."""
        return self.text[self.words[first].end : self.words[second].start]

    def before(self, number: int, gap: re.Pattern[str] = SPACE) -> Word | None:
        """The word before, where nothing but such a gap lies between."""
        if number == 0 or not gap.fullmatch(self.gap(number - 1, number)):
            return None
        return self.words[number - 1]

    def after(self, number: int, gap: re.Pattern[str] = SPACE) -> Word | None:
        if number + 1 >= len(self.words) or not gap.fullmatch(self.gap(number, number + 1)):
            return None
        return self.words[number + 1]

    def is_named(self, number: int) -> bool:
        """Whether the words before say that a name follows: a title, kin, “called”."""
        if self.follows_title(number) or self._follows_call(number) or self.follows_kin(number):
            return True
        return self._follows_is(number)

    def follows_title(self, number: int) -> bool:
        """`Mr …`, and `mr …` where no capital is used at all."""
        before = self.before(number, _AFTER_TITLE)
        if before is None or before.folded not in self.known.titles:
            return False
        return before.is_capital or before.folded in ("mr", "mrs", "ms", "dr", "pc", "dc", "sgt")

    def follows_form(self, number: int) -> bool:
        """`Mr …`, with what is an ordinary word otherwise."""
        before = self.before(number, _AFTER_TITLE)
        return self.follows_title(number) and before is not None and before.folded in _FORMS

    def follows_kin(self, number: int) -> bool:
        """`mum …`, `his brother (…`, `the social worker, …, said`."""
        before = self.before(number, _AFTER_KIN)
        if before is None or before.folded not in self.known.kin or before.is_possessive:
            return False
        if before.is_capital and not before.starts and before.folded not in self.known.family:
            return False  # `School Nurse Practitioner`, `Pupil Registration`
        if "," in self.gap(number - 1, number):
            behind = self.text[self.words[number].end :][:6]
            return self.is_person(number) or behind.startswith((",", ")", " and ", " & "))
        return True

    def _follows_is(self, number: int) -> bool:
        """`his partner is …`, unless it is a people, a faith or any other word."""
        start, known, plain = self.words[number].start, self.known, self.words[number].folded
        if self.text[start - 3 : start] not in _ENDS_OF_IS:
            return False
        if not _KIN_IS.search(self.text, max(0, start - _LONGEST_CALL), start):
            return False
        return not (known.is_capital(plain) or plain in known.places or known.is_ordinary(plain))

    def is_after_kin(self, number: int) -> bool:
        """`MOTHER …`, in a text of capitals."""
        before = self.before(number)
        return before is not None and before.folded in self.known.kin and not before.is_possessive

    def _follows_call(self, number: int) -> bool:
        start = self.words[number].start
        return bool(_CALLED.search(self.text, max(0, start - _LONGEST_CALL), start))

    def is_person(self, number: int, *, loosely: bool = False) -> bool:
        """Whether it does, is or has what people do, are and have; loosely, what other things do
        besides."""
        word, known = self.words[number], self.known
        if word.is_possessive:
            after = self.after(number)
            return after is not None and after.folded in known.possessed
        if _AGED.match(self.text, word.end) or self._is_kin(word):
            return True
        if _IN_BRACKETS.match(self.text, word.end) or _IS_AGED.match(self.text, word.end):
            return True
        if word.folded not in known.lettered and _AND_INITIAL.match(self.text, word.end):
            return True
        after = self.after(number)
        if after is not None and after.folded == "and" and self._is_with_another(number):
            return self.is_person(number + 2)
        if after is None or (after.is_capital and not after.is_upper):
            return False
        if word.folded in _MODAL and after.folded in _SAME_IN_PAST:
            return False
        if after.folded in known.does or (loosely and after.folded in known.acts):
            return True
        then = self.after(number + 1)
        if then is None or after.folded not in known.states:
            return False
        if then.folded in known.adverbs and loosely:
            return True
        is_verb = after.folded in known.adverbs and then.folded.endswith(("s", "ed"))
        return is_verb or then.folded in known.person_states or then.folded.endswith("ing")

    def _is_with_another(self, number: int) -> bool:
        """`Blessing and Favour were …`, but not `June and July were …`."""
        second, known = self.after(number + 1), self.known
        if second is None or not second.is_capital:
            return False
        pair = self.words[number].folded, second.folded
        return all(one in known.unclear or one in known.given for one in pair) and not any(
            one in known.capitals or one in known.places for one in pair
        )

    def _is_kin(self, word: Word) -> bool:
        """`…, his brother,` and `… (mother)` and `… and the baby`."""
        said = _IS_KIN.match(self.text, word.end) or _AND_KIN.match(self.text, word.end)
        return said is not None and said["kin"] in self.known.kin

    def is_small(self, number: int) -> bool:
        """Whether a word without a capital stands as a person: `mum …`, `… said dad was out`."""
        before, after = self.before(number), self.after(number)
        if after is not None and after.folded in self.known.tells:
            return True
        if before is None:
            return False
        return (
            before.folded in self.known.family
            or self.follows_call_to_speak(number)
            or self.follows_title(number)
        )

    def follows_call_to_speak(self, number: int) -> bool:
        """`spoke to …`, `told …`, `saw …`."""
        before = self.before(number)
        if before is None:
            return False
        return bool(_SPOKE.search(self.text, max(0, before.end - _LONGEST_CALL), before.end))

    def follows_link(self, number: int) -> bool:
        """Whether a word before it takes a person: `told …`, `about …`, `that …`."""
        before = self.before(number)
        if before is None or before.is_possessive:
            return False
        is_wish = self.words[number].folded in self.known.wishes
        if is_wish and before.folded in self.known.links - _BEFORE_CLAUSE:
            return False
        return before.folded in self.known.takes_person or before.folded in self.known.links

    def is_nobody(self, plain: str) -> bool:
        """Whether it is what somebody is called instead of a name: kin, a title, a job."""
        known = self.known
        return plain in known.kin or plain in known.titles or plain in known.roles

    def is_without_apostrophe(self, number: int) -> bool:
        """`sarahs mum`."""
        after = self.after(number)
        plain = self.words[number].folded
        is_plural = plain.endswith("s") and not self.known.is_ordinary(plain)
        return is_plural and after is not None and after.folded in self.known.possessed
