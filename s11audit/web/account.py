"""Signing in and out, one's own account, and the first page of everybody."""

from __future__ import annotations

from importlib.metadata import version
from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import PERMISSIONS, Permission
from s11audit.queries import directory
from s11audit.services import account
from s11audit.services.passwords import SHORTEST_PASSWORD
from s11audit.services.refusals import RefusedError
from s11audit.web.account_forms import PasswordForm, SignInForm
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.security import db, now, permitted, public, services, viewer

blueprint = Blueprint("account", __name__)

NOT_RECOGNISED = "The e-mail address or the password is not right"


@blueprint.get("/")
@public
def home() -> Response | str:
    if g.viewer is None:
        return redirect(url_for("account.sign_in"))
    if viewer().may(Permission.SEE_ROUNDS):
        return redirect("/rounds")
    if viewer().may(Permission.SEE_RETURN):
        return redirect("/returns")
    return render_template("account/no-role.html")


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
    if g.viewer is not None:
        account.sign_out(db(), g.user_session_id, by=viewer(), now=now())
    token = account.sign_in(db(), user_id, password, now=now())
    db().commit()
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


@blueprint.get("/account")
@permitted(Permission.USE_ACCOUNT)
def show() -> str:
    roles = directory.own_roles(db(), visible_to=viewer())
    abilities = {
        held.role: [what.value for what, who in PERMISSIONS.items() if held.role in who]
        for held in roles
    }
    return render_template("account/show.html", roles=roles, abilities=abilities)


@blueprint.get("/account/password")
@permitted(Permission.USE_ACCOUNT)
def password() -> str:
    return _password_page(PasswordForm())


@blueprint.post("/account/password")
@permitted(Permission.USE_ACCOUNT)
def change_password() -> Response | tuple[str, int]:
    form = PasswordForm()
    if not form.validate():
        return _password_page(form), 422
    try:
        account.change_password(
            db(),
            form.current.data or "",
            form.new.data or "",
            by=viewer(),
            session_id=g.user_session_id,
            now=now(),
        )
    except RefusedError as error:
        refuse(form, error)
        return _password_page(form), 422
    db().commit()
    flash("Your password is changed. Other browsers are signed out.", "success")
    return redirect(url_for("account.show"), 303)


def _password_page(form: PasswordForm) -> str:
    return render_template(
        "account/password.html", form=form, errors=errors_of(form), shortest=SHORTEST_PASSWORD
    )


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    return render_template("account/accessibility.html", version=version("s11audit"))
