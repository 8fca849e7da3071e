"""Saving while somebody types: static/autosave.js sends the questions that were changed.

They come and are compared as a pressed form is (`save_answers`); only the reply is for a script.
"""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from werkzeug.wrappers import Response

from s11audit.domain.answers import Answer
from s11audit.domain.dates import clock_time
from s11audit.domain.permissions import Permission
from s11audit.services.answers import Saved
from s11audit.web.answer_desk import standard_or_404
from s11audit.web.answer_forms import StandardForm
from s11audit.web.returns import blueprint
from s11audit.web.returns.desk import desk_of
from s11audit.web.returns.looking_back import tell_what_was_brought
from s11audit.web.returns.saving import form_of, save
from s11audit.web.security import db, now, permitted


@blueprint.post("/<reference>/standards/<standard_id>/autosave")
@permitted(Permission.EDIT_ANSWERS)
def autosave(reference: str, standard_id: str) -> Response:
    desk = desk_of(reference, to=Permission.EDIT_ANSWERS, to_change=True)
    standard_or_404(desk, standard_id)
    form = form_of(desk, standard_id, request.form)
    saved = save(desk, form)
    db().commit()  # what follows keeps nobody waiting
    tell_what_was_brought(saved.brought, desk)
    card = desk.with_answers(saved.answers, saved.to_confirm).scorecard(standard_id)
    return jsonify(
        **_outcome(form, saved),
        saved_at=clock_time(now()),
        answered=card.answered,
        required=card.required,
        brought=saved.brought is not None,
    )


def _outcome(form: StandardForm, saved: Saved) -> dict[str, Any]:
    """Which questions are stored as they were sent, with the digests to change them by, and why
    others are not. Keys of questions throughout.
    """
    conflicts = [conflict.key for conflict in saved.conflicts]
    faulty = {one.question.key: one for one in form.faulty}
    stored = [
        one.question.key
        for one in form.forms
        if one.is_sent and one.question.key not in {*conflicts, *faulty}
    ]
    return {
        "seen": {key: saved.answers.get(key, Answer()).digest for key in stored},
        "conflicts": conflicts,
        "faults": {
            key: {"title": one.question.title, "boxes": list(one.faults)}
            for key, one in faulty.items()
        },
    }
