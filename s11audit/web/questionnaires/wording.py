"""What a questionnaire says to the program, in words for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from s11audit.domain.lineage import same_answers, sources
from s11audit.domain.numbers import plain_number
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import (
    ActionRule,
    Carry,
    EvidenceRule,
    Kind,
    Question,
    Questionnaire,
    Standard,
)
from s11audit.queries import directory
from s11audit.web.security import db, viewer

KIND_LABELS: dict[Kind, str] = {
    Kind.SELF_ASSESSMENT: "Self-assessments that agencies complete",
    Kind.CASE_FILE_AUDIT: "Audits of case files",
    Kind.JOINT_ASSESSMENT: "Assessments by the lead safeguarding partners",
    Kind.SURVEY: "Surveys of practitioners",
}
EVIDENCE_WORDS: dict[EvidenceRule, str] = {
    EvidenceRule.OPTIONAL: "Evidence can be given",
    EvidenceRule.REQUIRED: "Evidence is needed",
    EvidenceRule.WHEN_GREEN: "Evidence is needed for green",
}
ACTION_WORDS: dict[ActionRule, str] = {
    ActionRule.WHEN_RED: "An action is needed for red",
    ActionRule.WHEN_RED_OR_AMBER: "An action is needed for red and amber",
}


def partnership_names() -> dict[str, str]:
    """Reference → name of the partnerships that the viewer knows."""
    return {one.reference: one.name for one in directory.partnerships(db(), visible_to=viewer())}


def in_parts(standards: Iterable[Standard]) -> list[tuple[str, list[Standard]]]:
    """The standards under the headings of their parts; "" heads those that have none."""
    return [(part, list(group)) for part, group in groupby(standards, key=lambda one: one.part)]


def answer_words(question: Question) -> str:
    """How a question is answered, such as “Number of days, from 0 to 40”."""
    words = type_of(question).label
    if question.unit:
        words += f" ({question.unit})"
    return ", ".join([words, *_limits(question)])


def _limits(question: Question) -> Iterable[str]:
    if question.min is not None:
        yield f"from {plain_number(question.min)}"
    if question.max is not None:
        yield f"up to {plain_number(question.max)}"
    if question.earliest:
        yield f"not before {_moment(question.earliest)}"
    if question.latest:
        yield f"not after {_moment(question.latest)}"
    if question.numerator:
        yield f"“{question.numerator}” of “{question.denominator}”"
    if not question.required and type_of(question).has_answer:
        yield "optional"


def _moment(written: str) -> str:
    return "the day of the answer" if written == "today" else written


@dataclass(frozen=True)
class Descent:
    """The questions of the replaced version that one follows, and what that means for answers."""

    old: tuple[Question, ...]
    words: str


def descents(new: Questionnaire, old: Questionnaire | None) -> dict[str, Descent]:
    """Key → where the question comes from; empty where nothing is replaced."""
    if old is None:
        return {}
    followed = sources(new, old)
    return {
        key: _descent(question, tuple(old.by_key[was] for was in followed.get(key, ())))
        for key, question in new.by_key.items()
        if type_of(question).has_answer
    }


def _descent(question: Question, old: tuple[Question, ...]) -> Descent:
    if not old:
        words = "New in this version"
    elif question.lineage.carry is Carry.ANSWER_AFRESH:
        words = f"Must be answered afresh. {question.lineage.why_afresh}"
    elif not all(same_answers(one, question) for one in old):
        words = "It is answered in another way now, so only texts come forward"
    else:
        words = "Last time’s answer comes forward, to be confirmed"
    return Descent(old, words.rstrip("."))
