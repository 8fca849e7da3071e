"""What every page of a return needs: the return, what it asks, and what is answered so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, url_for
from werkzeug.utils import cached_property

from s11audit.domain.audience import Respondent
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.scoring import ReturnScore, Scorecard
from s11audit.domain.workflow import EDITABLE_STATUSES, ReturnStatus, takes_answers
from s11audit.models import AgencyReturn
from s11audit.queries.asking import chain_for, questionnaire_for
from s11audit.queries.delegations import share_of
from s11audit.queries.evidence import files_of_return
from s11audit.queries.own_returns import own_return
from s11audit.queries.returns import answers_of, scores_of, unconfirmed
from s11audit.web.answer_desk import AnswerDesk
from s11audit.web.security import db, now, services, viewer


@dataclass(frozen=True, kw_only=True)
class Desk(AnswerDesk):
    """One return, opened by somebody of its agency.

    Its answers and files are read at once: to read anything after a save is committed would wait
    for whoever saves next.
    """

    agency_return: AgencyReturn

    @property
    def respondent(self) -> Respondent:
        return self.agency_return.respondent

    @property
    def reference(self) -> str:
        return self.agency_return.reference

    @property
    def whose(self) -> str:
        return self.agency_return.agency.name

    @property
    def takes_files(self) -> bool:
        return True

    def address(self, standard_id: str) -> str:
        return url_for("returns.standard", reference=self.reference, standard_id=standard_id)

    @cached_property
    def chain(self) -> Sequence[Questionnaire]:
        """The questionnaire, then the versions that it replaces."""
        return chain_for(self.agency_return, services().catalogue)

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
