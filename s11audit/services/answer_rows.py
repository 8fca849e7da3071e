"""The rows behind answers, and the scores that follow from those of a return."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer, level_of
from s11audit.domain.audience import Respondent
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import Side
from s11audit.domain.routing import Route, route
from s11audit.domain.scoring import ReturnScore, Scorecard, score
from s11audit.domain.viewers import Viewer
from s11audit.models import Score, SheetAnswer, StoredAnswer
from s11audit.models.returns import WHOLE_RETURN
from s11audit.queries.people import account_id
from s11audit.queries.returns import HeldAnswer, values_of


class AnswerRows:
    """Puts answers into a table, in as many statements however many they are.

    `belong_to` names the column of the table that says whose they are, and its id. `answers` are
    all of them as they shall be, `held` those stored so far. Of answers that are `to_confirm`
    (keys) no colour is stored, so that no count of colours sees them.
    """

    def __init__(
        self,
        session: Session,
        table: type[StoredAnswer | SheetAnswer],
        belong_to: tuple[str, int],
        questionnaire: Questionnaire,
        respondent: Respondent,
        held: Mapping[str, HeldAnswer],
        answers: Mapping[str, Answer],
        by: Viewer,
        now: datetime,
        to_confirm: Set[str] = frozenset(),
    ) -> None:
        self.session = session
        self.table = table
        self.belong_to = belong_to
        self.questionnaire = questionnaire
        self.respondent = respondent
        self.held = held
        self.answers = answers
        self.by = by
        self.now = now
        self.to_confirm = to_confirm

    @cached_property
    def values(self) -> Mapping[str, str]:
        """Question key → value, as they shall be."""
        return {key: answer.value for key, answer in self.answers.items()}

    @cached_property
    def route(self) -> Route:
        return route(self.questionnaire, self.respondent, self.values)

    def store(self, touched: Set[str]) -> None:
        """Write what is new or `touched` (keys that somebody changed)."""
        new, changed = [], []
        for key in self.answers:
            is_asked = self.route.asks(key)
            before = self.held.get(key)
            if before is None:
                new.append(self._row(key, is_asked) | {"version": 1})
            elif key in touched or before.is_asked != is_asked:
                changed.append(self._row(key, is_asked, before, touched=key in touched))
        self._insert(new)
        self._update(changed)

    def _row(
        self, key: str, is_asked: bool, before: HeldAnswer | None = None, touched: bool = True
    ) -> dict[str, Any]:
        answer = self.answers[key]
        question = self.questionnaire.by_key.get(key)
        level = level_of(question, answer.value) if question else None
        rag = level.rag if level and key not in self.to_confirm else None
        row = {
            "question_key": key,
            "is_asked": is_asked,
            "value": answer.value,
            "rag": rag or "",
            "reason": answer.reason,
            "comment": answer.comment,
            "evidence": answer.evidence,
            "link": answer.link,
            "action_what": answer.promise.what,
            "action_post": answer.promise.post,
            "action_due_on": answer.promise.due_on,
        }
        if self.table is StoredAnswer:
            row["to_confirm"] = key in self.to_confirm
        if before is None:
            row |= [self.belong_to]
            return row | {"updated_at": self.now, "updated_by_id": account_id(self.by)}
        # A question that merely came into sight or went out of it was not changed by anybody.
        row["updated_at"] = self.now if touched else before.updated_at
        row["updated_by_id"] = account_id(self.by) if touched else before.updated_by_id
        return row | {"row_id": before.id, "row_version": before.version}

    def _insert(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.session.execute(insert(self.table), rows)

    def _update(self, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        columns = set(rows[0]) - {"row_id", "row_version", "question_key"}
        table = self.table.__table__
        result = self.session.connection().execute(
            update(self.table)
            .where(table.c.id == bindparam("row_id"), table.c.version == bindparam("row_version"))
            .values(
                {column: bindparam(column) for column in columns} | {"version": table.c.version + 1}
            ),
            rows,
        )
        if result.rowcount != len(rows):
            raise RuntimeError("An answer changed while all of them were locked")


class ReturnRows:
    """The answers of a return, and the scores that follow from them."""

    def __init__(self, session: Session, return_id: int, rows: AnswerRows) -> None:
        self.session = session
        self.return_id = return_id
        self.rows = rows

    def store(self, touched: Set[str]) -> None:
        """Write what is new or `touched` (keys that somebody changed), and the scores."""
        rows = self.rows
        rows.store(touched)
        before = route(rows.questionnaire, rows.respondent, values_of(rows.held))
        asked_before = before.asked.keys() | self._left_behind()
        self._forget_scores(asked_before - rows.route.asked.keys())
        scored = score(rows.questionnaire, rows.respondent, rows.values, rows.to_confirm)
        self._keep_scores(scored)

    def _left_behind(self) -> Set[str]:
        """Standards of a partnership that has asked the agency and that it has left since."""
        answered = {key.partition(".")[0] for key in self.rows.held}
        return {id_ for id_ in answered if self.rows.questionnaire.standard(id_) is None}

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
