"""Bringing last time's answers forward: what of each still holds in a new version, and why not.

Answers go along the lineage of the questions. A rating is brought forward only where it says the
same of the new question; what was written goes along in any case, unless the question must be
answered afresh.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from s11audit.domain.actions import Promise
from s11audit.domain.answers import POST_LIMIT, TEXT_LIMIT, Answer, Part, parts_of
from s11audit.domain.dates import long_date
from s11audit.domain.lineage import differing_texts, same_answers, sources
from s11audit.domain.question_types import WrongValueError, type_of, without_capital
from s11audit.domain.questionnaire import Carry, Question, Questionnaire

TOO_LONG = "Last time’s texts are too long to stand together, so copy what still holds."
_IN_WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}


@dataclass(frozen=True)
class LastTime:
    """A question of the earlier version, and what the agency answered to it."""

    question: Question
    answer: Answer


@dataclass(frozen=True)
class Carried:
    """What a question takes over from last time.

    `answer` is what is brought forward; it is empty where the question is answered afresh. The
    other texts tell the respondent why the value, a text or the date of the action is missing.
    """

    question: Question
    last: tuple[LastTime, ...]
    answer: Answer = field(default_factory=Answer)
    why_no_value: str = ""
    why_no_text: str = ""
    why_no_date: str = ""

    @property
    def differs(self) -> tuple[str, ...]:
        """Which texts of the question are not as they were, where it had one predecessor."""
        if len(self.last) != 1:
            return ()
        return tuple(differing_texts(self.last[0].question, self.question))


def carry_forward(
    chain: Sequence[Questionnaire],
    answers: Mapping[str, Answer],
    today: date,
    questions: Iterable[Question] | None = None,
) -> dict[str, Carried]:
    """What the questions of the newest version take over from answers to the oldest, by key.

    `chain` has the newest version first; `answers` are those of the questions that were asked. A
    question that takes over nothing is absent. `questions` are those to look at, if not all.
    """
    newest, oldest = chain[0], chain[-1]
    steps = [sources(newer, older) for newer, older in pairwise(chain)]
    carried = {}
    for question in newest.questions() if questions is None else questions:
        keys, why_afresh = _trace(question.key, chain, steps)
        last = tuple(
            LastTime(oldest.by_key[key], answers[key])
            for key in keys
            if key in oldest.by_key and not answers.get(key, Answer()).is_empty
        )
        if last and why_afresh:
            carried[question.key] = Carried(question, last, why_no_value=why_afresh)
        elif last:
            carried[question.key] = _carry(question, last, today)
    return carried


def left_behind(
    oldest: Questionnaire, answers: Mapping[str, Answer], carried: Iterable[Carried]
) -> tuple[Question, ...]:
    """The questions of the oldest version that were answered and that none of now follows.

    `carried` is all that the newest version takes over from these answers.
    """
    followed = {one.question.key for each in carried for one in each.last}
    return tuple(
        question
        for question in oldest.questions()
        if question.key not in followed and not answers.get(question.key, Answer()).is_empty
    )


def _trace(
    key: str, chain: Sequence[Questionnaire], steps: Sequence[Mapping[str, tuple[str, ...]]]
) -> tuple[tuple[str, ...], str]:
    """The keys of the oldest version that a key goes back to, and why it is answered afresh.

    One version between that asks for fresh answers is enough: an older answer says too little.
    """
    keys: tuple[str, ...] = (key,)
    why_afresh = ""
    for version, step in zip(chain, steps, strict=False):
        followers = [version.by_key[via] for via in keys if via in step]
        for question in followers:
            if question.lineage.carry is Carry.ANSWER_AFRESH:
                why_afresh = why_afresh or question.lineage.why_afresh
        keys = tuple(dict.fromkeys(old for one in followers for old in step[one.key]))
    return keys, why_afresh


def _carry(question: Question, last: tuple[LastTime, ...], today: date) -> Carried:
    value, why_no_value = _value(question, last, today)
    written = {
        part: text for part, text in _texts(last).items() if text and part in parts_of(question)
    }
    kept = {part: text for part, text in written.items() if len(text) <= TEXT_LIMIT}
    carried = Carried(
        question,
        last,
        Answer(
            value=value,
            reason=kept.get(Part.REASON, ""),
            comment=kept.get(Part.COMMENT, ""),
            evidence=kept.get(Part.EVIDENCE, ""),
            link=kept.get(Part.LINK, ""),
        ),
        why_no_value,
        why_no_text="" if kept == written else TOO_LONG,
    )
    if Part.ACTION_WHAT not in parts_of(question):
        return carried
    promise, why_no_date = _promise(last, today)
    return replace(
        carried, answer=replace(carried.answer, promise=promise), why_no_date=why_no_date
    )


def _texts(last: Sequence[LastTime]) -> dict[Part, str]:
    """What was written last time, by box; a second link stands with the evidence."""
    link = next((one.answer.link for one in last if one.answer.link), "")
    return {
        Part.REASON: _together([(one, one.answer.reason) for one in last]),
        Part.COMMENT: _together([(one, one.answer.comment) for one in last]),
        Part.EVIDENCE: _together([(one, _evidence(one.answer, link)) for one in last]),
        Part.LINK: link,
    }


def _value(question: Question, last: tuple[LastTime, ...], today: date) -> tuple[str, str]:
    """The value that still holds, or why there is none; both empty where there was none."""
    values = {one.answer.value for one in last}
    if values == {""}:
        return "", ""
    if not all(same_answers(one.question, question) for one in last):
        is_scale = question.scale and all(one.question.scale for one in last)
        if is_scale:
            return "", "The scale has changed, so choose a rating."
        return "", "This is answered in another way now, so answer it again."
    if len(values) > 1:
        number = _IN_WORDS.get(len(last), str(len(last)))
        called = "ratings" if question.scale else "answers"
        return "", f"These were {number} questions with different {called} last time."
    try:
        return type_of(question).read(question, values.pop(), today), ""
    except WrongValueError as error:
        return "", f"Last time’s answer no longer fits: {without_capital(str(error))}."


def _evidence(answer: Answer, kept_link: str) -> str:
    """Evidence, and the link below it where another question's link takes the box."""
    link = answer.link if answer.link != kept_link else ""
    return "\n".join(text for text in (answer.evidence, link) if text)


def _together(texts: Sequence[tuple[LastTime, str]]) -> str:
    """Texts of several questions, each under its question's title; one alone needs no title."""
    written = [(one.question.title, text) for one, text in texts if text]
    if len({text for _, text in written}) <= 1:
        return written[0][1] if written else ""
    return "\n\n".join(f"{title}\n{text}" for title, text in written)


def _promise(last: Sequence[LastTime], today: date) -> tuple[Promise, str]:
    """The action that was promised, but no date that has gone by, and why the date is missing."""
    promises = [(one, one.answer.promise) for one in last if not one.answer.promise.is_empty]
    if not promises:
        return Promise(), ""
    what = _together([(one, promise.what) for one, promise in promises])
    post = " / ".join(dict.fromkeys(promise.post for _, promise in promises if promise.post))
    dates = {promise.due_on for _, promise in promises if promise.due_on}
    due_on = dates.pop() if len(dates) == 1 else None
    kept = Promise(
        what if len(what) <= TEXT_LIMIT else "", post if len(post) <= POST_LIMIT else "", due_on
    )
    if dates:
        return kept, "The actions had different dates last time, so enter one."
    if due_on is None or due_on >= today:
        return kept, ""
    gone = f"The date of last time’s action, {long_date(due_on)}, has gone by, so enter a new one."
    return Promise(kept.what, kept.post), gone
