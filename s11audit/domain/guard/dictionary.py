"""Ordinary words of British English, from the dictionary of a spelling checker.

The package spylls carries Hunspell's American one, whose flags say which prefixes and endings a
word takes. Regular endings (-s, -ed, -ing, -ly …) of all but short words are left to
`words.is_ordinary`, which takes them off again. British spellings are made of American ones by
rule; what follows no rule, and words that only Britain has, stand in `words/british.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

# The flags of -ing, -ings, -ed, -er, -ers, -s, -ness, -ly and 's.
_REGULAR = re.compile("[GJDRZSPYM]")
_LONGEST_SHORT = 4
_PARTS_OF_AFFIX = 5
# American and British: at the end of a word, and anywhere in it.
_ENDINGS = (
    ("ize", "ise"),
    ("yze", "yse"),
    ("or", "our"),
    ("ter", "tre"),
    ("ber", "bre"),
    ("og", "ogue"),
    ("ense", "ence"),
)
_PARTS = (
    ("izat", "isat"),
    ("olor", "olour"),
    ("avor", "avour"),
    ("onor", "onour"),
    ("eled", "elled"),
    ("eling", "elling"),
    ("eler", "eller"),
    ("elor", "ellor"),
    ("illful", "ilful"),
    ("edi", "aedi"),
    ("emi", "aemi"),
    ("emo", "aemo"),
    ("ema", "aema"),
    ("esthe", "aesthe"),
    ("gynec", "gynaec"),
    ("fet", "foet"),
    ("sulf", "sulph"),
    ("mold", "mould"),
)


class _Affix(NamedTuple):
    removed: str
    added: str
    condition: re.Pattern[str]

    def fits(self, stem: str) -> bool:
        return bool(self.condition.search(stem))

    def after(self, stem: str) -> str:
        return stem.removesuffix(self.removed) + self.added


def dictionary() -> frozenset[str]:
    """Words in small letters: American ones, and British spellings of them."""
    american = frozenset(_american())
    return american | frozenset(word for one in american for word in _british(one))


def _american() -> Iterator[str]:
    """Each word alone, with the endings kept here, and all these with each prefix it may have."""
    prefixes, endings = _affixes("PFX"), _affixes("SFX")
    for line in _lines("dic")[1:]:  # the first has their number
        stem, _, flags = line.partition("/")
        if not stem[:1].islower():
            continue
        kept = flags if len(stem) <= _LONGEST_SHORT else _REGULAR.sub("", flags)
        forms = [stem, *(one.after(stem) for one in _of(kept, endings) if one.fits(stem))]
        yield from forms
        yield from (prefix.added + form for prefix in _of(flags, prefixes) for form in forms)


def _affixes(keyword: str) -> dict[str, list[_Affix]]:
    """By flag. Lines of the format are `SFX flag removed added condition`, 0 for nothing."""
    affixes: dict[str, list[_Affix]] = {}
    for line in _lines("aff"):
        parts = line.split()
        if parts[:1] == [keyword] and len(parts) == _PARTS_OF_AFFIX:
            _, flag, removed, added, condition = parts
            affix = _Affix(removed.strip("0"), added, re.compile(f"{condition}$"))
            affixes.setdefault(flag, []).append(affix)
    return affixes


def _of(flags: str, affixes: dict[str, list[_Affix]]) -> Iterator[_Affix]:
    return (affix for flag in flags for affix in affixes.get(flag, ()))


def _lines(extension: str) -> list[str]:
    dictionaries = files("spylls") / "hunspell" / "data" / "en"
    return (dictionaries / f"en_US.{extension}").read_text(encoding="utf-8").splitlines()


def _british(word: str) -> Iterator[str]:
    for american, british in _ENDINGS:
        if word.endswith(american):
            yield word.removesuffix(american) + british
    for american, british in _PARTS:
        if american in word:
            yield word.replace(american, british)
