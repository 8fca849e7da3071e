"""Names of files as people give them: what of a name is shown, and what it claims to be."""

from __future__ import annotations

import unicodedata
from pathlib import PurePath

# What a column holds.
LONGEST_NAME = 200
NAMELESS = "File"
# Endings of what a computer would run, were it not for the last one.
_PROGRAMS = ".exe .scr .pif .cpl .msi .dll .jar .apk .bat .cmd .ps1 .vbs .vbe .js .jse .wsf .wsh"
_WITH_MACROS = ".docm .dotm .xlsm .xltm .xlam .pptm .ppam .hta .lnk .reg"
_HIDDEN = frozenset(f"{_PROGRAMS} {_WITH_MACROS}".split())
# Of a character's category: controls, and what turns or hides the text around it.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_name(typed: str) -> str:
    """A name to show: as it was given, without folders and without what cannot be seen.

    One that is too long loses its middle, so that it keeps its beginning and its ending.
    """
    own = typed.replace("\\", "/").rpartition("/")[2]
    seen = "".join(one for one in own if unicodedata.category(one) not in _UNSEEN)
    name = " ".join(unicodedata.normalize("NFC", seen).split())
    if len(name) <= LONGEST_NAME:
        return name or NAMELESS
    ending = ending_of(name)
    return name[: LONGEST_NAME - len(ending) - 1].rstrip(". ") + "…" + ending


def ending_of(name: str) -> str:
    """`.pdf`, in small letters; empty where a name has none."""
    ending = PurePath(name).suffix.lower()
    return ending if len(ending) <= 10 else ""


def hides_an_ending(name: str) -> bool:
    """Whether a name would be a program's, but for the ending after that."""
    return any(ending.lower().rstrip() in _HIDDEN for ending in PurePath(name).suffixes[:-1])


def size_in_words(size: int) -> str:
    """`340 kB` or `1.2 MB`, of a number of bytes; no line breaks in the middle."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}\N{NO-BREAK SPACE}kB"
    return f"{size / 1_000_000:.1f}\N{NO-BREAK SPACE}MB"
