"""What a manager sees on the page of one agency: its returns, and with whom else it works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import Agency, AgencyReturn, AuditRound, OutgoingMail, Partnership
from s11audit.models.people import agency_partnerships
from s11audit.models.rounds import round_partnerships
from s11audit.queries import reach


@dataclass(frozen=True)
class AgencysReturn:
    """A return as a manager sees it on the agency's page: how far it is, not what it says."""

    reference: str
    round_reference: str
    round_title: str
    status: ReturnStatus
    due_on: date


@dataclass(frozen=True)
class SentMail:
    """A message to somebody of an agency: what it is about, and what became of it; not its text."""

    recipient: str
    subject: str
    written_at: datetime
    sent_at: datetime | None
    is_waiting: bool
    failure: str


@dataclass(frozen=True)
class Homes:
    """The partnerships that an agency works with: names of those the viewer may know of.

    `others` is how many more there are, whose names are not theirs to see.
    """

    names: tuple[str, ...]
    others: int


def returns_of(session: Session, agency_id: int, *, visible_to: Viewer) -> list[AgencysReturn]:
    """An agency's returns in rounds of the viewer's partnerships, latest due first."""
    rows = session.scalars(
        select(AgencyReturn)
        .join(AgencyReturn.round)
        .options(joinedload(AgencyReturn.round))
        .where(
            AgencyReturn.agency_id == agency_id,
            reach.returns(visible_to, Permission.SEE_ROUNDS),
            AuditRound.status != RoundStatus.DRAFT,
        )
        .order_by(AgencyReturn.due_on.desc(), AgencyReturn.id)
    )
    return [
        AgencysReturn(row.reference, row.round.reference, row.round.title, row.status, row.due_on)
        for row in rows
    ]


def mail_of(
    session: Session, agency_id: int, *, visible_to: Viewer, round_id: int | None = None
) -> list[SentMail]:
    """Every message to an agency that the viewer may know of (about one round), latest first."""
    found = (
        select(
            OutgoingMail.recipient,
            OutgoingMail.subject,
            OutgoingMail.written_at,
            OutgoingMail.sent_at,
            OutgoingMail.next_try_at.is_not(None),
            OutgoingMail.failure,
        )
        .where(OutgoingMail.agency_id == agency_id, reach.mail_to_agencies(visible_to))
        .order_by(OutgoingMail.written_at.desc(), OutgoingMail.id.desc())
    )
    if round_id is not None:
        found = found.where(OutgoingMail.round_id == round_id)
    return [SentMail(*row) for row in session.execute(found)]


def homes_of(session: Session, agency: Agency, *, visible_to: Viewer) -> Homes:
    """With whom an agency works: ours, and those that share a round with ours, by name."""
    ours = visible_to.partnerships(Permission.SEE_PEOPLE)
    columns = agency_partnerships.c
    ids = set(session.scalars(select(columns.partnership_id).where(columns.agency_id == agency.id)))
    asking_with_us = select(round_partnerships.c.partnership_id).where(
        round_partnerships.c.round_id.in_(reach.rounds_of(ours))
    )
    names = session.scalars(
        select(Partnership.name)
        .where(
            Partnership.id.in_(ids),
            Partnership.id.in_(ours) | Partnership.id.in_(asking_with_us),
        )
        .order_by(Partnership.name)
    ).all()
    return Homes(tuple(names), len(ids) - len(names))
