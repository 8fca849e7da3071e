"""Two surveys of staff: one that has closed and was replied to, and one that is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.demo.content import read
from s11audit.demo.partnership import Company
from s11audit.demo.timeline import Timeline
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.surveys import SEVERAL, Reading, is_counted, labels_of, reading_of
from s11audit.models import AuditRound, Survey, SurveyLink
from s11audit.services.secret_box import SecretBox
from s11audit.services.survey_answers import answer_survey, write_reply
from s11audit.services.survey_links import set_staff
from s11audit.services.surveys import create_survey, take_survey_step

SEED = 11
DAYS_BEFORE_OPENING = 4
# Of those who answer, so many in 100 give a good answer: usually, and where it is weak.
USUALLY_GOOD, WEAKLY_GOOD = 82, 34
# One in so many says that a question does not apply, where that can be said.
RARELY = 5


@dataclass
class Surveying:
    """The first manager surveys staff; what they answer is drawn, the same every time."""

    session: Session
    questionnaire: Questionnaire
    company: Company
    timeline: Timeline
    box: SecretBox

    def plan(self) -> None:
        """Put both surveys on the timeline."""
        for plan in read("surveys")["surveys"]:
            created = self.timeline.day(plan["opens"] - DAYS_BEFORE_OPENING)
            self.timeline.add(created, partial(self._create, plan))

    def _create(self, plan: Mapping[str, Any], now: datetime) -> None:
        survey = create_survey(
            self.session,
            self.company.partnership_id,
            plan["reference"],
            plan["title"],
            self.questionnaire,
            self.timeline.day(plan["opens"]),
            self.timeline.day(plan["closes"]),
            [self.company.agencies[reference].id for reference in plan["agencies"]],
            audit_round=self._round(plan),
            box=self.box,
            by=self.company.manager,
            now=now,
        )
        links = self._links(survey)
        for reference, told in plan["agencies"].items():
            if "staff" in told:
                link, staff = links[reference], told["staff"]
                set_staff(self.session, link, staff, by=self.company.manager, now=now)
        opened = self.timeline.add(survey.opens_on, partial(self._step, survey, "open"))
        for reference, told in plan["agencies"].items():
            comments = plan.get("comments", {}).get(reference, [])
            answer = partial(self._answer, links[reference], told, comments)
            self.timeline.add(survey.opens_on, answer, opened)
        if plan["closed"]:
            closed = self.timeline.day(plan["closes"] + 1)
            self.timeline.add(closed, partial(self._step, survey, "close"))
            self._plan_replies(plan, links)

    def _round(self, plan: Mapping[str, Any]) -> AuditRound | None:
        found = select(AuditRound).where(AuditRound.reference == plan.get("round"))
        return self.session.scalars(found).one_or_none()

    def _links(self, survey: Survey) -> dict[str, SurveyLink]:
        found = self.session.scalars(select(SurveyLink).where(SurveyLink.survey_id == survey.id))
        return {link.agency.reference: link for link in found}

    def _step(self, survey: Survey, step: str, now: datetime) -> None:
        asked = self.questionnaire
        take_survey_step(
            self.session, survey, step, by=self.company.manager, now=now, questionnaire=asked
        )

    def _answer(
        self, link: SurveyLink, told: Mapping[str, Any], comments: list[str], now: datetime
    ) -> None:
        rng = Random(f"{SEED} {link.agency.reference}")  # noqa: S311 - the same every time
        words = [*comments, *([""] * told["people"])]
        for number in range(told["people"]):
            values = dict(self._values(told, rng))
            self._write(values, words[number])
            answer_survey(self.session, link, values, now=now)

    def _values(self, told: Mapping[str, Any], rng: Random) -> Iterator[tuple[str, str]]:
        """What one person answers: question key → value."""
        for question in self.questionnaire.questions():
            reading = reading_of(self.questionnaire.id, question)
            if is_counted(question) and reading is not None:
                good = WEAKLY_GOOD if question.key in told.get("weak", ()) else USUALLY_GOOD
                yield question.key, _drawn(question, reading, good, told.get("alike", False), rng)

    def _write(self, values: dict[str, str], words: str) -> None:
        for question in self.questionnaire.questions():
            if words and not is_counted(question):
                values[question.key] = words

    def _plan_replies(self, plan: Mapping[str, Any], links: Mapping[str, SurveyLink]) -> None:
        for reference, replies in plan["replies"].items():
            for reply in replies:
                write = partial(self._reply, links[reference], reply)
                self.timeline.add(self.timeline.day(reply["day"]), write)

    def _reply(self, link: SurveyLink, reply: Mapping[str, Any], now: datetime) -> None:
        write_reply(
            self.session,
            link,
            reply["said"],
            reply["did"],
            now.date(),
            publish=reply["publish"],
            by=self.company.lead(link.agency.reference),
            now=now,
        )


def _drawn(question: Question, reading: Reading, good: int, alike: bool, rng: Random) -> str:
    """One answer; `good` of 100 are good ones, and `alike` all are the same."""
    codes = list(labels_of(question))
    best = [code for code in codes if code in reading.good]
    if question.type == SEVERAL:
        alone = [option.id for option in question.options if option.alone]
        chosen = {rng.choice(best), rng.choice(best)} if rng.randrange(100) < good else {alone[0]}
        return " ".join(code for code in codes if code in ({best[0]} if alike else chosen))
    if alike:
        return best[0]
    if reading.not_applicable and not rng.randrange(RARELY):
        return sorted(reading.not_applicable)[0]
    others = [code for code in codes if code not in reading.good | reading.not_applicable]
    return rng.choice(best if rng.randrange(100) < good else others)
