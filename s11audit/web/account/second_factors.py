"""Setting up the second step of signing in, and looking after it."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.queries.second_factors import own_factor, own_factors, recovery_codes_left
from s11audit.services import second_factors as factors
from s11audit.services.recovery_codes import FEW, HOW_MANY, make_recovery_codes
from s11audit.services.refusals import RefusedError
from s11audit.services.second_factors import NewApp
from s11audit.services.secret_box import BrokenSealError
from s11audit.web.account.factor_forms import NameForm, NewAppForm
from s11audit.web.account.pages import blueprint
from s11audit.web.account.signing_in import own_address, pass_second_factor
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.security import box, db, now, permitted, viewer

# Pixels that the narrowest phone has room for.
WIDEST_PICTURE = 290


@blueprint.get("/account/second-factors")
@permitted(Permission.SECURE_ACCOUNT, half_signed_in=True)
def second_factors() -> str:
    return render_template(
        "account/second-factors.html",
        factors=own_factors(db(), visible_to=viewer()),
        codes_left=recovery_codes_left(db(), visible_to=viewer()),
        few=FEW,
        all_codes=HOW_MANY,
        next=request.args.get("next"),
    )


@blueprint.get("/account/second-factors/app")
@permitted(Permission.SECURE_ACCOUNT, half_signed_in=True)
def new_app() -> str:
    return _new_app_page(NewAppForm(), _start_app())


@blueprint.post("/account/second-factors/app")
@permitted(Permission.SECURE_ACCOUNT, half_signed_in=True)
def add_app() -> Response | str | tuple[str, int]:
    form, who = NewAppForm(), viewer()
    try:
        app = _started_app(form.app.data or "")
    except BrokenSealError:
        form.code.errors = [factors.TOO_OLD]
        return _new_app_page(form, _start_app()), 422
    if not form.validate():
        return _new_app_page(form, app), 422
    code, name = form.code.data or "", form.name.data or ""
    try:
        codes = factors.add_app(db(), app, code, name, by=who, box=box(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _new_app_page(form, app), 422
    return factor_added(codes)


@blueprint.get("/account/second-factors/<int(max=2147483647):number>")
@permitted(Permission.SECURE_ACCOUNT)
def second_factor(number: int) -> str:
    return _factor_page(number, NameForm())


@blueprint.post("/account/second-factors/<int(max=2147483647):number>")
@permitted(Permission.SECURE_ACCOUNT)
def rename_second_factor(number: int) -> Response | tuple[str, int]:
    form = NameForm()
    if not form.validate():
        return _factor_page(number, form), 422
    try:
        factors.rename_factor(db(), number, form.name.data or "", by=viewer(), now=now())
    except LookupError:
        abort(404)
    except RefusedError as error:
        refuse(form, error)
        return _factor_page(number, form), 422
    db().commit()
    flash("The name is changed.", "success")
    return redirect(url_for("account.second_factors"), 303)


@blueprint.post("/account/second-factors/<int(max=2147483647):number>/remove")
@permitted(Permission.SECURE_ACCOUNT)
def remove_second_factor(number: int) -> Response | tuple[str, int]:
    try:
        factors.remove_factor(db(), number, by=viewer(), now=now())
    except LookupError:
        abort(404)
    except RefusedError as error:
        return _factor_page(number, NameForm(formdata=None), str(error)), 422
    db().commit()
    flash("It is removed. It can no longer be used to sign in.", "success")
    return redirect(url_for("account.second_factors"), 303)


@blueprint.post("/account/recovery-codes")
@permitted(Permission.SECURE_ACCOUNT)
def make_new_recovery_codes() -> Response | str:
    if not g.signed_in.has_second_factor:
        return redirect(url_for("account.second_factors"), 303)
    codes = make_recovery_codes(db(), by=viewer(), now=now())
    db().commit()
    return _recovery_codes_page(codes)


def factor_added(codes: tuple[str, ...]) -> Response | str:
    """Finish adding a factor, which its owner has just shown; new codes are seen once, here."""
    pass_second_factor(db())
    db().commit()
    if codes:
        return _recovery_codes_page(codes)
    flash("It is added. You can use it the next time that you sign in.", "success")
    return redirect(url_for("account.second_factors"), 303)


def _start_app() -> NewApp:
    return factors.start_app(db(), by=viewer(), session_id=g.signed_in.session_id, box=box())


def _started_app(sealed: str) -> NewApp:
    return factors.started_app(
        db(), sealed, by=viewer(), session_id=g.signed_in.session_id, box=box()
    )


def _new_app_page(form: NewAppForm, app: NewApp) -> str:
    import segno  # takes 80 ms, which only this page needs to pay

    form.app.data = app.sealed
    code = segno.make(app.address, error="m")
    scale = WIDEST_PICTURE // code.symbol_size()[0]
    picture = code.svg_inline(scale=scale, dark="#0b0c0c", light="#ffffff")
    letters = [app.secret[start : start + 4] for start in range(0, len(app.secret), 4)]
    return render_template(
        "account/new-app.html",
        form=form,
        errors=errors_of(form),
        picture=picture,
        secret=" ".join(letters),
        next=request.args.get("next"),
    )


def _factor_page(number: int, form: NameForm, refused: str = "") -> str:
    factor = own_factor(db(), number, visible_to=viewer())
    if factor is None:
        abort(404)
    if form.name.data is None:
        form.name.data = factor.name
    errors = [("remove", refused)] if refused else errors_of(form)
    return render_template("account/second-factor.html", form=form, errors=errors, factor=factor)


def _recovery_codes_page(codes: tuple[str, ...]) -> str:
    return render_template(
        "account/recovery-codes.html",
        codes=codes,
        onward=own_address(request.args.get("next") or url_for("account.second_factors")),
    )
