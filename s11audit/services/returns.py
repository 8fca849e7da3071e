"""Writing a return: saving answers, freezing it for sign-off, signing and submitting it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from s11audit.domain.answers import Gap
from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RETURN_STEPS, RoundStatus, takes_answers
from s11audit.models import AgencyReturn, Signature, Snapshot
from s11audit.queries.reminders import TO_SIGN
from s11audit.queries.returns import (
    latest_snapshot,
)
from s11audit.queries.signatures import signatures_of
from s11audit.services.actions import make_actions_of
from s11audit.services.events import record
from s11audit.services.freezing import freeze, written_in
from s11audit.services.return_mail import HANDED_BACK, RECEIPT, Address, write_notice
from s11audit.services.signatures import new_receipt, void_signatures
from s11audit.services.steps import move, step_for

# The event of a signature after which others have to sign.
SIGNED_IN_PART = "return-signed"


class GapsError(Exception):
    """The return lacks something that it must have before sign-off."""

    def __init__(self, found: Sequence[Gap]) -> None:
        super().__init__(f"{len(found)} things are missing")
        self.gaps = tuple(found)


class ChangedReturnError(Exception):
    """The return is not the one that the signatory was shown."""


class AlreadySignedError(StepNotAllowedError):
    """The same person has signed this return already; another must be somebody else's."""


@dataclass(frozen=True)
class _Taken:
    """A step that was taken: the kind of its event, and the statuses `before` and `after`."""

    event: str
    statuses: Mapping[str, str]


class RoundNotOpenError(Exception):
    """The round takes no answers now."""


def check_round_is_open(agency_return: AgencyReturn, now: datetime) -> None:
    """Raises RoundNotOpenError unless the round takes answers."""
    audit_round = agency_return.round
    if audit_round.status is not RoundStatus.OPEN:
        raise RoundNotOpenError("This round is not open, so its returns cannot be changed.")
    if not takes_answers(audit_round.status, audit_round.closes_on, today_in_london(now)):
        raise RoundNotOpenError(
            f"This round closed at the end of {long_date(audit_round.closes_on)}, "
            "so its returns cannot be changed."
        )


def send_for_sign_off(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    *,
    by: Viewer,
    now: datetime,
    address: Address | None = None,
) -> Snapshot:
    """Freeze the return for its signatory.

    `address` makes the link for mail that tells the signatory; without it none is written. Raises
    GapsError where something is missing and StepNotAllowedError in any other status.
    """
    check_round_is_open(agency_return, now)
    taken = _take_step(session, agency_return, "send-for-sign-off", by=by, now=now)
    written = written_in(session, agency_return, questionnaire)
    if written.gaps:
        raise GapsError(written.gaps)
    snapshot = freeze(session, agency_return, questionnaire, written, by=by, now=now)
    _record_step(session, taken, agency_return, by, now, {"snapshot": snapshot.sha256})
    write_notice(session, TO_SIGN, agency_return, address, now=now)
    return snapshot


def take_back(session: Session, agency_return: AgencyReturn, *, by: Viewer, now: datetime) -> None:
    """The agency lead takes the return back from sign-off; whoever has signed must sign anew."""
    taken = _take_step(session, agency_return, "take-back", by=by, now=now)
    voided = void_signatures(session, agency_return, now)
    _record_step(session, taken, agency_return, by, now, {"voided": voided} if voided else {})


def hand_back(
    session: Session,
    agency_return: AgencyReturn,
    reason: str,
    *,
    by: Viewer,
    now: datetime,
    address: Address | None = None,
) -> None:
    """A signatory hands the return back, saying what to change; no signature stands any more.

    `address` makes the link for mail that tells the leads; without it none is written.
    """
    taken = _take_step(session, agency_return, "hand-back", by=by, now=now, reason=reason)
    voided = void_signatures(session, agency_return, now)
    detail = {"reason_given": True} | ({"voided": voided} if voided else {})
    _record_step(session, taken, agency_return, by, now, detail)
    write_notice(session, HANDED_BACK, agency_return, address, now=now)


def sign_and_submit(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    *,
    snapshot_sha256: str,
    post: str,
    by: Viewer,
    now: datetime,
    address: Address | None = None,
) -> Signature:
    """Sign the frozen return. The last signature that its round needs submits it.

    `snapshot_sha256` is that of the return the signatory read. `address` makes the link for the
    receipt that leads and signatories get by mail; without it none is written. Raises
    ChangedReturnError where a newer one was frozen since, AlreadySignedError where `by` has signed
    it, StepNotAllowedError where it is not waiting to be signed.
    """
    check_round_is_open(agency_return, now)
    # Of two who sign at the same moment, the second waits here and then counts the first.
    session.refresh(agency_return, ["status"], with_for_update=True)
    standing = signatures_of(session, agency_return.id)
    number, needed = len(standing) + 1, agency_return.round.signatures_needed
    is_last = number >= needed
    taken = _take_step(session, agency_return, "sign", by=by, now=now, stays=not is_last)
    if any(one.user_id == by.user_id for one in standing):
        raise AlreadySignedError("You have signed this return. Somebody else has to sign it now.")
    snapshot = latest_snapshot(session, agency_return.id)
    if snapshot is None or snapshot.sha256 != snapshot_sha256:
        raise ChangedReturnError("The return has changed since you read it.")
    signature = _signature(snapshot, questionnaire.declaration, post, by, now)
    session.add(signature)
    detail = {"snapshot": snapshot.sha256, "signatures": f"{number}/{needed}"}
    if is_last:
        detail["receipt"] = _submit(session, agency_return, questionnaire, by=by, now=now)
    _record_step(session, taken, agency_return, by, now, detail)
    if is_last:
        write_notice(session, RECEIPT, agency_return, address, now=now)
    return signature


def _signature(
    snapshot: Snapshot, declaration: str, post: str, by: Viewer, now: datetime
) -> Signature:
    return Signature(
        return_id=snapshot.return_id,
        snapshot_id=snapshot.id,
        user_id=by.user_id,
        post=post,
        declaration=declaration,
        signed_at=now,
    )


def _submit(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    *,
    by: Viewer,
    now: datetime,
) -> str:
    """Give the return its receipt, which is what this gives back; its promises become actions."""
    agency_return.submitted_at = now
    agency_return.receipt = receipt = new_receipt(agency_return.round)
    promises = written_in(session, agency_return, questionnaire).promises
    make_actions_of(session, agency_return, promises, told_to=questionnaire.told_to, by=by, now=now)
    return receipt


def _take_step(
    session: Session,
    agency_return: AgencyReturn,
    name: str,
    *,
    by: Viewer,
    now: datetime,
    reason: str = "",
    stays: bool = False,
) -> _Taken:
    """Move the return along its lifecycle, once: two at the same moment cannot both succeed.

    It `stays` where it is when others have yet to sign it, too.
    """
    allows = partial(by.may_at, place=agency_return.place)
    step = step_for(RETURN_STEPS, name, agency_return.status, by=by, allows=allows)
    if stays:
        step = replace(step, target=agency_return.status, event=SIGNED_IN_PART)
    statuses = move(
        session,
        agency_return,
        step,
        version=AgencyReturn.version + 1,
        updated_at=now,
        status_reason=reason,
    )
    return _Taken(step.event, statuses)


def _record_step(
    session: Session,
    taken: _Taken,
    agency_return: AgencyReturn,
    by: Viewer,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    subject = f"return {agency_return.reference}"
    held = {**taken.statuses, **(detail or {})}
    record(session, taken.event, subject, by=by.user_id, at=now, detail=held, of=agency_return)
