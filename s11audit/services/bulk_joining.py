"""Into which round the agencies of a list are taken, and which of them are in it already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, AgencyReturn, AuditRound, Partnership
from s11audit.queries.programme import JOINABLE_STATUSES
from s11audit.queries.rounds import round_of
from s11audit.services.bulk_agencies import NamedAgency
from s11audit.services.refusals import RefusedError
from s11audit.services.rounds import add_agencies


def round_to_join(
    session: Session, reference: str, home: Partnership, *, by: Viewer
) -> AuditRound | None:
    """The round of this reference that takes in agencies of `home`; None for no reference.

    Raises RefusedError (`round`) where there is none that does.
    """
    if not reference:
        return None
    found = round_of(session, reference, visible_to=by, to=Permission.EDIT_ROUNDS)
    if found is None or not by.may_in_partnership(Permission.EDIT_ROUNDS, found.partnership_id):
        raise RefusedError("round", f"You run no round {reference}")
    if found.status not in JOINABLE_STATUSES:
        raise RefusedError("round", f"{found.title} has closed, so that no agency can join it")
    if home.id not in {one.id for one in found.partnerships}:
        raise RefusedError("round", f"{found.title} does not ask agencies of {home.name}")
    return found


def not_yet_in(
    session: Session, audit_round: AuditRound | None, agencies: Iterable[NamedAgency]
) -> list[NamedAgency]:
    """Those of these agencies that have no return in the round; none where there is no round."""
    if audit_round is None:
        return []
    there = set(
        session.scalars(
            select(Agency.reference)
            .join(AgencyReturn, AgencyReturn.agency_id == Agency.id)
            .where(AgencyReturn.round_id == audit_round.id)
        )
    )
    return [one for one in agencies if one.reference not in there]


def take_in(
    session: Session,
    audit_round: AuditRound | None,
    joining: Sequence[NamedAgency],
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """Give each of these agencies, which are there by now, a return in the round, if there is one.

    Raises what `s11audit.services.rounds.add_agencies` does.
    """
    if audit_round is None or not joining:
        return
    references = [one.reference for one in joining]
    ids = session.scalars(select(Agency.id).where(Agency.reference.in_(references))).all()
    add_agencies(session, audit_round, ids, by=by, now=now)
