"""The form of a standard: for each question it offers, the boxes that make up its answer.

Boxes are named `<question id>__<part>`, so that every question's form is a form of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from s11audit.domain.actions import Promise
from s11audit.domain.answers import (
    LINK_LIMIT,
    POST_LIMIT,
    Answer,
    Gap,
    Part,
    gaps_in,
    needs_evidence,
    parts_of,
)
from s11audit.domain.question_types import without_capital
from s11audit.domain.questionnaire import EvidenceRule, Question
from s11audit.domain.scales import Level
from s11audit.services.answer_changes import Change
from s11audit.web.fields import VALUE_FIELDS, DateParts, LinkField, TextField, TickField
from s11audit.web.guard import Guard

SEEN = "seen"
KEEP = "keep"
THEIRS = "theirs"


class AnswerForm:
    """The boxes of one question, bound to what is stored or, once sent, to what was typed."""

    def __init__(
        self,
        question: Question,
        stored: Answer,
        typed: MultiDict[str, str] | None,
        today: date,
        is_to_confirm: bool = False,
        has_file: bool = False,
        guard: Guard | None = None,
    ) -> None:
        self.question = question
        self.guard = guard
        self.is_to_confirm = is_to_confirm
        self.has_file = has_file
        self.prefix = f"{question.id}__"
        sent = typed if typed is not None and self._was_sent(typed) else None
        self.is_sent = sent is not None
        self.seen = sent.get(self.prefix + SEEN, "") if sent is not None else stored.digest
        # Ticked on the page that was sent, even if it has no such box any more.
        self.confirms = sent is not None and bool(sent.get(self.prefix + Part.CONFIRM))
        # The page that shows two people's texts sends "" until one of them is chosen.
        kept = sent.getlist(self.prefix + KEEP)[-1:] if sent is not None else []
        self.keeps_theirs = kept == [THEIRS]
        self.is_undecided = kept == [""]
        self._stored = stored
        self.form: Any = self._bind(sent, today)  # every field of it is a Box

    def _was_sent(self, typed: MultiDict[str, str]) -> bool:
        return any(name.startswith(self.prefix) for name in typed)

    def _bind(self, sent: MultiDict[str, str] | None, today: date) -> BaseForm:
        stored, promise = self._stored, self._stored.promise
        form = BaseForm(self._boxes(today), prefix=self.prefix)
        form.process(
            sent,
            data={
                Part.VALUE: stored.value,
                Part.REASON: stored.reason,
                Part.COMMENT: stored.comment,
                Part.EVIDENCE: stored.evidence,
                Part.LINK: stored.link,
                Part.ACTION_WHAT: promise.what,
                Part.ACTION_POST: promise.post,
                Part.ACTION_DUE: promise.due_on,
            },
        )
        return form

    def _boxes(self, today: date) -> dict[str, Any]:
        """The boxes that this question has, by part, in the order of the page."""
        question = self.question
        boxes: dict[str, Any] = {
            Part.VALUE: VALUE_FIELDS[question.type](question, today),
            Part.REASON: TextField(),
            Part.COMMENT: TextField(),
            Part.EVIDENCE: TextField(),
            Part.LINK: LinkField(LINK_LIMIT),
            Part.ACTION_WHAT: TextField(),
            Part.ACTION_POST: TextField(POST_LIMIT),
            Part.ACTION_DUE: DateParts(),
        }
        parts = parts_of(question)
        if self.is_to_confirm and not gaps_in(question, self._stored, has_file=self.has_file):
            boxes[Part.CONFIRM] = TickField()
            parts |= {Part.CONFIRM}
        return {part: box for part, box in boxes.items() if part in parts}

    @property
    def levels(self) -> Sequence[Level]:
        return self.question.scale.levels if self.question.scale else ()

    def validate(self) -> bool:
        """Whether everything typed can be stored; each field keeps its own errors."""
        return bool(self.guard.checks(self.form) if self.guard else self.form.validate())

    @property
    def waits(self) -> bool:
        """Whether last time's answer stands open beside it: nothing else answers it yet."""
        return self.is_to_confirm or not self.has_value

    @property
    def has_value(self) -> bool:
        return bool(self._stored.value)

    @property
    def lacks_date(self) -> bool:
        """Whether an action is stored without the date by which it will be done."""
        return bool(self._stored.promise.what) and self._stored.promise.due_on is None

    def can_be_confirmed(self) -> bool:
        """Whether the answer, once it is valid, is one of last time's that lacks nothing.

        One that somebody else has changed since it was shown counts too: confirming the text that
        was shown is then a conflict.
        """
        answer = self.typed
        if self.seen != self._stored.digest:
            return True
        lacking = gaps_in(self.question, answer, has_file=self.has_file)
        return self.is_to_confirm and bool(answer.value) and not lacking

    @property
    def typed(self) -> Answer:
        """The answer as typed, once `validate` said yes. A box that is not shown keeps its text."""
        text = {part: data or "" for part, data in self.form.data.items()}
        stored = self._stored
        value = self.form[Part.VALUE].stored if Part.VALUE in self.form else stored.value
        return Answer(
            value=value,
            reason=text.get(Part.REASON, stored.reason),
            comment=text.get(Part.COMMENT, stored.comment),
            evidence=text.get(Part.EVIDENCE, stored.evidence),
            link=text.get(Part.LINK, stored.link),
            promise=self._promise(),
        )

    def _promise(self) -> Promise:
        if Part.ACTION_WHAT not in self.form:
            return self._stored.promise
        what, post, due = (
            self.form[part].data for part in (Part.ACTION_WHAT, Part.ACTION_POST, Part.ACTION_DUE)
        )
        return Promise(what or "", post or "", due)

    def show(self, gap: Gap) -> None:
        """Put what is missing beside its box."""
        if gap.part in self.form:
            self.form[gap.part].lacks(gap.message)

    @property
    def faults(self) -> Iterator[tuple[str, str]]:
        """Id of a box and what is wrong with it; the first control of a box has the box's id."""
        for part in self.form.data:
            yield from self.form[part].faults()

    @property
    def errors(self) -> Iterator[tuple[str, str]]:
        """The same, saying which question it is about."""
        for control, message in self.faults:
            yield control, f"{self.question.title}: {without_capital(message)}"

    def as_sent(self) -> Iterator[tuple[str, str]]:
        """Names and texts of the boxes as a browser would send them again."""
        for field in self.form:
            yield from field.as_sent()

    def evidence_hint(self, instead: str) -> str:
        """When evidence is needed, in words; `instead` is what does without a text."""
        question = self.question
        if question.evidence is EvidenceRule.REQUIRED:
            return f"What shows this? Needed, unless you {instead}."
        if question.evidence is EvidenceRule.WHEN_GREEN:
            green = "” or “".join(level.label for level in self.levels_that(needs_evidence))
            needed = f"Needed if you answer “{green}”, unless you {instead}."
            return f"What shows this? {needed}"
        return "What shows this? (optional)"

    def levels_that(self, needs: Callable[[Question, str], bool]) -> list[Level]:
        """The levels that call for a box, such as `needs_action`."""
        return [level for level in self.levels if needs(self.question, level.id)]


class StandardForm:
    """The forms of all questions that a standard offers to one agency, in order."""

    def __init__(
        self,
        questions: Sequence[Question],
        stored: Mapping[str, Answer],
        today: date,
        typed: MultiDict[str, str] | None = None,
        to_confirm: Set[str] = frozenset(),
        with_files: Set[str] = frozenset(),
        guard: Guard | None = None,
    ) -> None:
        self.guard = guard
        self.forms = [
            AnswerForm(
                question,
                stored.get(question.key, Answer()),
                typed,
                today,
                question.key in to_confirm,
                question.key in with_files,
                guard,
            )
            for question in questions
        ]
        self.faulty: list[AnswerForm] = []
        self.undecided: list[AnswerForm] = []

    def changes(self, confirm_all: Set[str] = frozenset()) -> list[Change]:
        """What can be saved of what was typed. Questions with a fault are left out and marked, and
        so are those of which somebody has yet to choose between two texts.

        Of `confirm_all` (keys), whatever can be is confirmed as if its box were ticked.
        """
        sent = [form for form in self.forms if form.is_sent and not form.keeps_theirs]
        self.faulty = [form for form in sent if not form.validate()]
        self.undecided = [form for form in sent if form.is_undecided and form not in self.faulty]
        return [
            Change(
                form.question.key,
                form.typed,
                form.seen,
                form.confirms or (form.question.key in confirm_all and form.can_be_confirmed()),
            )
            for form in sent
            if form not in self.faulty and form not in self.undecided
        ]

    def keeping_faulty(self, sent: StandardForm) -> StandardForm:
        """This form of what is stored now, with what could not be saved as it was typed."""
        faulty = {form.question.key: form for form in sent.faulty}
        self.forms = [faulty.pop(form.question.key, form) for form in self.forms]
        self.forms += faulty.values()
        self.faulty = sent.faulty
        return self

    def show_gaps(self, gaps: Sequence[Gap]) -> None:
        """Put what is missing beside the boxes, except where a fault says more already."""
        by_key = {form.question.key: form for form in self.forms}
        for gap in gaps:
            form = by_key.get(gap.question.key)
            if form is not None and form not in self.faulty:
                form.show(gap)

    def looked_at(self, guard: Guard) -> StandardForm:
        """This form, with what may identify somebody said beside its boxes: for a page to show."""
        for form in self.forms:
            guard.look(form.form)
        return self

    @property
    def noticed(self) -> list[tuple[str, str]]:
        """Title of a question and what it was found to hold, of those that were sent and saved."""
        saved = [form for form in self.forms if form not in self.faulty]
        boxes = [(form.question.title, box) for form in saved for box in form.form]
        found = [(title, getattr(box, "noticed", None)) for title, box in boxes if not box.errors]
        return [(title, noticed.said) for title, noticed in found if noticed is not None]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Id of a box → what is wrong with it, for the error summary, in the order of the page."""
        return [error for form in self.forms for error in form.errors]
