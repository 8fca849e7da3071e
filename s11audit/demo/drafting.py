"""A version of a questionnaire that one manager uploaded and that waits for another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.demo.content import Content
from s11audit.demo.partnership import Company
from s11audit.demo.timeline import Timeline
from s11audit.models import QuestionnaireVersion
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.questionnaires import propose, upload_draft


@dataclass
class Drafting:
    """The first manager uploads a draft and asks for it to be published."""

    session: Session
    content: Content
    catalogue: Catalogue
    company: Company
    timeline: Timeline
    drafts: list[QuestionnaireVersion] = field(default_factory=list)

    def plan(self) -> None:
        """Put both on the timeline."""
        days = self.content.plans["draft"]
        uploaded = self.timeline.add(self.timeline.day(days["uploaded"]), self._upload)
        self.timeline.add(self.timeline.day(days["proposed"]), self._propose, uploaded)

    def _upload(self, now: datetime) -> None:
        draft = upload_draft(
            self.session,
            self.catalogue,
            self.content.draft(),
            self.company.partnership_id,
            by=self.company.manager,
            now=now,
        )
        self.drafts.append(draft)

    def _propose(self, now: datetime) -> None:
        for draft in self.drafts:
            propose(self.session, self.catalogue, draft, by=self.company.manager, now=now)
