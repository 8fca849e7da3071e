"""Names by how they are made: endings of many languages, joined names, new spellings of old ones.

A word that no list has may still look like a name and like nothing else: `Radoslav`, `Mya-Rae`,
`Kaytlin`. What is said here counts only for words that are ordinary in no dictionary.
"""

from __future__ import annotations

import re
from functools import lru_cache

from s11audit.domain.guard.words import Lexicon, lexicon

_SHORTEST = 5
# Of given and family names: Slavic, Baltic, Romanian, Albanian, Hungarian, Armenian and Georgian;
# Turkish, Afghan, Bengali and Persian; Sikh, Sinhala and Tamil; Igbo, Yoruba, Akan; Greek, Nordic.
_MADE = re.compile(
    r"^(?:o'[a-z]{4,}|mc[a-z]{3,}|mac[a-z]{5,}|fitz[a-z]{3,}"
    r"|(?:olu|oluwa|ayo|chukwu|ngo|nnam|onye|abdi|abdul)[a-z]{4,}"
    r"|[a-z]{2,}(?:slav|slava|slaw|slawa|mierz|wicz|vich|vych|owski|owska|ewski|ewska|inski|inska"
    r"|cki|cka|czyk|czak|enko|chuk|escu|oiu|eanu|aitis|aite|auskas|iene|unas|aityte|dze|shvili|oglu"
    r"|ullah|ulla|uddin|udin|zai|zada|zadeh|pour|preet|inder|deep|jeet|jot|singhe|ratne|weera"
    r"|wardena|nathan|lingam|moorthy|krishnan|esan|swamy|chukwu|nna|oma|emeka|ola|wale|tunde|kunle"
    r"|femi|opoulos|akis|sdottir|sson))$"
)
# The second of two given names that are joined.
_SECOND = frozenset(
    re.findall(
        "[a-z]+",
        "ann anna anne belle beth boy claire elle ella faith grace hope jack james jane jay jayne "
        "jean jo joe john kate lee lei leigh lilly lily lou louise luc luke lynn lynne mae mai "
        "maria marie mary may paul rae ray rose ruby sky skye sophie",
    )
)
_TAIL = frozenset(
    re.findall("[a-z]+", "ann anne belle jo lee lei leigh lou mae mai marie rae rose skye")
)
# How a name sounds, about: `Jorja` and `Georgia`, `Shanyce` and `Shanice` come out the same.
_SOUNDS = (
    (re.compile("e?igh"), "i"),
    (re.compile("ph"), "f"),
    (re.compile("ck|cc|q|kk|c(?=[^eiyh]|$)"), "k"),
    (re.compile("c(?=[eiy])|z"), "s"),
    (re.compile("x"), "ks"),
    (re.compile("g(?=[eiy])"), "j"),
    (re.compile("(?<=[aeiouy])h(?![aeiouy])"), ""),
    (re.compile("[aeiouyw]+"), "a"),
    (re.compile(r"(.)\1+"), r"\1"),
)


def is_shaped_like_a_name(plain: str, known: Lexicon) -> bool:
    """Whether a word that is in no list is made as names are, or sounds like one of the list."""
    if "-" in plain:
        return is_joined(plain, known)
    if len(plain) < _SHORTEST:
        return False
    return bool(_MADE.match(plain)) or _sound(plain) in _sounds()


def is_joined(plain: str, known: Lexicon, *, small: bool = False) -> bool:
    """`lexi-mai`, `jean-luc`, `smith-okoro`: names joined by a hyphen, one of them nothing else.
    Of words without a capital only given names are believed."""
    parts = plain.split("-")
    if len(parts) < 2 or any(one in known.capitals or len(one) < 2 for one in parts):
        return False
    first, last = parts[0], parts[-1]
    are_given = all(one in known.given or one in known.unclear or one in _SECOND for one in parts)
    if are_given and (first in known.small_given or last in _SECOND):
        return True
    if small:
        return False
    if last in _TAIL and not known.is_ordinary(first):
        return True
    named = [one in known.surnames or one in known.given for one in parts]
    return all(named) and not any(known.is_ordinary(one) for one in parts)


@lru_cache(maxsize=1)
def _sounds() -> frozenset[str]:
    known = lexicon()
    names = known.small_given - known.places
    return frozenset(_sound(name) for name in names if len(name) >= _SHORTEST)


def _sound(plain: str) -> str:
    for pattern, instead in _SOUNDS:
        plain = pattern.sub(instead, plain)
    return plain
