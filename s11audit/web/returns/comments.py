"""What colleagues say to one another beside a standard.

A page of its own, so that writing a comment cannot lose what is typed into the answers.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form, SelectField
from wtforms.validators import DataRequired

from s11audit.domain.guard.policy import Place
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Standard
from s11audit.services.colleagues import COMMENT_LIMIT, write_comment
from s11audit.services.refusals import RefusedError
from s11audit.web.answer_desk import standard_or_404
from s11audit.web.fields import TextField
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.guard import Guard
from s11audit.web.returns import blueprint
from s11audit.web.returns.colleagues import at_standard
from s11audit.web.returns.desk import Desk, desk_of
from s11audit.web.security import db, now, permitted, viewer


class CommentForm(Form):
    question = SelectField("What is it about?", validate_choice=False)
    text = TextField(
        label="Your comment", limit=COMMENT_LIMIT, validators=[DataRequired("Write the comment")]
    )


@blueprint.get("/<reference>/standards/<standard_id>/comments")
@permitted(Permission.COMMENT)
def comments(reference: str, standard_id: str) -> str:
    desk = desk_of(reference, to=Permission.COMMENT)
    asked = standard_or_404(desk, standard_id)
    return _page(desk, asked, _form(desk, asked))


@blueprint.post("/<reference>/standards/<standard_id>/comments")
@permitted(Permission.COMMENT)
def add_comment(reference: str, standard_id: str) -> tuple[str, int] | Response:
    desk = desk_of(reference, to=Permission.COMMENT)
    asked = standard_or_404(desk, standard_id)
    form = _form(desk, asked)
    guard = Guard(Place.COMMENTS, f"return {reference}", of=desk.agency_return)
    if not guard.accepts(form):
        return _page(desk, asked, form), 422
    try:
        write_comment(
            db(),
            desk.agency_return,
            desk.questionnaire,
            standard_id,
            form.text.data or "",
            form.question.data or "",
            by=viewer(),
            now=now(),
        )
    except RefusedError as error:
        refuse(form, error)
        return _page(desk, asked, form), 422
    guard.remember()
    db().commit()
    flash("Your comment is added.", "success")
    return redirect(url_for("returns.comments", reference=reference, standard_id=standard_id), 303)


def _form(desk: Desk, asked: Standard) -> CommentForm:
    form = CommentForm(request.form)
    questions = desk.route.asked.get(asked.id, ())
    form.question.choices = [
        ("", "The whole standard"),
        *((question.key, question.title) for question in questions),
    ]
    return form


def _page(desk: Desk, asked: Standard, form: CommentForm) -> str:
    colleagues = at_standard(desk, asked.id)
    if colleagues is None:
        abort(404)
    return render_template(
        "returns/comments.html",
        desk=desk,
        standard=asked,
        colleagues=colleagues,
        form=form,
        limit=COMMENT_LIMIT,
        errors=errors_of(form),
    )
