"""“You said, we did”: what staff said and what was done, written inside and shown to staff."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.dates import today_in_london
from s11audit.domain.guard.policy import Place
from s11audit.domain.permissions import Permission
from s11audit.domain.surveys import SurveyStatus
from s11audit.models import SurveyLink, SurveyReply
from s11audit.queries.surveys import replies_of
from s11audit.services import survey_answers
from s11audit.services.refusals import RefusedError
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.guard import Guard
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.surveys.forms import ReplyForm
from s11audit.web.surveys.pages import Page, blueprint, link_or_404

_REPLIES = "/surveys/<reference>/agencies/<agency>/replies"
_REPLY = f"{_REPLIES}/<int(max=2147483647):reply_id>"


@blueprint.get(_REPLIES)
@permitted(Permission.SEE_SURVEYS)
def replies(reference: str, agency: str) -> str:
    form = ReplyForm()
    form.start(today_in_london(now()))
    return _replies_page(link_or_404(reference, agency), form)


@blueprint.post(_REPLIES)
@permitted(Permission.REPLY_TO_SURVEYS)
def write_reply(reference: str, agency: str) -> Page:
    link, form = link_or_404(reference, agency, Permission.REPLY_TO_SURVEYS), ReplyForm()
    guard = Guard(Place.SURVEYS, f"survey {reference}", of=link.survey)
    if not guard.accepts(form):
        return _replies_page(link, form), 422
    told = (form.said.data or "", form.did.data or "", form.done_on.data)
    publish = bool(form.publish.data)
    try:
        survey_answers.write_reply(db(), link, *told, publish=publish, by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _replies_page(link, form), 422
    guard.remember()
    db().commit()
    flash("It is saved, and staff can read it." if publish else "It is saved.", "success")
    return _to_replies(link)


@blueprint.post(f"{_REPLY}/publish")
@permitted(Permission.REPLY_TO_SURVEYS)
def publish_reply(reference: str, agency: str, reply_id: int) -> Response:
    reply = _reply_or_404(reference, agency, reply_id)
    survey_answers.publish_reply(db(), reply, by=viewer(), now=now())
    db().commit()
    flash("Staff can read it now, at the link of the survey.", "success")
    return _to_replies(reply.link)


@blueprint.post(f"{_REPLY}/withdraw")
@permitted(Permission.REPLY_TO_SURVEYS)
def withdraw_reply(reference: str, agency: str, reply_id: int) -> Response:
    reply = _reply_or_404(reference, agency, reply_id)
    survey_answers.withdraw_reply(db(), reply, by=viewer(), now=now())
    db().commit()
    flash("Staff can no longer read it.", "success")
    return _to_replies(reply.link)


def _reply_or_404(reference: str, agency: str, reply_id: int) -> SurveyReply:
    link = link_or_404(reference, agency, Permission.REPLY_TO_SURVEYS)
    for reply in replies_of(db(), link):
        if reply.id == reply_id:
            return reply
    abort(404)


def _replies_page(link: SurveyLink, form: ReplyForm) -> str:
    return render_template(
        "surveys/replies.html",
        link=link,
        survey=link.survey,
        replies=replies_of(db(), link),
        may_write=viewer().may_at(Permission.REPLY_TO_SURVEYS, link.place),
        is_closed=link.survey.status is SurveyStatus.CLOSED,
        form=form,
        errors=errors_of(form),
    )


def _to_replies(link: SurveyLink) -> Response:
    survey, agency = link.survey.reference, link.agency.reference
    return redirect(url_for("surveys.replies", reference=survey, agency=agency), 303)
