"""Signing in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.services import account
from s11audit.web.account.forms import SignInForm
from s11audit.web.account.pages import blueprint
from s11audit.web.form_errors import errors_of
from s11audit.web.security import db, machine, now, permitted, public, services, viewer

NOT_RECOGNISED = "The e-mail address or the password is not right"


@blueprint.get("/sign-in")
@public
def sign_in() -> Response | str:
    if g.viewer is not None:
        return redirect(own_address(request.args.get("next")))
    return render_template("account/sign-in.html", form=SignInForm(), errors=[])


@blueprint.post("/sign-in")
@public
def check_sign_in() -> Response | tuple[str, int]:
    form = SignInForm()
    if form.validate():
        email, password = form.email.data or "", form.password.data or ""
        with services().database.reading() as reading:
            user_id = account.recognised_user(reading, email, password)
        if user_id is not None:
            _start_session(user_id, password)
            return redirect(own_address(request.args.get("next")), 303)
        form.email.errors = [NOT_RECOGNISED]
    return render_template("account/sign-in.html", form=form, errors=errors_of(form)), 422


def _start_session(user_id: int, password: str) -> None:
    with machine() as writing:
        if g.viewer is not None:
            account.sign_out(writing, g.user_session_id, by=viewer(), now=now())
        token = account.sign_in(writing, user_id, password, now=now())
    session.clear()  # nothing that was set before signing in may outlive it
    session["token"] = token
    session.permanent = True


def own_address(wanted: str | None) -> str:
    """Where to go after signing in: a path of this site, or the first page.

    Browsers read a backslash as a slash and skip tabs and line ends, so that `/\\evil` and
    `/<tab>/evil` are other sites' addresses, too.
    """
    first_page = url_for("account.home")
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return first_page
    if any(ord(character) <= 0x20 or ord(character) == 0x7F for character in wanted):
        return first_page
    parts = urlsplit(wanted)
    return first_page if parts.scheme or parts.netloc else wanted


@blueprint.post("/sign-out")
@permitted(Permission.USE_ACCOUNT)
def sign_out() -> Response:
    account.sign_out(db(), g.user_session_id, by=viewer(), now=now())
    db().commit()
    session.clear()
    flash("You have signed out.", "success")
    return redirect(url_for("account.sign_in"), 303)
