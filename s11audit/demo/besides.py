"""What a partnership does besides its rounds: case audits, joint assessments and surveys."""

from __future__ import annotations

from sqlalchemy.orm import Session

from s11audit.demo.assessing import assess_together
from s11audit.demo.auditing_learning import teach
from s11audit.demo.case_audits import audit_everything
from s11audit.demo.content import Content
from s11audit.demo.partnership import Company
from s11audit.demo.surveying import Surveying
from s11audit.demo.timeline import Timeline
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.secret_box import SecretBox

SURVEY = ("practitioner-survey", "2026")


def do_besides(
    session: Session,
    content: Content,
    catalogue: Catalogue,
    company: Company,
    timeline: Timeline,
    box: SecretBox,
) -> None:
    """Put all of it into the timeline; `box` closes the links of surveys."""
    audit_everything(session, catalogue, company, timeline)
    teach(session, catalogue, company, timeline)
    assess_together(session, content, catalogue, company, timeline)
    Surveying(session, catalogue.to_ask(*SURVEY), company, timeline, box).plan()
