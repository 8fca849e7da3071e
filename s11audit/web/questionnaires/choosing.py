"""Looking at a questionnaire as some kind of agency would: the choice, and what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from werkzeug.utils import cached_property
from wtforms import SelectField, SelectMultipleField
from wtforms.form import BaseForm

from s11audit.domain.agency_types import (
    AGENCY_TYPE_LABELS,
    agency_attribute_label,
    agency_type_label,
)
from s11audit.domain.audience import Audience, Respondent
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.domain.routing import can_turn_on_its_page, holds
from s11audit.web.questionnaires.wording import partnership_names

EVERY_QUESTION = "Every question, whoever is asked"


@dataclass(frozen=True)
class Chosen:
    """For whom a questionnaire is shown. With nothing chosen every question is."""

    agency_type: str = ""
    attributes: frozenset[str] = frozenset()
    partnerships: frozenset[str] = frozenset()

    @property
    def address(self) -> dict[str, Any]:
        """The same choice in the address of a page."""
        chosen = {
            "type": self.agency_type,
            "with": sorted(self.attributes),
            "in": sorted(self.partnerships),
        }
        return {name: value for name, value in chosen.items() if value}

    def includes(self, audience: Audience) -> bool:
        if not self.address:
            return True
        if not self.agency_type:
            audience = replace(audience, agency_types=None)
        return audience.includes(self.respondent)

    @property
    def respondent(self) -> Respondent:
        return Respondent(self.agency_type, self.attributes, self.partnerships)

    def words(self, names: dict[str, str]) -> str:
        """Such as “School, Boarding, East Sussex”."""
        words = [agency_type_label(self.agency_type)] if self.agency_type else []
        words += [agency_attribute_label(one) for one in sorted(self.attributes)]
        words += [names.get(one, one) for one in sorted(self.partnerships)]
        return ", ".join(words) or EVERY_QUESTION


class ChoiceForm(BaseForm):
    """Type, attributes and partnerships that a questionnaire tells apart; sent in the address."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.names = partnership_names()
        self._offers = self._offers_of(questionnaire)
        boxes: dict[str, Any] = {
            "type": SelectField("Type of agency", choices=self._offers["type"]),
            "with": SelectMultipleField("What it has or does", choices=self._offers["with"]),
            "in": SelectMultipleField("Its partnerships", choices=self._offers["in"]),
        }
        super().__init__(boxes)
        self.process(request.args)

    def _offers_of(self, questionnaire: Questionnaire) -> dict[str, dict[str, str]]:
        """Name of a box → code → label: every type, and what else the questionnaire names."""
        audiences = list(_audiences(questionnaire))
        types = {one for each in audiences for one in each.agency_types or ()}
        attributes = sorted({one for each in audiences for one in each.attributes or ()})
        homes = sorted({one for each in audiences for one in each.partnerships or ()})
        own = {code: agency_type_label(code) for code in sorted(types - AGENCY_TYPE_LABELS.keys())}
        return {
            "type": {"": EVERY_QUESTION} | AGENCY_TYPE_LABELS | own,
            "with": {code: agency_attribute_label(code) for code in attributes},
            "in": {reference: self.names.get(reference, reference) for reference in homes},
        }

    @property
    def chosen(self) -> Chosen:
        """What was chosen; what was never offered is left aside."""
        return Chosen(
            next(iter(self._offered("type", [self["type"].data or ""])), ""),
            frozenset(self._offered("with", self["with"].data or [])),
            frozenset(self._offered("in", self["in"].data or [])),
        )

    def _offered(self, name: str, sent: list[str]) -> list[str]:
        return [one for one in sent if one in self._offers[name]]

    @property
    def words(self) -> str:
        return self.chosen.words(self.names)


def _audiences(questionnaire: Questionnaire) -> Iterator[Audience]:
    for standard in questionnaire.standards:
        yield standard.audience
        for question in standard.questions:
            yield question.audience


@dataclass(frozen=True)
class Preview:
    """A questionnaire as it is before anybody has answered, for those who were chosen."""

    questionnaire: Questionnaire
    chosen: Chosen

    @cached_property
    def offered(self) -> dict[str, tuple[Question, ...]]:
        """Every question that they can be asked, by standard; standards without any are absent."""
        found = {
            standard.id: tuple(q for q in standard.questions if self.chosen.includes(q.audience))
            for standard in self.questionnaire.standards
            if self.chosen.includes(standard.audience)
        }
        return {standard_id: questions for standard_id, questions in found.items() if questions}

    @property
    def standards(self) -> list[Standard]:
        return [one for one in self.questionnaire.standards if one.id in self.offered]

    def asked_at_once(self, standard_id: str) -> list[Question]:
        """The questions that wait for no answer."""
        return [
            question
            for question in self.offered[standard_id]
            if type_of(question).has_answer and holds(question.when, {})
        ]

    def waiting(self, standard_id: str) -> list[Question]:
        """The questions that only some answers bring up."""
        return [one for one in self.offered[standard_id] if not holds(one.when, {})]

    def on_page(self, standard_id: str) -> list[Question]:
        """What the respondent's page draws: what is asked, and what an answer on it brings up."""
        return [
            question
            for question in self.offered[standard_id]
            if holds(question.when, {}) or can_turn_on_its_page(question)
        ]

    def from_elsewhere(self, standard_id: str) -> list[Question]:
        """The questions that only an answer to another standard brings up."""
        return [
            question for question in self.waiting(standard_id) if not can_turn_on_its_page(question)
        ]

    def position(self, standard_id: str) -> int:
        """Which standard it is of those shown, counted from 1."""
        return [standard.id for standard in self.standards].index(standard_id) + 1

    def beside(self, standard_id: str) -> tuple[Standard | None, Standard | None]:
        """The standards before and after this one."""
        shown = self.standards
        place = self.position(standard_id) - 1
        before = shown[place - 1] if place else None
        return before, next(iter(shown[place + 1 :]), None)
