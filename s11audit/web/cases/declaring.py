"""What is declared before or instead of answering: a conflict of interest, or no involvement."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, ValidationError

from s11audit.domain.permissions import Permission
from s11audit.models import CaseFile
from s11audit.services.case_files import (
    check_asked,
    declare,
    state_no_involvement,
    withdraw_no_involvement,
)
from s11audit.web.cases import blueprint
from s11audit.web.cases.file_desk import FileDesk, file_desk, file_of
from s11audit.web.cases.guarding import guard_of_file
from s11audit.web.fields import TextField
from s11audit.web.form_errors import errors_of
from s11audit.web.looks import looks_at
from s11audit.web.own_links import own_link, sends_mail
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response
REASON_LIMIT = 2_000
NONE, SOME = "none", "some"


class ConflictForm(Form):
    """Whether the auditor knows the child, the family or those who worked with them."""

    knows = RadioField(
        "Do you know the child, the family, or a worker whose work you would audit?",
        [InputRequired("Say whether you have a conflict of interest")],
        choices=[
            SelectChoice(NONE, "No, I have no conflict of interest"),
            SelectChoice(SOME, "Yes, or somebody could think so"),
        ],
    )
    what = TextField(
        REASON_LIMIT,
        label="How do you know them?",
        description="Needed if you answer “Yes”. For example: I manage the worker who knows the"
        " family. Name nobody.",
    )

    def validate_what(self, field: TextField) -> None:
        if self.knows.data == SOME and not field.data:
            raise ValidationError("Say how you know them")

    @property
    def conflict(self) -> str:
        return (self.what.data or "") if self.knows.data == SOME else ""


class NoInvolvementForm(Form):
    reason = TextField(
        REASON_LIMIT,
        label="How do you know that your agency was not involved?",
        description="For example: no record of the child or of an adult in the family in any of our"
        " systems. Name nobody.",
        validators=[DataRequired("Say how you know that your agency was not involved")],
    )


@blueprint.get("/case-files/<int(max=2147483647):file_id>/conflict")
@permitted(Permission.AUDIT_CASE)
@looks_at("case file", "file_id")
def conflict(file_id: int) -> str:
    desk = file_desk(file_id)
    state = desk.file.state
    knows = (SOME if state.conflict else NONE) if state.declared else None
    return _conflict_page(desk, ConflictForm(data={"knows": knows, "what": desk.file.conflict}))


@blueprint.post("/case-files/<int(max=2147483647):file_id>/conflict")
@permitted(Permission.AUDIT_CASE)
def declare_conflict(file_id: int) -> Page:
    file, form = file_of(file_id, to_change=True), ConflictForm(request.form)
    guard = guard_of_file(file)
    if not guard.accepts(form):
        return _conflict_page(file_desk(file_id), form), 422
    link = own_link(url_for("cases.files")) if sends_mail() else ""
    declare(db(), file, form.conflict, by=viewer(), now=now(), link=link)
    guard.remember()
    db().commit()
    return redirect(url_for("cases.file", file_id=file_id), 303)


@blueprint.get("/case-files/<int(max=2147483647):file_id>/no-involvement")
@permitted(Permission.STATE_NO_INVOLVEMENT)
def no_involvement(file_id: int) -> str:
    file = file_of(file_id, to=Permission.STATE_NO_INVOLVEMENT)
    return _no_involvement_page(file, NoInvolvementForm())


@blueprint.post("/case-files/<int(max=2147483647):file_id>/no-involvement")
@permitted(Permission.STATE_NO_INVOLVEMENT)
def not_involved(file_id: int) -> Page:
    file = file_of(file_id, to=Permission.STATE_NO_INVOLVEMENT, to_change=True)
    form, guard = NoInvolvementForm(request.form), guard_of_file(file)
    if not guard.accepts(form):
        return _no_involvement_page(file, form), 422
    if file.no_involvement_at is None:  # otherwise pressed twice
        state_no_involvement(db(), file, form.reason.data or "", by=viewer(), now=now())
        guard.remember()
        db().commit()
        flash(f"Case {file.case.reference}: your agency was not involved.", "success")
    return redirect(url_for("cases.files"), 303)


@blueprint.post("/case-files/<int(max=2147483647):file_id>/involved")
@permitted(Permission.STATE_NO_INVOLVEMENT)
def involved(file_id: int) -> Response:
    file = file_of(file_id, to=Permission.STATE_NO_INVOLVEMENT, to_change=True)
    check_asked(file)
    if file.no_involvement_at is not None:
        withdraw_no_involvement(db(), file, by=viewer(), now=now())
        db().commit()
        flash(f"Case {file.case.reference}: your agency’s file is asked for again.", "success")
    return redirect(url_for("cases.files"), 303)


def _conflict_page(desk: FileDesk, form: ConflictForm) -> str:
    return render_template(
        "cases/conflict.html", desk=desk, file=desk.file, form=form, errors=errors_of(form)
    )


def _no_involvement_page(file: CaseFile, form: NoInvolvementForm) -> str:
    return render_template(
        "cases/no-involvement.html",
        file=file,
        form=form,
        errors=errors_of(form),
        is_auditor=file.auditor_id == viewer().user_id,
    )
