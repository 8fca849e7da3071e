"""Adding a passkey, and taking one as the second step of signing in.

The script of these pages, static/passkeys.js, talks to the browser; forms carry what it says.
"""

from __future__ import annotations

from flask import abort, g, render_template, request
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.services import passkeys
from s11audit.services.passkeys import Question, Visit
from s11audit.services.refusals import RefusedError
from s11audit.web.account.factor_forms import NewPasskeyForm, PasskeyForm
from s11audit.web.account.pages import blueprint
from s11audit.web.account.second_factors import factor_added
from s11audit.web.form_errors import errors_of
from s11audit.web.security import box, db, now, permitted, services, viewer


def visit() -> Visit | None:
    """This browser at our site; None where browsers would refuse passkeys."""
    site = passkeys.site_of(services().settings.base_url)
    return Visit(g.signed_in.session_id, site, box()) if site else None


def passkey_question() -> Question | None:
    """What to ask the browser for, where whoever is looking has a passkey."""
    here = visit()
    return passkeys.ask_for_known(db(), here, by=viewer()) if here else None


def accept_passkey(form: PasskeyForm) -> str:
    """Check what the browser showed; gives why it was refused, or nothing."""
    here = visit()
    if here is None:
        abort(404)
    try:
        passkeys.check_passkey(
            db(),
            here,
            form.answer.data or "",
            form.challenge.data or "",
            by=viewer(),
            now=now(),
        )
    except RefusedError as error:
        return str(error)
    return ""


@blueprint.get("/account/second-factors/passkey")
@permitted(Permission.SECURE_ACCOUNT, half_signed_in=True)
def new_passkey() -> str:
    return _new_passkey_page(NewPasskeyForm(), "")


@blueprint.post("/account/second-factors/passkey")
@permitted(Permission.SECURE_ACCOUNT, half_signed_in=True)
def add_passkey() -> Response | str | tuple[str, int]:
    form, here = NewPasskeyForm(), visit()
    if here is None:
        abort(404)
    if not form.validate():
        return _new_passkey_page(form, ""), 422
    try:
        codes = passkeys.add_passkey(
            db(),
            here,
            form.answer.data or "",
            form.challenge.data or "",
            form.name.data or "",
            by=viewer(),
            now=now(),
        )
    except RefusedError as error:
        return _new_passkey_page(form, str(error)), 422
    return factor_added(codes)


def _new_passkey_page(form: NewPasskeyForm, refused: str) -> str:
    here = visit()
    return render_template(
        "account/passkey.html",
        form=form,
        errors=[("passkey", refused)] if refused else errors_of(form),
        question=passkeys.ask_for_new(db(), here, by=viewer()) if here else None,
        next=request.args.get("next"),
    )
