"""Asking contributors to answer standards of a return, and taking that back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import EDITABLE_STATUSES
from s11audit.models import AgencyReturn, Delegation
from s11audit.queries.delegations import contributors_of
from s11audit.services.events import record
from s11audit.services.refusals import RefusedError
from s11audit.services.returns import check_round_is_open

Pair = tuple[str, int]


def set_delegations(
    session: Session,
    agency_return: AgencyReturn,
    wanted: Mapping[str, Collection[int]],
    *,
    by: Viewer,
    now: datetime,
) -> int:
    """Let exactly these people answer these standards: standard id → ids of contributors.

    Says how many are new or gone. Raises RefusedError (`people`) for somebody who is no contributor
    of the agency, StepNotAllowedError once the return can no longer be changed, RoundNotOpenError,
    PermissionError. Whoever calls has checked that the return asks these standards.
    """
    if not by.may_at(Permission.DELEGATE, agency_return.place):
        raise PermissionError(f"{by.name} may not {Permission.DELEGATE} here")
    check_round_is_open(agency_return, now)
    if agency_return.status not in EDITABLE_STATUSES:
        raise StepNotAllowedError("The return cannot be changed now, so nobody can answer it.")
    known = {one.user_id for one in contributors_of(session, agency_return, visible_to=by)}
    pairs = {(standard, user_id) for standard, people in wanted.items() for user_id in people}
    if any(user_id not in known for _, user_id in pairs):
        raise RefusedError("people", "Choose contributors of your agency only")
    held = _held(session, agency_return)
    given, taken = sorted(pairs - held), sorted(held - pairs)
    _write(session, agency_return, given, taken, by, now)
    if given or taken:
        detail = {"given": _listed(given), "taken_back": _listed(taken)}
        subject = f"return {agency_return.reference}"
        kind = "standards-delegated"
        record(session, kind, subject, by=by.user_id, at=now, detail=detail, of=agency_return)
    return len(given) + len(taken)


def _held(session: Session, agency_return: AgencyReturn) -> set[Pair]:
    rows = session.execute(
        select(Delegation.standard_id, Delegation.user_id).where(
            Delegation.return_id == agency_return.id
        )
    )
    return {(row.standard_id, row.user_id) for row in rows}


def _write(
    session: Session,
    agency_return: AgencyReturn,
    given: Collection[Pair],
    taken: Collection[Pair],
    by: Viewer,
    now: datetime,
) -> None:
    if taken:
        pair = tuple_(Delegation.standard_id, Delegation.user_id)
        session.execute(
            delete(Delegation)
            .where(Delegation.return_id == agency_return.id, pair.in_(taken))
            .execution_options(synchronize_session=False)
        )
    if given:
        rows = [
            {
                "return_id": agency_return.id,
                "user_id": user_id,
                "standard_id": standard_id,
                "given_at": now,
                "given_by_id": by.user_id,
            }
            for standard_id, user_id in given
        ]
        session.execute(insert(Delegation), rows)


def _listed(pairs: Iterable[Pair]) -> list[list[str | int]]:
    """Standards, each with the id of the person, as they are kept in the history."""
    return [[standard_id, user_id] for standard_id, user_id in pairs]
