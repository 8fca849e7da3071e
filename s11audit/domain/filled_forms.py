"""What an Excel form says that came back filled in, and what it would change in a return."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass, replace
from datetime import date

from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer, Part, parts_of
from s11audit.domain.dates import long_date
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.shares import Share


@dataclass(frozen=True)
class FilledAnswer:
    """The answer that a form has where it is no longer what the form was written with.

    `seen` is the digest of the answer that was stored when the form was written. `confirms` says
    that last time's answer, left as it was written, is still right.
    """

    key: str
    answer: Answer
    seen: str
    confirms: bool = False


@dataclass(frozen=True)
class WrongCell:
    """A cell that cannot be taken: its sheet and cell, the key of its question (or ""), and why."""

    place: str
    key: str
    message: str


@dataclass(frozen=True)
class FilledContent:
    """All that a form says. `absent` are ids of standards whose sheet is no longer there."""

    answers: tuple[FilledAnswer, ...] = ()
    wrong: tuple[WrongCell, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChangedPart:
    """One box of an answer as people read it, before and after; "" where it is empty."""

    title: str
    was: str
    will: str


@dataclass(frozen=True)
class Difference:
    """A question whose answer the form would change, or confirm as it stands."""

    question: Question
    was: Answer
    will: Answer
    confirms: bool = False

    @property
    def seen(self) -> str:
        """The digest of the answer that it would replace."""
        return self.was.digest

    @property
    def parts(self) -> list[ChangedPart]:
        """The boxes that would change, in the order of the page."""
        pairs = zip(self._shown(self.was), self._shown(self.will), strict=True)
        return [ChangedPart(title, was, will) for (title, was), (_, will) in pairs if was != will]

    def _shown(self, answer: Answer) -> list[tuple[str, str]]:
        promise = answer.promise
        value = type_of(self.question).shown(self.question, answer.value) if answer.value else ""
        return [
            ("Answer", value),
            ("Why it does not apply", answer.reason),
            ("Comment", answer.comment),
            ("Evidence", answer.evidence),
            ("Link", answer.link),
            ("Action", promise.what),
            ("Responsible post", promise.post),
            ("By when", long_date(promise.due_on) if promise.due_on else ""),
        ]


@dataclass(frozen=True)
class Comparison:
    """A form beside the answers of today.

    `differences` can be applied as they are. Of `conflicts` the answer was changed by somebody
    else since the form was written. `not_theirs` are questions that the person may not answer.
    """

    differences: tuple[Difference, ...]
    conflicts: tuple[Difference, ...]
    not_theirs: tuple[Question, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.differences or self.conflicts)


def compare(
    content: FilledContent,
    questionnaire: Questionnaire,
    held: Mapping[str, Answer],
    to_confirm: Set[str],
    share: Share,
) -> Comparison:
    """What this form would change in these answers, for somebody who may answer `share`."""
    differences: list[Difference] = []
    conflicts: list[Difference] = []
    not_theirs: list[Question] = []
    for filled in content.answers:
        question = questionnaire.by_key.get(filled.key)
        if question is None:
            continue
        if not share.has_question(filled.key):
            not_theirs.append(question)
            continue
        was = held.get(filled.key, Answer())
        will = _with_the_rest(question, filled.answer, was)
        is_waiting = filled.key in to_confirm
        if not is_waiting if filled.confirms else will == was:
            continue
        difference = Difference(question, was, will, filled.confirms)
        is_sound = will == was or filled.seen == was.digest
        (differences if is_sound else conflicts).append(difference)
    order = {key: place for place, key in enumerate(questionnaire.by_key)}

    def place_of(one: Difference) -> int:
        return order[one.question.key]

    return Comparison(
        tuple(sorted(differences, key=place_of)),
        tuple(sorted(conflicts, key=place_of)),
        tuple(sorted(not_theirs, key=lambda question: order[question.key])),
    )


def boxes_only(question: Question, answer: Answer) -> Answer:
    """The answer without what the question has no box for."""
    return _with_the_rest(question, answer, Answer())


def _with_the_rest(question: Question, filled: Answer, was: Answer) -> Answer:
    """The answer as filled in, with the texts for which the form has no box as they were."""
    parts = parts_of(question)
    taken = replace(was, value=filled.value)
    for part in (Part.REASON, Part.COMMENT, Part.EVIDENCE, Part.LINK):
        if part in parts:
            taken = replace(taken, **{part.value: getattr(filled, part)})
    return replace(taken, promise=filled.promise) if Part.ACTION_WHAT in parts else taken


def as_json(content: FilledContent) -> str:
    """The content as it is kept between the look at it and doing it."""
    return json.dumps(asdict(content), ensure_ascii=False, default=date.isoformat)


def from_json(text: str) -> FilledContent:
    """What `as_json` wrote; nothing for what was emptied."""
    if not text:
        return FilledContent()
    kept = json.loads(text)
    return FilledContent(
        tuple(_filled(one) for one in kept["answers"]),
        tuple(WrongCell(**one) for one in kept["wrong"]),
        tuple(kept["absent"]),
    )


def _filled(kept: dict[str, object]) -> FilledAnswer:
    answer = dict(kept["answer"])  # type: ignore[call-overload]
    promise = dict(answer.pop("promise"))
    due = promise.pop("due_on")
    held = Promise(**promise, due_on=date.fromisoformat(due) if due else None)
    return FilledAnswer(
        str(kept["key"]),
        Answer(**answer, promise=held),
        str(kept["seen"]),
        bool(kept["confirms"]),
    )
