"""Which questions are asked: by agency type, and by what has been answered so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from s11audit.domain.questionnaire import (
    AllOf,
    AnyOf,
    Condition,
    Is,
    Not,
    Question,
    Questionnaire,
    Standard,
)


@dataclass(frozen=True)
class Route:
    """The questions that one agency is asked, in order, by standard id.

    A standard with nothing asked is absent. `offered` also holds the questions that are meant for
    this agency type but hidden by a condition just now: a form shows them when the condition turns.
    """

    asked: Mapping[str, tuple[Question, ...]]
    offered: Mapping[str, tuple[Question, ...]]

    def asks(self, key: str) -> bool:
        standard_id = key.partition(".")[0]
        return any(question.key == key for question in self.asked.get(standard_id, ()))


def route(questionnaire: Questionnaire, agency_type: str, answers: Mapping[str, str]) -> Route:
    """Work out what an agency of this type is asked, given its answers (key → value) so far.

    The answer to a hidden question is kept by whoever holds it but never looked at here: a
    question that is not asked has no answer.
    """
    visibility = _Visibility(questionnaire, agency_type, answers)
    offered = {
        standard.id: tuple(q for q in standard.questions if q.is_for(agency_type))
        for standard in questionnaire.standards
        if standard.is_for(agency_type)
    }
    asked = {
        standard_id: tuple(q for q in questions if visibility.shows(q))
        for standard_id, questions in offered.items()
    }
    return Route(
        asked={key: questions for key, questions in asked.items() if questions},
        offered={key: questions for key, questions in offered.items() if questions},
    )


class _Visibility:
    """Remembers what it has worked out, so that long chains of conditions cost one look each."""

    def __init__(
        self, questionnaire: Questionnaire, agency_type: str, answers: Mapping[str, str]
    ) -> None:
        self._questionnaire = questionnaire
        self._agency_type = agency_type
        self._answers = answers
        self._known: dict[str, bool] = {}

    def shows(self, question: Question) -> bool:
        known = self._known.get(question.key)
        if known is None:
            known = self._is_for_agency(question) and self._holds(question.when)
            self._known[question.key] = known
        return known

    def _is_for_agency(self, question: Question) -> bool:
        standard: Standard | None = self._questionnaire.standard(question.standard_id)
        return (
            standard is not None
            and standard.is_for(self._agency_type)
            and question.is_for(self._agency_type)
        )

    def _holds(self, condition: Condition | None) -> bool:
        match condition:
            case None:
                return True
            case Is():
                answer = self._answer(condition.question)
                return bool(answer) and (answer == condition.value) != condition.negated
            case AnyOf(conditions=conditions):
                return any(self._holds(inner) for inner in conditions)
            case AllOf(conditions=conditions):
                return all(self._holds(inner) for inner in conditions)
            case Not(condition=inner):
                return not self._holds(inner)

    def _answer(self, key: str) -> str:
        question = self._questionnaire.by_key.get(key)
        if question is None or not self.shows(question):
            return ""
        return self._answers.get(key, "")
