"""What is wrong with a file, and where: collected in full, so that one look mends everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

# A file with more faults than this is not the kind of file it was taken for.
MOST_FAULTS = 100
LONGEST_QUOTE = 60
MOST_COMPARED = 400


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong: the file, the line (from 1), and what would be right."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class QuestionnaireFaultsError(Exception):
    """A file cannot be used. `faults` holds everything that was found wrong with it, in order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class FaultCollector:
    """Gathers the faults of one file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._found: set[Fault] = set()

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, line: int, message: str) -> None:
        """Keep a fault. One too many ends the look: raises QuestionnaireFaultsError."""
        self._found.add(Fault(self.path, line, message))
        if len(self._found) > MOST_FAULTS:
            faults = sorted(self._found)[:MOST_FAULTS]
            more = Fault(self.path, faults[-1].line, "there are more faults than can be listed")
            raise QuestionnaireFaultsError([*faults, more])

    def raise_if_any(self) -> None:
        if self:
            raise QuestionnaireFaultsError(sorted(self._found))


def quote(text: str) -> str:
    """The text in quotation marks, on one line and shortened where it is long."""
    flat = " ".join(text.split())
    return f"“{flat}”" if len(flat) <= LONGEST_QUOTE else f"“{flat[: LONGEST_QUOTE - 1]}…”"


def nearest(word: str, known: Iterable[str], closeness: float = 0.6) -> str:
    """The known word most like this one, or "" where none is near."""
    if len(word) > LONGEST_QUOTE:
        return ""
    matcher = SequenceMatcher(b=word.lower())
    found = ""
    for other in islice(known, MOST_COMPARED):
        matcher.set_seq1(other)
        # Two cheap bounds first, against the nearest so far: a file can be wrong a hundred times.
        likenesses = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
        if all(likeness() >= closeness for likeness in likenesses):
            found, closeness = other, matcher.ratio()
    return found


def suggest(word: str, known: Iterable[str]) -> str:
    """What would be right: the nearest known word, or else all of them."""
    known = list(known)
    near = nearest(word, known)
    if near:
        return f"did you mean {quote(near)}?"
    if not known:
        return "there is none to choose from"
    listed = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
    return f"use one of: {listed}"


def repeated(words: Iterable[tuple[str, int]]) -> Iterator[tuple[int, str, int]]:
    """Line, word and first line of each (word, line) whose word was there before."""
    first: dict[str, int] = {}
    for word, line in words:
        if word in first:
            yield line, word, first[word]
        else:
            first[word] = line
