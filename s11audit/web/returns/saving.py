"""What both ways of saving a standard share: the form that is sent, and the script."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from s11audit.domain.guard.policy import Place
from s11audit.domain.questionnaire import Question
from s11audit.services.answers import Saved, save_answers
from s11audit.web.answer_forms import StandardForm
from s11audit.web.guard import Guard
from s11audit.web.returns.desk import Desk
from s11audit.web.security import db, now, viewer


def form_of(desk: Desk, standard_id: str, typed: MultiDict[str, str] | None = None) -> StandardForm:
    """The boxes of a standard, with what is stored or, once sent, with what was `typed`."""
    questions = desk.questions_on_page(standard_id)
    stored, files = desk.answers, desk.files.keys()
    one = desk.agency_return
    guard = Guard(Place.RETURNS, f"return {one.reference}", of=one, sent=typed or {})
    return StandardForm(questions, stored, desk.today, typed, desk.to_confirm, files, guard)


def save(desk: Desk, form: StandardForm, confirms: Sequence[Question] = ()) -> Saved:
    """Save what the form was sent with; of `confirms`, as if their boxes had been ticked.

    Raises what `save_answers` raises.
    """
    saved = save_answers(
        db(),
        desk.agency_return,
        desk.questionnaire,
        form.changes({question.key for question in confirms}),
        held=desk.held,
        chain=() if desk.is_started else desk.chain,
        by=viewer(),
        now=now(),
    )
    if form.guard is not None:
        form.guard.remember()
    return saved
