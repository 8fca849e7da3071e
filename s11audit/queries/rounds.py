"""Rounds as their pages show them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from s11audit.domain.dates import days_late
from s11audit.domain.numbers import percent
from s11audit.domain.permissions import Permission
from s11audit.domain.ratings import Side
from s11audit.domain.return_rates import ReturnRate, return_rate
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import (
    SUBMITTED_STATUSES,
    ReturnStatus,
    RoundStatus,
    is_overdue,
)
from s11audit.models import Agency, AgencyReturn, AuditRound, Partnership, Score
from s11audit.models.returns import WHOLE_RETURN
from s11audit.queries import reach

SCHOOLS_ONLY = "schools only"


@dataclass(frozen=True)
class RoundLine:
    """One round in the list of rounds."""

    reference: str
    title: str
    partnerships: tuple[str, ...]
    questionnaire: str
    version: str
    status: RoundStatus
    opens_on: date
    due_on: date
    closes_on: date
    rate: ReturnRate

    @property
    def partnership(self) -> str:
        """Everybody who asks."""
        return "; ".join(self.partnerships)


@dataclass(frozen=True)
class ReturnRow:
    """One agency in a round: how far it has got, not what it says.

    `answered` of `required` questions; both are 0 until the return is started.
    """

    return_id: int
    agency_reference: str
    agency: str
    agency_type: str
    status: ReturnStatus
    due_on: date
    extension_reason: str
    submitted_at: datetime | None
    required: int
    answered: int

    @property
    def completion(self) -> Decimal:
        return percent(self.answered, self.required) or Decimal(0)

    @property
    def is_readable(self) -> bool:
        """Whether scrutiny may read its answers and ratings."""
        return self.status in SUBMITTED_STATUSES

    @property
    def days_late(self) -> int:
        """How many days after its date it came in; 0 where it was in time, or waits."""
        return days_late(self.submitted_at, self.due_on)

    def is_overdue(self, today: date) -> bool:
        return is_overdue(self.status, self.due_on, today)


def rates_by_type(rows: Iterable[ReturnRow], today: date) -> dict[str, ReturnRate]:
    """Return rate of each type of agency, by its code."""
    by_type: dict[str, list[tuple[ReturnStatus, date, int]]] = {}
    for row in rows:
        by_type.setdefault(row.agency_type, []).append((row.status, row.due_on, 1))
    return {code: return_rate(found, today) for code, found in sorted(by_type.items())}


def round_of(
    session: Session,
    reference: str,
    *,
    visible_to: Viewer,
    to: Permission = Permission.SEE_ROUNDS,
) -> AuditRound | None:
    """The round of this reference, if the viewer may do this with any of it, or None.

    It comes with all its partnerships, and their local questions.
    """
    found = (
        select(AuditRound)
        .join(AuditRound.partnership)
        .options(
            contains_eager(AuditRound.partnership),
            joinedload(AuditRound.partnerships),
            joinedload(AuditRound.local_questions),
        )
        .where(AuditRound.reference == reference, reach.rounds(visible_to, to))
    )
    return session.scalars(found).unique().one_or_none()


def whose_round(
    audit_round: AuditRound, *, visible_to: Viewer, permission: Permission = Permission.SEE_ROUNDS
) -> str:
    """The partnerships of a round whose agencies the viewer reaches, and if schools only, so."""
    reached = visible_to.reach(permission)
    return "; ".join(
        one.name if one.id in reached.partnerships else f"{one.name} ({SCHOOLS_ONLY})"
        for one in audit_round.partnerships
        if one.id in reached.any_partnerships
    )


def round_lines(session: Session, today: date, *, visible_to: Viewer) -> list[RoundLine]:
    """Every round that the viewer may see, latest due first, with its return rate."""
    counts: dict[int, list[tuple[ReturnStatus, date, int]]] = {}
    for round_id, status, due_on, number in session.execute(
        select(
            AgencyReturn.round_id,
            AgencyReturn.status,
            AgencyReturn.due_on,
            func.count(AgencyReturn.id),
        )
        .where(_follows(visible_to))
        .group_by(AgencyReturn.round_id, AgencyReturn.status, AgencyReturn.due_on)
    ):
        counts.setdefault(round_id, []).append((status, due_on, number))
    found = session.scalars(
        select(AuditRound)
        .options(selectinload(AuditRound.partnerships))
        .where(reach.rounds(visible_to, Permission.SEE_ROUNDS))
        .order_by(AuditRound.due_on.desc(), AuditRound.reference)
    )
    return [_line(row, return_rate(counts.get(row.id, ()), today)) for row in found]


def _line(row: AuditRound, rate: ReturnRate) -> RoundLine:
    return RoundLine(
        reference=row.reference,
        title=row.title,
        partnerships=tuple(one.name for one in row.partnerships),
        questionnaire=row.questionnaire_id,
        version=row.questionnaire_version,
        status=row.status,
        opens_on=row.opens_on,
        due_on=row.due_on,
        closes_on=row.closes_on,
        rate=rate,
    )


def return_rows(
    session: Session, audit_round: AuditRound, *, visible_to: Viewer
) -> list[ReturnRow]:
    """Every agency of a round within reach, by name."""
    overall = and_(
        Score.return_id == AgencyReturn.id,
        Score.standard_id == WHOLE_RETURN,
        Score.side == Side.SELF,
    )
    rows: Iterable[Any] = session.execute(
        select(
            AgencyReturn.id,
            Agency.reference,
            Agency.name,
            Agency.agency_type,
            AgencyReturn.status,
            AgencyReturn.due_on,
            AgencyReturn.extension_reason,
            AgencyReturn.submitted_at,
            func.coalesce(Score.required, 0),
            func.coalesce(Score.answered, 0),
        )
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .outerjoin(Score, overall)
        .where(AgencyReturn.round_id == audit_round.id, _follows(visible_to))
        .order_by(Agency.name, Agency.id)
    )
    return [ReturnRow(*row) for row in rows]


def partnerships_to_run(session: Session, *, visible_to: Viewer) -> list[Partnership]:
    """The partnerships whose rounds the viewer may set up, by name."""
    ids = visible_to.partnerships(Permission.EDIT_ROUNDS)
    return list(
        session.scalars(
            select(Partnership).where(Partnership.id.in_(ids)).order_by(Partnership.name)
        )
    )


def agencies_to_invite(
    session: Session,
    partnerships: Collection[int],
    *,
    visible_to: Viewer,
    besides: AuditRound | None = None,
) -> list[Agency]:
    """Agencies of these partnerships by type and name, without those in the round `besides`."""
    within = visible_to.partnerships(Permission.EDIT_ROUNDS) & frozenset(partnerships)
    wanted: ColumnElement[bool] = Agency.id.in_(reach.agencies_of(within))
    if besides is not None:
        present = select(AgencyReturn.agency_id).where(AgencyReturn.round_id == besides.id)
        wanted &= Agency.id.not_in(present)
    return list(
        session.scalars(
            select(Agency).where(wanted).order_by(Agency.agency_type, Agency.name, Agency.id)
        )
    )


def _follows(viewer: Viewer) -> ColumnElement[bool]:
    return reach.returns(viewer, Permission.SEE_ROUNDS)
