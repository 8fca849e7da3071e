"""A text as words, each with what its place in the sentence says of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from sys import maxsize
from typing import NamedTuple

from s11audit.domain.guard.words import Lexicon, folded, lexicon

_WORD = re.compile(r"(?<!\w)[^\W\d_]++(?:['-][^\W\d_]++)*+(?!_)")
_ADDRESS = re.compile(r"(?i)\b(?:https?://|www\.)\S{1,500}|\S{1,100}@\S{1,250}")
_ENDS = frozenset('.!?:;\n•|"“‣▪*>')
_JOINS = re.compile(r"^(?: | ?& ?| ?/ ?|\n)$")
_FOREIGN = re.compile("[^A-Za-z'\\-\u00e9\u00e8\u00ea\u00e2\u00ee\u00ef\u00f4\u00e0\u00fb\u00c9]")
_SMALL_JOINS = frozenset(
    ["of", "and", "the", "for", "in", "on", "with", "to", "upon", "under", "by", "le", "next"]
)
# In a text of capitals: what no name of an organisation goes on beyond.
_BEFORE_ANOTHER = frozenset(
    re.findall(
        "[a-z]+",
        "a after an at because before by from had has he her his if in into is not on re said says "
        "seen she spoke that to told until was were when who with",
    )
)
_POSSESSIVE = re.compile(r"'s?$")


class Word(NamedTuple):
    """One word: `start` and `end` with a possessive ending, `folded` without it."""

    start: int
    end: int
    folded: str
    is_capital: bool
    is_upper: bool
    starts: bool
    is_possessive: bool
    is_address: bool
    is_foreign: bool
    in_organisation: bool = False

    @property
    def bare_end(self) -> int:
        """Where it ends without its possessive ending."""
        return self.end - 2 if self.is_possessive else self.end


def words_of(text: str) -> Sequence[Word]:
    """All words of a text, in order."""
    has_addresses = "@" in text or "://" in text or "www." in text
    addresses = [match.span() for match in _ADDRESS.finditer(text)] if has_addresses else []
    words = [_word(text, match, addresses) for match in _WORD.finditer(text)]
    return _with_organisations(text, words, lexicon())


def _word(text: str, match: re.Match[str], addresses: Sequence[tuple[int, int]]) -> Word:
    start, end = match.span()
    shown = match[0]
    is_possessive = len(shown) > 3 and shown.endswith(("'s", "'S"))
    bare = shown[:-2] if is_possessive else shown
    is_address = bool(addresses) and _lies_in(addresses, start)
    if bare.isascii() and bare.islower():  # most words
        return Word(start, end, bare, False, False, False, is_possessive, is_address, False)
    return Word(
        start,
        end,
        folded(bare),
        is_capital=bare[:1].isupper(),
        is_upper=bare.isupper(),
        starts=_starts(text, start),
        is_possessive=is_possessive,
        is_address=is_address,
        is_foreign=not bare.isascii() and bool(_FOREIGN.search(bare)),
    )


def _lies_in(stretches: Sequence[tuple[int, int]], place: int) -> bool:
    """Whether one of these stretches, which are in order, holds the place."""
    after = bisect_right(stretches, (place, maxsize))
    return after > 0 and place < stretches[after - 1][1]


def _starts(text: str, start: int) -> bool:
    """Whether a word has its capital because a sentence, a line or a quotation begins."""
    before = start - 1
    while before >= 0 and text[before] in " \t'([-":
        before -= 1
    return before < 0 or text[before] in _ENDS or '"' in text[before + 1 : start]


def _with_organisations(text: str, words: Sequence[Word], known: Lexicon) -> list[Word]:
    """The same words; those in runs of capitals that name an organisation are marked."""
    marked = list(words)
    number = 0
    while number < len(words):
        if not words[number].is_capital:
            number += 1
            continue
        last = _end_of_run(text, words, number)
        for place in _of_organisation(words, number, last, known):
            marked[place] = words[place]._replace(in_organisation=True)
        number = last + 1
    return marked


def _end_of_run(text: str, words: Sequence[Word], first: int) -> int:
    """The last word of the run of capitals that begins here; small words may join its parts."""
    last = end = first
    while end + 1 < len(words) and _JOINS.match(text[words[end].end : words[end + 1].start]):
        end += 1
        if words[end].is_capital:
            last = end
        elif words[end].folded not in _SMALL_JOINS:
            break
    return last


def _of_organisation(words: Sequence[Word], first: int, last: int, known: Lexicon) -> list[int]:
    """Places of the words that name an organisation, a place or a phrase in a run of capitals."""
    run = words[first : last + 1]
    plain = [word.folded + ("'s" if word.is_possessive else "") for word in run]
    found = set(_of_phrases(plain, known))
    for place, word in enumerate(run):
        if word.folded in known.organisations and word.is_capital and len(run) > 1:
            first_of_it = _after_small_word(run, place, known)
            found.update(one for one in _of_head(plain, place, known) if one >= first_of_it)
    return [first + place for place in found]


def _after_small_word(run: Sequence[Word], head: int, known: Lexicon) -> int:
    """Where what `head` ends begins: in `SARAH SEEN AT SCHOOL`, all of it capitals, after `AT`."""
    if not run[head].is_upper:
        return 0
    stops = _BEFORE_ANOTHER | known.does | known.kin
    return next((place for place in range(head, 0, -1) if run[place - 1].folded in stops), 0)


def _of_head(plain: Sequence[str], head: int, known: Lexicon) -> range:
    """The words of a run that go with such a word at `head`.

    `Sarah Jones School Nurse` is a person with a job, `Sarah Jones School` is a school; `Mrs Green`
    and `Kim Green` are people, too.
    """
    after = plain[head + 1] if head + 1 < len(plain) else ""
    if after in known.roles:
        return range(head, head + 1)
    before = plain[head - 1] if head else ""
    if plain[head] in known.surnames:
        if before in known.titles:
            return range(0)
        is_given = before in known.given or before in known.sure
        if is_given and (
            head == 1 or plain[head - 2] in known.kin or plain[head - 2] in known.roles
        ):
            return range(0)
    return range(head + 1)


def _of_phrases(plain: Sequence[str], known: Lexicon) -> list[int]:
    found: list[int] = []
    for size in range(min(4, len(plain)), 0, -1):
        for start in range(len(plain) - size + 1):
            phrase = " ".join(plain[start : start + size])
            if phrase in known.phrases or (size > 1 and phrase in known.places):
                found += range(start, start + size)
    return found
