"""Bringing the answers of an agency's earlier return forward into the one that it starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.carrying import carry_forward
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.viewers import Viewer
from s11audit.models import AgencyReturn
from s11audit.queries.own_returns import EarlierReturn, earlier_return
from s11audit.queries.returns import asked_answers_of


@dataclass(frozen=True)
class BroughtForward:
    """Answers of an earlier return as they stand in the new one, by the new question's key."""

    earlier: EarlierReturn
    answers: Mapping[str, Answer]


def bring_forward(
    session: Session,
    agency_return: AgencyReturn,
    chain: Sequence[Questionnaire],
    *,
    by: Viewer,
    today: date,
) -> BroughtForward | None:
    """What the agency's latest submitted return of any version in `chain` says of this one.

    `chain` has the return's own questionnaire first, then what it replaces. None where the agency
    has not answered it before. Changes nothing; whoever starts the return stores the answers.
    """
    if not chain:
        return None
    earlier = earlier_return(session, agency_return, chain, visible_to=by)
    if earlier is None:
        return None
    carried = carry_forward(
        chain_back_to(earlier, chain), asked_answers_of(session, earlier.id), today
    )
    return BroughtForward(
        earlier, {key: one.answer for key, one in carried.items() if not one.answer.is_empty}
    )


def chain_back_to(
    earlier: EarlierReturn, chain: Sequence[Questionnaire]
) -> Sequence[Questionnaire]:
    """The part of the chain from its newest version to the one that the earlier return answered.

    Empty where that version is no longer in the chain.
    """
    versions = [questionnaire.version for questionnaire in chain]
    return chain[: versions.index(earlier.version) + 1] if earlier.version in versions else ()
