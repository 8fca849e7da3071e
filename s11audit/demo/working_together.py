"""Colleagues at one return: what they say to each other, what is ready, and who has looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from s11audit.demo.partnership import Company
from s11audit.demo.timeline import Timeline
from s11audit.domain.permissions import Role
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.viewers import Viewer
from s11audit.domain.visits import first_visit
from s11audit.models import AgencyReturn
from s11audit.services.colleagues import mark_ready, note_look, write_comment


@dataclass
class WorkingTogether:
    """Puts on the timeline what `plan` (out of rounds.yaml) says of the people of one return.

    Each entry names the `day`, and in `by` the role of whoever does it.
    """

    session: Session
    company: Company
    timeline: Timeline
    agency_return: AgencyReturn
    questionnaire: Questionnaire
    plan: Mapping[str, Any]

    def run(self) -> None:
        """Write down every look, comment and mark for its day."""
        deeds = {"looks": self._look, "comments": self._comment, "ready": self._mark}
        for kind, deed in deeds.items():
            for entry in self.plan[kind]:
                self.timeline.add(self.timeline.day(entry["day"]), partial(deed, entry))

    def _look(self, entry: Mapping[str, Any], now: datetime) -> None:
        visit, by = first_visit(now), self._person(entry)
        note_look(self.session, self.agency_return, entry["standard"], visit, by=by)

    def _comment(self, entry: Mapping[str, Any], now: datetime) -> None:
        write_comment(
            self.session,
            self.agency_return,
            self.questionnaire,
            entry["standard"],
            entry["text"],
            entry.get("question", ""),
            by=self._person(entry),
            now=now,
        )

    def _mark(self, entry: Mapping[str, Any], now: datetime) -> None:
        by = self._person(entry)
        mark_ready(self.session, self.agency_return, entry["standard"], by=by, now=now)

    def _person(self, entry: Mapping[str, Any]) -> Viewer:
        agency = self.agency_return.agency.reference
        return self.company.people[agency, Role(entry["by"])][0]
