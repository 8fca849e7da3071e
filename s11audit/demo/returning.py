"""Living through one return: saving page after page, sign-off, signing, or being excused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from s11audit.demo.answering import by_standard
from s11audit.demo.content import Content
from s11audit.demo.following import ActionStories
from s11audit.demo.own_words import Undertakings
from s11audit.demo.papers import made_up_file
from s11audit.demo.partnership import Company
from s11audit.demo.timeline import Timeline
from s11audit.demo.working_together import WorkingTogether
from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import STATED_STATUSES, ReturnStatus
from s11audit.models import AgencyReturn, Snapshot
from s11audit.queries.returns import HeldAnswer, answers_of
from s11audit.services.answer_changes import Change
from s11audit.services.answers import save_answers, start_return
from s11audit.services.delegations import set_delegations
from s11audit.services.evidence import add_file, use_again
from s11audit.services.evidence_store import EvidenceStore
from s11audit.services.moderation import take_return_step
from s11audit.services.returns import send_for_sign_off, sign_and_submit
from s11audit.services.rounds import extend
from s11audit.services.side_states import Assurance, assure_otherwise, state_nil

SIGNED = frozenset({ReturnStatus.SUBMITTED, ReturnStatus.CLOSED})
# An earlier round is history: its pages were saved in fewer sittings.
PAGES_AT_A_TIME = 4


@dataclass(frozen=True)
class Written:
    """What is planned for a return (`fate`, out of rounds.yaml), and its answers.

    `undertakings` are what became of the actions promised, by question key. `is_history` is true
    of a round that is long over.
    """

    fate: Mapping[str, Any]
    answers: Mapping[str, Answer]
    undertakings: Undertakings
    rng: Random
    is_history: bool


@dataclass
class Returning:
    """One return, and what happens to it. `chain` has its questionnaire, then what it replaces."""

    session: Session
    content: Content
    chain: Sequence[Questionnaire]
    company: Company
    timeline: Timeline
    agency_return: AgencyReturn
    written: Written
    store: EvidenceStore
    snapshot: Snapshot | None = None

    @property
    def fate(self) -> Mapping[str, Any]:
        return self.written.fate

    @property
    def questionnaire(self) -> Questionnaire:
        return self.chain[0]

    def run(self) -> None:
        """Put everything that happens to this return on the timeline."""
        status = ReturnStatus(self.fate["status"])
        if status in STATED_STATUSES | {ReturnStatus.EXEMPT}:
            happens = self._exempt if status is ReturnStatus.EXEMPT else self._state
            opens_on = self.agency_return.round.opens_on
            day = self.timeline.day(self.fate["day"]) if "day" in self.fate else opens_on
            self.timeline.add(day, happens, self._opened())
            return
        self._set_date()
        if status is ReturnStatus.NOT_STARTED:
            return
        last = self._add_files(self._save_pages())
        if "together" in self.fate:
            self._work_together()
        if status is ReturnStatus.IN_PROGRESS:
            return
        needed = self.agency_return.round.signatures_needed
        self._sign_off(last, needed if status in SIGNED else self.fate.get("signed", 0))

    def _opened(self) -> datetime:
        """Rounds open in working hours: whatever comes later in them comes after this."""
        opens_on = self.agency_return.round.opens_on
        return datetime.fromisoformat(f"{opens_on.isoformat()}T18:00:00+00:00")

    def _set_date(self) -> None:
        if "due" not in self.fate:
            return
        due_on = self.timeline.day(self.fate["due"])
        reason = self.fate["reason"]
        if due_on > self.agency_return.due_on:
            day = self.timeline.day(self.fate["from"])
            self.timeline.add(day, partial(self._extend, reason))
        else:
            # Told before the round opened; no service brings a date forward.
            self.agency_return.due_on = due_on

    def _extend(self, reason: str, now: datetime) -> None:
        due_on = self.timeline.day(self.fate["due"])
        extend(self.session, self.agency_return, due_on, reason, by=self.company.manager, now=now)

    def _save_pages(self) -> datetime:
        """Save the answers over the days between starting and the end. Gives the last moment."""
        pages = list(by_standard(self.written.answers))
        if self.written.is_history:
            pages = [_together(pages[i : i + PAGES_AT_A_TIME]) for i in _steps(len(pages))]
        first = self.fate["from"]
        last_day = self.fate.get("until", self.fate.get("at", -1) - 2)
        lead = self.company.lead(self.agency_return.agency.reference)
        helper = self.company.contributor(self.agency_return.agency.reference)
        delegated = [key for page in pages[1::3] for key in page] if helper else []
        moment = self.timeline.add(
            self.timeline.day(first), partial(self._start, delegated, helper, lead)
        )
        for number, page in enumerate(pages):
            offset = first + (last_day - first) * number // max(1, len(pages) - 1)
            by = helper if helper and number % 3 == 1 else lead
            moment = self.timeline.add(
                self.timeline.day(offset),
                partial(self._save, page, by),
                moment,
            )
        return moment

    def _start(
        self, delegated: Sequence[str], helper: Viewer | None, lead: Viewer, now: datetime
    ) -> None:
        """Begin, and ask the contributor to answer the standards of these questions."""
        start_return(self.session, self.agency_return, self.chain, by=lead, now=now)
        # The services change the row itself, so the object must be read again.
        self.session.refresh(self.agency_return)
        if helper:
            wanted = {key.partition(".")[0]: [helper.user_id] for key in delegated}
            set_delegations(self.session, self.agency_return, wanted, by=lead, now=now)

    def _save(self, page: Mapping[str, Answer], by: Viewer, now: datetime) -> None:
        """Answer a page as somebody who sees what is there, and confirms what has not changed."""
        held = answers_of(self.session, self.agency_return.id)
        changes = [
            Change(key, answer, _seen(held, key).digest, confirms=True)
            for key, answer in page.items()
        ]
        save_answers(
            self.session,
            self.agency_return,
            self.questionnaire,
            changes,
            by=by,
            now=now,
            held=held,
        )
        self.session.refresh(self.agency_return)

    def _add_files(self, after: datetime) -> datetime:
        """Let the agency's files support its answers. Gives the last moment."""
        audit_round, agency = self.agency_return.round, self.agency_return.agency.reference
        for paper in self.content.papers.get(audit_round.reference, {}).get(agency, ()):
            after = self.timeline.add(after.date(), partial(self._add_file, paper), after)
        return after

    def _add_file(self, paper: Mapping[str, Any], now: datetime) -> None:
        """Send a file for the first answer that it supports, and use it again for the others."""
        here: dict[str, Any] = {
            "chain": self.chain,
            "by": self.company.lead(self.agency_return.agency.reference),
            "now": now,
        }
        first, *others = paper["supports"]
        new, store = made_up_file(paper), self.store
        file = add_file(self.session, self.agency_return, first, new, store=store, **here)
        for key in others:
            use_again(self.session, self.agency_return, key, [file.id], **here)

    def _work_together(self) -> None:
        WorkingTogether(
            session=self.session,
            company=self.company,
            timeline=self.timeline,
            agency_return=self.agency_return,
            questionnaire=self.questionnaire,
            plan=self.fate["together"],
        ).run()

    def _sign_off(self, after: datetime, signatures: int) -> None:
        day = self.timeline.day(self.fate["at"])
        last = self.timeline.add(day, self._send, after)
        for number in range(signatures):
            last = self.timeline.add(day, partial(self._sign, number), last)

    def _send(self, now: datetime) -> None:
        by = self.company.lead(self.agency_return.agency.reference)
        self.snapshot = send_for_sign_off(
            self.session, self.agency_return, self.questionnaire, by=by, now=now
        )

    def _sign(self, number: int, now: datetime) -> None:
        """The signatory of this number, from 0, signs what was frozen."""
        if self.snapshot is None:
            raise ValueError("A return is signed after it was sent for sign-off")
        agency = self.content.agencies[self.agency_return.agency.reference]
        sign_and_submit(
            self.session,
            self.agency_return,
            self.questionnaire,
            snapshot_sha256=self.snapshot.sha256,
            post=self.content.signatory_posts(agency.agency_type)[number],
            by=self.company.signatories(agency.reference)[number],
            now=now,
        )
        if self.agency_return.status is ReturnStatus.SUBMITTED:
            self._follow_actions(now)

    def _follow_actions(self, submitted: datetime) -> None:
        stories = ActionStories(
            session=self.session,
            content=self.content,
            company=self.company,
            timeline=self.timeline,
            rng=self.written.rng,
            agency=self.agency_return.agency.reference,
            return_id=self.agency_return.id,
            submitted=submitted,
        )
        for key, (fate, undertaking) in self.written.undertakings.items():
            due_on = self.written.answers[key].promise.due_on
            if due_on is not None:
                stories.tell(key, fate, undertaking, due_on)

    def _exempt(self, now: datetime) -> None:
        reason, by = self.fate["reason"], self.company.manager
        take_return_step(self.session, self.agency_return, "exempt", by=by, now=now, reason=reason)

    def _state(self, now: datetime) -> None:
        """State something instead of answering: a document to rest on, or a reason for nothing."""
        agency = self.content.agencies[self.agency_return.agency.reference]
        post = self.content.signatory_posts(agency.agency_type)[0]
        by = self.company.lead(agency.reference)
        self.session.refresh(self.agency_return.round)
        if "document" in self.fate:
            assurance = Assurance(post, self.fate["document"], **self._what_it_lacks())
            assure_otherwise(self.session, self.agency_return, assurance, by=by, now=now)
        else:
            reason = self.fate["reason"]
            state_nil(self.session, self.agency_return, reason, post, by=by, now=now)

    def _what_it_lacks(self) -> dict[str, Any]:
        """What an agency says that cannot assure everything, and what it will do about that."""
        lacks = self.fate.get("cannot-assure")
        if lacks is None:
            return {}
        promise = Promise(lacks["what"], lacks["post"], self.timeline.day(lacks["in"]))
        return {"can_assure": False, "explanation": lacks["because"], "promise": promise}


def _seen(held: Mapping[str, HeldAnswer], key: str) -> Answer:
    return held[key].answer if key in held else Answer()


def _steps(count: int) -> range:
    return range(0, count, PAGES_AT_A_TIME)


def _together(pages: list[dict[str, Answer]]) -> dict[str, Answer]:
    return {key: answer for page in pages for key, answer in page.items()}
