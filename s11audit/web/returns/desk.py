"""What every page of a return needs: the return, what it asks, and what is answered so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from flask import abort

from s11audit.domain.answers import Answer, Gap, gaps
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.domain.routing import Route, can_turn_on_its_page, route
from s11audit.domain.workflow import EDITABLE_STATUSES, ReturnStatus, RoundStatus
from s11audit.models import AgencyReturn
from s11audit.queries.returns import HeldAnswer, answers_of, own_return, unconfirmed
from s11audit.queries.rounds import questionnaire_of
from s11audit.web.security import db, now, services, viewer


@dataclass(frozen=True)
class Desk:
    """One return, opened by somebody of its agency.

    `to_confirm` are keys of answers brought forward from last time that wait for somebody to say
    that they are still right.
    """

    agency_return: AgencyReturn
    questionnaire: Questionnaire
    held: Mapping[str, HeldAnswer]
    answers: Mapping[str, Answer]
    today: date
    to_confirm: Set[str] = frozenset()

    def with_answers(
        self, answers: Mapping[str, Answer], to_confirm: Set[str] = frozenset()
    ) -> Desk:
        """The same return once these answers are stored."""
        return replace(self, answers=answers, to_confirm=to_confirm)

    @cached_property
    def chain(self) -> Sequence[Questionnaire]:
        """The questionnaire, then the versions that it replaces."""
        return services().catalogue.chain(self.questionnaire)

    @cached_property
    def route(self) -> Route:
        values = {key: answer.value for key, answer in self.answers.items()}
        return route(self.questionnaire, self.agency_return.respondent, values)

    @property
    def standards(self) -> list[Standard]:
        """The standards that ask this agency anything, in order."""
        return [one for one in self.questionnaire.standards if one.id in self.route.asked]

    def gaps(self, standard_id: str) -> list[Gap]:
        return gaps(self.route.asked.get(standard_id, ()), self.answers, self.to_confirm)

    def waiting(self, standard_id: str) -> list[Question]:
        """The questions of a standard whose answers of last time are to be confirmed."""
        asked = self.route.asked.get(standard_id, ())
        return [question for question in asked if question.key in self.to_confirm]

    @property
    def all_waiting(self) -> list[Question]:
        return [one for standard_id in self.route.asked for one in self.waiting(standard_id)]

    @cached_property
    def all_gaps(self) -> list[Gap]:
        return [gap for standard_id in self.route.asked for gap in self.gaps(standard_id)]

    def is_begun(self, standard_id: str) -> bool:
        return any(self._has_answer(question) for question in self.route.asked[standard_id])

    def _has_answer(self, question: Question) -> bool:
        return not self.answers.get(question.key, Answer()).is_empty

    def position(self, standard_id: str) -> int:
        """Which standard it is of those that this agency is asked, counted from 1."""
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

    @property
    def is_editable(self) -> bool:
        """Whether its answers can be changed just now, by whoever may."""
        in_time = self.agency_return.round.status is RoundStatus.OPEN
        return in_time and self.agency_return.status in EDITABLE_STATUSES

    def may(self, permission: Permission) -> bool:
        return viewer().may_in_agency(permission, self.agency_return.agency_id)

    @property
    def replaced(self) -> Questionnaire | None:
        """The version that the return's questionnaire replaces, where there is one."""
        return next(iter(self.chain[1:]), None)

    @property
    def is_started(self) -> bool:
        return self.agency_return.status is not ReturnStatus.NOT_STARTED

    @property
    def may_edit(self) -> bool:
        return self.is_editable and self.may(Permission.EDIT_ANSWERS)

    @property
    def waits_for_signature(self) -> bool:
        return self.agency_return.status is ReturnStatus.AWAITING_SIGN_OFF


def desk_of(reference: str, to_change: bool = False) -> Desk:
    """Open the return of this reference (and lock it, to change it); another's is not found."""
    agency_return = own_return(db(), reference, visible_to=viewer(), to_change=to_change)
    if agency_return is None:
        abort(404)
    held = answers_of(db(), agency_return.id)
    return Desk(
        agency_return=agency_return,
        questionnaire=questionnaire_of(agency_return.round, services().catalogue),
        held=held,
        answers={key: one.answer for key, one in held.items()},
        today=today_in_london(now()),
        to_confirm=unconfirmed(held),
    )
