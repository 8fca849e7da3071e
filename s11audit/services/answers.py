"""Saving answers: never losing what somebody typed, never overwriting somebody else's unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from s11audit.domain.answers import Answer
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError, step_named
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import EDITABLE_STATUSES, RETURN_STEPS, ReturnStatus
from s11audit.models import AgencyReturn, StoredAnswer
from s11audit.queries.delegations import share_of
from s11audit.queries.returns import HeldAnswer, answers_of, unconfirmed
from s11audit.services.answer_changes import Change, Conflict, Sorted, sort_out
from s11audit.services.answer_rows import AnswerRows, ReturnRows
from s11audit.services.carrying import BroughtForward, bring_files, bring_forward
from s11audit.services.colleagues import forget_ready
from s11audit.services.events import record_by
from s11audit.services.returns import check_round_is_open


@dataclass(frozen=True)
class Saved:
    """What became of the changes. `answers` are all of the return's, as now stored.

    `changed` and `confirmed` are keys, `to_confirm` those of all answers that still wait for it.
    `brought` is what starting the return brought forward, if this started it.
    """

    answers: Mapping[str, Answer]
    changed: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    confirmed: tuple[str, ...] = ()
    to_confirm: frozenset[str] = frozenset()
    brought: BroughtForward | None = None


def start_return(
    session: Session,
    agency_return: AgencyReturn,
    chain: Sequence[Questionnaire],
    *,
    by: Viewer,
    now: datetime,
) -> Saved:
    """Start a return with the answers of the agency's earlier one, each to be confirmed.

    `chain` has the return's questionnaire first, then the versions that it replaces. Raises
    StepNotAllowedError where the return is started already, RoundNotOpenError.
    """
    step_named(RETURN_STEPS, "start", agency_return.status)
    return save_answers(session, agency_return, chain[0], (), by=by, now=now, chain=chain)


def save_answers(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    changes: Sequence[Change],
    *,
    by: Viewer,
    now: datetime,
    held: Mapping[str, HeldAnswer] | None = None,
    chain: Sequence[Questionnaire] = (),
) -> Saved:
    """Save what was typed, in a number of statements that does not grow with the answers.

    An answer that somebody else changed since it was shown is not overwritten: it comes back as a
    conflict, and the others are saved. `held` are the return's answers, if they were read since it
    was locked (`own_return(…, to_change=True)`). The first save starts the return; with a `chain`
    (see `start_return`) it brings last time's answers forward, but over nothing that was typed.
    Raises StepNotAllowedError where the return can no longer be edited, RoundNotOpenError where
    the round is not open, PermissionError where a question is not this person's to answer.
    """
    check_round_is_open(agency_return, now)
    _check_may_answer(session, agency_return, changes, by)
    starts = agency_return.status is ReturnStatus.NOT_STARTED
    today = today_in_london(now)
    brought = bring_forward(session, agency_return, chain, by=by, today=today) if starts else None
    _lock(session, agency_return, brought, now)
    if held is None:
        held = answers_of(session, agency_return.id)
    found = sort_out(changes, held)
    saved = _outcome(found, held, brought)
    touched = found.wanted.keys() | found.confirmed
    if touched or starts:
        answers, waiting = saved.answers, saved.to_confirm
        asked = (questionnaire, agency_return.respondent)
        owner = ("return_id", agency_return.id)
        rows = AnswerRows(session, StoredAnswer, owner, *asked, held, answers, by, now, waiting)
        ReturnRows(session, agency_return.id, rows).store(touched)
        unready = _follow_up(session, agency_return, saved, starts, touched, by=by, now=now)
        _record(session, agency_return, saved, starts, unready, by=by, now=now)
    return saved


def _follow_up(
    session: Session,
    agency_return: AgencyReturn,
    saved: Saved,
    starts: bool,
    touched: Set[str],
    *,
    by: Viewer,
    now: datetime,
) -> Sequence[str]:
    """Files come with answers brought forward; what was changed is no longer ready to check.

    Gives the standards (ids) that were marked as ready until now: none of a return just started.
    """
    if saved.brought:
        bring_files(session, agency_return, saved.brought, by=by, now=now)
    standards = {key.partition(".")[0] for key in touched}
    return () if starts else forget_ready(session, agency_return, standards)


def _check_may_answer(
    session: Session, agency_return: AgencyReturn, changes: Sequence[Change], by: Viewer
) -> None:
    """Raises PermissionError for a stranger, and for a question that is not theirs to answer."""
    share = share_of(session, agency_return, Permission.EDIT_ANSWERS, visible_to=by)
    if not share or not all(share.has_question(change.key) for change in changes):
        raise PermissionError(f"{by.name} may not {Permission.EDIT_ANSWERS} here")


def _outcome(
    found: Sorted, held: Mapping[str, HeldAnswer], brought: BroughtForward | None
) -> Saved:
    """All answers as they shall be: what is typed over what is stored over what is brought."""
    carried = brought.answers if brought else {}
    stored = {key: one.answer for key, one in held.items()}
    waiting = unconfirmed(held) | (carried.keys() - stored.keys())
    return Saved(
        answers={**carried, **stored, **found.wanted},
        changed=tuple(found.wanted),
        conflicts=found.conflicts,
        confirmed=tuple(sorted(found.confirmed)),
        to_confirm=frozenset(waiting - found.wanted.keys() - found.confirmed),
        brought=brought,
    )


def _lock(
    session: Session, agency_return: AgencyReturn, brought: BroughtForward | None, now: datetime
) -> None:
    """Count the return's version up and see that it is started: others who save it wait."""
    values: dict[str, Any] = {"carried_from_id": brought.earlier.id} if brought else {}
    locked = session.execute(
        update(AgencyReturn)
        .where(AgencyReturn.id == agency_return.id, AgencyReturn.status.in_(EDITABLE_STATUSES))
        .values(
            version=AgencyReturn.version + 1,
            updated_at=now,
            status=ReturnStatus.IN_PROGRESS,
            **values,
        )
        .execution_options(synchronize_session=False)
    )
    if locked.rowcount != 1:  # type: ignore[attr-defined]
        raise StepNotAllowedError(
            "This return has been sent for sign-off or submitted, so its answers cannot be changed."
        )
    for name, value in values.items():
        set_committed_value(agency_return, name, value)


def _record(
    session: Session,
    agency_return: AgencyReturn,
    saved: Saved,
    starts: bool,
    unready: Sequence[str],
    *,
    by: Viewer,
    now: datetime,
) -> None:
    detail: dict[str, Any] = {"questions": sorted(saved.changed)}
    if unready:
        detail["no_longer_ready"] = list(unready)
    if saved.confirmed:
        detail["confirmed"] = list(saved.confirmed)
    if saved.brought:
        detail["brought_from"] = saved.brought.earlier.reference
        detail["brought_forward"] = len(saved.brought.answers)
    kind = "return-started" if starts else "answers-saved"
    subject = f"return {agency_return.reference}"
    record_by(session, kind, subject, by, now, detail, of=agency_return)
