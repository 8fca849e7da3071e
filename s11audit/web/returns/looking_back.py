"""What the pages of a return show of last time: the earlier return that it was started from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import flash

from s11audit.domain.carrying import Carried, carry_forward, left_behind
from s11audit.domain.movement import Movements, movements
from s11audit.domain.numbers import counted
from s11audit.domain.questionnaire import Question
from s11audit.domain.routing import Route
from s11audit.queries.own_returns import EarlierReturn, earlier_return, return_carried_from
from s11audit.queries.returns import asked_answers_of
from s11audit.services.carrying import BroughtForward, chain_back_to
from s11audit.web.returns.desk import Desk
from s11audit.web.security import db, viewer


@dataclass(frozen=True)
class LookingBack:
    """An earlier return, and what each question of this one takes over from it, by key.

    `left` are last time's answered questions that nothing follows.
    """

    earlier: EarlierReturn
    carried: Mapping[str, Carried]
    left: tuple[Question, ...] = ()

    def brought(self, route: Route) -> int:
        """How many of the questions that are asked have something from last time."""
        return sum(not one.answer.is_empty and route.asks(key) for key, one in self.carried.items())


def last_time(desk: Desk, questions: Iterable[Question] | None = None) -> LookingBack | None:
    """Last time, for these questions or else for all; None where nothing was brought forward."""
    earlier = return_carried_from(db(), desk.agency_return, visible_to=viewer())
    chain = chain_back_to(earlier, desk.chain) if earlier else ()
    if not earlier or not chain:
        return None
    answers = asked_answers_of(db(), earlier.id)
    carried = carry_forward(chain, answers, desk.today, questions)
    left = left_behind(chain[-1], answers, carried.values()) if questions is None else ()
    theirs = {key: one for key, one in carried.items() if desk.reads.has_question(key)}
    left = tuple(question for question in left if desk.reads.has_question(question.key))
    return LookingBack(earlier, theirs, left)


@dataclass(frozen=True)
class SinceLastTime:
    """What moved between the agency's earlier return and this one."""

    earlier: EarlierReturn
    moved: Movements


def since_last_time(desk: Desk) -> SinceLastTime | None:
    """The answers on the desk beside those of the return that they were brought forward from.

    Where nothing was brought forward, beside the agency's latest submitted return; None where
    there is none of this questionnaire.
    """
    earlier = return_carried_from(db(), desk.agency_return, visible_to=viewer())
    if earlier is None:
        earlier = earlier_return(db(), desk.agency_return, desk.chain, visible_to=viewer())
    chain = chain_back_to(earlier, desk.chain) if earlier else ()
    if not earlier or not chain:
        return None
    carried = carry_forward(chain, asked_answers_of(db(), earlier.id), desk.today)
    asked = (one for standard in desk.standards for one in desk.route.asked[standard.id])
    return SinceLastTime(earlier, movements(asked, desk.answers, carried))


def to_bring(desk: Desk) -> EarlierReturn | None:
    """The return whose answers starting this one would bring forward."""
    if desk.is_started:
        return None
    return earlier_return(db(), desk.agency_return, desk.chain, visible_to=viewer())


def tell_what_was_brought(brought: BroughtForward | None, desk: Desk) -> None:
    """Say on the next page how much starting the return has brought forward for the viewer."""
    if brought is None:
        return
    number = sum(desk.reads.has_question(key) for key in brought.answers)
    answers = counted(number, "answer was", "answers were")
    flash(
        f"{answers} brought forward from “{brought.earlier.title}”. "
        "Confirm each that is still right, or change it.",
        "success",
    )
