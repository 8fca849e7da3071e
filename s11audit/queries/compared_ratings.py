"""Ratings side by side, once they are opened; what was agreed; and how that moved since last time.

Nothing in here reads a sheet that is not opened, whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from s11audit.domain.answers import Answer
from s11audit.domain.assessments import (
    Movement,
    becomes_action,
    comparators,
    movement,
    to_agree,
)
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.variance import Tally, Variance, tally, variance
from s11audit.domain.viewers import Viewer
from s11audit.models import Action, AgreedRating, Assessment, Assessor
from s11audit.queries import reach
from s11audit.queries.sheets import opened_answers


@dataclass(frozen=True)
class Rated:
    """What one assessor said of one question; an empty answer where they did not."""

    assessor: Assessor
    answer: Answer


@dataclass(frozen=True)
class Compared:
    """One question, every rating of it in the order of the assessors, and what was agreed."""

    question: Question
    ratings: tuple[Rated, ...]
    variance: Variance
    agreed: AgreedRating | None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is missing: a rating with reasons, and an action where it needs one."""
        one = self.agreed
        if one is None:
            return False
        is_promised = one.promise.is_complete and one.action_agency_id is not None
        return is_promised or not becomes_action(one.rag)


@dataclass(frozen=True)
class Comparison:
    """All questions that are rated, in order. `assessors` are those whose ratings were opened.

    `absent` had not finished when they were, so that theirs are nobody's to read.
    """

    assessors: tuple[Assessor, ...]
    absent: tuple[Assessor, ...]
    questions: tuple[Compared, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Compared]:
        return {one.question.key: one for one in self.questions}

    @property
    def tally(self) -> Tally:
        return tally(one.variance for one in self.questions)

    @property
    def most_apart_first(self) -> list[Compared]:
        """The order of the questionnaire among those that are alike."""
        return sorted(self.questions, key=lambda one: one.variance.apart, reverse=True)

    @property
    def unsettled(self) -> list[Compared]:
        return [one for one in self.questions if not one.is_settled]


@dataclass(frozen=True)
class Moved:
    """One question now and in the assessment that this one repeats; `before` is a level's label."""

    question: Question
    before: str
    before_rag: str
    after: str
    after_rag: str
    movement: Movement


def comparison(
    session: Session, assessment: Assessment, questionnaire: Questionnaire
) -> Comparison:
    """What all assessors rated; whoever calls has found the assessment for READ_RATINGS."""
    sheets = [one.sheet for one in assessment.assessors if one.sheet is not None]
    held = opened_answers(session, sheets)
    answers = {
        sheet_id: {key: one.answer for key, one in of_sheet.items() if one.is_asked}
        for sheet_id, of_sheet in held.items()
    }
    came = tuple(one for one in assessment.assessors if one.sheet and one.sheet.opened_at)
    absent = tuple(one for one in assessment.assessors if one not in came)
    agreed = agreed_ratings(session, assessment)
    answered = {key for of_sheet in answers.values() for key in of_sheet}
    asked = to_agree(questionnaire, assessment.respondent, answered)
    return Comparison(
        came, absent, tuple(_compared(one, came, answers, agreed.get(one.key)) for one in asked)
    )


def _compared(
    question: Question,
    assessors: Iterable[Assessor],
    answers: Mapping[int, Mapping[str, Answer]],
    agreed: AgreedRating | None,
) -> Compared:
    ratings = tuple(
        Rated(one, answers.get(one.sheet_id or 0, {}).get(question.key, Answer()))
        for one in assessors
    )
    apart = variance(question.scale, (one.answer.value for one in ratings))
    return Compared(question, ratings, apart, agreed)


def agreed_ratings(session: Session, assessment: Assessment) -> dict[str, AgreedRating]:
    """Question key → what was agreed; whoever calls has checked who is looking."""
    found = session.scalars(
        select(AgreedRating)
        .where(AgreedRating.assessment_id == assessment.id)
        .options(joinedload(AgreedRating.agreed_by), joinedload(AgreedRating.action_agency))
    )
    return {one.question_key: one for one in found}


def moved_since(
    session: Session,
    assessment: Assessment,
    chain: list[Questionnaire],
    questions: Iterable[Question],
) -> list[Moved]:
    """Each question beside the one of the earlier assessment that says the same.

    `chain` has what is asked now, then what it replaces, and so on.
    """
    earlier = assessment.repeats
    before = agreed_ratings(session, earlier) if earlier else {}
    links = _links_to(earlier, chain) if earlier else {}
    now = agreed_ratings(session, assessment)
    return [_moved(one, before.get(links.get(one.key, "")), now.get(one.key)) for one in questions]


def _links_to(earlier: Assessment, chain: list[Questionnaire]) -> dict[str, str]:
    asked = (earlier.questionnaire_id, earlier.questionnaire_version)
    versions = [(one.id, one.version) for one in chain]
    return comparators(chain[: versions.index(asked) + 1]) if asked in versions else {}


def _moved(question: Question, before: AgreedRating | None, now: AgreedRating | None) -> Moved:
    levels = (before.level if before else "", now.level if now else "")
    return Moved(
        question,
        _label(question, levels[0]),
        before.rag if before else "",
        _label(question, levels[1]),
        now.rag if now else "",
        movement(question, *levels),
    )


def _label(question: Question, level_id: str) -> str:
    level = question.scale.level(level_id) if question.scale else None
    return level.label if level else ""


def plan(
    session: Session, *, visible_to: Viewer, assessment: Assessment | None = None
) -> list[Action]:
    """The Partnership Development Action Plan, or one assessment’s part of it, by due date."""
    within = select(Assessment.id).where(reach.assessments(visible_to, Permission.READ_RATINGS))
    wanted: list[ColumnElement[bool]] = [Action.assessment_id.in_(within)]
    if assessment is not None:
        wanted.append(Action.assessment_id == assessment.id)
    return list(
        session.scalars(
            select(Action)
            .where(*wanted)
            .options(joinedload(Action.agency), joinedload(Action.assessment))
            .order_by(Action.due_on, Action.id)
        )
    )
