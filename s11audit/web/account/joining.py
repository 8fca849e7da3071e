"""Taking up an invitation: with a new account, or with the one that its address has already."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from s11audit.domain.permissions import ROLE_LABELS, Permission
from s11audit.queries import invitations as queries
from s11audit.queries.invitations import Offer
from s11audit.services import invitations as services
from s11audit.services.invitations import DeadInvitationError
from s11audit.services.passwords import SHORTEST_PASSWORD
from s11audit.services.refusals import RefusedError
from s11audit.services.throttling import Tried
from s11audit.web.account.pages import blueprint
from s11audit.web.account.signing_in import welcome
from s11audit.web.fields import TextField
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.security import machine, now, permitted, public, viewer
from s11audit.web.security import services as shared
from s11audit.web.tries import count_try


class JoinForm(FlaskForm):
    """All that whoever joins may say; the address, the role and the place are the invitation's."""

    name = TextField(label="Your name", validators=[InputRequired("Enter your name")])
    password = PasswordField("Choose a password", [InputRequired("Choose a password")])


@blueprint.get("/join/<token>")
@public
def join(token: str) -> str | tuple[str, int]:
    """Changes nothing: programs that look through mail open every link in it."""
    offer = _offer(token)
    if offer is None:
        return _dead_page()
    return _page(token, offer, JoinForm(name=offer.name))


@blueprint.post("/join/<token>")
@public
def join_anew(token: str) -> Response | str | tuple[str, int]:
    count_try(Tried.INVITATION)
    offer = _offer(token)
    if offer is None:
        return _dead_page()
    if offer.has_account or g.viewer is not None:
        return _to_page(token)  # which says what to do
    form = JoinForm()
    if not form.validate():
        return _page(token, offer, form), 422
    try:
        user_id = _new_person(token, offer, form)
    except RefusedError as error:
        refuse(form, error)
        return _page(token, offer, form), 422
    except (DeadInvitationError, IntegrityError):  # somebody was faster
        return _to_page(token)
    return welcome(user_id, how="invitation", to="")


def _new_person(token: str, offer: Offer, form: JoinForm) -> int:
    name = form.name.data or ""
    hashed = services.hash_of_chosen(form.password.data or "", name=name, email=offer.email)
    with machine() as writing:
        return services.join(writing, token, name, hashed, now=now())


@blueprint.post("/join/<token>/accept")
@permitted(Permission.USE_ACCOUNT)
def accept_invitation(token: str) -> Response | tuple[str, int]:
    count_try(Tried.INVITATION)
    try:
        with machine() as writing:
            accepted = services.accept(writing, token, by=viewer(), now=now())
            words = f"{ROLE_LABELS[accepted.role]}, {accepted.place_name}"
    except DeadInvitationError:
        return _dead_page()
    except PermissionError:
        return _to_page(token)
    flash(f"You have a new role: {words}.", "success")
    return redirect(url_for("account.home"), 303)


def _offer(token: str) -> Offer | None:
    with shared().database.reading() as reading:
        return queries.offer(reading, token, now=now())


def _page(token: str, offer: Offer, form: JoinForm) -> str:
    return render_template(
        "account/join.html",
        token=token,
        offer=offer,
        form=form,
        errors=errors_of(form),
        shortest=SHORTEST_PASSWORD,
    )


def _to_page(token: str) -> Response:
    return redirect(url_for("account.join", token=token), 303)


def _dead_page() -> tuple[str, int]:
    """The same for every link that does not work: nobody learns which there were."""
    return render_template("account/join-dead.html"), 410
