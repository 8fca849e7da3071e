"""What the guard finds, as short texts to compare."""

from __future__ import annotations

from s11audit.domain.guard import Certainty, Kind, find


def found(text: str, at_least: Certainty = Certainty.LIKELY) -> list[tuple[str, str]]:
    """(Kind, what was found) of all that is so sure, in order."""
    return [
        (hit.kind.value, text[hit.start : hit.end])
        for hit in find(text)
        if hit.certainty >= at_least
    ]


def of_kind(kind: Kind, text: str, at_least: Certainty = Certainty.LIKELY) -> list[str]:
    """What was found of one kind."""
    return [shown for one, shown in found(text, at_least) if one == kind]


def certainties(text: str) -> list[str]:
    """How sure the guard is of each finding."""
    return [hit.certainty.name for hit in find(text)]
