"""Red, amber and green, and what may stand in their place."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction


class Rag(StrEnum):
    """The colour that a level of a scale carries."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


class Rating(StrEnum):
    """The rating of a standard or of a whole return."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    NOT_RATED = "not-rated"


class Side(StrEnum):
    """Whose rating it is. The three are separate facts; none overwrites another."""

    SELF = "self"
    MODERATED = "moderated"
    AGREED = "agreed"


SIDE_LABELS: dict[Side, str] = {
    Side.SELF: "Self-rating",
    Side.MODERATED: "Moderated rating",
    Side.AGREED: "Agreed rating",
}

# Worth of a colour where colours of several scales are pooled.
RAG_POINTS: dict[Rag, Fraction] = {
    Rag.GREEN: Fraction(1),
    Rag.AMBER: Fraction(1, 2),
    Rag.RED: Fraction(0),
}

# Every state that a cell of a sheet, chart or heat map can show: colour is never the only sign,
# so each has a letter and a word. `not-asked` and `unanswered` are different facts.
LETTERS: dict[str, str] = {
    "red": "R",
    "amber": "A",
    "green": "G",
    "not-rated": "–",
    "not-applicable": "N/A",
    "unanswered": "?",
    "not-asked": "",
}
LABELS: dict[str, str] = {
    "red": "Red",
    "amber": "Amber",
    "green": "Green",
    "not-rated": "Not rated",
    "not-applicable": "Not applicable",
    "unanswered": "Not answered",
    "not-asked": "Not asked",
}
