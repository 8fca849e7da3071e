"""Signing in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import flash, g, redirect, render_template, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.services import account
from s11audit.services.throttling import Tried
from s11audit.web.account.browsers import browser_name
from s11audit.web.account.forms import SignInForm
from s11audit.web.account.pages import blueprint
from s11audit.web.form_errors import errors_of
from s11audit.web.security import (
    db,
    machine,
    network_address,
    now,
    permitted,
    public,
    services,
    viewer,
)
from s11audit.web.tries import count_try, forget_tries

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
        count_try(Tried.SIGN_IN, email)
        with services().database.reading() as reading:
            user_id = account.recognised_user(reading, email, password)
        if user_id is not None:
            forget_tries(Tried.SIGN_IN, email)
            with machine() as writing:
                account.renew_hash(writing, user_id, password)
            return welcome(user_id, how="password")
        form.email.errors = [NOT_RECOGNISED]
    return render_template("account/sign-in.html", form=form, errors=errors_of(form)), 422


def welcome(
    user_id: int, *, how: str, two_factors: bool = False, to: str | None = None
) -> Response:
    """Sign in somebody who has shown who they are, and lead them where they wanted to go.

    Every way of signing in ends here. `how` is password, link, openid or invitation. `to` is an
    address that came with the request (by default its `next`): other sites' are not followed.
    """
    wanted = request.args.get("next") if to is None else to
    with machine() as writing:
        if g.signed_in is not None:
            account.sign_out(writing, g.signed_in.session_id, by=viewer(), now=now())
        token = account.start_session(
            writing,
            user_id,
            how=how,
            two_factors=two_factors,
            address=network_address(),
            browser=browser_name(request.user_agent.string),
            now=now(),
        )
    session.clear()  # nothing that was set before signing in may outlive it
    session["token"] = token
    session.permanent = True
    return redirect(own_address(wanted), 303)


def pass_second_factor(writing: Session) -> None:
    """Note, in this transaction, that the browser showed a second factor; its token is new."""
    session["token"] = account.pass_second_factor(writing, g.signed_in.session_id, now())


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
@permitted(Permission.USE_ACCOUNT, half_signed_in=True)
def sign_out() -> Response:
    account.sign_out(db(), g.signed_in.session_id, by=viewer(), now=now())
    db().commit()
    session.clear()
    flash("You have signed out.", "success")
    return forgetting(redirect(url_for("account.sign_in"), 303))


def forgetting(response: Response) -> Response:
    """Have the browser throw away what pages kept on it (static/drafts.js)."""
    response.headers["Clear-Site-Data"] = '"storage"'
    return response
