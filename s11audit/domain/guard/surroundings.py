"""The words around a word: whether they leave it no other reading than a person's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Surroundings:
    """A text as words, and what its words say of one another."""

    text: str
    words: Sequence[Word]
    known: Lexicon

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
        return self.follows_title(number) or self._follows_call(number) or self.follows_kin(number)

    def follows_title(self, number: int) -> bool:
        """`Mr …`, and `mr …` where no capital is used at all."""
        before = self.before(number, _AFTER_TITLE)
        if before is None or before.folded not in self.known.titles:
            return False
        return before.is_capital or before.folded in ("mr", "mrs", "ms", "dr")

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

    def _follows_call(self, number: int) -> bool:
        start = self.words[number].start
        return bool(_CALLED.search(self.text, max(0, start - _LONGEST_CALL), start))

    def is_person(self, number: int) -> bool:
        """Whether it does, is or has what people do, are and have."""
        word, known = self.words[number], self.known
        if word.is_possessive:
            after = self.after(number)
            return after is not None and after.folded in known.possessed
        if _AGED.match(self.text, word.end) or self._is_kin(word):
            return True
        if word.folded not in known.lettered and _AND_INITIAL.match(self.text, word.end):
            return True
        after = self.after(number)
        if after is None or after.is_capital:
            return False
        if after.folded in known.does:
            return True
        then = self.after(number + 1)
        if then is None or after.folded not in known.states:
            return False
        is_verb = after.folded in known.adverbs and then.folded.endswith(("s", "ed"))
        return is_verb or then.folded in known.person_states or then.folded.endswith("ing")

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
            or bool(_SPOKE.search(self.text, max(0, before.end - _LONGEST_CALL), before.end))
            or self.follows_title(number)
        )

    def follows_link(self, number: int) -> bool:
        """Whether a word before it takes a person: `told …`, `about …`, `that …`."""
        before = self.before(number)
        if before is None or before.is_possessive:
            return False
        return before.folded in self.known.takes_person or before.folded in self.known.links
