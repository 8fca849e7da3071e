"""A sheet, laid out for whoever fills it, and the pages on which they do.

A view gives the desk (`SheetDesk`) and calls `standard_page` for a GET and `save_standard` for a
POST, or `autosave_standard` for a POST of static/autosave.js; where the pages are and what they are
called is the desk's to know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import flash, jsonify, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from s11audit.domain.answers import EVIDENCE_MESSAGE, Gap, Part, needs_action, needs_reason
from s11audit.domain.audience import Respondent
from s11audit.domain.conditions import questions_named
from s11audit.domain.dates import clock_time, today_in_london
from s11audit.domain.guard.policy import Place
from s11audit.domain.questionnaire import Kind, Standard
from s11audit.domain.routing_words import condition_words
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import AnswerSheet
from s11audit.services.answer_changes import Conflict
from s11audit.services.events import Belonging
from s11audit.services.sheets import FilledIn, fill_in
from s11audit.web.answer_desk import AnswerDesk
from s11audit.web.answer_forms import StandardForm
from s11audit.web.autosaved import outcome
from s11audit.web.guard import Guard
from s11audit.web.returns.conditions import condition_json
from s11audit.web.security import box, db, now, viewer

Page = str | tuple[str, int] | Response
NO_EVIDENCE = "Say what evidence supports this answer, or give a link"


@dataclass(frozen=True, kw_only=True)
class SheetDesk(AnswerDesk):
    """One sheet, opened by whoever fills it.

    `called` names it (its `reference`), `filled_by` says who fills it, in words. `home` is the
    address of the page that lists its standards, `pages` gives that of a standard by id; its script
    saves to the same with `/autosave` behind it.
    """

    sheet: AnswerSheet
    answered_as: Respondent
    called: str
    filled_by: str
    home: str
    pages: Callable[[str], str]

    @property
    def respondent(self) -> Respondent:
        return self.answered_as

    @property
    def reference(self) -> str:
        return self.called

    @property
    def whose(self) -> str:
        return self.filled_by

    def address(self, standard_id: str) -> str:
        return self.pages(standard_id)

    @property
    def draft(self) -> str:
        """What the browser of whoever is looking calls what it keeps of it, unsaved."""
        return f"{viewer().user_id}/sheet-{self.sheet.id}"

    @property
    def was_changed_today(self) -> bool:
        """Whether whoever is looking has changed an answer today, of which the history then tells.

        More would tell how long they type, and red takes longer than green.
        """
        own = (one for one in self.held.values() if one.updated_by_id == viewer().user_id)
        return any(today_in_london(one.updated_at) == self.today for one in own)

    def gaps(self, standard_id: str) -> list[Gap]:
        """As for a return; but no file can be added to a sheet."""
        lacking = super().gaps(standard_id)
        return [replace(one, message=NO_EVIDENCE) if _is_evidence(one) else one for one in lacking]

    @property
    def closed_because(self) -> str:
        """Why its answers cannot be changed just now, in a sentence; empty where they can."""
        if self.sheet.opened_at is not None:
            return "They have been opened to the others who compare them."
        return "You have said that they are finished." if self.sheet.finished_at else ""

    @property
    def is_editable(self) -> bool:
        """Whether its answers can be changed just now, by whoever may."""
        return not self.closed_because

    @property
    def band(self) -> str:
        """A template with what stands above every page of the sheet; empty for nothing."""
        return ""

    @property
    def place(self) -> Place:
        """Where its texts are written, as the identifier guard knows it."""
        is_case = self.questionnaire.kind is Kind.CASE_FILE_AUDIT
        return Place.CASE_AUDITS if is_case else Place.ASSESSMENTS

    @property
    def owner(self) -> Belonging:
        """To whose history belongs what is found in its texts."""
        raise NotImplementedError

    @property
    def subject(self) -> str:
        """What the history calls it."""
        raise NotImplementedError

    def form(
        self, standard_id: str, typed: MultiDict[str, str] | None = None, *, by_itself: bool = False
    ) -> StandardForm:
        """The boxes of a standard, with what is stored or, once sent, with what was `typed`; sent
        `by_itself`, what the guard would ask about waits for the button."""
        questions = self.questions_on_page(standard_id)
        guard = Guard(
            self.place,
            self.subject,
            of=self.owner,
            sent=typed or {},
            by_itself=by_itself,
            names_boxes=False,
        )
        return StandardForm(questions, self.answers, self.today, typed, guard=guard)

    def remember(self, form: StandardForm) -> None:
        """Write down what kind of identifier was found in what was sent: never the text, nor in
        which box, as some boxes are there for one answer only and the sheet is not opened yet."""
        if form.guard is not None:
            form.guard.remember()


def _is_evidence(gap: Gap) -> bool:
    return gap.part is Part.EVIDENCE and gap.message == EVIDENCE_MESSAGE


def standard_page(desk: SheetDesk, asked: Standard, form: StandardForm | None = None) -> str:
    """The page of one standard of a sheet: to fill in, or to read where it can be changed no more.

    `form` is what was sent, where something in it is wrong.
    """
    if not desk.is_editable:
        return render_template("sheets/standard-read.html", desk=desk, standard=asked)
    form = form or desk.form(asked.id)
    return render_template(
        "sheets/standard.html",
        desk=desk,
        standard=asked,
        form=form.looked_at(Guard(desk.place)),
        colleagues=None,
        looking_back=None,
        shown={question.key for question in desk.route.asked.get(asked.id, ())},
        elsewhere=_elsewhere(desk, form),
        needs_reason=needs_reason,
        needs_action=needs_action,
        condition_json=condition_json,
        condition_words=condition_words,
        draft_key=box().key_for(f"drafts of {viewer().user_id}"),
    )


def save_standard(
    desk: SheetDesk, asked: Standard, saved: Callable[[FilledIn], Any] | None = None
) -> Page:
    """Save what was sent for one standard, and go on. The desk was opened to change the sheet.

    `saved` is told what became of it before it is committed, to record what happened.
    """
    form = desk.form(asked.id, request.form)
    try:
        filled = _fill_in(desk, form)
    except StepNotAllowedError as error:
        db().rollback()
        return _page("not-saved", desk, asked, form, why=str(error)), 409
    if saved and filled.changed:
        saved(filled)
    desk.remember(form)
    db().commit()
    conflicts = [*_undecided(desk, form), *filled.conflicts]
    if conflicts:
        return _conflict_page(desk, asked, form, conflicts)
    return _after_saving(desk.with_answers(filled.answers), asked, form)


def autosave_standard(
    desk: SheetDesk, asked: Standard, saved: Callable[[FilledIn], Any] | None = None
) -> Response:
    """Save what the script of a page sent while somebody types, as a pressed button would.

    `saved` is told once a day. Raises StepNotAllowedError where nothing can be changed any more.
    """
    form = desk.form(asked.id, request.form, by_itself=True)
    filled = _fill_in(desk, form)
    if saved and filled.changed and not desk.was_changed_today:
        saved(filled)
    desk.remember(form)
    db().commit()
    card = desk.with_answers(filled.answers).scorecard(asked.id)
    return jsonify(
        **outcome(form, filled.answers, filled.conflicts),
        saved_at=clock_time(now()),
        answered=card.answered,
        required=card.required,
        brought=False,
    )


def _fill_in(desk: SheetDesk, form: StandardForm) -> FilledIn:
    """Store what was sent. Raises StepNotAllowedError where nothing can be changed any more."""
    if desk.closed_because:
        raise StepNotAllowedError(desk.closed_because)
    fill = partial(fill_in, db(), desk.sheet, desk.questionnaire, desk.respondent)
    return fill(form.changes(), by=viewer(), now=now(), held=desk.held)


def _after_saving(desk: SheetDesk, asked: Standard, sent: StandardForm) -> Page:
    """On to the next standard or back to the list; back to this page while anything is wrong."""
    goes_on = request.form.get("next") == "continue"
    form = desk.form(asked.id).keeping_faulty(sent)
    if goes_on:
        form.show_gaps(desk.gaps(asked.id))
    if form.errors:
        return standard_page(desk, asked, form), 422
    following = desk.next_after(asked.id)
    if goes_on and following:
        return redirect(desk.address(following.id), 303)
    flash(f"“{asked.title}” is saved. You can come back to it at any time.", "success")
    return redirect(desk.home, 303)


def _elsewhere(desk: SheetDesk, form: StandardForm) -> Mapping[str, str]:
    """The answers on other pages that conditions on this one look at."""
    questions = [one.question for one in form.forms]
    named = {key for question in questions for key in questions_named(question.when)}
    on_page = {question.key for question in questions}
    return {
        key: desk.answers[key].value
        for key in sorted((named - on_page) & desk.answers.keys())
        if desk.answers[key].value and desk.route.asks(key)
    }


def _undecided(desk: SheetDesk, form: StandardForm) -> list[Conflict]:
    """The conflicts that were shown before and of which nothing was chosen."""
    return [
        Conflict(one.question.key, one.typed, desk.held[one.question.key])
        for one in form.undecided
        if one.question.key in desk.held
    ]


def _conflict_page(
    desk: SheetDesk, asked: Standard, form: StandardForm, conflicts: Sequence[Conflict]
) -> tuple[str, int]:
    """Both texts, side by side, until somebody chooses."""
    by_key = {one.question.key: one for one in form.forms}
    page = render_template(
        "returns/conflict.html",
        desk=desk,
        standard=asked,
        pairs=[(by_key[conflict.key], conflict) for conflict in conflicts],
        faulty=form.faulty,
        undecided=form.undecided,
    )
    return page, 409


def _page(name: str, desk: SheetDesk, asked: Standard, form: StandardForm, **more: Any) -> str:
    return render_template(f"sheets/{name}.html", desk=desk, standard=asked, form=form, **more)
