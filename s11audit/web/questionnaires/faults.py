"""What is wrong with a text, as a page lists it: the place in words, and what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from s11audit.questionnaires import Fault
from s11audit.questionnaires.authoring.places import PlacedFault

LONGEST_LINE = 300


@dataclass(frozen=True)
class ListedFault:
    """A fault with the place it is at, in words, and the text that stands there."""

    place: str
    message: str
    text: str = ""


def listed(faults: Sequence[Fault], raw: bytes) -> list[ListedFault]:
    """The faults of these bytes: each with its line or, of a workbook, its sheet and cell."""
    lines = raw.decode("utf-8", "replace").split("\n")
    return [_listed(fault, lines) for fault in faults]


def _listed(fault: Fault, lines: Sequence[str]) -> ListedFault:
    if isinstance(fault, PlacedFault):
        return ListedFault(fault.place, fault.message)
    text = lines[fault.line - 1].strip() if 0 < fault.line <= len(lines) else ""
    return ListedFault(f"Line {fault.line}", fault.message, text[:LONGEST_LINE])
