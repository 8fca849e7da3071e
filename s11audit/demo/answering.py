"""Answering a whole return as one agency would, from its profile and a seeded choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from s11audit.demo.content import Content, MadeUpAgency
from s11audit.demo.wording import Undertaking, Writer
from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer, needs_action, needs_evidence
from s11audit.domain.audience import Respondent
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.routing import route

# An agency's standing on a question, 0 to 1, is its strength, leaned and shaken a little.
MET_FROM, PARTLY_MET_FROM, SHAKE = 0.54, 0.26, 0.2
# Figures of an earlier round are this share of today's.
FIGURES_THEN = 0.93
OPTIONAL_EVIDENCE = 0.35


@dataclass
class Answering:
    """What the answers of one return are made with. `ends` is the day of submitting it.

    `ratings_rng` decides ratings alone, so that a new text does not change them. `repeats` says
    whether another agency's comment may be used again, with other figures: nobody reads those of
    an earlier round, or of returns that are not submitted yet, side by side.
    """

    content: Content
    questionnaire: Questionnaire
    writer: Writer
    agency: MadeUpAgency
    weaker_by: float
    ends: date
    rng: Random
    ratings_rng: Random
    fates: Mapping[str, int]
    today: date
    repeats: bool
    answers: dict[str, Answer] = field(default_factory=dict)
    undertakings: dict[str, tuple[str, Undertaking]] = field(default_factory=dict)

    def answer_everything(self) -> None:
        """Answer each question that is asked, and those that an answer brings into sight."""
        while waiting := self._waiting():
            for question in waiting:
                self.answers[question.key] = self._answer(question)
        order = [question.key for question in self.questionnaire.questions()]
        self.answers = {key: self.answers[key] for key in order if key in self.answers}

    def leave_unfinished(self, done: float, without_date: str) -> None:
        """Keep the first share of the answers, and take the date from one promise."""
        keep = round(len(self.answers) * done)
        self.answers = dict(list(self.answers.items())[:keep])
        if without_date in self.answers:
            answer = self.answers[without_date]
            undated = Promise(answer.promise.what, answer.promise.post)
            self.answers[without_date] = replace(answer, promise=undated)

    def _waiting(self) -> list[Question]:
        values = {key: answer.value for key, answer in self.answers.items()}
        asked = route(
            self.questionnaire, Respondent(self.agency.agency_type, self.agency.attributes), values
        ).asked
        return [q for questions in asked.values() for q in questions if q.key not in self.answers]

    def _answer(self, question: Question) -> Answer:
        if question.type != "rating":
            return Answer(value=self._value(question))
        reasons = self.agency.profile.get("not-applicable", {})
        if question.key in reasons:
            return Answer(value="not-applicable", reason=reasons[question.key])
        return self._rated(question, self._level(question))

    def _rated(self, question: Question, level: str) -> Answer:
        words = self._words()
        comment = self.writer.comment(
            self.agency, question.key, level, words, self.rng, self.repeats
        )
        answer = Answer(value=level, comment=comment)
        if needs_evidence(question, level) or self.rng.random() < OPTIONAL_EVIDENCE:
            text, link = self.writer.evidence(self.agency, question.key, words, self.rng)
            answer = replace(answer, evidence=text, link=link)
        if needs_action(question, level):
            answer = replace(answer, promise=self._promise(question, words))
        return answer

    def _promise(self, question: Question, words: Mapping[str, str]) -> Promise:
        undertaking = self.writer.undertaking(self.agency, question.key, words, self.rng)
        fate = self.rng.choices(list(self.fates), list(self.fates.values()))[0]
        self.undertakings[question.key] = (fate, undertaking)
        return Promise(undertaking.what, undertaking.post, self._due(fate))

    def _due(self, fate: str) -> date:
        """The day promised: past for what is late now, and after submitting whatever happens."""
        if fate.endswith("-late"):
            day = self.today - timedelta(days=self.rng.randint(3, 60))
        elif fate in ("open", "in-progress"):
            day = max(self.today, self.ends) + timedelta(days=self.rng.randint(30, 240))
        elif fate == "reopened":
            day = self.today + timedelta(days=self.rng.randint(-30, 60))
        else:
            day = self.ends + timedelta(days=self.rng.randint(90, 330))
        day = max(day, self.ends + timedelta(days=4))
        return day - timedelta(days=max(0, day.weekday() - 4))

    def _level(self, question: Question) -> str:
        profile = self.agency.profile
        fixed = profile.get("fixed", {})
        shake = self.ratings_rng.uniform(-SHAKE, SHAKE)
        if question.key in fixed and not self.weaker_by:
            return str(fixed[question.key])
        leans = profile.get("leans", {})
        standing = (
            profile["strength"]
            + leans.get(question.standard_id, 0)
            + leans.get(question.key, 0)
            + self.content.plans["questions"].get(question.key, 0)
            + shake
            - self.weaker_by
        )
        if standing >= MET_FROM:
            return "met"
        return "partly-met" if standing >= PARTLY_MET_FROM else "not-met"

    def _value(self, question: Question) -> str:
        fact: Any = self._facts()[self.content.plans["facts"][question.key]]
        match question.type:
            case "yes-no":
                return "yes" if fact else "no"
            case "date":
                return (self.ends - timedelta(days=int(fact))).isoformat()
            case _:
                return str(fact)

    def _facts(self) -> dict[str, Any]:
        needing, trained = self.agency.profile["people"]
        if self.weaker_by:
            needing = round(needing * (FIGURES_THEN + 0.04))
            trained = round(trained * FIGURES_THEN)
        difference = self.content.notes["difference"].get(self.agency.agency_type, "")
        return {
            **self.agency.profile,
            "needing": needing,
            "trained": min(trained, needing),
            "difference": "" if self.weaker_by else difference,
        }

    def _words(self) -> dict[str, str]:
        facts = self._facts()
        return self.content.words_of(self.agency.agency_type) | {
            "needing": f"{facts['needing']:,}",
            "trained": f"{facts['trained']:,}",
        }


def by_standard(answers: Mapping[str, Answer]) -> Iterator[dict[str, Answer]]:
    """The answers of each standard in turn, as a lead saves them."""
    pages: dict[str, dict[str, Answer]] = {}
    for key, answer in answers.items():
        pages.setdefault(key.partition(".")[0], {})[key] = answer
    yield from pages.values()
