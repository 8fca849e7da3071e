"""Joint assessments of the demonstration: agreed, being rated, and in discussion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import cycle
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.demo.content import Content, read
from s11audit.demo.partnership import Company
from s11audit.demo.timeline import Timeline
from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer, gaps, needs_action, needs_evidence
from s11audit.domain.permissions import Role
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.viewers import Viewer
from s11audit.models import Action, Assessment
from s11audit.queries.assessments import own_place
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.actions import take_action_step
from s11audit.services.agreed_ratings import Agreement, agree_rating
from s11audit.services.answer_changes import Change
from s11audit.services.assessments import (
    AssessmentDetails,
    set_up_assessment,
    take_assessment_step,
)
from s11audit.services.assessors import name_assessor
from s11audit.services.rating import finish_ratings, note_saved
from s11audit.services.sheets import fill_in

LEVELS = {"g": "green", "a": "amber", "r": "red"}
NOT_RATED = "."
# What an action goes through until it stands as it does.
_WAY_TO = {
    "in-progress": ("start",),
    "claimed-complete": ("start", "claim-complete"),
    "verified": ("start", "claim-complete", "verify"),
}


def assess_together(
    session: Session,
    content: Content,
    catalogue: Catalogue,
    company: Company,
    timeline: Timeline,
) -> None:
    """Put every assessment of assessments.yaml on the timeline."""
    told = read("assessments")
    made: dict[str, Assessment] = {}
    for plan in told["assessments"]:
        asked = catalogue.get(plan["questionnaire"], plan["version"])
        Assessing(session, content, company, timeline, told, plan, asked, made).plan_it()


@dataclass
class Assessing:
    """One assessment. `made` holds those that are set up, by the key of their plan."""

    session: Session
    content: Content
    company: Company
    timeline: Timeline
    told: Mapping[str, Any]
    plan: Mapping[str, Any]
    asked: Questionnaire
    made: dict[str, Assessment] = field(default_factory=dict)

    def plan_it(self) -> None:
        day, add = self.timeline.day, self.timeline.add
        last = add(day(self.plan["set-up"]), self._set_up)
        last = add(day(self.plan["asked"]), partial(self._step, "start"), last)
        days = dict(zip(self.plan["assessors"], self.plan["finished"], strict=False))
        for place in self.plan["assessors"]:
            rated_on = days.get(place, -2)
            last = add(day(rated_on), partial(self._rate, place, place in days), last)
        if "agreed-on" in self.plan or "discussed-on" in self.plan:
            agreed_on = day(self.plan.get("agreed-on") or self.plan["discussed-on"])
            last = add(agreed_on, self._agree, last)
        if "agreed-on" in self.plan:
            last = add(agreed_on, partial(self._step, "agree"), last)
            last = add(agreed_on + timedelta(days=200), self._follow_up, last)

    @property
    def _assessment(self) -> Assessment:
        return self.made[self.plan["key"]]

    @property
    def _chair(self) -> Viewer:
        return self._person(self.plan["chair"])

    def _person(self, first_part: str) -> Viewer:
        everybody = (one for people in self.company.people.values() for one in people)
        return next(one for one in everybody if one.email.startswith(f"{first_part}@"))

    def _assessors(self) -> dict[str, Viewer]:
        """Reference of the agency that each speaks for → the person, who signs for it, too."""
        rating = self.company.people[self.company.partnership.reference, Role.ASSESSOR]
        by_id = {one.user_id for one in rating}
        return {
            place: next(one for one in self.company.signatories(place) if one.user_id in by_id)
            for place in self.plan["assessors"]
        }

    def _set_up(self, now: datetime) -> None:
        about, earlier = self.plan.get("about"), self.plan.get("repeats")
        details = AssessmentDetails(
            self.plan["title"],
            self.timeline.day(self.plan["due"]),
            self._chair.user_id,
            self.company.agencies[about].id if about else None,
            self.made[earlier].id if earlier else None,
        )
        by, session = self.company.manager, self.session
        made = set_up_assessment(
            session, self.company.partnership_id, details, self.asked, by=by, now=now
        )
        self.made[self.plan["key"]] = made
        for place, person in self._assessors().items():
            label = self.plan["assessors"][place]
            name_assessor(session, made, person.user_id, label, by=by, now=now)

    def _step(self, name: str, now: datetime) -> None:
        by = self._chair if name == "agree" else self.company.manager
        take_assessment_step(self.session, self._assessment, name, self.asked, by=by, now=now)

    def _rate(self, place: str, and_finish: bool, now: datetime) -> None:
        by, made = self._assessors()[place], self._assessment
        own = own_place(made, visible_to=by)
        if own is None or own.sheet is None:
            raise LookupError(f"{place} has no sheet")
        answers = self._answers(place)
        unseen = Answer().digest
        changes = [Change(key, answer, unseen) for key, answer in answers.items()]
        fill_in(self.session, own.sheet, self.asked, made.respondent, changes, by=by, now=now)
        note_saved(self.session, made, by=by, now=now)
        if and_finish:
            lacking = gaps(list(self.asked.questions()), answers)
            finish_ratings(self.session, made, lacking, by=by, now=now)

    def _answers(self, place: str) -> dict[str, Answer]:
        """What one assessor says, in words that no other assessor of this area begins with."""
        turn = list(self.plan["assessors"]).index(place)
        words = _Words(self.told, turn)
        letters = self._letters(self.plan["ratings"][place])
        return {
            question.key: self._answer(question, letter, place, words)
            for question, letter in letters
            if letter != NOT_RATED
        }

    def _letters(self, text: str) -> Iterator[tuple[Question, str]]:
        return zip(self.asked.questions(), text.replace(" ", ""), strict=True)

    def _answer(self, question: Question, letter: str, place: str, words: _Words) -> Answer:
        level = LEVELS[letter]
        promise = Promise()
        if needs_action(question, level):
            promise = Promise(
                words.proposal(question.standard_id), self._post(place), self._done_by(words)
            )
        evidence = words.evidence() if needs_evidence(question, level) else ""
        comment = words.comment(question.standard_id, letter)
        return Answer(level, comment=comment, evidence=evidence, promise=promise)

    def _done_by(self, words: _Words) -> date:
        return self.timeline.day(self.plan["due"] + words.days())

    def _post(self, place: str) -> str:
        posts: Mapping[str, str] = self.told["plan"]["posts"]
        return posts.get(place, "Safeguarding lead")

    def _agree(self, now: datetime) -> None:
        words, by = _Words(self.told, 1), self._chair
        agencies = cycle([self.plan["about"]] if "about" in self.plan else self._plan_agencies)
        for question, letter in self._letters(self.plan["agreed"]):
            if letter == NOT_RATED:
                continue
            agency = next(agencies)
            promise = Promise(
                words.proposal(question.standard_id), self._post(agency), self._done_by(words)
            )
            agreement = Agreement(
                LEVELS[letter],
                words.because(letter),
                words.note(),
                promise,
                self.company.agencies[agency].id,
            )
            agree_rating(
                self.session, self._assessment, question, agreement, version=0, by=by, now=now
            )

    @property
    def _plan_agencies(self) -> list[str]:
        agencies: list[str] = self.told["plan"]["agencies"]
        return agencies

    def _follow_up(self, now: datetime) -> None:
        """Bring the actions to where they stand now, most of them done."""
        own = select(Action).where(Action.assessment_id == self._assessment.id).order_by(Action.id)
        fates = cycle([fate for fate, n in self.plan["fates"].items() for _ in range(n)])
        for action, fate in zip(self.session.scalars(own).all(), fates, strict=False):
            for name in _WAY_TO[fate]:
                self._follow(action, name, now)

    def _follow(self, action: Action, name: str, now: datetime) -> None:
        lead = self.company.lead(action.agency.reference)
        by = self.company.qa_member if name == "verify" else lead
        text = {
            "start": "",
            "claim-complete": "Children tell us that they notice the difference.",
            "verify": "We asked children and workers in two districts, and they agree.",
        }[name]
        take_action_step(self.session, action, name, text, by=by, now=now, version=action.version)


class _Words:
    """Texts in turn, so that no sheet says the same twice before all were used."""

    def __init__(self, told: Mapping[str, Any], turn: int) -> None:
        self._told, self._turn = told, turn
        self._used: dict[str, int] = {}

    def comment(self, area: str, letter: str) -> str:
        return self._next(f"{area} {letter}", self._told["texts"][area][letter])

    def proposal(self, area: str) -> str:
        return self._next(f"{area} do", self._told["texts"][area]["do"])

    def because(self, letter: str) -> str:
        return self._next(f"because {letter}", self._told["because"][letter]) + "."

    def note(self) -> str:
        return self._next("notes", self._told["notes"])

    def evidence(self) -> str:
        return self._next("evidence", self._told["evidence"])

    def days(self) -> int:
        days: list[int] = self._told["plan"]["days"]
        return days[int(self._counted("days")) % len(days)]

    def _next(self, name: str, texts: list[str]) -> str:
        return texts[self._counted(name) % len(texts)]

    def _counted(self, name: str) -> int:
        self._used[name] = self._used.get(name, self._turn - 1) + 1
        return self._used[name]
