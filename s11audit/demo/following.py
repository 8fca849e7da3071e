"""What became of the actions that returns promised: work, claims, verification and reopening."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.demo.content import Content
from s11audit.demo.partnership import Company
from s11audit.demo.timeline import Deed, Timeline
from s11audit.demo.wording import Undertaking, filled_in
from s11audit.models import Action
from s11audit.services.actions import add_note, take_action_step

CLAIMED_FATES = frozenset({"claimed-complete", "verified", "reopened"})
# An agency that has just submitted can claim or verify nothing yet.
DAYS_TO_START, DAYS_TO_CLAIM, DAYS_TO_DECIDE = 4, 7, 10
# A lead says why an action is late some days after its date.
DAYS_TO_EXPLAIN = 6


@dataclass
class ActionStories:
    """Tells what happened to the actions of one agency's return."""

    session: Session
    content: Content
    company: Company
    timeline: Timeline
    rng: Random
    agency: str
    return_id: int
    submitted: datetime

    def tell(self, key: str, fate: str, undertaking: Undertaking, due: date) -> None:
        """Put the story of the action promised at `key` on the timeline."""
        fate = self._possible(fate)
        if fate in ("open", "open-late") or self._is_too_young():
            return
        started = self._later(self.submitted, self._share(due, 0.15))
        last = self._at(started, self._step(key, "start", self._note("start")))
        if fate not in CLAIMED_FATES:
            last = self._at(self._later(last, self._share(due, 0.3)), self._add(key, "midway"))
            if due <= self.timeline.today - timedelta(days=DAYS_TO_EXPLAIN):
                self._at((due + timedelta(days=4), last), self._add(key, "late"))
            return
        claimed = self._later(last, self._share(due, 0.7))
        last = self._at(claimed, self._step(key, "claim-complete", undertaking.impact))
        if fate != "claimed-complete":
            step = "verify" if fate == "verified" else "reopen"
            decided = self._later(last, self.rng.randint(12, 40))
            self._at(decided, self._step(key, step, self._note(step)))

    def _possible(self, fate: str) -> str:
        age = (self.timeline.today - self.submitted.date()).days
        if fate in ("verified", "reopened") and age < DAYS_TO_DECIDE:
            return "in-progress"
        if fate == "claimed-complete" and age < DAYS_TO_CLAIM:
            return "in-progress"
        return fate

    def _is_too_young(self) -> bool:
        return (self.timeline.today - self.submitted.date()).days < DAYS_TO_START

    def _share(self, due: date, share: float) -> int:
        """This share of the days between submitting and the date promised."""
        return max(1, round((due - self.submitted.date()).days * share))

    def _later(self, after: datetime, days: int) -> tuple[date, datetime]:
        """A day that many days on: but where that is to come, half of the days that are left."""
        day = after.date() + timedelta(days=days)
        if day >= self.timeline.today:
            day = after.date() + (self.timeline.today - after.date()) // 2
        return day, after

    def _at(self, when: tuple[date, datetime], deed: Deed) -> datetime:
        day, after = when
        return self.timeline.add(self.timeline.day((day - self.timeline.today).days), deed, after)

    def _step(self, key: str, step: str, text: str) -> Deed:
        judge = self.company.qa_member
        by = judge if step in ("verify", "reopen") else self.company.lead(self.agency)

        def deed(now: datetime) -> None:
            action = self._action(key)
            take_action_step(
                self.session, action, step, text, by=by, now=now, version=action.version
            )

        return deed

    def _add(self, key: str, kind: str) -> Deed:
        text = self._note(kind)

        def deed(now: datetime) -> None:
            by = self.company.lead(self.agency)
            add_note(self.session, self._action(key), text, by=by, now=now)

        return deed

    def _note(self, kind: str) -> str:
        texts = self.content.notes["progress"][kind]
        return filled_in(self.rng.choice(texts), self._words(), self.rng)

    def _words(self) -> Mapping[str, str]:
        return self.content.words_of(self.content.agencies[self.agency].agency_type)

    def _action(self, key: str) -> Action:
        wanted = select(Action).where(
            Action.return_id == self.return_id, Action.question_key == key
        )
        return self.session.scalars(wanted).one()
