"""The second step of signing in: a code from an app, a passkey, or a code on paper."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.queries.second_factors import own_factors, recovery_codes_left
from s11audit.services import second_factors as factors
from s11audit.services.events import record
from s11audit.services.recovery_codes import FEW, use_recovery_code
from s11audit.services.throttling import Tried
from s11audit.web.account.factor_forms import CodeForm, PasskeyForm, RecoveryCodeForm
from s11audit.web.account.pages import blueprint
from s11audit.web.account.passkeys import accept_passkey, passkey_question
from s11audit.web.account.signing_in import own_address, pass_second_factor
from s11audit.web.form_errors import errors_of
from s11audit.web.security import box, db, now, permitted, viewer
from s11audit.web.tries import count_try, forget_tries

WRONG_CODE = "The code is not right, or has been used. Enter the one that the app shows now"
WRONG_RECOVERY_CODE = "That is not one of your recovery codes, or it has been used"


@blueprint.get("/sign-in/code")
@permitted(Permission.USE_ACCOUNT, half_signed_in=True)
def check_code() -> Response | str:
    if not g.signed_in.has_second_factor:
        return redirect(url_for("account.second_factors", next=request.args.get("next")))
    return _code_page(CodeForm())


@blueprint.post("/sign-in/code")
@permitted(Permission.USE_ACCOUNT, half_signed_in=True)
def use_code() -> Response | tuple[str, int]:
    form = CodeForm()
    if form.validate():
        _count_try()
        who, code = viewer().user_id, form.code.data or ""
        if factors.check_code(db(), who, code, box=box(), now=now()):
            _pass("app")
            return _go_on()
        form.code.errors = [WRONG_CODE]
    return _code_page(form), 422


@blueprint.post("/sign-in/passkey")
@permitted(Permission.USE_ACCOUNT, half_signed_in=True)
def use_passkey() -> Response | tuple[str, int]:
    _count_try()
    if refused := accept_passkey(PasskeyForm()):
        return _code_page(CodeForm(formdata=None), refused), 422
    _pass("passkey")
    return _go_on()


@blueprint.get("/sign-in/recovery-code")
@permitted(Permission.USE_ACCOUNT, half_signed_in=True)
def recovery_code() -> str:
    return _recovery_page(RecoveryCodeForm())


@blueprint.post("/sign-in/recovery-code")
@permitted(Permission.USE_ACCOUNT, half_signed_in=True)
def check_recovery_code() -> Response | tuple[str, int]:
    form = RecoveryCodeForm()
    if form.validate():
        _count_try()
        who, code = viewer().user_id, form.code.data or ""
        if use_recovery_code(db(), who, code, now=now()):
            _pass("recovery code")
            _say_how_many_are_left()
            return _go_on()
        form.code.errors = [WRONG_RECOVERY_CODE]
    return _recovery_page(form), 422


def _count_try() -> None:
    count_try(Tried.CODE, str(viewer().user_id))


def _pass(how: str) -> None:
    """`how` is app, passkey or recovery code."""
    who = viewer().user_id
    pass_second_factor(db())
    record(db(), "second-factor-shown", f"user {who}", by=who, at=now(), detail={"how": how})
    db().commit()
    forget_tries(Tried.CODE, str(who))


def _go_on() -> Response:
    return redirect(own_address(request.args.get("next")), 303)


def _say_how_many_are_left() -> None:
    left = recovery_codes_left(db(), visible_to=viewer())
    advice = " Make new ones under “Your account”." if left <= FEW else ""
    flash(f"You have {counted(left, 'recovery code')} left.{advice}", "warning")


def _code_page(form: CodeForm, refused: str = "") -> str:
    """The page of the second step; `refused` says why a passkey was not accepted."""
    errors = [("passkey", refused)] if refused else errors_of(form)
    return render_template(
        "account/code.html",
        form=form,
        errors=errors,
        passkey=PasskeyForm(formdata=None),
        question=passkey_question(),
        has_app=any(not one.is_passkey for one in own_factors(db(), visible_to=viewer())),
        next=request.args.get("next"),
    )


def _recovery_page(form: RecoveryCodeForm) -> str:
    return render_template(
        "account/recovery-code.html",
        form=form,
        errors=errors_of(form),
        next=request.args.get("next"),
    )
