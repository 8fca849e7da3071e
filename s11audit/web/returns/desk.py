"""What every page of a return needs: the return, what it asks, and what is answered so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date

from flask import abort
from werkzeug.utils import cached_property

from s11audit.domain.answers import Answer, Gap, gaps
from s11audit.domain.conditions import Is
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.domain.routing import Route, can_turn_on_its_page, holds, route
from s11audit.domain.scoring import ReturnScore, Scorecard, scorecard
from s11audit.domain.shares import Share
from s11audit.domain.workflow import EDITABLE_STATUSES, ReturnStatus, takes_answers
from s11audit.models import AgencyReturn, EvidenceFile
from s11audit.queries.asking import chain_for, questionnaire_for
from s11audit.queries.delegations import share_of
from s11audit.queries.evidence import files_of_return
from s11audit.queries.own_returns import own_return
from s11audit.queries.returns import HeldAnswer, answers_of, scores_of, unconfirmed
from s11audit.web.security import db, now, services, viewer


@dataclass(frozen=True)
class Desk:
    """One return, opened by somebody of its agency.

    Its answers and files are read at once: to read anything after a save is committed would wait
    for whoever saves next.

    `held` and `all_answers` are of the whole return, because what is asked hangs on them; whoever
    is looking is shown what `reads` takes in, and changes what `writes` does. `to_confirm` are keys
    of answers brought forward from last time that wait for somebody to say that they are right.
    """

    agency_return: AgencyReturn
    questionnaire: Questionnaire
    held: Mapping[str, HeldAnswer]
    all_answers: Mapping[str, Answer]
    today: date
    reads: Share
    writes: Share
    to_confirm: Set[str] = frozenset()
    all_files: Mapping[str, Sequence[EvidenceFile]] = field(default_factory=dict)

    def with_answers(
        self, answers: Mapping[str, Answer], to_confirm: Set[str] = frozenset()
    ) -> Desk:
        """The same return once these answers are stored."""
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
    def chain(self) -> Sequence[Questionnaire]:
        """The questionnaire, then the versions that it replaces."""
        return chain_for(self.agency_return, services().catalogue)

    @cached_property
    def route(self) -> Route:
        values = {key: answer.value for key, answer in self.all_answers.items()}
        return route(self.questionnaire, self.agency_return.respondent, values)

    @property
    def standards(self) -> list[Standard]:
        """The standards that ask this agency anything and are the viewer's to see, in order."""
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

    @property
    def is_editable(self) -> bool:
        """Whether its answers can be changed just now, by whoever may."""
        return self.takes_answers and self.agency_return.status in EDITABLE_STATUSES

    @property
    def takes_answers(self) -> bool:
        """Whether its round still does."""
        audit_round = self.agency_return.round
        return takes_answers(audit_round.status, audit_round.closes_on, self.today)

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
        return self.is_editable and bool(self.writes)

    def may_answer(self, standard_id: str) -> bool:
        return self.is_editable and self.writes.has_standard(standard_id)

    def scorecard(self, standard_id: str) -> Scorecard:
        """The self-scores of one standard, from these answers and not from what is kept."""
        return scorecard(
            self.route.asked.get(standard_id, ()),
            {k: one.value for k, one in self.answers.items() if k not in self.to_confirm},
            self.questionnaire.thresholds,
        )

    def score(self) -> ReturnScore | None:
        """The kept self-scores; somebody who sees some standards is told nothing of the whole."""
        kept = scores_of(db(), self.agency_return.id)
        if kept is None or self.reads.everything:
            return kept
        cards = {id_: card for id_, card in kept.standards.items() if self.reads.has_standard(id_)}
        counted = Scorecard(
            required=sum(card.required for card in cards.values()),
            answered=sum(card.answered for card in cards.values()),
        )
        return ReturnScore(counted, cards)

    @property
    def waits_for_signature(self) -> bool:
        return self.agency_return.status is ReturnStatus.AWAITING_SIGN_OFF


def standard_or_404(desk: Desk, standard_id: str) -> Standard:
    """The standard of this id, if the return asks it and the viewer may see it."""
    for asked in desk.standards:
        if asked.id == standard_id:
            return asked
    abort(404)


def desk_of(
    reference: str, *, to: Permission = Permission.SEE_RETURN, to_change: bool = False
) -> Desk:
    """Open the return of this reference (and lock it, to change it).

    One with which the viewer may not do this is not found.
    """
    agency_return = own_return(db(), reference, visible_to=viewer(), to=to, to_change=to_change)
    if agency_return is None:
        abort(404)
    held = answers_of(db(), agency_return.id)
    reads, writes = (
        share_of(db(), agency_return, permission, visible_to=viewer())
        for permission in (Permission.SEE_RETURN, Permission.EDIT_ANSWERS)
    )
    return Desk(
        agency_return=agency_return,
        questionnaire=questionnaire_for(agency_return, services().catalogue),
        held=held,
        all_answers={key: one.answer for key, one in held.items()},
        today=today_in_london(now()),
        reads=reads,
        writes=writes,
        to_confirm=unconfirmed(held),
        all_files=files_of_return(db(), agency_return.id),
    )
