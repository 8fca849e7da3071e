"""Seeding an empty database with the made-up partnerships and their rounds.

Everything goes through the services that the pages use, in the order in which it would have
happened; only what no service does yet is written straight into the tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.demo.answering import Answering, left_unfinished
from s11audit.demo.asking_locally import ask_locally, with_uploads
from s11audit.demo.case_audits import audit_everything
from s11audit.demo.content import Content
from s11audit.demo.drafting import Drafting
from s11audit.demo.own_words import Undertakings, read_answers
from s11audit.demo.partnership import Company, found_partnerships
from s11audit.demo.returning import SIGNED, Returning, Written
from s11audit.demo.timeline import Timeline
from s11audit.demo.wording import Writer
from s11audit.domain.answers import Answer
from s11audit.domain.lineage import sources
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import AgencyReturn, AuditRound
from s11audit.queries.asking import chain_for, local_questions_to_open
from s11audit.queries.people import operator
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.evidence_store import EvidenceStore
from s11audit.services.moderation import take_return_step
from s11audit.services.rounds import create_round, take_round_step
from s11audit.services.secret_box import SecretBox

SEED = 2026
DAYS_BEFORE_OPENING = 20


def seed(
    session: Session, catalogue: Catalogue, today: date, box: SecretBox, store: EvidenceStore
) -> None:
    """Fill an empty database. The same day gives the same partnerships, but for receipts.

    `box` closes the secrets of authenticator apps, `store` keeps the files that support answers.
    """
    content = Content()
    rng = Random(SEED)  # noqa: S311 - chosen for being the same every time
    timeline = Timeline(today, rng)
    plans = content.plans["rounds"]
    founded = timeline.day(min(plan["opens"] for plan in plans) - DAYS_BEFORE_OPENING)
    companies = found_partnerships(session, content, box, _noon(founded))
    Drafting(session, content, catalogue, companies[content.home], timeline).plan()
    used_before: Counter[tuple[str, str]] = Counter()
    # The round of now is written first, so that it has the first choice of words.
    for plan in reversed(plans):
        writer = Writer(content, used_before)
        chain = catalogue.chain(catalogue.get(plan["questionnaire"], plan["version"]))
        known_as = _known_as(catalogue.editions(plan["questionnaire"]), chain[0])
        local = _local_questions(content, catalogue, plan)
        audit_round = _Round(
            session, content, chain, local, known_as, companies, timeline, writer, store, plan
        )
        audit_round.write_returns()
        created = timeline.day(plan["opens"] - DAYS_BEFORE_OPENING + 5)
        timeline.add(created, audit_round.begin)
    audit_everything(session, catalogue, companies[content.home], timeline)
    timeline.play()


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _local_questions(
    content: Content, catalogue: Catalogue, plan: Mapping[str, Any]
) -> dict[str, Questionnaire]:
    """Reference of each partnership that asks something besides → what it asks."""
    return {
        reference: catalogue.checked(content.questionnaire(name), name)
        for reference, name in plan.get("local", {}).items()
    }


def _known_as(editions: list[Questionnaire], asked: Questionnaire) -> dict[str, str]:
    """Question key → that of the question which follows it: texts are kept for the newest version.

    Where several follow one, the first stands for it.
    """
    known_as: dict[str, str] = {}
    for newer in editions:
        if newer.replaces == asked.version:
            for key, old_keys in sources(newer, asked).items():
                for old_key in old_keys:
                    known_as.setdefault(old_key, key)
    return known_as


@dataclass
class _Round:
    """One round of rounds.yaml. `written` holds what each agency will answer.

    `chain` has the common questionnaire, then what it replaces; `local` is what partnerships ask
    besides.
    """

    session: Session
    content: Content
    chain: list[Questionnaire]
    local: Mapping[str, Questionnaire]
    known_as: Mapping[str, str]
    companies: Mapping[str, Company]
    timeline: Timeline
    writer: Writer
    store: EvidenceStore
    plan: Mapping[str, Any]
    written: dict[str, Written] = field(default_factory=dict)

    def write_returns(self) -> None:
        """Decide what every agency answers, before anything happens."""
        fates = self.content.plans["returns"][self.plan["reference"]]
        in_order = sorted(self._members(), key=[*fates, *self.content.agencies].index)
        for reference in in_order:
            fate = fates.get(reference) or fates["default"]
            self.written[reference] = self._written(reference, fate)

    def begin(self, now: datetime) -> None:
        """Set the round up, and put what happens in it on the timeline."""
        audit_round = self._set_up(now)
        opened = self.timeline.day(self.plan["opens"])
        self.timeline.add(opened, partial(self._step, audit_round, "open"))
        catalogue = with_uploads(self.session)
        returns = list(
            self.session.scalars(
                select(AgencyReturn).where(AgencyReturn.round_id == audit_round.id)
            )
        )
        for one in returns:
            Returning(
                self.session,
                self.content,
                chain_for(one, catalogue),
                self._company_of(one.agency.reference),
                self.timeline,
                one,
                self.written[one.agency.reference],
                self.store,
            ).run()
        if "moderated" in self.plan:
            self._finish(audit_round, [one for one in returns if self._is_signed(one)])

    @property
    def _host(self) -> Company:
        """The partnership that runs the round."""
        return self.companies[self._asking[0]]

    @property
    def _asking(self) -> list[str]:
        """References of the partnerships that ask together, the host first."""
        return self.plan.get("partnerships", [self.content.home])

    def _company_of(self, agency: str) -> Company:
        """The partnership that an agency belongs to first."""
        return self.companies[self.content.agencies[agency].partnerships[0]]

    def _members(self) -> list[str]:
        left_out, types = self.plan.get("without", []), self.plan.get("types")
        asking = set(self._asking)
        return [
            agency.reference
            for agency in self.content.agencies.values()
            if asking.intersection(agency.partnerships)
            and agency.reference not in left_out
            and (agency.agency_type in types if types else agency.agency_type != "school")
        ]

    def _set_up(self, now: datetime) -> AuditRound:
        plan, asking = self.plan, [self.companies[one] for one in self._asking]
        audit_round = create_round(
            self.session,
            self._host.partnership_id,
            plan["reference"],
            plan["title"],
            self.chain[0],
            self.timeline.day(plan["opens"]),
            self.timeline.day(plan["due"]),
            self.timeline.day(plan["closes"]),
            [self._host.agencies[reference].id for reference in self._members()],
            shared_with=[company.partnership_id for company in asking[1:]],
            guidance=plan["guidance"],
            signatures_needed=plan.get("signatures", 1),
            # No manager here runs both partnerships, so whoever runs the machine sets it up.
            by=operator(self.session) if asking[1:] else self._host.manager,
            now=now,
        )
        for reference, name in plan.get("local", {}).items():
            raw = self.content.questionnaire(name)
            ask_locally(self.session, raw, audit_round, self.companies[reference], now)
        return audit_round

    def _written(self, reference: str, fate: Mapping[str, Any]) -> Written:
        seed_text = f"{SEED} {self.plan['reference']} {reference}"
        rng = Random(seed_text)  # noqa: S311 - as above
        if fate["status"] == ReturnStatus.CLOSED:
            fate = self._some_days_of_the_past(fate, rng)
        answers, undertakings = self._answers(reference, fate, seed_text, rng)
        for asked in self._asked_locally(reference):
            rows = self.content.own_answers(f"{asked.id}-{asked.version}", reference)
            own = read_answers(rows, asked, reference.lower(), self.timeline)
            answers, undertakings = answers | own[0], undertakings | own[1]
        answers = left_unfinished(answers, fate)
        return Written(fate, answers, undertakings, rng, bool(self.plan.get("weaker-by")))

    def _asked_locally(self, reference: str) -> list[Questionnaire]:
        homes = self.content.agencies[reference].partnerships
        return [asked for whose, asked in self.local.items() if whose in homes]

    def _answers(
        self, reference: str, fate: Mapping[str, Any], seed_text: str, rng: Random
    ) -> tuple[dict[str, Answer], Undertakings]:
        """What the agency answers in its own words, or else from the texts that all draw on."""
        if "from" not in fate:
            return {}, {}
        rows = self.content.own_answers(self.plan["reference"], reference)
        if rows:
            return read_answers(rows, self.chain[0], reference.lower(), self.timeline)
        answering = Answering(
            content=self.content,
            questionnaire=self.chain[0],
            known_as=self._known_as_texts(),
            writer=self.writer,
            agency=self.content.agencies[reference],
            weaker_by=self.plan["weaker-by"],
            ends=self.timeline.day(fate.get("at", fate.get("until", -1))),
            rng=rng,
            ratings_rng=Random(f"{seed_text} ratings"),  # noqa: S311 - as above
            fates=self._fates(ReturnStatus(fate["status"])),
            today=self.timeline.today,
            repeats=self._repeats(reference, ReturnStatus(fate["status"])),
        )
        answering.answer_everything()
        return answering.answers, answering.undertakings

    def _repeats(self, reference: str, status: ReturnStatus) -> bool:
        """Whether nobody reads the return beside submitted ones of the partnership that hosts."""
        homes = self.content.agencies[reference].partnerships
        return status is not ReturnStatus.SUBMITTED or self._asking[0] not in homes

    def _known_as_texts(self) -> dict[str, str]:
        """Where the texts of a question are kept, if it has none of its own."""
        own = self.content.texts
        return {old: new for old, new in self.known_as.items() if old not in own}

    def _fates(self, status: ReturnStatus) -> Mapping[str, int]:
        """What becomes of actions: they begin only when their return is submitted."""
        if status in SIGNED:
            fates: Mapping[str, int] = self.content.plans["fates"][self.plan["reference"]]
            return fates
        return {"open": 1}

    def _some_days_of_the_past(self, fate: Mapping[str, Any], rng: Random) -> dict[str, Any]:
        started = self.plan["opens"] + rng.randint(3, 35)
        return {**fate, "from": started, "at": rng.randint(started + 14, self.plan["closes"] - 3)}

    def _is_signed(self, agency_return: AgencyReturn) -> bool:
        fate = self.written[agency_return.agency.reference].fate
        return bool(fate["status"] == ReturnStatus.CLOSED)

    def _finish(self, audit_round: AuditRound, returns: list[AgencyReturn]) -> None:
        """Close the round and agree its returns; what comes next is for the visitor to try."""
        day = self.timeline.day(self.plan["closes"] + 1)
        self.timeline.add(day, partial(self._step, audit_round, "close"))
        for one in returns:
            last = None
            for step, offset in (("moderate", 3), ("agree", 30), ("close", 45)):
                day = self.timeline.day(self.plan["moderated"] + offset)
                last = self.timeline.add(day, partial(self._moderate, one, step), last)

    def _step(self, audit_round: AuditRound, step: str, now: datetime) -> None:
        take_round_step(
            self.session,
            audit_round,
            step,
            by=self._host.manager,
            now=now,
            questionnaire=self.chain[0],
            local=local_questions_to_open(self.session, audit_round, with_uploads(self.session)),
        )

    def _moderate(self, agency_return: AgencyReturn, step: str, now: datetime) -> None:
        take_return_step(self.session, agency_return, step, by=self._host.manager, now=now)
