"""An answer with everything that belongs to it, and what it still lacks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum

from s11audit.domain.actions import Promise
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import ActionRule, EvidenceRule, Question
from s11audit.domain.ratings import Rag
from s11audit.domain.scales import Level

# What one box may hold; a longer text is refused with a message, never cut.
TEXT_LIMIT = 10_000
LINK_LIMIT = 2_000
POST_LIMIT = 200

EVIDENCE_MESSAGE = "Say what evidence supports this answer, give a link or add a file"
CONFIRM_MESSAGE = "Confirm that last time’s answer is still right, or change it"


class Part(StrEnum):
    """The boxes that an answer is made of; also the last word of a form field's name."""

    VALUE = "value"
    REASON = "reason"
    COMMENT = "comment"
    EVIDENCE = "evidence"
    LINK = "link"
    ACTION_WHAT = "action_what"
    ACTION_POST = "action_post"
    ACTION_DUE = "action_due"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Answer:
    """The reply to one question. `value` is a stable code, ISO date, plain number or text."""

    value: str = ""
    reason: str = ""
    comment: str = ""
    evidence: str = ""
    link: str = ""
    promise: Promise = field(default_factory=Promise)

    @property
    def is_empty(self) -> bool:
        return self == Answer()

    @property
    def digest(self) -> str:
        """A short fingerprint: a form remembers with it which answer it showed."""
        parts = [self.value, self.reason, self.comment, self.evidence, self.link]
        promise = [self.promise.what, self.promise.post, str(self.promise.due_on or "")]
        text = "\x1f".join(parts + promise)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Gap:
    """Something that stops a return from being sent for sign-off."""

    question: Question
    part: Part
    message: str


def parts_of(question: Question) -> frozenset[Part]:
    """The boxes that an answer to this question is made of."""
    if not type_of(question).has_answer:
        return frozenset()
    parts = {Part.VALUE}
    if question.scale and any(level.needs_reason for level in question.scale.levels):
        parts.add(Part.REASON)
    if question.type == "rating" and question.comment:
        parts.add(Part.COMMENT)
    if question.evidence is not EvidenceRule.NONE:
        parts |= {Part.EVIDENCE, Part.LINK}
    if question.action is not ActionRule.NONE:
        parts |= {Part.ACTION_WHAT, Part.ACTION_POST, Part.ACTION_DUE}
    return frozenset(parts)


def level_of(question: Question, value: str) -> Level | None:
    return question.scale.level(value) if question.scale else None


def needs_reason(question: Question, value: str) -> bool:
    level = level_of(question, value)
    return level is not None and level.needs_reason


def needs_action(question: Question, value: str) -> bool:
    level = level_of(question, value)
    rag = level.rag if level else None
    if question.action is ActionRule.WHEN_RED:
        return rag is Rag.RED
    return question.action is ActionRule.WHEN_RED_OR_AMBER and rag in (Rag.RED, Rag.AMBER)


def needs_evidence(question: Question, value: str) -> bool:
    level = level_of(question, value)
    if level is not None and not level.applicable:
        return False
    if question.evidence is EvidenceRule.WHEN_GREEN:
        return level is not None and level.rag is Rag.GREEN
    return question.evidence is EvidenceRule.REQUIRED


def takes_files(question: Question) -> bool:
    """Whether files can support its answer."""
    return question.evidence is not EvidenceRule.NONE or question.type == "evidence-list"


def gaps_in(
    question: Question, answer: Answer, to_confirm: bool = False, has_file: bool = False
) -> list[Gap]:
    """What the answer to one visible question still lacks, in the order of the page.

    An answer brought forward from last time that lacks nothing else is still `to_confirm`. Where it
    `has_file`, that is its evidence.
    """
    lacking = _lacking(question, answer, has_file)
    if to_confirm and not lacking:
        lacking = [(Part.CONFIRM, CONFIRM_MESSAGE)]
    return [Gap(question, part, message) for part, message in lacking]


def _lacking(question: Question, answer: Answer, has_file: bool) -> list[tuple[Part, str]]:
    question_type = type_of(question)
    if not question_type.has_answer:
        return []
    if not answer.value:
        return [(Part.VALUE, question_type.missing_message)] if question.required else []
    still = question_type.missing(question, answer.value)
    lacking: list[tuple[Part, str]] = [(Part.VALUE, still)] if still else []
    if needs_reason(question, answer.value) and not answer.reason:
        lacking.append((Part.REASON, "Say why this does not apply to your agency"))
    has_evidence = answer.evidence or answer.link or has_file
    if needs_evidence(question, answer.value) and not has_evidence:
        lacking.append((Part.EVIDENCE, EVIDENCE_MESSAGE))
    if needs_action(question, answer.value):
        lacking.extend(_missing_promise(answer.promise))
    return lacking


def _missing_promise(promise: Promise) -> list[tuple[Part, str]]:
    lacking = []
    if not promise.what:
        lacking.append((Part.ACTION_WHAT, "Say what your agency will do"))
    if not promise.post:
        lacking.append((Part.ACTION_POST, "Enter the post that is responsible"))
    if not promise.due_on:
        lacking.append((Part.ACTION_DUE, "Enter the date this will be done by"))
    return lacking


def gaps(
    questions: Iterable[Question],
    answers: Mapping[str, Answer],
    to_confirm: Set[str] = frozenset(),
    with_files: Set[str] = frozenset(),
) -> list[Gap]:
    """What these visible questions still lack, in order; `to_confirm`, `with_files` are keys."""
    return [
        gap
        for question in questions
        for gap in gaps_in(
            question,
            answers.get(question.key, Answer()),
            question.key in to_confirm,
            question.key in with_files,
        )
    ]
