"""Bringing the answers of an agency's earlier return forward into the one that it starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer, takes_files
from s11audit.domain.carrying import Carried, carry_forward
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.viewers import Viewer
from s11audit.models import AgencyReturn, AnswerFile
from s11audit.queries.evidence import files_of_return
from s11audit.queries.own_returns import EarlierReturn, earlier_return
from s11audit.queries.returns import asked_answers_of


@dataclass(frozen=True)
class BroughtForward:
    """Answers of an earlier return as they stand in the new one, by the new question's key.

    `files` are the ids of those that supported them then.
    """

    earlier: EarlierReturn
    answers: Mapping[str, Answer]
    files: Mapping[str, Sequence[int]] = field(default_factory=dict)


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
    answers = {key: one.answer for key, one in carried.items() if not one.answer.is_empty}
    kept = [one for key, one in carried.items() if key in answers and takes_files(one.question)]
    return BroughtForward(earlier, answers, _files(session, earlier, kept))


def bring_files(
    session: Session,
    agency_return: AgencyReturn,
    brought: BroughtForward,
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """Let the files of last time's answers support those that were brought forward."""
    rows = [
        {
            "return_id": agency_return.id,
            "question_key": key,
            "file_id": file_id,
            "added_at": now,
            "added_by_id": by.user_id,
        }
        for key, files in brought.files.items()
        for file_id in files
    ]
    if rows:
        session.execute(insert(AnswerFile), rows)


def _files(
    session: Session, earlier: EarlierReturn, carried: Sequence[Carried]
) -> dict[str, list[int]]:
    held = files_of_return(session, earlier.id)
    ids = {
        one.question.key: dict.fromkeys(
            file.id for last in one.last for file in held.get(last.question.key, ())
        )
        for one in carried
    }
    return {key: list(files) for key, files in ids.items() if files}


def chain_back_to(
    earlier: EarlierReturn, chain: Sequence[Questionnaire]
) -> Sequence[Questionnaire]:
    """The part of the chain from its newest version to the one that the earlier return answered.

    Empty where that version is no longer in the chain.
    """
    versions = [questionnaire.version for questionnaire in chain]
    return chain[: versions.index(earlier.version) + 1] if earlier.version in versions else ()
