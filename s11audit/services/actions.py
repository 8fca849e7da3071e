"""Actions: made from what a signed return promises, then reported on, verified or reopened."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from s11audit.domain.actions import (
    ACTION_STEPS,
    FINISHED_STATUSES,
    ActionSource,
    ActionStatus,
    Promise,
)
from s11audit.domain.dates import long_date
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import ToldTo
from s11audit.domain.viewers import Viewer
from s11audit.models import Action, ActionNote, AgencyReturn, AuditRound
from s11audit.queries.actions import reaches
from s11audit.services.events import record
from s11audit.services.steps import check_may, check_reason, move, step_for

CLAIM_COMPLETE = "claim-complete"


class ChangedActionError(Exception):
    """Somebody else has changed the action since its page was shown."""


@dataclass(frozen=True)
class _Pledge:
    """A promise that lacks nothing."""

    what: str
    post: str
    due_on: date


@dataclass(frozen=True)
class _Moment:
    """Who writes, and when, and who may read what is promised in answer to a question."""

    session: Session
    by: Viewer
    now: datetime
    told_to: ToldTo = field(default_factory=dict)

    def readers_of(self, key: str) -> Set[str]:
        """References of the partnerships that are told; empty where all of them are."""
        return self.told_to.get(key) or frozenset()

    def note(self, action: Action, text: str) -> None:
        self.session.add(
            ActionNote(
                action_id=action.id,
                user_id=self.by.user_id,
                status=action.status,
                text=text,
                written_at=self.now,
            )
        )

    def record(self, kind: str, action: Action, **detail: Any) -> None:
        subject = f"action {action.reference}"
        by = self.by.user_id
        record(self.session, kind, subject, by=by, at=self.now, detail=detail, of=action)


def make_actions_of(
    session: Session,
    agency_return: AgencyReturn,
    promises: Mapping[str, Promise],
    *,
    told_to: ToldTo,
    by: Viewer,
    now: datetime,
) -> list[Action]:
    """Bring a return's actions into line with what it promises (question key → promise).

    A first submission makes an action of each complete promise. When a return comes back a second
    time, a changed promise changes its action and the old words stay in a note; a finished action
    is left as it was and the new promise makes a new one. An action whose promise has gone is not
    deleted, or it could vanish unseen: it stays, says that it is no longer promised (its source
    becomes `none`), and scrutiny decides. A promise brought forward from an earlier return makes no
    second action while the one that it made then is unfinished; another date for it is noted there.
    Whoever may read a question (`told_to`) is told of its promise. `by` is known to be allowed.
    """
    moment = _Moment(session, by, now, told_to)
    own = select(Action).where(Action.return_id == agency_return.id).order_by(Action.id)
    held = list(session.scalars(own))
    pledges = {key: pledge for key, promise in promises.items() if (pledge := _pledge(promise))}
    for action in held:
        if action.question_key not in pledges and action.source is ActionSource.ANSWER:
            _release(moment, action)
    unmatched: dict[str, _Pledge] = {}
    for key, pledge in pledges.items():
        same = [one for one in held if one.question_key == key]
        if (match := _matching(same, pledge)) is None:
            unmatched[key] = pledge
        else:
            _renew(moment, match, pledge)
    new = _without_those_going_on(moment, agency_return, unmatched)
    made = [
        _make(moment, agency_return, number, key, pledge)
        for number, (key, pledge) in enumerate(new.items(), len(held) + 1)
    ]
    session.flush()
    return made


def take_action_step(
    session: Session,
    action: Action,
    step_name: str,
    text: str,
    *,
    by: Viewer,
    now: datetime,
    version: int,
) -> None:
    """Move an action on. `text` is what changed for children, how it was checked, or the reason.

    `version` is that of the page that was shown. Raises ChangedActionError where it is an old one,
    StepNotAllowedError, RefusedError without words, PermissionError for a stranger.
    """
    allows = partial(reaches, session, action, visible_to=by)
    check_may(ACTION_STEPS, step_name, by=by, allows=allows)
    if action.version != version:
        raise ChangedActionError("Somebody else has changed this action since you opened it.")
    step = step_for(ACTION_STEPS, step_name, action.status, by=by, allows=allows)
    check_reason(step, text)
    values: dict[str, Any] = {"version": Action.version + 1}
    if step.name == CLAIM_COMPLETE:
        values["impact"] = text
    statuses = move(session, action, step, Action.version == version, **values)
    moment = _Moment(session, by, now)
    moment.note(action, text)
    moment.record(step.event, action, **statuses)


def add_note(session: Session, action: Action, text: str, *, by: Viewer, now: datetime) -> None:
    """Write down progress, or a question, without moving the action on.

    Raises PermissionError unless `by` may progress or verify this action.
    """
    wanted = (Permission.PROGRESS_ACTION, Permission.VERIFY_ACTION)
    if not any(reaches(session, action, permission, visible_to=by) for permission in wanted):
        raise PermissionError(f"{by.name} may not write about this action")
    moment = _Moment(session, by, now)
    moment.note(action, text)
    moment.record("action-note-added", action)


def _pledge(promise: Promise) -> _Pledge | None:
    if not promise.is_complete or promise.due_on is None:
        return None
    return _Pledge(promise.what, promise.post, promise.due_on)


def _matching(actions: list[Action], pledge: _Pledge) -> Action | None:
    """The action that this promise is about: the very same one, else the newest unfinished."""
    for action in actions:
        if _Pledge(action.what, action.post, action.due_on) == pledge:
            return action
    unfinished = [action for action in actions if action.status not in FINISHED_STATUSES]
    return unfinished[-1] if unfinished else None


def _without_those_going_on(
    moment: _Moment, agency_return: AgencyReturn, pledges: Mapping[str, _Pledge]
) -> dict[str, _Pledge]:
    """The promises that no unfinished action of an earlier return stands for."""
    going_on = _going_on(moment.session, agency_return)
    new = {}
    for key, pledge in pledges.items():
        as_openly = [one for one in going_on if one.readers == moment.readers_of(key)]
        earlier = _same_words(as_openly, key, pledge)
        if earlier is None:
            new[key] = pledge
        else:
            _promise_again(moment, earlier, pledge, agency_return)
    return new


def _going_on(session: Session, agency_return: AgencyReturn) -> list[Action]:
    """Unfinished actions of the agency's earlier returns to this questionnaire, oldest first."""
    if agency_return.carried_from_id is None:
        return []
    found = (
        select(Action)
        .join(AuditRound, AuditRound.id == Action.round_id)
        .where(
            Action.agency_id == agency_return.agency_id,
            Action.return_id != agency_return.id,
            Action.status.not_in(FINISHED_STATUSES),
            AuditRound.questionnaire_id == agency_return.round.questionnaire_id,
        )
        .order_by(Action.id)
    )
    return list(session.scalars(found))


def _same_words(actions: list[Action], key: str, pledge: _Pledge) -> Action | None:
    """The action that this promise made in an earlier return: the same words and post.

    Where several have the same words, the same date counts first, and then the same question.
    """
    alike = [one for one in actions if (one.what, one.post) == (pledge.what, pledge.post)]
    return min(
        alike,
        key=lambda one: (one.due_on != pledge.due_on, one.question_key != key),
        default=None,
    )


def _promise_again(
    moment: _Moment, action: Action, pledge: _Pledge, agency_return: AgencyReturn
) -> None:
    """An earlier return's action stands in this one too, perhaps by another date."""
    if action.due_on == pledge.due_on:
        return
    moment.note(
        action,
        f"Promised again in “{agency_return.round.title}”, by {long_date(pledge.due_on)}. "
        f"Before: by {long_date(action.due_on)}.",
    )
    dates = _dates(action, pledge)
    _change(moment, action, due_on=pledge.due_on)
    moment.record("action-promise-changed", action, **dates)


def _make(
    moment: _Moment, agency_return: AgencyReturn, number: int, key: str, pledge: _Pledge
) -> Action:
    action = Action(
        reference=f"{agency_return.reference}-A{number}",
        agency_id=agency_return.agency_id,
        round_id=agency_return.round_id,
        return_id=agency_return.id,
        source=ActionSource.ANSWER,
        question_key=key,
        what=pledge.what,
        post=pledge.post,
        due_on=pledge.due_on,
        status=ActionStatus.OPEN,
        created_at=moment.now,
        told_to=[one for one in agency_return.askers if one.reference in moment.readers_of(key)],
    )
    moment.session.add(action)
    moment.session.flush()
    moment.record("action-made", action, question=key, due=pledge.due_on.isoformat())
    return action


def _renew(moment: _Moment, action: Action, pledge: _Pledge) -> None:
    """The promise stands (again), perhaps in other words."""
    values: dict[str, Any] = {}
    if _Pledge(action.what, action.post, action.due_on) != pledge:
        moment.note(
            action,
            f"Changed when the return was signed again. Before: “{action.what}”, {action.post}, "
            f"by {long_date(action.due_on)}.",
        )
        values = {"what": pledge.what, "post": pledge.post, "due_on": pledge.due_on}
    elif action.source is not ActionSource.ANSWER:
        moment.note(action, "Promised again when the return was signed again.")
    else:
        return
    dates = _dates(action, pledge)
    _change(moment, action, source=ActionSource.ANSWER, **values)
    moment.record("action-promise-changed", action, **dates)


def _dates(action: Action, pledge: _Pledge) -> dict[str, str]:
    """When it was due, and when it is due now."""
    return {"before": action.due_on.isoformat(), "after": pledge.due_on.isoformat()}


def _release(moment: _Moment, action: Action) -> None:
    moment.note(action, "The return was signed again and no longer promises this action.")
    _change(moment, action, source=ActionSource.NONE)
    moment.record("action-promise-dropped", action)


def _change(moment: _Moment, action: Action, **values: Any) -> None:
    moment.session.execute(
        update(Action)
        .where(Action.id == action.id)
        .values(version=Action.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    moment.session.refresh(action)
