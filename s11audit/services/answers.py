"""Saving answers: never losing what somebody typed, never overwriting somebody else's unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer, level_of
from s11audit.domain.permissions import Permission, Viewer
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import Side
from s11audit.domain.routing import Route, route
from s11audit.domain.scoring import ReturnScore, Scorecard, score
from s11audit.domain.workflow import (
    EDITABLE_STATUSES,
    RETURN_STEPS,
    ReturnStatus,
    StepNotAllowedError,
    step_named,
)
from s11audit.models import AgencyReturn, Score, StoredAnswer
from s11audit.models.returns import WHOLE_RETURN
from s11audit.queries.returns import HeldAnswer, answers_of, values_of
from s11audit.services.events import record
from s11audit.services.returns import check_round_is_open


@dataclass(frozen=True)
class Change:
    """What somebody typed for one question; `seen` is the digest of the answer they were shown."""

    key: str
    answer: Answer
    seen: str


@dataclass(frozen=True)
class Conflict:
    """Two people changed the same answer: what was typed, and what is stored meanwhile."""

    key: str
    mine: Answer
    theirs: HeldAnswer


@dataclass(frozen=True)
class Saved:
    """What became of the changes. `answers` are all of the return's, as now stored."""

    answers: Mapping[str, Answer]
    changed: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


def save_answers(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    changes: Sequence[Change],
    *,
    by: Viewer,
    now: datetime,
    held: Mapping[str, HeldAnswer] | None = None,
) -> Saved:
    """Save what was typed, in a number of statements that does not grow with the answers.

    An answer that somebody else changed since it was shown is not overwritten: it comes back as a
    conflict, and the others are saved. `held` are the return's answers, if they were read since it
    was locked (`own_return(…, to_change=True)`). Raises StepNotAllowedError where the return can no
    longer be edited, RoundNotOpenError where the round is not open.
    """
    check_round_is_open(agency_return)
    if not by.may_in_agency(Permission.EDIT_ANSWERS, agency_return.agency_id):
        raise PermissionError(f"{by.name} may not {Permission.EDIT_ANSWERS} here")
    started = _lock(session, agency_return, now)
    if held is None:
        held = answers_of(session, agency_return.id)
    wanted, conflicts = _sort_out(changes, held)
    answers = {key: one.answer for key, one in held.items()} | wanted
    if wanted or started:
        writing = _Writing(session, agency_return, questionnaire, held, answers, by, now)
        writing.store(wanted)
        kind = "return-started" if started else "answers-saved"
        subject = f"return {agency_return.reference}"
        record(session, kind, subject, by=by.user_id, at=now, detail={"questions": sorted(wanted)})
    return Saved(answers, tuple(wanted), conflicts)


def _lock(session: Session, agency_return: AgencyReturn, now: datetime) -> bool:
    """Count the return's version up: others who save it wait. Gives whether this starts it."""
    started = agency_return.status is ReturnStatus.NOT_STARTED
    if started:
        step_named(RETURN_STEPS, "start", agency_return.status)
    locked = session.execute(
        update(AgencyReturn)
        .where(AgencyReturn.id == agency_return.id, AgencyReturn.status.in_(EDITABLE_STATUSES))
        .values(version=AgencyReturn.version + 1, updated_at=now, status=ReturnStatus.IN_PROGRESS)
        .execution_options(synchronize_session=False)
    )
    if locked.rowcount != 1:  # type: ignore[attr-defined]
        raise StepNotAllowedError(
            "This return has been sent for sign-off or submitted, so its answers cannot be changed."
        )
    return started


def _sort_out(
    changes: Sequence[Change], held: Mapping[str, HeldAnswer]
) -> tuple[dict[str, Answer], tuple[Conflict, ...]]:
    """Part what is to be written from what somebody else has changed meanwhile.

    A question that the person did not touch is neither, even if somebody else did.
    """
    wanted: dict[str, Answer] = {}
    conflicts = []
    for change in changes:
        stored = held.get(change.key)
        now_stored = stored.answer if stored else Answer()
        if change.answer == now_stored or change.answer.digest == change.seen:
            continue
        if stored and now_stored.digest != change.seen:
            conflicts.append(Conflict(change.key, change.answer, stored))
        else:
            wanted[change.key] = change.answer
    return wanted, tuple(conflicts)


class _Writing:
    """Puts changed answers and the scores that follow from them into the tables."""

    def __init__(
        self,
        session: Session,
        agency_return: AgencyReturn,
        questionnaire: Questionnaire,
        held: Mapping[str, HeldAnswer],
        answers: Mapping[str, Answer],
        by: Viewer,
        now: datetime,
    ) -> None:
        self.session = session
        self.return_id = agency_return.id
        self.respondent = agency_return.agency.respondent
        self.questionnaire = questionnaire
        self.held = held
        self.answers = answers
        self.by = by
        self.now = now

    def store(self, wanted: Mapping[str, Answer]) -> None:
        values = {key: answer.value for key, answer in self.answers.items()}
        routed = self._route(values)
        new, changed = [], []
        for key in self.answers:
            is_asked = routed.asks(key)
            before = self.held.get(key)
            if before is None:
                new.append(self._row(key, is_asked) | {"version": 1})
            elif key in wanted or before.is_asked != is_asked:
                changed.append(self._row(key, is_asked, before, touched=key in wanted))
        self._insert(new)
        self._update(changed)
        self._forget_scores(self._route(values_of(self.held)).asked.keys() - routed.asked.keys())
        self._keep_scores(score(self.questionnaire, self.respondent, values))

    def _route(self, values: Mapping[str, str]) -> Route:
        return route(self.questionnaire, self.respondent, values)

    def _row(
        self, key: str, is_asked: bool, before: HeldAnswer | None = None, touched: bool = True
    ) -> dict[str, Any]:
        answer = self.answers[key]
        level = level_of(self.questionnaire.by_key[key], answer.value)
        row = {
            "return_id": self.return_id,
            "question_key": key,
            "is_asked": is_asked,
            "value": answer.value,
            "rag": (level.rag or "") if level else "",
            "reason": answer.reason,
            "comment": answer.comment,
            "evidence": answer.evidence,
            "link": answer.link,
            "action_what": answer.promise.what,
            "action_post": answer.promise.post,
            "action_due_on": answer.promise.due_on,
        }
        if before is None:
            return row | {"updated_at": self.now, "updated_by_id": self.by.user_id}
        # A question that merely came into sight or went out of it was not changed by anybody.
        row["updated_at"] = self.now if touched else before.updated_at
        row["updated_by_id"] = self.by.user_id if touched else before.updated_by_id
        return row | {"row_id": before.id, "row_version": before.version}

    def _insert(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.session.execute(insert(StoredAnswer), rows)

    def _update(self, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        columns = set(rows[0]) - {"row_id", "row_version", "return_id", "question_key"}
        table = StoredAnswer.__table__
        result = self.session.connection().execute(
            update(StoredAnswer)
            .where(table.c.id == bindparam("row_id"), table.c.version == bindparam("row_version"))
            .values(
                {column: bindparam(column) for column in columns} | {"version": table.c.version + 1}
            ),
            rows,
        )
        if result.rowcount != len(rows):
            raise RuntimeError("An answer changed while its return was locked")

    def _forget_scores(self, no_longer_asked: Set[str]) -> None:
        if not no_longer_asked:
            return
        self.session.execute(
            delete(Score)
            .where(
                Score.return_id == self.return_id,
                Score.side == Side.SELF,
                Score.standard_id.in_(no_longer_asked),
            )
            .execution_options(synchronize_session=False)
        )

    def _keep_scores(self, scored: ReturnScore) -> None:
        rows = [
            _score_row(self.return_id, standard_id, card)
            for standard_id, card in {WHOLE_RETURN: scored.overall, **scored.standards}.items()
        ]
        dialect = self.session.get_bind().dialect.name
        upsert = (sqlite if dialect == "sqlite" else postgresql).insert(Score)
        keys = ("return_id", "standard_id", "side")
        self.session.connection().execute(
            upsert.on_conflict_do_update(
                index_elements=keys,
                set_={name: upsert.excluded[name] for name in rows[0] if name not in keys},
            ),
            rows,
        )


def _score_row(return_id: int, standard_id: str, card: Scorecard) -> dict[str, Any]:
    return {
        "return_id": return_id,
        "standard_id": standard_id,
        "side": Side.SELF,
        "visible": card.visible,
        "required": card.required,
        "answered": card.answered,
        "red": card.red,
        "amber": card.amber,
        "green": card.green,
        "not_applicable": card.not_applicable,
        "unanswered": card.unanswered,
        "unrated": card.unrated,
        "points": str(card.points),
        "maximum": card.maximum,
        "strict_maximum": card.strict_maximum,
        "rating": card.rating,
        "because": card.because,
    }
