"""Agencies as questionnaires see them, many at a time."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from s11audit.domain.audience import Respondent
from s11audit.models import Agency, AgencyReturn, AuditRound


def respondents_of(session: Session, audit_round: AuditRound) -> dict[int, Respondent]:
    """Agency id → respondent, of every agency in a round; whoever calls has checked who looks."""
    found = session.scalars(
        select(Agency)
        .join(AgencyReturn, AgencyReturn.agency_id == Agency.id)
        .where(AgencyReturn.round_id == audit_round.id)
        .options(selectinload(Agency.partnerships))
    )
    return {agency.id: agency.respondent(audit_round.partnerships) for agency in found}
