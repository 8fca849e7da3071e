"""Return rates of a round: of everything within reach, and of each of its partnerships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.agency_types import SCHOOL_TYPES
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.return_rates import (
    Expected,
    RateAsAt,
    RateLine,
    rate_as_at,
    rates_by_sector,
    rates_by_type,
)
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RETURNED_STATUSES, ReturnStatus
from s11audit.models import Agency, AgencyReturn, AuditRound
from s11audit.models.people import agency_partnerships
from s11audit.queries import reach
from s11audit.queries.rounds import SCHOOLS_ONLY, whose_round


@dataclass(frozen=True)
class RateTable:
    """The rates of some agencies of a round, `whose` in words."""

    whose: str
    by_type: Sequence[RateLine]
    by_sector: Sequence[RateLine]
    total: RateAsAt


@dataclass(frozen=True)
class ReturnRates:
    """`whole` counts every agency within reach once, however many partnerships it belongs to.

    Where the viewer reaches several partnerships of the round, `by_partnership` has a table for
    each, in which such an agency counts, too.
    """

    as_at: date
    whole: RateTable
    by_partnership: Sequence[RateTable] = ()

    @property
    def tables(self) -> Sequence[RateTable]:
        return (self.whole, *self.by_partnership)


@dataclass(frozen=True)
class Waiting:
    """An agency that is expected to return and has not, or had not by a day that is past."""

    agency_reference: str
    agency: str
    agency_type: str
    status: ReturnStatus
    due_on: date

    @property
    def returned_since(self) -> bool:
        return self.status in RETURNED_STATUSES


@dataclass(frozen=True)
class _Counted:
    agency_id: int
    agency_reference: str
    agency: str
    expected: Expected


def return_rates(
    session: Session,
    audit_round: AuditRound,
    as_at: date,
    *,
    visible_to: Viewer,
    to: Permission = Permission.SEE_ROUNDS,
) -> ReturnRates:
    """The rates of a round by the end of this day in London."""
    counted = _counted(session, audit_round, visible_to, to)
    whole = _table(whose_round(audit_round, visible_to=visible_to, permission=to), counted, as_at)
    reached = visible_to.reach(to)
    asking = [one for one in audit_round.partnerships if one.id in reached.any_partnerships]
    if len(asking) < 2:
        return ReturnRates(as_at, whole)
    homes = _homes(session, [one.id for one in asking])
    tables = []
    for partnership in asking:
        schools_only = partnership.id not in reached.partnerships
        own = [
            one
            for one in counted
            if (one.agency_id, partnership.id) in homes
            and (one.expected.agency_type in SCHOOL_TYPES or not schools_only)
        ]
        name = f"{partnership.name} ({SCHOOLS_ONLY})" if schools_only else partnership.name
        tables.append(_table(name, own, as_at))
    return ReturnRates(as_at, whole, tables)


def waiting_for(
    session: Session, audit_round: AuditRound, as_at: date, *, visible_to: Viewer
) -> list[Waiting]:
    """Who had not returned by the end of this day, by name, for whoever runs the round."""
    return [
        Waiting(
            one.agency_reference,
            one.agency,
            one.expected.agency_type,
            one.expected.status,
            one.expected.due_on,
        )
        for one in _counted(session, audit_round, visible_to, Permission.EDIT_ROUNDS)
        if not (one.expected.is_exempt or one.expected.has_returned(as_at))
    ]


def _counted(
    session: Session, audit_round: AuditRound, viewer: Viewer, to: Permission
) -> list[_Counted]:
    """Every return of the round within reach, by the agency's name."""
    rows = session.execute(
        select(
            Agency.id,
            Agency.reference,
            Agency.name,
            Agency.agency_type,
            Agency.attributes,
            AgencyReturn.status,
            AgencyReturn.due_on,
            AgencyReturn.submitted_at,
        )
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .where(AgencyReturn.round_id == audit_round.id, reach.returns(viewer, to))
        .order_by(Agency.name, Agency.id)
    )
    return [
        _Counted(
            id_,
            reference,
            name,
            Expected(
                agency_type,
                attributes,
                status,
                due_on,
                today_in_london(submitted_at) if submitted_at else None,
            ),
        )
        for id_, reference, name, agency_type, attributes, status, due_on, submitted_at in rows
    ]


def _homes(session: Session, partnerships: Sequence[int]) -> set[tuple[int, int]]:
    """(agency id, partnership id) of every agency of these partnerships."""
    columns = agency_partnerships.c
    found = select(columns.agency_id, columns.partnership_id).where(
        columns.partnership_id.in_(partnerships)
    )
    return {(agency, partnership) for agency, partnership in session.execute(found)}


def _table(whose: str, counted: Sequence[_Counted], as_at: date) -> RateTable:
    returns = [one.expected for one in counted]
    return RateTable(
        whose,
        rates_by_type(returns, as_at),
        rates_by_sector(returns, as_at),
        rate_as_at(returns, as_at),
    )
