"""Changing one's own password."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.services import account
from s11audit.services.passwords import SHORTEST_PASSWORD
from s11audit.services.refusals import RefusedError
from s11audit.web.account.forms import PasswordForm
from s11audit.web.account.pages import blueprint
from s11audit.web.account.proving import own_password_fits
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("/account/password")
@permitted(Permission.SECURE_ACCOUNT)
def password() -> str:
    return _password_page(_form())


@blueprint.post("/account/password")
@permitted(Permission.SECURE_ACCOUNT)
def change_password() -> Response | tuple[str, int]:
    form = _form()
    if not form.validate():
        return _password_page(form), 422
    if "current" in form and not own_password_fits(form.current.data or ""):
        form.current.errors = ["That is not your password"]
        return _password_page(form), 422
    new, here = form.new.data or "", g.signed_in.session_id
    try:
        account.change_password(db(), new, by=viewer(), session_id=here, now=now())
    except RefusedError as error:
        refuse(form, error)
        return _password_page(form), 422
    db().commit()
    flash("Your password is changed. Other browsers are signed out.", "success")
    return redirect(url_for("account.show"), 303)


def _form() -> PasswordForm:
    """Without the current password for whoever has none yet: they have just shown who they are."""
    form = PasswordForm()
    if not g.signed_in.has_password:
        del form.current
    return form


def _password_page(form: PasswordForm) -> str:
    return render_template(
        "account/password.html", form=form, errors=errors_of(form), shortest=SHORTEST_PASSWORD
    )
