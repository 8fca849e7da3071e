"""Small questionnaires to reason about."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from s11audit.domain.audience import Audience
from s11audit.domain.conditions import Condition, Is
from s11audit.domain.questionnaire import Kind, Question, Questionnaire, Standard
from s11audit.domain.ratings import Rag
from s11audit.domain.scales import Direction, Level, Scale

NOT_APPLICABLE = Level("not-applicable", "Not applicable", applicable=False, needs_reason=True)
COMPLIANCE = Scale(
    "compliance",
    (
        Level("met", "Fully met", rag=Rag.GREEN, points=Fraction(1)),
        Level("partly-met", "Partly met", rag=Rag.AMBER, points=Fraction(1, 2)),
        Level("not-met", "Not met", rag=Rag.RED, points=Fraction(0)),
        NOT_APPLICABLE,
    ),
)


def grades(
    direction: Direction = Direction.HIGHEST_IS_BEST, colours: str = "RAGG", first: int = 1
) -> Scale:
    """A scale of levels named by their points, which count up from `first`."""
    rags = {"R": Rag.RED, "A": Rag.AMBER, "G": Rag.GREEN, "-": None}
    levels = tuple(
        Level(str(points), f"Grade {points}", rag=rags[colour], points=Fraction(points))
        for points, colour in enumerate(colours, first)
    )
    return Scale("grades", (*levels, NOT_APPLICABLE), direction=direction)


def rating(key: str, scale: Scale = COMPLIANCE, **more: Any) -> Question:
    return question(key, "rating", scale=scale, **more)


def question(key: str, type_: str = "yes-no", **more: Any) -> Question:
    title = more.pop("title", key.partition(".")[2].replace("-", " ").capitalize())
    return Question(key=key, title=title, type=type_, ask="Is it so?", **more)


def standard(id_: str, *questions: Question, for_: frozenset[str] | None = None) -> Standard:
    return Standard(id_, id_.capitalize(), questions, audience=Audience(for_))


def questionnaire(*standards: Standard) -> Questionnaire:
    return Questionnaire("sample", "1", Kind.SELF_ASSESSMENT, "Sample", standards)


def of(*questions: Question) -> Questionnaire:
    """A questionnaire of one standard, `a`."""
    return questionnaire(standard("a", *questions))


def when(key: str, value: str, negated: bool = False) -> Condition:
    return Is(key, value, negated)
