"""For whoever leads an agency: who works on its returns, and who no longer does."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.queries import granting
from s11audit.queries.granting import Colleague
from s11audit.queries.invitations import successors
from s11audit.services import leaving
from s11audit.web.people.forms import HandOverForm
from s11audit.web.people.leaving import (
    done,
    hand_over_form,
    hand_over_page,
    handed_over,
    words_of,
)
from s11audit.web.people.pages import blueprint
from s11audit.web.security import db, now, permitted, viewer

_ROLE = "/people/colleagues/<int(max=2147483647):role_id>"


@blueprint.get("/people/colleagues")
@permitted(Permission.DELEGATE)
def colleagues() -> str:
    return render_template(
        "people/colleagues.html",
        agencies=granting.colleagues(db(), visible_to=viewer()),
        successors=successors(db(), visible_to=viewer(), now=now()),
    )


@blueprint.post(f"{_ROLE}/end")
@permitted(Permission.GRANT_ROLES)
def end_colleagues_role(role_id: int) -> Response:
    found = _colleague_or_404(role_id)
    leaving.end_role(db(), role_id, by=viewer(), now=now())
    db().commit()
    return _changed(f"{found.name} no longer has that role.")


@blueprint.get(f"{_ROLE}/hand-over")
@permitted(Permission.GRANT_ROLES)
def hand_over_colleagues_role(role_id: int) -> str:
    found = _colleague_or_404(role_id)
    return _page(found, hand_over_form(found.user_id, found.roles[0]))


@blueprint.post(f"{_ROLE}/hand-over")
@permitted(Permission.GRANT_ROLES)
def give_colleagues_role(role_id: int) -> Response | str | tuple[str, int]:
    found = _colleague_or_404(role_id)
    form = hand_over_form(found.user_id, found.roles[0])
    handed = handed_over(found.roles[0], form)
    if handed is None:
        return _page(found, form), 422
    return done(handed, found.name) or _changed(words_of(handed, found.name))


def _colleague_or_404(role_id: int) -> Colleague:
    found = granting.colleague(db(), role_id, visible_to=viewer())
    if found is None:
        abort(404)
    return found


def _changed(message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("people.colleagues"), 303)


def _page(found: Colleague, form: HandOverForm) -> str:
    back = (url_for("people.colleagues"), "Colleagues")
    return hand_over_page(found.name, found.roles[0], form, back)
