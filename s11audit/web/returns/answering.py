"""The page of one standard: answering its questions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.answers import needs_action, needs_reason
from s11audit.domain.conditions import questions_named
from s11audit.domain.guard.policy import Place
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Standard
from s11audit.domain.routing_words import condition_words
from s11audit.domain.steps import StepNotAllowedError
from s11audit.services.answer_changes import Conflict
from s11audit.services.answers import Saved
from s11audit.services.returns import RoundNotOpenError
from s11audit.web.answer_desk import standard_or_404
from s11audit.web.answer_forms import StandardForm
from s11audit.web.guard import Guard
from s11audit.web.returns import blueprint
from s11audit.web.returns.colleagues import AtStandard, at_standard, look_at
from s11audit.web.returns.conditions import condition_json
from s11audit.web.returns.desk import Desk, desk_of
from s11audit.web.returns.looking_back import last_time, tell_what_was_brought
from s11audit.web.returns.readiness import READY_CHOICES, mark_as_asked, tell_what_is_ready
from s11audit.web.returns.saving import form_of, save
from s11audit.web.security import box, db, permitted, viewer

CONFIRM_ALL = "confirm-all"
# `files:<key>` saves, and goes on to the files of that question.
FILES = "files:"

Page = str | tuple[str, int] | Response


@blueprint.get("/<reference>/standards/<standard_id>")
@permitted(Permission.SEE_RETURN)
def standard(reference: str, standard_id: str) -> str:
    desk = desk_of(reference)
    asked = standard_or_404(desk, standard_id)
    colleagues = look_at(desk, standard_id)
    if not desk.may_answer(standard_id):
        return render_template(
            "returns/standard-read.html", desk=desk, standard=asked, colleagues=colleagues
        )
    return _page(desk, asked, form_of(desk, standard_id), colleagues)


@blueprint.post("/<reference>/standards/<standard_id>")
@permitted(Permission.EDIT_ANSWERS)
def save_standard(reference: str, standard_id: str) -> Page:
    desk = desk_of(reference, to=Permission.EDIT_ANSWERS, to_change=True)
    asked = standard_or_404(desk, standard_id)
    form = form_of(desk, standard_id, request.form)
    confirms = desk.route.asked[standard_id] if request.form.get("next") == CONFIRM_ALL else ()
    try:
        saved = save(desk, form, confirms)
        undecided = _undecided(desk, form)
        if not (saved.conflicts or undecided or form.faulty):
            mark_as_asked(desk, standard_id)
    except (StepNotAllowedError, RoundNotOpenError) as error:
        return _too_late(desk, asked, form, str(error))
    db().commit()
    if saved.conflicts or undecided:
        return _conflict_page(desk, asked, form, [*undecided, *saved.conflicts])
    tell_what_was_brought(saved.brought, desk)
    _tell_what_was_noticed(form)
    if confirms:
        _tell_what_is_confirmed(desk.waiting(standard_id), saved)
    return _after_saving(desk.with_answers(saved.answers, saved.to_confirm), asked, form)


def _after_saving(desk: Desk, asked: Standard, sent: StandardForm) -> Page:
    """On to the next standard or back to the list; back to this page while anything is wrong."""
    wanted = request.form.get("next")
    form = form_of(desk, asked.id).keeping_faulty(sent)
    if wanted == "continue":
        form.show_gaps(desk.gaps(asked.id))
    if form.errors:
        return _page(desk, asked, form, at_standard(desk, asked.id)), 422
    reference = desk.agency_return.reference
    if wanted and wanted.startswith(FILES):
        key = wanted.removeprefix(FILES)
        return redirect(url_for("returns.question_files", reference=reference, key=key), 303)
    if wanted == CONFIRM_ALL and desk.gaps(asked.id):
        here = url_for("returns.standard", reference=reference, standard_id=asked.id)
        return redirect(here, 303)
    if wanted in READY_CHOICES:
        tell_what_is_ready(desk, asked)
        return redirect(url_for("returns.show", reference=reference), 303)
    if wanted not in ("continue", CONFIRM_ALL):
        flash(f"“{asked.title}” is saved. You can come back to it at any time.", "success")
        return redirect(url_for("returns.show", reference=reference), 303)
    return redirect(_following(desk, asked), 303)


def _following(desk: Desk, asked: Standard) -> str:
    """The next standard; after the last one, checking the return, or the list of standards."""
    reference = desk.agency_return.reference
    standard_after = desk.next_after(asked.id)
    if standard_after is not None:
        return url_for("returns.standard", reference=reference, standard_id=standard_after.id)
    end = "returns.check" if desk.may(Permission.KEEP_RETURN) else "returns.show"
    return url_for(end, reference=reference)


def _tell_what_is_confirmed(waiting: Sequence[Question], saved: Saved) -> None:
    """Say how many of the answers that waited the button has confirmed, and which it could not."""
    left = [question.title for question in waiting if question.key in saved.to_confirm]
    number = len(waiting) - len(left)
    told = f"{counted(number, 'answer is', 'answers are')} confirmed."
    if left:
        told += f" Something is still missing in {', '.join(f'“{title}”' for title in left)}."
    flash(told, "message" if left else "success")


def _tell_what_was_noticed(form: StandardForm) -> None:
    """Say of each answer what in it may identify somebody: it is saved, and its page is left."""
    for title, said in form.noticed:
        flash(f"“{title}” seems to hold {said}. Change it if that could identify a child.")


def _page(desk: Desk, asked: Standard, form: StandardForm, colleagues: AtStandard | None) -> str:
    return render_template(
        "returns/standard.html",
        desk=desk,
        standard=asked,
        form=form.looked_at(Guard(Place.RETURNS)),
        colleagues=colleagues,
        looking_back=last_time(desk, [one.question for one in form.forms]),
        shown={question.key for question in desk.route.asked.get(asked.id, ())},
        elsewhere=_elsewhere(desk, form),
        needs_reason=needs_reason,
        needs_action=needs_action,
        condition_json=partial(condition_json, settled=desk.settled),
        condition_words=condition_words,
        draft_key=box().key_for(f"drafts of {viewer().user_id}"),
    )


def _elsewhere(desk: Desk, form: StandardForm) -> dict[str, str]:
    """The answers on other pages that conditions on this one look at, where the viewer may."""
    questions = [one.question for one in form.forms]
    named = {key for question in questions for key in questions_named(question.when)}
    values = {key: desk.answers[key].value for key in sorted(named & desk.answers.keys())}
    on_page = {question.key for question in questions}
    return {
        key: value
        for key, value in values.items()
        if value and key not in on_page and desk.route.asks(key)
    }


def _undecided(desk: Desk, form: StandardForm) -> list[Conflict]:
    """The conflicts that were shown before and of which nothing was chosen."""
    return [
        Conflict(one.question.key, one.typed, desk.held[one.question.key])
        for one in form.undecided
        if one.question.key in desk.held
    ]


def _conflict_page(
    desk: Desk, asked: Standard, form: StandardForm, conflicts: Sequence[Conflict]
) -> tuple[str, int]:
    """Two people changed the same answers: both texts, side by side, until somebody chooses.

    What could not be saved for another reason goes along, and is said once they have chosen.
    """
    by_key = {one.question.key: one for one in form.forms}
    pairs = [(by_key[conflict.key], conflict) for conflict in conflicts]
    page = render_template(
        "returns/conflict.html",
        desk=desk,
        standard=asked,
        pairs=pairs,
        faulty=form.faulty,
        undecided=form.undecided,
    )
    return page, 409


def _too_late(desk: Desk, asked: Standard, form: StandardForm, why: str) -> tuple[str, int]:
    """The return can no longer be changed: say so, and give back what was typed."""
    db().rollback()
    page = render_template("returns/not-saved.html", desk=desk, standard=asked, form=form, why=why)
    return page, 409
