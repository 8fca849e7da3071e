"""Answers to a questionnaire, laid out for whoever is looking: what is asked, and what is answered.

A return has such a desk (`web/returns/desk.py`), and so has a sheet (`web/sheets/desk.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from flask import abort
from werkzeug.utils import cached_property

from s11audit.domain.answers import Answer, Gap, gaps
from s11audit.domain.audience import Respondent
from s11audit.domain.conditions import Is
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.domain.routing import Route, can_turn_on_its_page, holds, route
from s11audit.domain.scoring import Scorecard, scorecard
from s11audit.domain.shares import Share
from s11audit.models import EvidenceFile
from s11audit.queries.returns import HeldAnswer


@dataclass(frozen=True, kw_only=True)
class AnswerDesk:
    """What is asked of one respondent, and every answer so far.

    `held` and `all_answers` are whole, because what is asked hangs on them; whoever is looking is
    shown what `reads` takes in, and changes what `writes` does. `to_confirm` are keys of answers
    brought forward from last time that wait for somebody to say that they are right.
    """

    questionnaire: Questionnaire
    held: Mapping[str, HeldAnswer]
    all_answers: Mapping[str, Answer]
    today: date
    reads: Share
    writes: Share
    to_confirm: Set[str] = frozenset()
    all_files: Mapping[str, Sequence[EvidenceFile]] = field(default_factory=dict)

    @property
    def respondent(self) -> Respondent:
        """Who answers, as routing sees them."""
        raise NotImplementedError

    @property
    def reference(self) -> str:
        """What is answered, for people and for the browser's own store."""
        raise NotImplementedError

    @property
    def whose(self) -> str:
        """Who answers, in words."""
        raise NotImplementedError

    @property
    def takes_files(self) -> bool:
        """Whether files can support its answers."""
        return False

    def address(self, standard_id: str) -> str:
        """The page on which a standard is answered."""
        raise NotImplementedError

    def with_answers(
        self, answers: Mapping[str, Answer], to_confirm: Set[str] = frozenset()
    ) -> Self:
        """The same desk once these answers are stored."""
        return replace(self, all_answers=answers, to_confirm=to_confirm)

    @cached_property
    def answers(self) -> Mapping[str, Answer]:
        """The answers that the viewer may see, by question key."""
        everything = self.all_answers.items()
        return {key: answer for key, answer in everything if self.reads.has_question(key)}

    @cached_property
    def files(self) -> Mapping[str, Sequence[EvidenceFile]]:
        """The files that support answers which the viewer may see, by question key."""
        everything = self.all_files.items()
        return {key: files for key, files in everything if self.reads.has_question(key)}

    @cached_property
    def route(self) -> Route:
        values = {key: answer.value for key, answer in self.all_answers.items()}
        return route(self.questionnaire, self.respondent, values)

    @property
    def standards(self) -> list[Standard]:
        """The standards that ask the respondent anything and are the viewer's to see, in order."""
        return [
            one
            for one in self.questionnaire.standards
            if one.id in self.route.asked and self.reads.has_standard(one.id)
        ]

    def settled(self, condition: Is) -> bool | None:
        """Whether it holds, where its answer is not the viewer's to see; otherwise None."""
        if self.reads.has_question(condition.question):
            return None
        key = condition.question
        given = self.all_answers.get(key, Answer()).value if self.route.asks(key) else ""
        return holds(condition, {key: given})

    def gaps(self, standard_id: str) -> list[Gap]:
        asked = self.route.asked.get(standard_id, ())
        return gaps(asked, self.answers, self.to_confirm, self.files.keys())

    def waiting(self, standard_id: str) -> list[Question]:
        """The questions of a standard whose answers of last time are to be confirmed."""
        asked = self.route.asked.get(standard_id, ())
        return [question for question in asked if question.key in self.to_confirm]

    @property
    def all_waiting(self) -> list[Question]:
        return [one for standard in self.standards for one in self.waiting(standard.id)]

    @cached_property
    def all_gaps(self) -> list[Gap]:
        return [gap for standard in self.standards for gap in self.gaps(standard.id)]

    def is_begun(self, standard_id: str) -> bool:
        return any(self._has_answer(question) for question in self.route.asked[standard_id])

    def _has_answer(self, question: Question) -> bool:
        return not self.answers.get(question.key, Answer()).is_empty

    def position(self, standard_id: str) -> int:
        """Which standard it is of those that the viewer sees, counted from 1."""
        return [standard.id for standard in self.standards].index(standard_id) + 1

    def next_after(self, standard_id: str) -> Standard | None:
        return next(iter(self.standards[self.position(standard_id) :]), None)

    def questions_on_page(self, standard_id: str) -> list[Question]:
        """What a standard's page draws: what is asked, and what an answer on it can bring up."""
        asked = {question.key for question in self.route.asked.get(standard_id, ())}
        return [
            question
            for question in self.route.offered.get(standard_id, ())
            if question.key in asked or can_turn_on_its_page(question)
        ]

    def scorecard(self, standard_id: str) -> Scorecard:
        """The self-scores of one standard, from these answers and not from what is kept."""
        return scorecard(
            self.route.asked.get(standard_id, ()),
            {k: one.value for k, one in self.answers.items() if k not in self.to_confirm},
            self.questionnaire.thresholds,
        )


def standard_or_404(desk: AnswerDesk, standard_id: str) -> Standard:
    """The standard of this id, if it is asked and the viewer may see it."""
    for asked in desk.standards:
        if asked.id == standard_id:
            return asked
    abort(404)
