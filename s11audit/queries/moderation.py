"""What scrutiny reads of submitted returns: one return, one standard, the weakest questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from s11audit.domain.numbers import percent
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.domain.ratings import RAG_POINTS, Rag, Side
from s11audit.domain.viewers import Viewer
from s11audit.models import Action, Agency, AgencyReturn, AuditRound, Score, StoredAnswer
from s11audit.queries import reach
from s11audit.queries.returns import whole_returns


@dataclass(frozen=True)
class Neighbour:
    """Another agency whose answers to the same standard can be read."""

    agency_reference: str
    agency: str


@dataclass(frozen=True)
class RagCount:
    """How the agencies that answered a question rated themselves."""

    red: int = 0
    amber: int = 0
    green: int = 0
    answered: int = 0

    @property
    def rated(self) -> int:
        return self.red + self.amber + self.green

    @property
    def green_pct(self) -> Decimal | None:
        return percent(self.green, self.rated)

    @property
    def average_pct(self) -> Decimal | None:
        """Green counts 1, amber ½, red 0."""
        worth = self.green * RAG_POINTS[Rag.GREEN] + self.amber * RAG_POINTS[Rag.AMBER]
        return percent(worth, Fraction(self.rated))


@dataclass(frozen=True)
class QuestionCount:
    """One rating question over a whole round, and the agencies that are red in it."""

    question: Question
    standard: Standard
    count: RagCount
    red_agencies: tuple[Neighbour, ...]


@dataclass(frozen=True)
class AgencyAnswer:
    """What one agency answered to one question, without its texts."""

    agency_reference: str
    agency: str
    agency_type: str
    value: str
    rag: str


def return_to_scrutinise(
    session: Session, round_reference: str, agency_reference: str, *, visible_to: Viewer
) -> AgencyReturn | None:
    """One agency's return in a round with both, in any status, or None where it is not theirs."""
    found = whole_returns().where(
        AuditRound.reference == round_reference,
        Agency.reference == agency_reference,
        reach.returns(visible_to, Permission.SCRUTINISE, in_any_state=True),
    )
    return session.scalars(found).unique().one_or_none()


def agencies_answering(
    session: Session, audit_round: AuditRound, standard_id: str, *, visible_to: Viewer
) -> list[Neighbour]:
    """Agencies with a submitted return that were asked this standard, by name."""
    rows = session.execute(
        select(Agency.reference, Agency.name)
        .join(AgencyReturn, AgencyReturn.agency_id == Agency.id)
        .join(Score, Score.return_id == AgencyReturn.id)
        .where(
            AgencyReturn.round_id == audit_round.id,
            _scrutinises(visible_to),
            Score.standard_id == standard_id,
            Score.side == Side.SELF,
        )
        .order_by(Agency.name, Agency.id)
    )
    return [Neighbour(*row) for row in rows]


def actions_of_return(
    session: Session, agency_return: AgencyReturn, *, visible_to: Viewer
) -> dict[str, list[Action]]:
    """The actions that came out of a return, by question key."""
    rows = session.scalars(
        select(Action)
        .join(AgencyReturn, AgencyReturn.id == Action.return_id)
        .where(
            AgencyReturn.id == agency_return.id,
            _scrutinises(visible_to),
            reach.actions(visible_to, Permission.SCRUTINISE),
        )
        .order_by(Action.id)
    )
    found: dict[str, list[Action]] = {}
    for action in rows:
        found.setdefault(action.question_key, []).append(action)
    return found


def answers_to_standard(
    session: Session, audit_round: AuditRound, standard: Standard, *, visible_to: Viewer
) -> dict[str, list[AgencyAnswer]]:
    """What every agency with a submitted return answered: question key → answers by agency name."""
    rows = session.execute(
        select(
            StoredAnswer.question_key,
            Agency.reference,
            Agency.name,
            Agency.agency_type,
            StoredAnswer.value,
            StoredAnswer.rag,
        )
        .select_from(StoredAnswer)
        .join(AgencyReturn, AgencyReturn.id == StoredAnswer.return_id)
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .where(
            AgencyReturn.round_id == audit_round.id,
            _scrutinises(visible_to),
            StoredAnswer.is_asked,
            StoredAnswer.question_key.in_([question.key for question in standard.questions]),
        )
        .order_by(Agency.name, Agency.id)
    )
    found: dict[str, list[AgencyAnswer]] = {}
    for key, *answer in rows:
        found.setdefault(key, []).append(AgencyAnswer(*answer))
    return found


def count_rags(answers: Sequence[AgencyAnswer]) -> RagCount:
    """Counts over the answers to one question."""
    rags = [answer.rag for answer in answers]
    return RagCount(
        red=rags.count(Rag.RED),
        amber=rags.count(Rag.AMBER),
        green=rags.count(Rag.GREEN),
        answered=sum(bool(answer.value) for answer in answers),
    )


def question_counts(
    session: Session, audit_round: AuditRound, questionnaire: Questionnaire, *, visible_to: Viewer
) -> list[QuestionCount]:
    """Every question with a coloured scale that somebody rated, in the questionnaire's order."""
    by_rag: dict[str, dict[str, int]] = {}
    for key, rag, number in session.execute(
        _of_round(
            select(StoredAnswer.question_key, StoredAnswer.rag, func.count()),
            audit_round,
            visible_to,
        ).group_by(StoredAnswer.question_key, StoredAnswer.rag)
    ):
        by_rag.setdefault(key, {})[rag] = number
    red = _red_agencies(session, audit_round, visible_to)
    return [
        QuestionCount(question, standard, count, tuple(red.get(question.key, ())))
        for standard in questionnaire.standards
        for question in standard.questions
        if question.scale and question.scale.has_rag
        if (count := _count(by_rag.get(question.key, {}))).rated
    ]


def _count(by_rag: dict[str, int]) -> RagCount:
    return RagCount(
        red=by_rag.get(Rag.RED, 0),
        amber=by_rag.get(Rag.AMBER, 0),
        green=by_rag.get(Rag.GREEN, 0),
        answered=sum(by_rag.values()),
    )


def _red_agencies(
    session: Session, audit_round: AuditRound, visible_to: Viewer
) -> dict[str, list[Neighbour]]:
    rows = session.execute(
        _of_round(
            select(StoredAnswer.question_key, Agency.reference, Agency.name),
            audit_round,
            visible_to,
        )
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .where(StoredAnswer.rag == Rag.RED)
        .order_by(Agency.name, Agency.id)
    )
    found: dict[str, list[Neighbour]] = {}
    for key, reference, name in rows:
        found.setdefault(key, []).append(Neighbour(reference, name))
    return found


def _of_round(statement: Any, audit_round: AuditRound, visible_to: Viewer) -> Any:
    """Answers to questions that are asked, in the submitted returns of a round."""
    return (
        statement.select_from(StoredAnswer)
        .join(AgencyReturn, AgencyReturn.id == StoredAnswer.return_id)
        .where(
            AgencyReturn.round_id == audit_round.id, _scrutinises(visible_to), StoredAnswer.is_asked
        )
    )


def _scrutinises(viewer: Viewer) -> ColumnElement[bool]:
    return reach.returns(viewer, Permission.SCRUTINISE)
