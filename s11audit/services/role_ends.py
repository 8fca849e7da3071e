"""What happens to a role that ends: it keeps its row, and what hung on it goes with it or on."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Role
from s11audit.models import AgencyReturn, AnswerSheet, CaseFile, Delegation, Membership
from s11audit.models.walls import without_walls
from s11audit.services.events import Detail, record
from s11audit.services.people import held_already


def end(session: Session, membership: Membership, *, by: int | None, now: datetime) -> None:
    """Let a role end now, for nobody else. `by` is a user's id.

    What a contributor was asked to answer is taken back, in every round: it would come back to
    them with the role. So are files on cases from their auditor, until their panel has opened.
    """
    detail: Detail = {"role": membership.role, "place": membership.place_reference}
    if membership.role is Role.CONTRIBUTOR:
        detail["taken_back"] = _take_back_delegations(session, membership)
    if membership.role is Role.CASE_AUDITOR:
        _pass_files(session, membership, None)
    _end(session, membership, now)
    subject = f"user {membership.user_id}"
    record(session, "role-ended", subject, by=by, at=now, detail=detail, of=membership)


def hand_on(
    session: Session, membership: Membership, user_id: int, *, by: int | None, now: datetime
) -> None:
    """Let a role end now, and give it to this person, who may have it already.

    What a contributor was asked to answer goes with it, and so do files on cases of their auditor.
    `by` is a user's id; None where it was begun earlier, and ends because the invitation to it was
    accepted.
    """
    if not held_already(session, user_id, membership):
        session.add(Membership(**membership.post_columns, user_id=user_id, started_at=now))
    if membership.role is Role.CONTRIBUTOR:
        _move_delegations(session, membership, user_id)
    if membership.role is Role.CASE_AUDITOR:
        _pass_files(session, membership, user_id)
    _end(session, membership, now)
    detail = {"role": membership.role, "place": membership.place_reference, "to": f"user {user_id}"}
    subject = f"user {membership.user_id}"
    record(session, "role-handed-over", subject, by=by, at=now, detail=detail, of=membership)


def _end(session: Session, membership: Membership, now: datetime) -> None:
    membership.ended_at = now
    session.flush()


def _pass_files(session: Session, membership: Membership, to: int | None) -> None:
    """Files of the agency that are not opened go to another auditor, who declares anew."""
    closed = select(AnswerSheet.id).where(AnswerSheet.opened_at.is_(None))
    theirs = (
        update(CaseFile)
        .where(
            CaseFile.agency_id == membership.agency_id,
            CaseFile.auditor_id == membership.user_id,
            CaseFile.sheet_id.in_(closed),
        )
        .values(auditor_id=to, conflict="", conflict_at=None)
    )
    with without_walls(session):
        session.execute(theirs.execution_options(synchronize_session="fetch"))


def _take_back_delegations(session: Session, membership: Membership) -> int:
    """Nothing is asked of the contributor any more; gives how many standards that were."""
    of_agency = select(AgencyReturn.id).where(AgencyReturn.agency_id == membership.agency_id)
    theirs = delete(Delegation).where(
        Delegation.return_id.in_(of_agency), Delegation.user_id == membership.user_id
    )
    with without_walls(session):
        taken = session.execute(theirs.execution_options(synchronize_session="fetch"))
        return cast(CursorResult[Any], taken).rowcount


def _move_delegations(session: Session, membership: Membership, user_id: int) -> None:
    """What the old contributor was asked to answer is asked of the new one, in every round."""
    of_agency = select(AgencyReturn.id).where(AgencyReturn.agency_id == membership.agency_id)
    with without_walls(session):
        held = session.scalars(
            select(Delegation).where(
                Delegation.return_id.in_(of_agency),
                Delegation.user_id.in_([membership.user_id, user_id]),
            )
        ).all()
        theirs = {(one.return_id, one.standard_id) for one in held if one.user_id == user_id}
        for one in held:
            if one.user_id == user_id:
                continue
            if (one.return_id, one.standard_id) in theirs:
                session.delete(one)
            else:
                one.user_id = user_id
        session.flush()
