"""Sign-off: freezing a return, reading it frozen, handing it back, signing and submitting it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField
from wtforms.validators import DataRequired

from s11audit.domain.answers import POST_LIMIT
from s11audit.domain.permissions import Permission
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.workflow import ReturnStatus
from s11audit.models import Signature
from s11audit.queries.returns import answers_in, latest_snapshot, scores_of
from s11audit.queries.signatures import signatures_of
from s11audit.services.returns import (
    ChangedReturnError,
    GapsError,
    RoundNotOpenError,
    hand_back,
    send_for_sign_off,
    sign_and_submit,
    take_back,
)
from s11audit.web.fields import TextField
from s11audit.web.own_links import return_links
from s11audit.web.returns import blueprint
from s11audit.web.returns.desk import Desk, desk_of
from s11audit.web.returns.looking_back import since_last_time
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response


class SigningForm(FlaskForm):
    """The declaration, the signatory's post, and which frozen return was read."""

    post = TextField(
        POST_LIMIT, validators=[DataRequired("Enter your post, such as Chief Officer")]
    )
    agree = BooleanField(
        validators=[DataRequired("Tick the box to make the declaration, or hand the return back")]
    )
    snapshot = HiddenField()


class HandBackForm(FlaskForm):
    """What the lead should change before the signatory signs."""

    reason = TextField(validators=[DataRequired("Say what should be changed before you sign")])


@blueprint.post("/<reference>/send-for-sign-off")
@permitted(Permission.SEND_FOR_SIGN_OFF)
def send(reference: str) -> Response:
    desk = desk_of(reference, to=Permission.SEND_FOR_SIGN_OFF)
    try:
        send_for_sign_off(
            db(),
            desk.agency_return,
            desk.questionnaire,
            by=viewer(),
            now=now(),
            address=return_links(),
        )
    except GapsError:
        return redirect(url_for("returns.check", reference=reference), 303)
    db().commit()
    flash("The return is ready to be read and signed.", "success")
    return _to_return(desk)


@blueprint.post("/<reference>/take-back")
@permitted(Permission.SEND_FOR_SIGN_OFF)
def take_it_back(reference: str) -> Response:
    desk = desk_of(reference, to=Permission.SEND_FOR_SIGN_OFF)
    take_back(db(), desk.agency_return, by=viewer(), now=now())
    db().commit()
    flash("You can change answers again. Send the return for sign-off when you are done.")
    return _to_return(desk)


@blueprint.get("/<reference>/sign")
@permitted(Permission.SIGN_RETURN)
def sign(reference: str) -> Page:
    desk = desk_of(reference, to=Permission.SIGN_RETURN)
    if not desk.waits_for_signature or _own_signature(desk):
        return _to_return(desk)
    return _sign_page(desk, SigningForm(), HandBackForm())


@blueprint.post("/<reference>/sign")
@permitted(Permission.SIGN_RETURN)
def submit(reference: str) -> Page:
    desk = desk_of(reference, to=Permission.SIGN_RETURN, to_change=True)
    if _own_signature(desk) or desk.agency_return.receipt:
        return _after_signing(desk)  # pressed twice
    form = SigningForm()
    if not form.validate_on_submit():
        return _sign_page(desk, form, HandBackForm(formdata=None)), 422
    try:
        sign_and_submit(
            db(),
            desk.agency_return,
            desk.questionnaire,
            snapshot_sha256=form.snapshot.data or "",
            post=form.post.data or "",
            by=viewer(),
            now=now(),
            address=return_links(),
        )
    except (ChangedReturnError, RoundNotOpenError) as error:
        raise StepNotAllowedError(str(error)) from error
    db().commit()
    return _after_signing(desk)


def _after_signing(desk: Desk) -> Response:
    """The receipt; or, while others have yet to sign, the return with the signatures so far."""
    if desk.agency_return.status is ReturnStatus.AWAITING_SIGN_OFF:
        signed, needed = len(_signatures(desk)), desk.agency_return.round.signatures_needed
        flash(f"You have signed. The return has {signed}/{needed} signatures.", "success")
        return _to_return(desk)
    return redirect(url_for("returns.receipt", reference=desk.agency_return.reference), 303)


@blueprint.post("/<reference>/hand-back")
@permitted(Permission.SIGN_RETURN)
def hand_it_back(reference: str) -> Page:
    desk = desk_of(reference, to=Permission.SIGN_RETURN)
    form = HandBackForm()
    if not form.validate_on_submit():
        return _sign_page(desk, SigningForm(formdata=None), form), 422
    reason, links = form.reason.data or "", return_links()
    hand_back(db(), desk.agency_return, reason, by=viewer(), now=now(), address=links)
    db().commit()
    flash("You have handed the return back. The agency lead sees what you wrote.", "success")
    return _to_return(desk)


def _signatures(desk: Desk) -> list[Signature]:
    return signatures_of(db(), desk.agency_return.id)


def _own_signature(desk: Desk) -> bool:
    return any(one.user_id == viewer().user_id for one in _signatures(desk))


def _to_return(desk: Desk) -> Response:
    return redirect(url_for("returns.show", reference=desk.agency_return.reference), 303)


def _sign_page(desk: Desk, form: SigningForm, hand_back_form: HandBackForm) -> str:
    snapshot = latest_snapshot(db(), desk.agency_return.id)
    if snapshot is None:
        abort(404)
    if not form.snapshot.data:  # sent back with errors, it stays the one that was read
        form.snapshot.data = snapshot.sha256
    frozen = desk.with_answers(answers_in(snapshot))
    signatures = _signatures(desk)
    return render_template(
        "returns/sign.html",
        desk=frozen,
        snapshot=snapshot,
        signatures=signatures,
        is_last=len(signatures) + 1 >= desk.agency_return.round.signatures_needed,
        since=since_last_time(frozen),
        score=scores_of(db(), desk.agency_return.id),
        form=form,
        hand_back_form=hand_back_form,
    )
