"""The page of one standard: answering its questions."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.answers import needs_action, needs_reason
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Standard
from s11audit.domain.workflow import StepNotAllowedError
from s11audit.services.answers import Conflict, save_answers
from s11audit.services.returns import RoundNotOpenError
from s11audit.web.answer_forms import StandardForm
from s11audit.web.returns import blueprint
from s11audit.web.returns.conditions import condition_json, condition_words
from s11audit.web.returns.desk import Desk, desk_of
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response


@blueprint.get("/<reference>/standards/<standard_id>")
@permitted(Permission.SEE_RETURN)
def standard(reference: str, standard_id: str) -> str:
    desk = desk_of(reference)
    asked = _standard_or_404(desk, standard_id)
    if not desk.may_edit:
        return render_template("returns/standard-read.html", desk=desk, standard=asked)
    form = StandardForm(desk.questions_on_page(standard_id), desk.answers, desk.today)
    return _page(desk, asked, form)


@blueprint.post("/<reference>/standards/<standard_id>")
@permitted(Permission.EDIT_ANSWERS)
def save_standard(reference: str, standard_id: str) -> Page:
    desk = desk_of(reference, to_change=True)
    asked = _standard_or_404(desk, standard_id)
    form = StandardForm(desk.questions_on_page(standard_id), desk.answers, desk.today, request.form)
    try:
        saved = save_answers(
            db(),
            desk.agency_return,
            desk.questionnaire,
            form.changes(),
            held=desk.held,
            by=viewer(),
            now=now(),
        )
    except (StepNotAllowedError, RoundNotOpenError) as error:
        return _too_late(desk, asked, form, str(error))
    db().commit()
    form.mark_saved(saved.answers)
    if saved.conflicts:
        return _conflict_page(desk, asked, form, saved.conflicts)
    return _after_saving(desk.with_answers(saved.answers), asked, form)


def _after_saving(desk: Desk, asked: Standard, form: StandardForm) -> Page:
    """On to the next standard or back to the list; back to this page while anything is wrong."""
    goes_on = request.form.get("next") == "continue"
    if goes_on:
        form.show_gaps(desk.gaps(asked.id))
    if form.errors:
        return _page(desk, asked, form), 422
    reference = desk.agency_return.reference
    if not goes_on:
        flash(f"“{asked.title}” is saved. You can come back to it at any time.", "success")
        return redirect(url_for("returns.show", reference=reference), 303)
    following = desk.next_after(asked.id)
    if following is None:
        return redirect(url_for("returns.check", reference=reference), 303)
    address = url_for("returns.standard", reference=reference, standard_id=following.id)
    return redirect(address, 303)


def _standard_or_404(desk: Desk, standard_id: str) -> Standard:
    for asked in desk.standards:
        if asked.id == standard_id:
            return asked
    abort(404)


def _page(desk: Desk, asked: Standard, form: StandardForm) -> str:
    on_page = {one.question.key for one in form.forms}
    return render_template(
        "returns/standard.html",
        desk=desk,
        standard=asked,
        form=form,
        shown={question.key for question in desk.route.asked.get(asked.id, ())},
        elsewhere={
            key: answer.value
            for key, answer in desk.answers.items()
            if key not in on_page and answer.value and desk.route.asks(key)
        },
        needs_reason=needs_reason,
        needs_action=needs_action,
        condition_json=condition_json,
        condition_words=condition_words,
    )


def _conflict_page(
    desk: Desk, asked: Standard, form: StandardForm, conflicts: Sequence[Conflict]
) -> tuple[str, int]:
    """Two people changed the same answers: both texts, side by side, until somebody chooses.

    What could not be saved for another reason goes along, and is said once they have chosen.
    """
    by_key = {one.question.key: one for one in form.forms}
    pairs = [(by_key[conflict.key], conflict) for conflict in conflicts]
    page = render_template(
        "returns/conflict.html", desk=desk, standard=asked, pairs=pairs, faulty=form.faulty
    )
    return page, 409


def _too_late(desk: Desk, asked: Standard, form: StandardForm, why: str) -> tuple[str, int]:
    """The return can no longer be changed: say so, and give back what was typed."""
    db().rollback()
    page = render_template("returns/not-saved.html", desk=desk, standard=asked, form=form, why=why)
    return page, 409
