"""Joint assessments: several people rate one thing apart, then agree one rating each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from s11audit.domain.audience import Respondent
from s11audit.domain.lineage import same_answers, sources
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.ratings import Rag
from s11audit.domain.steps import Step


class AssessmentStatus(StrEnum):
    DRAFT = "draft"
    RATING = "rating"
    DISCUSSION = "discussion"
    AGREED = "agreed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


ASSESSMENT_STATUS_LABELS: dict[AssessmentStatus, str] = {
    AssessmentStatus.DRAFT: "Draft",
    AssessmentStatus.RATING: "Being rated",
    AssessmentStatus.DISCUSSION: "In discussion",
    AssessmentStatus.AGREED: "Agreed",
    AssessmentStatus.CLOSED: "Closed",
    AssessmentStatus.CANCELLED: "Cancelled",
}

# Those in which what was agreed is fixed.
AGREED_STATUSES: frozenset[AssessmentStatus] = frozenset(
    {AssessmentStatus.AGREED, AssessmentStatus.CLOSED}
)

# Fewer cannot disagree, and one alone would be read by the other.
FEWEST_ASSESSORS = 2

OPEN_EARLY = "open"
OPENED = "assessment-opened"

ASSESSMENT_STEPS: tuple[Step[AssessmentStatus], ...] = (
    Step(
        name="start",
        sources=frozenset({AssessmentStatus.DRAFT}),
        target=AssessmentStatus.RATING,
        permission=Permission.RUN_ASSESSMENTS,
        button="Ask the assessors to rate",
        event="assessment-started",
    ),
    # What the last assessor's finishing does by itself.
    Step(
        name="finish-last",
        sources=frozenset({AssessmentStatus.RATING}),
        target=AssessmentStatus.DISCUSSION,
        permission=Permission.RATE,
        button="Finish my ratings, as the last of all",
        event=OPENED,
    ),
    Step(
        name=OPEN_EARLY,
        sources=frozenset({AssessmentStatus.RATING}),
        target=AssessmentStatus.DISCUSSION,
        permission=Permission.AGREE_RATINGS,
        button="Open the ratings before all are in",
        event=OPENED,
        needs_reason=True,
    ),
    Step(
        name="agree",
        sources=frozenset({AssessmentStatus.DISCUSSION}),
        target=AssessmentStatus.AGREED,
        permission=Permission.AGREE_RATINGS,
        button="Sign off the agreed ratings",
        event="assessment-agreed",
    ),
    Step(
        name="close",
        sources=frozenset({AssessmentStatus.AGREED}),
        target=AssessmentStatus.CLOSED,
        permission=Permission.RUN_ASSESSMENTS,
        button="Close this assessment",
        event="assessment-closed",
    ),
    Step(
        name="cancel",
        sources=frozenset(
            {AssessmentStatus.DRAFT, AssessmentStatus.RATING, AssessmentStatus.DISCUSSION}
        ),
        target=AssessmentStatus.CANCELLED,
        permission=Permission.RUN_ASSESSMENTS,
        button="Cancel this assessment",
        event="assessment-cancelled",
        needs_reason=True,
    ),
)


def to_agree(
    questionnaire: Questionnaire, respondent: Respondent, answered: Set[str]
) -> list[Question]:
    """The questions that need an agreed rating, in order: every one that is rated on a scale.

    One that stands under a condition only where some assessor was asked it (`answered`, keys).
    """
    return [
        question
        for standard in questionnaire.standards
        if standard.audience.includes(respondent)
        for question in standard.questions
        if question.scale is not None
        and question.audience.includes(respondent)
        and (question.when is None or question.key in answered)
    ]


def becomes_action(rag: str) -> bool:
    """Whether what is agreed so is followed up: every amber and every red."""
    return rag in (Rag.RED, Rag.AMBER)


class Movement(StrEnum):
    """Where an agreed rating stands beside that of the assessment which it repeats."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    NONE = "none"


MOVEMENT_LABELS: dict[Movement, str] = {
    Movement.UP: "↑ better",
    Movement.DOWN: "↓ worse",
    Movement.SAME: "↔ the same",
    Movement.NONE: "no comparator",
}


def comparators(chain: Sequence[Questionnaire]) -> dict[str, str]:
    """Key of the first version of a chain → the key in its last that says the same.

    Each version of the chain replaces the one after it. A question that several became, or that is
    answered in another way now, has no comparator.
    """
    newest, oldest = chain[0], chain[-1]
    found = {question.key: question.key for question in newest.questions()}
    for newer, older in pairwise(chain):
        followed = sources(newer, older)
        single = {key: keys[0] for key, keys in followed.items() if len(keys) == 1}
        found = {key: single[now] for key, now in found.items() if now in single}
    return {
        key: old
        for key, old in found.items()
        if same_answers(oldest.by_key[old], newest.by_key[key])
    }


def movement(question: Question, before: str, after: str) -> Movement:
    """How a rating moved between two levels of the question's scale (ids; empty for none)."""
    worth: Mapping[str, Fraction] = question.scale.worth if question.scale else {}
    if before not in worth or after not in worth:
        return Movement.NONE
    if worth[before] == worth[after]:
        return Movement.SAME
    return Movement.UP if worth[after] > worth[before] else Movement.DOWN
