"""Filling in a return offline: the form to download, and what it would change once it is back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from io import BytesIO

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response

from s11audit.domain.filled_forms import Comparison, Difference, FilledContent, from_json
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Standard
from s11audit.domain.steps import StepNotAllowedError
from s11audit.exports.forms.reading import NotThisFormError, open_form
from s11audit.exports.forms.stamp import FormOfReturn
from s11audit.exports.forms.writing import write_form
from s11audit.models import FilledForm
from s11audit.queries.filled_forms import filled_form
from s11audit.services.filled_forms import Applied, Decision, apply_form, compared, keep_form
from s11audit.services.refusals import RefusedError
from s11audit.services.returns import RoundNotOpenError
from s11audit.web.downloads import XLSX, download, safe_name
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.returns import blueprint
from s11audit.web.returns.desk import Desk, desk_of
from s11audit.web.returns.looking_back import tell_what_was_brought, to_bring
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.uploads import UploadKind, received

Page = str | tuple[str, int] | Response

NOT_NOW = "The answers of this return cannot be changed now, so no form can be uploaded"
# Boxes of a conflict are named `<what>__<key of the question>`.
TAKE, SEEN, FORM = "take__", "seen__", "form"


class FilledFormForm(FlaskForm):
    file = FileField(
        "Your filled-in form",
        description="The Excel workbook (.xlsx) that you downloaded here. Up to 2 MB",
    )


@blueprint.get("/<reference>/form.xlsx")
@permitted(Permission.SEE_RETURN)
def form_workbook(reference: str) -> Response:
    """What the viewer is asked as an Excel form, with the answers so far, which can come back."""
    desk = desk_of(reference)
    agency_return = desk.agency_return
    stream = BytesIO()
    write_form(
        desk.questionnaire,
        agency_return.respondent,
        stream,
        answers=desk.all_answers,
        agency=agency_return.agency.name,
        written_at=now(),
        of=FormOfReturn(
            reference,
            {key: answer.digest for key, answer in desk.all_answers.items()},
            desk.to_confirm,
            desk.reads,
        ),
    )
    name, about = f"{reference}-form.xlsx", f"return {reference}"
    return download(stream, XLSX, name, about=about, of=agency_return, answers=len(desk.answers))


@blueprint.get("/<reference>/offline")
@permitted(Permission.EDIT_ANSWERS)
def offline(reference: str) -> str:
    return _offline_page(desk_of(reference, to=Permission.EDIT_ANSWERS), FilledFormForm())


@blueprint.post("/<reference>/offline")
@permitted(Permission.EDIT_ANSWERS)
def upload_form(reference: str) -> Page:
    form = FilledFormForm()
    try:
        content = _content_of(form, reference)
    except RefusedError as error:
        refuse(form, error)
        return _offline_page(desk_of(reference, to=Permission.EDIT_ANSWERS), form), 422
    kept = _keep(form, content, reference)
    db().commit()
    there = url_for("returns.look_at_form", reference=reference, form_id=kept.id)
    return redirect(there, 303)


def _content_of(form: FilledFormForm, reference: str) -> FilledContent:
    """What the file that was sent says. Raises RefusedError where it is no form of this return."""
    desk = desk_of(reference, to=Permission.EDIT_ANSWERS)
    if not desk.is_editable:
        raise RefusedError("file", NOT_NOW)
    raw = received(form.file.data, UploadKind.WORKBOOK).raw
    questionnaire, today = desk.questionnaire, desk.today
    db().rollback()  # a file can take long to read: nobody waits for the database meanwhile
    try:
        return open_form(raw).read(questionnaire, reference, today)
    except NotThisFormError as error:
        raise RefusedError("file", str(error)) from error


def _keep(form: FilledFormForm, content: FilledContent, reference: str) -> FilledForm:
    desk = desk_of(reference, to=Permission.EDIT_ANSWERS, to_change=True)
    sent = form.file.data
    sent.stream.seek(0)
    return keep_form(
        db(),
        desk.agency_return,
        content,
        name=safe_name(sent.filename),
        sha256=hashlib.sha256(sent.stream.read()).hexdigest(),
        by=viewer(),
        now=now(),
    )


def _offline_page(desk: Desk, form: FilledFormForm) -> str:
    return render_template(
        "returns/offline.html",
        desk=desk,
        form=form,
        to_bring=to_bring(desk),
        errors=errors_of(form),
    )


@blueprint.get("/<reference>/offline/<int(max=2147483647):form_id>")
@permitted(Permission.EDIT_ANSWERS)
def look_at_form(reference: str, form_id: int) -> str:
    desk = desk_of(reference, to=Permission.EDIT_ANSWERS)
    return _look_page(desk, _form_or_404(desk, form_id))


@blueprint.post("/<reference>/offline/<int(max=2147483647):form_id>")
@permitted(Permission.EDIT_ANSWERS)
def apply_filled_form(reference: str, form_id: int) -> Page:
    desk = desk_of(reference, to=Permission.EDIT_ANSWERS, to_change=True)
    kept = _form_or_404(desk, form_id)
    try:
        applied = _apply(desk, kept)
    except (StepNotAllowedError, RoundNotOpenError) as error:
        db().rollback()
        desk = desk_of(reference, to=Permission.EDIT_ANSWERS)
        return _look_page(desk, _form_or_404(desk, form_id), str(error)), 409
    db().commit()
    if applied and applied.undecided:
        desk = desk_of(reference, to=Permission.EDIT_ANSWERS)
        return _look_page(desk, kept, _still_undecided(applied)), 409
    _tell(applied, desk)
    return redirect(url_for("returns.show", reference=reference), 303)


def _form_or_404(desk: Desk, form_id: int) -> FilledForm:
    kept = filled_form(db(), desk.agency_return, form_id, visible_to=viewer())
    return kept or abort(404)


def _apply(desk: Desk, kept: FilledForm) -> Applied | None:
    return apply_form(
        db(),
        desk.agency_return,
        desk.questionnaire,
        kept,
        _decisions(request.form),
        by=viewer(),
        now=now(),
        chain=() if desk.is_started else desk.chain,
    )


def _decisions(sent: Mapping[str, str]) -> dict[str, Decision]:
    """What was chosen about each conflict, by question key."""
    seen = {name.removeprefix(SEEN): text for name, text in sent.items() if name.startswith(SEEN)}
    return {key: Decision(sent.get(TAKE + key) == FORM, text) for key, text in seen.items()}


def _still_undecided(applied: Applied) -> str:
    number = counted(len(applied.undecided), "answer was", "answers were")
    return f"Everything else is saved, but {number} changed online since you looked. Choose again."


def _tell(applied: Applied | None, desk: Desk) -> None:
    if applied is None:
        flash("This form was applied before. Nothing has changed.")
        return
    number = len({*applied.saved.changed, *applied.saved.confirmed})
    answers = counted(number, "answer is", "answers are")
    flash(f"{answers} saved from your form.", "success")
    tell_what_was_brought(applied.saved.brought, desk)


def _look_page(desk: Desk, kept: FilledForm, problem: str = "") -> str:
    content = from_json(kept.content)
    found = compared(db(), desk.agency_return, desk.questionnaire, content, by=viewer())
    return render_template(
        "returns/filled-form.html",
        desk=desk,
        kept=kept,
        found=found,
        groups=_by_standard(desk, found),
        wrong=content.wrong,
        absent=[one.title for one in desk.questionnaire.standards if one.id in content.absent],
        titles={key: one.title for key, one in desk.questionnaire.by_key.items()},
        problem=problem,
    )


def _by_standard(desk: Desk, found: Comparison) -> list[tuple[Standard, Sequence[Difference]]]:
    """The differences under their standards, in the order of the questionnaire."""
    groups = [
        (one, [each for each in found.differences if each.question.standard_id == one.id])
        for one in desk.questionnaire.standards
    ]
    return [(standard, differences) for standard, differences in groups if differences]
