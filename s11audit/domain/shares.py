"""How much of one return a permission reaches: all of it, or the standards that were delegated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """`standards` are ids; `everything` takes in all standards, whatever they are called."""

    standards: frozenset[str] = frozenset()
    everything: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.standards)

    def has_standard(self, standard_id: str) -> bool:
        return self.everything or standard_id in self.standards

    def has_question(self, key: str) -> bool:
        """Whether the question of this key (`standard.question`) stands in one of the standards."""
        return self.has_standard(key.partition(".")[0])


EVERYTHING = Share(everything=True)
NOTHING = Share()
