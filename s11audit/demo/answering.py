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
from s11audit.domain.answers import Answer, level_of, needs_action, needs_evidence
from s11audit.domain.audience import Respondent
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.ratings import Rag
from s11audit.domain.routing import route

# An agency's standing on a question, 0 to 1, is its strength, leaned and shaken a little.
MET_FROM, PARTLY_MET_FROM, SHAKE = 0.54, 0.26, 0.2
# Figures of an earlier round are this share of today's.
FIGURES_THEN = 0.93
OPTIONAL_EVIDENCE = 0.35
_TEXTS_BY_COLOUR = {Rag.GREEN: "met", Rag.AMBER: "partly-met", Rag.RED: "not-met"}


@dataclass
class Answering:
    """What the answers of one return are made with. `ends` is the day of submitting it.

    `ratings_rng` decides ratings alone, so that a new text does not change them. `repeats` says
    whether another agency's comment may be used again, with other figures: nobody reads those of
    an earlier round, or of returns that are not submitted yet, side by side. `known_as` gives the
    key under which texts and plans are kept, where that is not the question's own.
    """

    content: Content
    questionnaire: Questionnaire
    known_as: Mapping[str, str]
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
        key, level_of_texts = self._known_as(question), _level_of_texts(question, level)
        comment = self.writer.comment(
            self.agency, key, level_of_texts, words, self.rng, self.repeats
        )
        answer = Answer(value=level, comment=comment)
        if needs_evidence(question, level) or self.rng.random() < OPTIONAL_EVIDENCE:
            text, link = self.writer.evidence(self.agency, key, words, self.rng)
            answer = replace(answer, evidence=text, link=link)
        if needs_action(question, level):
            answer = replace(answer, promise=self._promise(question, words))
        return answer

    def _promise(self, question: Question, words: Mapping[str, str]) -> Promise:
        key = self._known_as(question)
        undertaking = self.writer.undertaking(self.agency, key, words, self.rng)
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
        key = self._known_as(question)
        standing = (
            profile["strength"]
            + leans.get(key.partition(".")[0], 0)
            + leans.get(key, 0)
            + self.content.plans["questions"].get(key, 0)
            + shake
            - self.weaker_by
        )
        return _level_at(question, standing)

    def _known_as(self, question: Question) -> str:
        return self.known_as.get(question.key, question.key)

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


def _level_at(question: Question, standing: float) -> str:
    """The level for this standing; of two amber ones the better is for the better half."""
    if standing >= MET_FROM:
        return _levels(question, Rag.GREEN)[0]
    if standing < PARTLY_MET_FROM:
        return _levels(question, Rag.RED)[0]
    is_better_half = standing >= (MET_FROM + PARTLY_MET_FROM) / 2
    return _levels(question, Rag.AMBER)[0 if is_better_half else -1]


def _levels(question: Question, rag: Rag) -> list[str]:
    levels = question.scale.levels if question.scale else ()
    return [level.id for level in levels if level.rag is rag]


def _level_of_texts(question: Question, level_id: str) -> str:
    """Texts are kept for the levels of the scale that most questions have: by their colour."""
    level = level_of(question, level_id)
    return _TEXTS_BY_COLOUR[level.rag] if level and level.rag else level_id


def left_unfinished(answers: Mapping[str, Answer], fate: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers that are given so far, and one promise without its date.

    `done` is the share that is given; `left` are keys of questions and standards that are not.
    """
    keep = round(len(answers) * fate.get("done", 1))
    left = set(fate.get("left", ()))
    kept = {
        key: answer
        for key, answer in list(answers.items())[:keep]
        if not left & {key, key.partition(".")[0]}
    }
    if undated := kept.get(fate.get("unfinished", "")):
        promise = Promise(undated.promise.what, undated.promise.post)
        kept[fate["unfinished"]] = replace(undated, promise=promise)
    return kept


def by_standard(answers: Mapping[str, Answer]) -> Iterator[dict[str, Answer]]:
    """The answers of each standard in turn, as a lead saves them."""
    pages: dict[str, dict[str, Answer]] = {}
    for key, answer in answers.items():
        pages.setdefault(key.partition(".")[0], {})[key] = answer
    yield from pages.values()
