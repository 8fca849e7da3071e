"""The case audits of the demonstration: the programme, agencies' files, and panels."""

from __future__ import annotations

from sqlalchemy.orm import Session

from s11audit.demo.auditing import audit_cases
from s11audit.demo.auditing_files import audit_files
from s11audit.demo.auditing_panel import audit_with_panels
from s11audit.demo.partnership import Company
from s11audit.demo.timeline import Timeline
from s11audit.questionnaires.catalogue import Catalogue


def audit_everything(
    session: Session, catalogue: Catalogue, company: Company, timeline: Timeline
) -> None:
    """Put all of them onto the timeline."""
    for audit in (audit_cases, audit_files, audit_with_panels):
        audit(session, catalogue, company, timeline)
