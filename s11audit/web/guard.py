"""The identifier guard beside the boxes of a form: what may identify somebody is told, asked about
or not stored, as `POLICY` says for the place.

A view needs three lines of it; `docs/architecture.md` has the recipe.

    guard = Guard(Place.CASE_AUDITS, f"case {reference}", of=audit)
    if not guard.accepts(form):
        …show the page again: its boxes say what was found, and ask
    guard.remember()  # before db().commit()

What a box held before it was changed is not asked about again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g, request
from sqlalchemy.orm import Session
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.form import BaseForm

from s11audit.domain.guard import Hit
from s11audit.domain.guard.kinds import KIND_WORDS
from s11audit.domain.guard.policy import REASON_LABELS, Place, Reason, Response, response_to
from s11audit.domain.guard.recent import RecentTexts
from s11audit.domain.guard.telling import listed, mark
from s11audit.domain.question_types import without_capital
from s11audit.services.guard import Finding, Outcome, remember_findings
from s11audit.services.guarded_files import FileFindings, find_in_file
from s11audit.services.refusals import RefusedError
from s11audit.web.composite_fields import TableField
from s11audit.web.fields import ValueField
from s11audit.web.security import db, now

# Ends of the names of the controls beside a box: what was told, the tick, and the reason.
TOLD, CHECKED, REASON = "-guard-told", "-guard-checked", "-guard-reason"
_recent = RecentTexts()
_NO_TEXT = (PasswordField, HiddenField, EmailField)


@dataclass
class Noticed:
    """What was found in one box and is new there, for `components/guard.html`.

    `told` are the marks of the findings; `response` is the strictest that any of them calls for.
    """

    name: str
    said: str
    advice: tuple[str, ...]
    response: Response
    told: tuple[str, ...]
    checked: bool = False
    reason: str = ""
    asks: bool = False
    reasons: tuple[tuple[str, str], ...] = tuple((one.value, REASON_LABELS[one]) for one in Reason)


@dataclass
class Guard:
    """Looks at the texts of one request. `sent` is its form: what people ticked is in it.

    `subject` names what the texts are about (`case MA-26-03-C2`), and `of` is the row to whose
    history it belongs. Where the page saves itself (`by_itself`), nobody can be asked, so texts
    that need it wait for the button, and what is stopped is not remembered each time. Where the
    very box tells what was answered, such as that of an action for amber or red, the history does
    not name it (`names_boxes`).
    """

    place: Place
    subject: str = ""
    of: Any = None
    sent: Mapping[str, str] = field(default_factory=lambda: request.form)
    by_itself: bool = False
    names_boxes: bool = True
    findings: list[Finding] = field(default_factory=list)

    def accepts(self, form: BaseForm) -> bool:
        """Whether a form is valid and all its texts may be stored.

        Where they may not, its boxes say what was found, and that is written down for good.
        """
        if self.checks(form):
            return True
        self.refused()
        return False

    def checks(self, form: BaseForm) -> bool:
        """The same, written down nowhere yet: all that is wrong is told at once.

        What stops nothing is remembered with what is stored, so not of a form that is invalid.
        """
        is_valid, known = form.validate(), len(self.findings)
        is_safe = self.passes(form)
        if is_safe and not is_valid:
            del self.findings[known:]
        return is_valid and is_safe

    def passes(self, form: BaseForm | Iterable[Any]) -> bool:
        """Whether all texts of a form may be stored; after `validate`, which clears errors.

        A box that may not has an error, as if its content were wrong, and `noticed` for the page.
        """
        passed = [self._passes_box(box) for box in form if _holds_text(box)]  # each is told
        return all(passed)

    def look(self, form: BaseForm | Iterable[Any]) -> None:
        """Say beside the boxes what stands in them, without asking: for a page that is shown."""
        box: Any
        for box in form:
            if _holds_text(box) and getattr(box, "noticed", None) is None:
                found = _Found.in_texts(self.place, _texts_of(box))
                if found.hits:
                    box.noticed = found.noticed(box.name)

    def check_file(self, name: str, raw: bytes, box: str = "file") -> str:
        """Look at a file that was sent: its name, and its text where we can read it.

        What was noticed and does not stop it, in words, or nothing. Raises RefusedError about
        `box`. A browser forgets the file, so whoever confirms it chooses it again.
        """
        found = _Found.in_file(self.place, find_in_file(name, raw))
        if not found.hits:
            return ""
        g.guarded_file = noticed = found.noticed(box)
        if message := self._objection(found, noticed, box):
            raise RefusedError(box, message)
        return noticed.said

    def remember(self, session: Session | None = None) -> None:
        """Write down what was found in this request: kind and box, never the text. Whoever calls
        commits."""
        by = g.viewer.user_id if g.get("viewer") else None
        into = session if session is not None else db()
        remember_findings(into, self.findings, self.subject, of=self.of, by=by, now=now())

    def refused(self) -> None:
        """Write the same down where nothing else is stored, and commit it."""
        if self.findings:
            self.remember()
            db().commit()

    def _passes_box(self, box: Any) -> bool:
        now_in, before_in = list(_texts_of(box)), list(_texts_before(box))
        if now_in == before_in:
            return True
        before = {mark(text, hit) for text in before_in for hit in _recent.find(text)}
        found = _Found.in_texts(self.place, now_in).without(before)
        if not found.hits:
            return True
        noticed = box.noticed = found.noticed(box.name)
        message = self._objection(found, noticed, box.name)
        if message:
            box.errors = [". ".join([*(str(one) for one in box.errors), message])]
        return not message

    def _objection(self, found: _Found, noticed: Noticed, name: str) -> str:
        """Why it cannot be stored as it is, or nothing; remembers what happened either way."""
        noticed.checked = bool(self.sent.get(name + CHECKED))
        noticed.reason = self.sent.get(name + REASON, "")
        was_told = set(noticed.told) <= set(self.sent.get(name + TOLD, "").split())
        if noticed.response is Response.BLOCK:
            self._remember(Outcome.BLOCKED, found, name)
            return found.blocked_words
        if noticed.response is Response.WARN or (noticed.response is Response.ASK and was_told):
            self._remember(Outcome.NOTICED, found, name)
            return ""
        is_reason = noticed.reason in set(Reason)
        if noticed.response is Response.CONFIRM and was_told and noticed.checked and is_reason:
            self._remember(Outcome.CONFIRMED, found, name, Reason(noticed.reason))
            return ""
        noticed.asks = True
        self._remember(Outcome.NOTICED, found, name, stopped=True)
        if self.by_itself:
            return f"This seems to hold {noticed.said}. Change it, or press Save to say why"
        return _request(noticed, was_told)

    def _remember(
        self,
        outcome: Outcome,
        found: _Found,
        name: str,
        reason: Reason | None = None,
        stopped: bool = False,
    ) -> None:
        if self.by_itself and (stopped or outcome is Outcome.BLOCKED):
            return
        box = name.replace("__", ": ") if self.names_boxes else ""
        kinds = dict.fromkeys(hit.kind for _, hit in found.hits)
        new = [Finding(outcome, kind, box, reason) for kind in kinds]
        self.findings += [one for one in new if box or one not in self.findings]


@dataclass(frozen=True)
class _Found:
    """Hits that call for something at a place, each with the text that it stands in."""

    place: Place
    hits: tuple[tuple[str, Hit], ...]

    @classmethod
    def in_texts(cls, place: Place, texts: Iterable[str]) -> _Found:
        found = ((text, hit) for text in texts for hit in _recent.find(text))
        return cls(place, tuple(one for one in found if response_to(one[1], place)))

    @classmethod
    def in_file(cls, place: Place, findings: FileFindings) -> _Found:
        found = (*findings.in_name, *findings.in_text)
        return cls(
            place, tuple((one.text, one.hit) for one in found if response_to(one.hit, place))
        )

    def without(self, marks: set[str]) -> _Found:
        """The same without what is known already; what is blocked is never known."""
        return _Found(
            self.place,
            tuple(
                (text, hit)
                for text, hit in self.hits
                if mark(text, hit) not in marks or response_to(hit, self.place) is Response.BLOCK
            ),
        )

    def noticed(self, name: str) -> Noticed:
        advice = dict.fromkeys(_advice(hit) for _, hit in self.hits)
        response = max(response_to(hit, self.place) for _, hit in self.hits)
        told = tuple(dict.fromkeys(mark(text, hit) for text, hit in self.hits))
        return Noticed(name, _said(self.hits), tuple(advice), response, told)

    @property
    def blocked_words(self) -> str:
        blocked = [
            (text, hit) for text, hit in self.hits if response_to(hit, self.place) is Response.BLOCK
        ]
        return f"Take this out: {_said(blocked)}. It can never be kept here"


def _advice(hit: Hit) -> str:
    """`Phone number: take it out. …`"""
    return f"{KIND_WORDS[hit.kind].label}: {without_capital(hit.instead)}"


def _said(hits: Iterable[tuple[str, Hit]]) -> str:
    """What was found in words; the cells of a table follow one another."""
    by_text: dict[str, list[Hit]] = {}
    for text, hit in hits:
        by_text.setdefault(text, []).append(hit)
    return ", and ".join(listed(text, found) for text, found in by_text.items())


def _request(noticed: Noticed, was_told: bool) -> str:
    looks = f"This seems to hold {noticed.said}"
    if noticed.response is Response.ASK:
        return f"{looks}. Change it, or press the button again to keep it"
    if was_told and noticed.checked:
        return f"{looks}. Choose why it identifies nobody, or change it"
    return f"{looks}. Change it, or tick below that you have checked it"


def _holds_text(box: Any) -> bool:
    if isinstance(box, ValueField):
        return box.question.type.endswith("-text")
    return isinstance(box, TableField) or (
        isinstance(box, StringField) and not isinstance(box, _NO_TEXT)
    )


def _texts_of(box: Any) -> Iterator[str]:
    if isinstance(box, TableField):
        yield from (text for text in box.texts.values() if text)
    elif box.data:
        yield box.data


def _texts_before(box: Any) -> Iterator[str]:
    """What was stored when the form was made."""
    if isinstance(box, TableField):
        yield from (text for text in box.spread(box.object_data or "").values() if text)
    elif isinstance(box.object_data, str):
        yield box.object_data
