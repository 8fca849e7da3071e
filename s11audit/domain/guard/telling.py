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


def listed(text: str, hits: Sequence[Hit]) -> str:
    """`names (“Sarah”, line 1; “Jayden”, line 2) and a phone number (“077… 123”, line 2)`.

    Of each kind the first three. In a text of one line no line is named.
    """
    kinds = dict.fromkeys(hit.kind for hit in hits)
    told = [_of_kind(kind, text, [hit for hit in hits if hit.kind is kind]) for kind in kinds]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _of_kind(kind: Kind, text: str, hits: Sequence[Hit]) -> str:
    words, has_lines = KIND_WORDS[kind], "\n" in text
    shown = [
        f"“{quoted(text, hit)}”" + (f", line {line_of(text, hit)}" if has_lines else "")
        for hit in hits[:_MOST]
    ]
    if (rest := len(hits) - _MOST) > 0:
        shown.append(f"{rest} more")
    called = words.called if len(hits) == 1 else words.several
    return f"{called} ({'; '.join(shown)})"


def mark(text: str, hit: Hit) -> str:
    """What tells this finding from another, wherever in the text it stands: twelve characters."""
    plain = "".join(normal(text[hit.start : hit.end]).text.lower().split())
    return hashlib.sha256(f"{hit.kind}:{plain}".encode()).hexdigest()[:12]
