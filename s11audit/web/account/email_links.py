"""Asking for a link that signs a respondent in once, and using it."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired

from s11audit.queries.sign_in_links import are_offered
from s11audit.services import sign_in_links
from s11audit.services.throttling import Tried
from s11audit.web.account.pages import blueprint
from s11audit.web.account.signing_in import welcome
from s11audit.web.addresses import looks_like_an_address
from s11audit.web.fields import TextField
from s11audit.web.form_errors import errors_of
from s11audit.web.own_links import own_link, sends_mail
from s11audit.web.security import machine, now, public, services
from s11audit.web.tries import count_try

# Under this name the cookie holds the page that was wanted when the link was asked for.
WANTED = "wanted"


class LinkForm(FlaskForm):
    email = TextField(
        label="E-mail address",
        validators=[InputRequired("Enter your e-mail address"), looks_like_an_address],
    )


@blueprint.app_template_global()
def links_are_offered() -> bool:
    if not sends_mail():
        return False
    with services().database.reading() as reading:
        return are_offered(reading)


@blueprint.get("/sign-in/send-link")
@public
def ask_for_link() -> str:
    return _ask_page(LinkForm()) if sends_mail() else _no_mail_page()


@blueprint.post("/sign-in/send-link")
@public
def send_link() -> Response | str | tuple[str, int]:
    if not sends_mail():
        return _no_mail_page()
    form = LinkForm()
    if not form.validate():
        return _ask_page(form), 422
    email = form.email.data or ""
    count_try(Tried.LINK, email)
    with machine() as writing:
        sign_in_links.send_link(writing, email, address=_address, now=now())
    session[WANTED] = request.args.get("next", "")
    return redirect(url_for("account.link_sent"), 303)


def _ask_page(form: LinkForm) -> str:
    return render_template("account/link-ask.html", form=form, errors=errors_of(form))


def _no_mail_page() -> str:
    return render_template("account/link-none.html")


def _address(token: str) -> str:
    """After a question mark, because logs do not hold what follows one."""
    return own_link(url_for("account.open_link", token=token))


@blueprint.get("/sign-in/link-sent")
@public
def link_sent() -> str:
    return render_template("account/link-sent.html", minutes=_minutes())


@blueprint.get("/sign-in/link")
@public
def open_link() -> str | tuple[str, int]:
    """Only a button: programs that look through mail open every link in it."""
    token = request.args.get("token", "")
    with services().database.reading() as reading:
        email = sign_in_links.shown_link(reading, token, now=now())
    if email is None:
        return _dead_page()
    return render_template("account/link-use.html", token=token, email=email)


@blueprint.post("/sign-in/link")
@public
def use_link() -> Response | tuple[str, int]:
    count_try(Tried.OPENED_LINK)
    with machine() as writing:
        user_id = sign_in_links.use_link(writing, request.form.get("token", ""), now=now())
    if user_id is None:
        return _dead_page()
    return welcome(user_id, how="link", to=session.get(WANTED, ""))


def _dead_page() -> tuple[str, int]:
    return render_template("account/link-dead.html", minutes=_minutes()), 410


def _minutes() -> int:
    return int(sign_in_links.LIVES.total_seconds() // 60)
