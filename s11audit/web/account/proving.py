"""Showing again who one is, for what should not be done at a desk that somebody has left."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.services import account
from s11audit.services.throttling import Tried
from s11audit.web.account.forms import ProofForm
from s11audit.web.account.pages import blueprint
from s11audit.web.account.signing_in import own_address
from s11audit.web.form_errors import errors_of
from s11audit.web.security import db, now, permitted, services, viewer
from s11audit.web.tries import count_try, forget_tries


@blueprint.get("/sign-in/again")
@permitted(Permission.USE_ACCOUNT, half_signed_in=True)
def prove() -> Response | str:
    """Whoever has no password shows their second factor, on the page for that."""
    if g.signed_in.has_second_factor and not g.signed_in.has_password:
        return redirect(url_for("account.check_code", next=request.args.get("next")))
    return _proof_page(ProofForm())


@blueprint.post("/sign-in/again")
@permitted(Permission.USE_ACCOUNT, half_signed_in=True)
def check_proof() -> Response | tuple[str, int]:
    if not g.signed_in.has_password:
        return redirect(url_for("account.prove", next=request.args.get("next")), 303)
    form = ProofForm()
    if not form.validate():
        return _proof_page(form), 422
    if not own_password_fits(form.password.data or ""):
        form.password.errors = ["That is not your password"]
        return _proof_page(form), 422
    account.prove(db(), g.signed_in.session_id, now())
    db().commit()
    return redirect(own_address(request.args.get("next")), 303)


def own_password_fits(password: str) -> bool:
    """Whether the person knows their password; counted, so that nobody at their desk guesses it."""
    who = str(viewer().user_id)
    count_try(Tried.PROOF, who)
    with services().database.reading() as reading:
        fits = account.knows_password(reading, password, by=viewer())
    if fits:
        forget_tries(Tried.PROOF, who)
    return fits


def _proof_page(form: ProofForm) -> str:
    return render_template("account/prove.html", form=form, errors=errors_of(form))
