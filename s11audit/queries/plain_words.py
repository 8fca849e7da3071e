"""What is read in plain words: ratings and promises of submitted returns, and no other text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.domain.ratings import Rating, Side
from s11audit.domain.return_rates import return_rate
from s11audit.domain.scales import Level
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import Agency, AgencyReturn, AuditRound, Score, StoredAnswer
from s11audit.models.returns import WHOLE_RETURN
from s11audit.queries import reach
from s11audit.queries.returns import is_given


@dataclass(frozen=True)
class PlainRound:
    """A round, and how many of those who are asked have sent in: as its own page counts them."""

    reference: str
    title: str
    sent: int
    asked: int


@dataclass(frozen=True)
class PlainAgency:
    """An agency that has sent in its answers, and how it rates itself on the whole."""

    reference: str
    name: str
    agency_type: str
    rating: Rating


@dataclass(frozen=True)
class Said:
    """The level that an agency chose in answer to a question."""

    question: Question
    level: Level


@dataclass(frozen=True)
class Promised:
    """What an agency will do by when; the post is left out, it can stand for one person."""

    what: str
    due_on: date


@dataclass(frozen=True)
class PlainStandard:
    """What an agency says of one standard."""

    standard: Standard
    rating: Rating
    said: tuple[Said, ...]
    promised: tuple[Promised, ...]


def plain_rounds(session: Session, *, visible_to: Viewer, reference: str = "") -> list[PlainRound]:
    """Rounds that the viewer may read in plain words, the latest first; or only that of one name.

    Drafts are left out.
    """
    found = (
        select(
            AuditRound.reference,
            AuditRound.title,
            AgencyReturn.status,
            AgencyReturn.due_on,
            func.count(),
        )
        .join(AgencyReturn, AgencyReturn.round_id == AuditRound.id)
        .where(
            reach.returns(visible_to, Permission.READ_PLAINLY, in_any_state=True),
            AuditRound.status != RoundStatus.DRAFT,
        )
        .group_by(AuditRound.id, AgencyReturn.status, AgencyReturn.due_on)
        .order_by(AuditRound.due_on.desc(), AuditRound.reference)
    )
    if reference:
        found = found.where(AuditRound.reference == reference)
    counted: dict[tuple[str, str], list[tuple[ReturnStatus, date, int]]] = {}
    for called, title, status, due_on, number in session.execute(found):
        counted.setdefault((called, title), []).append((status, due_on, number))
    return [_plain_round(*names, returns) for names, returns in counted.items()]


def _plain_round(
    reference: str, title: str, returns: list[tuple[ReturnStatus, date, int]]
) -> PlainRound:
    rate = return_rate(returns, date.max)
    return PlainRound(reference, title, sent=rate.returned, asked=rate.expected)


def plain_agencies(session: Session, reference: str, *, visible_to: Viewer) -> list[PlainAgency]:
    """Who has sent in answers in the round of this reference, by name."""
    rows = session.execute(
        select(Agency.reference, Agency.name, Agency.agency_type, Score.rating)
        .join(AgencyReturn, AgencyReturn.agency_id == Agency.id)
        .join(AuditRound, AuditRound.id == AgencyReturn.round_id)
        .join(Score, Score.return_id == AgencyReturn.id)
        .where(
            AuditRound.reference == reference,
            Score.standard_id == WHOLE_RETURN,
            Score.side == Side.SELF,
            reach.returns(visible_to, Permission.READ_PLAINLY),
        )
        .order_by(Agency.name, Agency.id)
    )
    return [PlainAgency(*row) for row in rows]


def plain_return(
    session: Session, reference: str, agency_reference: str, *, visible_to: Viewer
) -> AgencyReturn | None:
    """One agency's submitted return, or None where it is not for the viewer."""
    return session.scalars(
        select(AgencyReturn)
        .join(AgencyReturn.round)
        .join(AgencyReturn.agency)
        .options(contains_eager(AgencyReturn.round), contains_eager(AgencyReturn.agency))
        .where(
            AuditRound.reference == reference,
            Agency.reference == agency_reference,
            reach.returns(visible_to, Permission.READ_PLAINLY),
        )
    ).one_or_none()


def plain_standards(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    *,
    visible_to: Viewer,
) -> list[PlainStandard]:
    """What a return says of each standard that asks the agency anything."""
    within = reach.returns(visible_to, Permission.READ_PLAINLY)
    scores = session.execute(
        select(Score.standard_id, Score.rating)
        .join(AgencyReturn, AgencyReturn.id == Score.return_id)
        .where(AgencyReturn.id == agency_return.id, Score.side == Side.SELF, within)
    )
    ratings = {standard_id: rating for standard_id, rating in scores}  # noqa: C416 - rows
    rows = session.execute(
        select(
            StoredAnswer.question_key,
            StoredAnswer.value,
            StoredAnswer.action_what,
            StoredAnswer.action_due_on,
        )
        .join(AgencyReturn, AgencyReturn.id == StoredAnswer.return_id)
        .where(AgencyReturn.id == agency_return.id, is_given(), within)
    )
    values, promises = {}, {}
    for key, value, what, due_on in rows:
        values[key] = value
        if what and due_on:
            promises[key] = Promised(what, due_on)
    return [
        _plain(standard, ratings[standard.id], values, promises)
        for standard in questionnaire.standards
        if standard.id in ratings
    ]


def _plain(
    standard: Standard,
    rating: Rating,
    values: Mapping[str, str],
    promises: Mapping[str, Promised],
) -> PlainStandard:
    said = [
        Said(question, level)
        for question in standard.questions
        if question.scale and (level := question.scale.level(values.get(question.key, "")))
    ]
    promised = [promises[one.key] for one in standard.questions if one.key in promises]
    return PlainStandard(standard, rating, tuple(said), tuple(promised))
