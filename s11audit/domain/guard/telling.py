"""How a hit is told to whoever wrote the text: what it looks like, and where it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from s11audit.domain.guard.kinds import KIND_WORDS, Hit, Kind
from s11audit.domain.guard.normal import normal

_LONGEST = 40
_MOST = 3


def quoted(text: str, hit: Hit) -> str:
    """What was found, to be recognised by: a name whole, a number by its ends (`077… 123`)."""
    found = " ".join(text[hit.start : hit.end].split())
    if hit.kind is Kind.NAME:
        return found if len(found) <= _LONGEST else found[:_LONGEST].rstrip() + "…"
    return f"{found[:3]}… {found[-3:]}" if len(found) > 7 else found


def line_of(text: str, hit: Hit) -> int:
    """The line that it begins on, counted from 1."""
    return text.count("\n", 0, hit.start) + 1


def where(text: str, hit: Hit) -> str:
    """`, line 2`; empty in a text of one line."""
    return f", line {line_of(text, hit)}" if "\n" in text else ""


def listed(text: str, hits: Sequence[Hit]) -> str:
    """`a name (“Sarah”, line 1) and a phone number (“077… 123”, line 2)`; of many the first."""
    told = [
        f"{KIND_WORDS[hit.kind].called} (“{quoted(text, hit)}”{where(text, hit)})"
        for hit in hits[:_MOST]
    ]
    if (rest := len(hits) - _MOST) > 0:
        told.append(f"{rest} more")
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def mark(text: str, hit: Hit) -> str:
    """What tells this finding from another, wherever in the text it stands: twelve characters."""
    plain = "".join(normal(text[hit.start : hit.end]).text.lower().split())
    return hashlib.sha256(f"{hit.kind}:{plain}".encode()).hexdigest()[:12]
