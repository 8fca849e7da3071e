"""Faults of files that have cells, not lines: each place has a number that stands for its line.

So a table of any kind can be read into the same tree as a YAML file, and be checked by the same
checks; only at the end do the numbers become the names of cells again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from s11audit.questionnaires.faults import Fault, FaultCollector, QuestionnaireFaultsError

_ELSEWHERE = re.compile(r"\bline ([0-9]+) has it already$")


@dataclass(frozen=True, order=True)
class PlacedFault(Fault):
    """One thing that is wrong in a cell. `place` names it, such as “training!F7”.

    `line` only tells the order of places.
    """

    place: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.place}: {self.message}"


class Places:
    """Numbers for the places of one file, in the order in which they are read."""

    def __init__(self, path: str, whole: str) -> None:
        """`whole` stands for what is nowhere in particular."""
        self.faults = FaultCollector(path)
        self._names = [whole]

    def line(self, name: str) -> int:
        """The number of a place that is come to."""
        self._names.append(name)
        return len(self._names)

    def name(self, line: int) -> str:
        return self._names[line - 1] if 1 <= line <= len(self._names) else self._names[0]

    def add(self, line: int, message: str) -> None:
        """Keep a fault."""
        self.faults.add(line, message)

    def named(self, error: QuestionnaireFaultsError) -> QuestionnaireFaultsError:
        """The same faults, with the names of their places."""
        return QuestionnaireFaultsError(
            PlacedFault(
                fault.path,
                fault.line,
                _ELSEWHERE.sub(
                    lambda found: f"{self.name(int(found[1]))} has it already", fault.message
                ),
                self.name(fault.line),
            )
            for fault in error.faults
        )
