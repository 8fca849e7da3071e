"""Saving while somebody types: static/autosave.js sends the questions that were changed.

They come and are compared as a pressed form is (`save_answers`); only the reply is for a script.
"""

from __future__ import annotations

from flask import jsonify, request
from werkzeug.wrappers import Response

from s11audit.domain.dates import clock_time
from s11audit.domain.permissions import Permission
from s11audit.web.answer_desk import standard_or_404
from s11audit.web.autosaved import outcome
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
        **outcome(form, saved.answers, saved.conflicts),
        saved_at=clock_time(now()),
        answered=card.answered,
        required=card.required,
        brought=saved.brought is not None,
    )
