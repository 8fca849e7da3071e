"""What an agency states instead of answering: alternative assurance, or a nil return."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired

from s11audit.domain.actions import Promise
from s11audit.domain.answers import POST_LIMIT
from s11audit.domain.permissions import Permission
from s11audit.domain.statements import DECLARATIONS
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.workflow import STATED_STATUSES, ReturnStatus
from s11audit.models import SideState
from s11audit.queries.side_states import earlier_statement
from s11audit.services import side_states
from s11audit.services.refusals import RefusedError
from s11audit.services.returns import RoundNotOpenError
from s11audit.services.side_states import Assurance
from s11audit.web.fields import DateParts, TextField
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import own_link, sends_mail
from s11audit.web.returns import blueprint
from s11audit.web.returns.desk import Desk, desk_of
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response
DOCUMENT_LIMIT = 2_000


class StatingForm(FlaskForm):
    """Who declares it, and that they do."""

    post = TextField(
        POST_LIMIT,
        label="Post of whoever makes this declaration",
        validators=[DataRequired("Enter the post of whoever makes this declaration")],
        description="A job title, such as Chief Officer or Chair of Governors. Not a name.",
    )
    agree = BooleanField(validators=[DataRequired("Tick the box to make the declaration")])


class AssuranceForm(StatingForm):
    """What the assurance rests on, and what the agency does where it cannot assure."""

    document = TextField(
        DOCUMENT_LIMIT,
        label="Which document does your assurance rest on, and where is it?",
        validators=[DataRequired("Say which document it is, and where to find it")],
        description="Such as your trust’s own safeguarding audit of May 2026. Give a link to it, "
        "or say whom your partnership can ask for it.",
    )
    can_assure = RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "Can you assure your partnership that children are safe?",
        [InputRequired("Say whether you can assure that children are safe")],
        choices=[
            SelectChoice("yes", "Yes, we can assure that children are safe"),
            SelectChoice("no", "No, we cannot assure that at the moment"),
        ],
        invalid_choice_message="Say whether you can assure that children are safe",
    )
    explanation = TextField(
        label="What can you not be sure of?",
        description="What is missing, and what it means for children. Name nobody.",
    )
    action_what = TextField(label="What will you do about it?")
    action_post = TextField(
        POST_LIMIT, label="Which post is responsible?", description="A job title, not a name."
    )
    action_due = DateParts(label="By when will it be done?")

    def validate(self, extra_validators: Any = None) -> bool:
        """Whoever cannot assure says why, and what they do."""
        valid = bool(super().validate(extra_validators))
        if self.can_assure.data != "no":
            return valid
        wanted = (
            (self.explanation, "Say what you cannot be sure of"),
            (self.action_what, "Say what you will do about it"),
            (self.action_post, "Enter the post that is responsible"),
            (self.action_due, "Enter the date by which it will be done"),
        )
        lacking = [(field, text) for field, text in wanted if not (field.data or field.errors)]
        for field, text in lacking:
            field.errors = [text]
        return valid and not lacking

    @property
    def assurance(self) -> Assurance:
        """What was typed."""
        promise = Promise(
            self.action_what.data or "", self.action_post.data or "", self.action_due.data
        )
        return Assurance(
            post=self.post.data or "",
            document=self.document.data or "",
            can_assure=self.can_assure.data == "yes",
            explanation=self.explanation.data or "",
            promise=promise,
        )


class NilForm(StatingForm):
    """Why there is nothing to answer for."""

    reason = TextField(
        label="Why is there nothing to answer for?",
        validators=[DataRequired("Say why there is nothing to answer for")],
        description="Such as: no pupils on roll this year.",
    )


@blueprint.get("/<reference>/alternative-assurance")
@permitted(Permission.STATE_INSTEAD)
def assurance(reference: str) -> Page:
    desk = _desk(reference)
    if not desk.is_editable:
        return _to_return(desk)
    held = _stated_before(desk, ReturnStatus.ALTERNATIVE_ASSURANCE)
    kept = {name: getattr(held, name) for name in ("post", "document", "explanation") if held}
    return _assurance_page(desk, AssuranceForm(data=kept))


@blueprint.post("/<reference>/alternative-assurance")
@permitted(Permission.STATE_INSTEAD)
def assure(reference: str) -> Page:
    desk, form = _desk(reference), AssuranceForm()
    if desk.agency_return.status is ReturnStatus.ALTERNATIVE_ASSURANCE:
        return _to_return(desk)  # pressed twice
    if not form.validate():
        return _assurance_page(desk, form), 422
    try:
        side_states.assure_otherwise(
            db(),
            desk.agency_return,
            form.assurance,
            by=viewer(),
            now=now(),
            link=_link_for_managers(desk),
        )
    except RefusedError as error:
        refuse(form, error)
        return _assurance_page(desk, form), 422
    except RoundNotOpenError as error:
        raise StepNotAllowedError(str(error)) from error
    db().commit()
    flash("Your assurance is with your partnership.", "success")
    return _to_return(desk)


@blueprint.get("/<reference>/nil-return")
@permitted(Permission.STATE_INSTEAD)
def nil(reference: str) -> Page:
    desk = _desk(reference)
    if not desk.is_editable:
        return _to_return(desk)
    held = _stated_before(desk, ReturnStatus.NIL_RETURN)
    kept = {"post": held.post, "reason": held.explanation} if held else {}
    return _nil_page(desk, NilForm(data=kept))


@blueprint.post("/<reference>/nil-return")
@permitted(Permission.STATE_INSTEAD)
def state_nil(reference: str) -> Page:
    desk, form = _desk(reference), NilForm()
    if desk.agency_return.status is ReturnStatus.NIL_RETURN:
        return _to_return(desk)  # pressed twice
    if not form.validate():
        return _nil_page(desk, form), 422
    reason, post = form.reason.data or "", form.post.data or ""
    try:
        side_states.state_nil(db(), desk.agency_return, reason, post, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _nil_page(desk, form), 422
    except RoundNotOpenError as error:
        raise StepNotAllowedError(str(error)) from error
    db().commit()
    flash("Your nil return is with your partnership.", "success")
    return _to_return(desk)


@blueprint.post("/<reference>/answer-after-all")
@permitted(Permission.STATE_INSTEAD)
def answer_after_all(reference: str) -> Response:
    desk = _desk(reference)
    if desk.agency_return.status in STATED_STATUSES:
        try:
            side_states.answer_after_all(db(), desk.agency_return, by=viewer(), now=now())
        except RoundNotOpenError as error:
            raise StepNotAllowedError(str(error)) from error
        db().commit()
        flash("You can answer the questions now. What you stated no longer counts.", "success")
    return _to_return(desk)


def _desk(reference: str) -> Desk:
    return desk_of(reference, to=Permission.STATE_INSTEAD)


def _stated_before(desk: Desk, state: ReturnStatus) -> SideState | None:
    """What was stated, and taken back, before: nobody types it again."""
    return earlier_statement(db(), desk.agency_return, state)


def _link_for_managers(desk: Desk) -> str:
    """Where the managers read the statement; empty where no mail leaves here."""
    if not sends_mail():
        return ""
    agency_return = desk.agency_return
    return own_link(
        url_for(
            "moderation.agency_return",
            reference=agency_return.round.reference,
            agency=agency_return.agency.reference,
        )
    )


def _to_return(desk: Desk) -> Response:
    return redirect(url_for("returns.show", reference=desk.agency_return.reference), 303)


def _assurance_page(desk: Desk, form: AssuranceForm) -> str:
    state = ReturnStatus.ALTERNATIVE_ASSURANCE
    return _page("returns/assurance.html", desk, form, state)


def _nil_page(desk: Desk, form: NilForm) -> str:
    return _page("returns/nil.html", desk, form, ReturnStatus.NIL_RETURN)


def _page(template: str, desk: Desk, form: StatingForm, state: ReturnStatus) -> str:
    return render_template(
        template,
        desk=desk,
        form=form,
        errors=errors_of(form),
        declaration=DECLARATIONS[state],
    )
