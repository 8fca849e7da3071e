"""What an agency states instead of answering: alternative assurance, or a nil return."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from s11audit.domain.actions import FINISHED_STATUSES, ActionSource, ActionStatus, Promise
from s11audit.domain.permissions import Role
from s11audit.domain.statements import DECLARATIONS
from s11audit.domain.steps import Step
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RETURN_STEPS, ReturnStatus
from s11audit.models import Action, AgencyReturn, Membership, Score, SideState, User
from s11audit.queries.side_states import earlier_statement
from s11audit.services.events import record
from s11audit.services.evidence import NewFile, keep_file, put_back
from s11audit.services.evidence_store import EvidenceStore
from s11audit.services.mail import write_mail
from s11audit.services.refusals import RefusedError
from s11audit.services.returns import check_round_is_open
from s11audit.services.steps import move, step_for

MAIL_KIND = "cannot-assure"
NO_DOCUMENT = "Say which document it is and where to find it, or add it as a file"


@dataclass(frozen=True)
class SentDocument:
    """A file that was sent and looked at, and the store in which its content lies."""

    new: NewFile
    store: EvidenceStore


@dataclass(frozen=True)
class Assurance:
    """What an agency rests on in place of answers, declared by whoever holds `post`.

    `document` says where to find what it rests on, `file` is the document itself: one of them is
    needed. `keeps_file` lets the file of an earlier statement stand unless there is a new one.
    Where it cannot assure that children are safe,
    `explanation` says what is missing, and `promise` what the agency does about that.
    """

    post: str
    document: str = ""
    file: SentDocument | None = None
    keeps_file: bool = False
    can_assure: bool = True
    explanation: str = ""
    promise: Promise = field(default_factory=Promise)


def assure_otherwise(
    session: Session,
    agency_return: AgencyReturn,
    assurance: Assurance,
    *,
    by: Viewer,
    now: datetime,
    link: str = "",
) -> SideState:
    """Give other assurance in place of answers.

    Where the agency cannot assure, its promise becomes an action and the managers of its
    partnerships are told; `link` leads them to the statement (empty: there is no page to lead to).
    Raises RefusedError, StepNotAllowedError, RoundNotOpenError, PermissionError.
    """
    kept = _kept_file(session, agency_return) if assurance.keeps_file else None
    _check(assurance, has_file=bool(assurance.file or kept))
    stated = SideState(
        post=assurance.post,
        document=assurance.document,
        file_id=kept,
        can_assure=assurance.can_assure,
        explanation="" if assurance.can_assure else assurance.explanation,
    )
    stated = _state(session, agency_return, "assure-otherwise", stated, by=by, now=now)
    if assurance.file is not None:
        _keep_document(session, agency_return, stated, assurance.file, by=by, now=now)
    if not assurance.can_assure:
        subject = f"return {agency_return.reference}"
        kind = "return-assurance-withheld"
        record(session, kind, subject, by=by.user_id, at=now, of=agency_return)
        _open_action(session, agency_return, assurance.promise, by=by, now=now)
        _tell_managers(session, agency_return, link, now)
    return stated


def state_nil(
    session: Session,
    agency_return: AgencyReturn,
    reason: str,
    post: str,
    *,
    by: Viewer,
    now: datetime,
) -> SideState:
    """Make a nil return: there is nothing to answer for, for this reason.

    Raises RefusedError, StepNotAllowedError, RoundNotOpenError, PermissionError.
    """
    if not reason.strip():
        raise RefusedError("reason", "Say why there is nothing to answer for")
    _check_post(post)
    stated = SideState(post=post, document="", file_id=None, can_assure=True, explanation=reason)
    return _state(session, agency_return, "state-nil", stated, by=by, now=now)


def answer_after_all(
    session: Session, agency_return: AgencyReturn, *, by: Viewer, now: datetime
) -> None:
    """Take back what was stated, and answer the questions. Raises as stating does."""
    check_round_is_open(agency_return, now)
    step = where_it_was(session, agency_return, _step(agency_return, "answer-after-all", by))
    _move(session, agency_return, step, by=by, now=now, submitted_at=None)


def where_it_was(
    session: Session, agency_return: AgencyReturn, step: Step[ReturnStatus]
) -> Step[ReturnStatus]:
    """The step back to answering. A return that nobody had started is not started again by it.

    Otherwise starting it could no longer bring last time's answers forward.
    """
    started = select(Score.return_id).where(Score.return_id == agency_return.id).limit(1)
    if session.scalar(started) is not None:
        return step
    return replace(step, target=ReturnStatus.NOT_STARTED)


def _check(assurance: Assurance, *, has_file: bool) -> None:
    _check_post(assurance.post)
    if not (assurance.document.strip() or has_file):
        raise RefusedError("document", NO_DOCUMENT)
    if assurance.can_assure:
        return
    if not assurance.explanation.strip():
        raise RefusedError("explanation", "Say what you cannot be sure of")
    if not assurance.promise.is_complete:
        raise RefusedError("action_what", "Say what you will do about it, which post, and by when")


def _check_post(post: str) -> None:
    if not post.strip():
        raise RefusedError("post", "Enter the post of whoever makes this declaration")


def _state(
    session: Session,
    agency_return: AgencyReturn,
    name: str,
    stated: SideState,
    *,
    by: Viewer,
    now: datetime,
) -> SideState:
    check_round_is_open(agency_return, now)
    step = _step(agency_return, name, by)
    stated.return_id, stated.state = agency_return.id, step.target
    stated.declaration = DECLARATIONS[step.target]
    stated.user_id, stated.stated_at = by.user_id, now
    stated = session.merge(stated)  # over what was stated, and taken back, before
    _move(session, agency_return, step, by=by, now=now, submitted_at=now)
    session.flush()
    return stated


def _kept_file(session: Session, agency_return: AgencyReturn) -> int | None:
    """The id of the file of an earlier statement, taken back or not."""
    held = earlier_statement(session, agency_return, ReturnStatus.ALTERNATIVE_ASSURANCE)
    return held.file_id if held else None


def _keep_document(
    session: Session,
    agency_return: AgencyReturn,
    stated: SideState,
    sent: SentDocument,
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """Let the file that was sent be the document of what is stated."""
    file = keep_file(session, agency_return.agency_id, sent.new, by=by, now=now)
    stated.file_id = file.id
    subject, detail = f"return {agency_return.reference}", {"files": [file.id]}
    record(
        session, "assurance-file-added", subject, by=by.user_id, at=now, detail=detail,
        of=agency_return,
    )  # fmt: skip
    session.refresh(stated, ["file"])
    put_back(sent.store, sent.new)


def _step(agency_return: AgencyReturn, name: str, by: Viewer) -> Step[ReturnStatus]:
    allows = partial(by.may_at, place=agency_return.place)
    return step_for(RETURN_STEPS, name, agency_return.status, by=by, allows=allows)


def _move(
    session: Session,
    agency_return: AgencyReturn,
    step: Step[ReturnStatus],
    *,
    by: Viewer,
    now: datetime,
    **values: Any,
) -> None:
    statuses = move(
        session,
        agency_return,
        step,
        version=AgencyReturn.version + 1,
        updated_at=now,
        status_reason="",
        **values,
    )
    subject = f"return {agency_return.reference}"
    record(session, step.event, subject, by=by.user_id, at=now, detail=statuses, of=agency_return)


def _open_action(
    session: Session, agency_return: AgencyReturn, promise: Promise, *, by: Viewer, now: datetime
) -> None:
    """Put the promise on record; one that goes on from an earlier statement makes no second."""
    held = session.scalars(select(Action).where(Action.return_id == agency_return.id)).all()
    going_on = [one for one in held if one.status not in FINISHED_STATUSES]
    if any(Promise(one.what, one.post, one.due_on) == promise for one in going_on):
        return
    action = Action(
        reference=f"{agency_return.reference}-A{len(held) + 1}",
        agency_id=agency_return.agency_id,
        round_id=agency_return.round_id,
        return_id=agency_return.id,
        source=ActionSource.STATEMENT,
        what=promise.what,
        post=promise.post,
        due_on=promise.due_on,
        status=ActionStatus.OPEN,
        created_at=now,
    )
    session.add(action)
    session.flush()
    subject, due = f"action {action.reference}", action.due_on.isoformat()
    record(session, "action-made", subject, by=by.user_id, at=now, detail={"due": due}, of=action)


def _tell_managers(session: Session, agency_return: AgencyReturn, link: str, now: datetime) -> None:
    if not link:
        return
    homes = [partnership.id for partnership in agency_return.askers]
    managers = (
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.role == Role.MANAGER,
            Membership.partnership_id.in_(homes),
            Membership.is_live,
            User.is_active,
        )
        .group_by(User.email)
        .order_by(func.lower(User.email))
    )
    for email in session.scalars(managers):
        facts = {"link": link}
        mail = write_mail(
            session, MAIL_KIND, email, facts, now=now, agency_id=agency_return.agency_id
        )
        mail.round_id = agency_return.round_id
