"""“I have taken over”: anybody asks, a manager of the agency's partnership answers."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.queries.takeovers import WaitingRequest, waiting_requests
from s11audit.services import takeovers as services
from s11audit.services.refusals import RefusedError
from s11audit.services.throttling import Tried
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import join_link, sends_mail
from s11audit.web.people.forms import DeclineForm, TakeoverForm
from s11audit.web.people.links import link_page
from s11audit.web.people.pages import blueprint
from s11audit.web.security import db, machine, now, permitted, public, viewer
from s11audit.web.tries import count_try

_REQUEST = "/people/requests/<int(max=2147483647):request_id>"


@blueprint.get("/taking-over")
@public
def taking_over() -> str:
    return _taking_over_page(TakeoverForm())


@blueprint.post("/taking-over")
@public
def ask_to_take_over() -> Response | tuple[str, int]:
    form = TakeoverForm()
    if not form.validate():
        return _taking_over_page(form), 422
    told = [field.data or "" for field in (form.place, form.name, form.email, form.message)]
    count_try(Tried.TAKEOVER, account=form.email.data or "")
    try:
        with machine() as writing:
            services.ask_to_take_over(writing, *told, now=now())
    except RefusedError as error:
        refuse(form, error)
        return _taking_over_page(form), 422
    return redirect(url_for("people.asked_to_take_over"), 303)


@blueprint.get("/taking-over/sent")
@public
def asked_to_take_over() -> str:
    return render_template("people/taking-over-sent.html")


def _taking_over_page(form: TakeoverForm) -> str:
    return render_template("people/taking-over.html", form=form, errors=errors_of(form))


@blueprint.get("/people/requests")
@permitted(Permission.SEE_PEOPLE)
def requests() -> str:
    waiting = waiting_requests(db(), visible_to=viewer())
    return render_template("people/requests.html", waiting=waiting)


@blueprint.get(_REQUEST)
@permitted(Permission.RUN_PARTNERSHIP)
def takeover(request_id: int) -> str:
    return _request_page(_waiting(request_id), DeclineForm())


@blueprint.post(f"{_REQUEST}/confirm")
@permitted(Permission.RUN_PARTNERSHIP)
def confirm_takeover(request_id: int) -> Response | str | tuple[str, int]:
    asked = _waiting(request_id)
    leads = {lead.membership_id for lead in asked.leads}
    ending = leads & set(request.form.getlist("end", type=int))
    try:
        sent = services.confirm_takeover(
            db(), asked.id, ending, by=viewer(), now=now(), address=join_link
        )
    except RefusedError as error:
        db().rollback()
        return _request_page(asked, DeclineForm(), [("confirm", str(error))]), 422
    db().commit()
    flash(f"{asked.name} is invited to lead for {asked.agency}.", "success")
    if not sends_mail():
        return link_page(*sent)
    return redirect(url_for("people.requests"), 303)


@blueprint.post(f"{_REQUEST}/decline")
@permitted(Permission.RUN_PARTNERSHIP)
def decline_takeover(request_id: int) -> Response | tuple[str, int]:
    asked = _waiting(request_id)
    form = DeclineForm()
    if not form.validate():
        return _request_page(asked, form), 422
    services.decline_takeover(db(), asked.id, form.reason.data or "", by=viewer(), now=now())
    db().commit()
    told = "is told" if sends_mail() else "has to be told by you, as no mail is sent from here,"
    flash(f"{asked.name} {told} that the request is declined, and why.", "success")
    return redirect(url_for("people.requests"), 303)


def _waiting(request_id: int) -> WaitingRequest:
    for one in waiting_requests(db(), visible_to=viewer()):
        if one.id == request_id:
            return one
    abort(404)


def _request_page(
    asked: WaitingRequest, form: DeclineForm, problems: list[tuple[str, str]] | None = None
) -> str:
    errors = problems or errors_of(form)
    return render_template("people/request.html", asked=asked, form=form, errors=errors)
