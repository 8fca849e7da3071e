"""Which questions are asked: by who answers, and by what has been answered so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from s11audit.domain.audience import EVERYBODY, Respondent
from s11audit.domain.conditions import AllOf, AnyOf, Condition, Is, Not, questions_named
from s11audit.domain.questionnaire import Question, Questionnaire, Standard


@dataclass(frozen=True)
class Route:
    """The questions that one agency is asked, in order, by standard id.

    A standard with nothing asked is absent. `offered` also holds the questions that are meant for
    this respondent but hidden by a condition just now: a form shows them when the condition turns.
    """

    asked: Mapping[str, tuple[Question, ...]]
    offered: Mapping[str, tuple[Question, ...]]

    def asks(self, key: str) -> bool:
        standard_id = key.partition(".")[0]
        return any(question.key == key for question in self.asked.get(standard_id, ()))


def route(
    questionnaire: Questionnaire, respondent: Respondent, answers: Mapping[str, str]
) -> Route:
    """Work out what this agency is asked, given its answers (key → value) so far.

    The answer to a hidden question is kept by whoever holds it but never looked at here: a
    question that is not asked has no answer.
    """
    offered = {
        standard.id: _meant_for(respondent, standard)
        for standard in questionnaire.standards
        if standard.audience.includes(respondent)
    }
    shown = _shown(questionnaire, offered, answers)
    asked = {
        standard_id: tuple(question for question in questions if question.key in shown)
        for standard_id, questions in offered.items()
    }
    return Route(
        asked={key: questions for key, questions in asked.items() if questions},
        offered={key: questions for key, questions in offered.items() if questions},
    )


def can_turn_on_its_page(question: Question) -> bool:
    """Whether an answer to another question of its standard can show or hide this one."""
    page = f"{question.standard_id}."
    return any(key.startswith(page) for key in questions_named(question.when))


def _meant_for(respondent: Respondent, standard: Standard) -> tuple[Question, ...]:
    """The questions of a standard for this respondent; most are for everybody."""
    return tuple(
        question
        for question in standard.questions
        if question.audience is EVERYBODY or question.audience.includes(respondent)
    )


def _shown(
    questionnaire: Questionnaire,
    offered: Mapping[str, tuple[Question, ...]],
    answers: Mapping[str, str],
) -> set[str]:
    """Keys of the questions that are offered and whose conditions hold."""
    open_to_them = {question.key for questions in offered.values() for question in questions}
    shown: set[str] = set()
    known: dict[str, str] = {}
    for question in questionnaire.in_routing_order:
        key = question.key
        if key in open_to_them and (question.when is None or holds(question.when, known)):
            shown.add(key)
            known[key] = answers.get(key, "")
    return shown


def holds(condition: Condition | None, answers: Mapping[str, str]) -> bool:
    """Whether the condition is true of these answers to questions that are asked.

    A choice among several is answered with all its codes, a space between; it is each of them.
    """
    match condition:
        case None:
            return True
        case Is():
            answer = answers.get(condition.question, "")
            return bool(answer) and (condition.value in answer.split(" ")) != condition.negated
        case AnyOf(conditions=conditions):
            return any(holds(inner, answers) for inner in conditions)
        case AllOf(conditions=conditions):
            return all(holds(inner, answers) for inner in conditions)
        case Not(condition=inner):
            return not holds(inner, answers)
