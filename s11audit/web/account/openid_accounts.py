"""Linking accounts of one's organisation to one's own account here, and unlinking them."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from s11audit.domain.permissions import Permission
from s11audit.queries.open_identities import own_identities
from s11audit.services.open_identities import link_identity, unlink_identity
from s11audit.services.openid_client import Claimed
from s11audit.services.refusals import RefusedError
from s11audit.web.account.openid import CLAIMED, leave_for, openid_providers, provider_or_404
from s11audit.web.account.pages import blueprint
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("/account/openid")
@permitted(Permission.SECURE_ACCOUNT)
def openid_accounts() -> str:
    return _accounts_page()


def _accounts_page(errors: list[tuple[str, str]] | None = None) -> str:
    return render_template(
        "account/openid-accounts.html",
        errors=errors or [],
        identities=own_identities(db(), visible_to=viewer()),
        labels={provider.issuer: provider.label for provider in openid_providers()},
    )


@blueprint.get("/account/openid/<name>/link")
@permitted(Permission.SECURE_ACCOUNT)
def link_openid(name: str) -> Response | tuple[str, int]:
    """Nothing is linked on coming back, until a form of ours confirms it.

    Otherwise another site could send somebody here who is signed in to the provider with an account
    that is not theirs, and its owner would be let in from then on.
    """
    then = {"link_for": g.signed_in.session_id}
    return leave_for(provider_or_404(name), again=False, then=then)


@blueprint.get("/account/openid/<name>/confirm")
@permitted(Permission.SECURE_ACCOUNT)
def confirm_openid(name: str) -> str:
    claimed = _claimed()
    return render_template(
        "account/openid-confirm.html", provider=provider_or_404(name), claimed=claimed
    )


@blueprint.post("/account/openid/<name>/confirm")
@permitted(Permission.SECURE_ACCOUNT)
def add_openid(name: str) -> Response | tuple[str, int]:
    provider, claimed = provider_or_404(name), _claimed()
    session.pop(CLAIMED)
    try:
        link_identity(db(), claimed, by=viewer(), now=now())
    except RefusedError as error:
        db().rollback()
        return _accounts_page([("accounts", str(error))]), 422
    db().commit()
    flash(f"You can now use “{provider.label}”.", "success")
    return redirect(url_for("account.openid_accounts"), 303)


@blueprint.post("/account/openid/<int(max=2147483647):identity_id>/remove")
@permitted(Permission.SECURE_ACCOUNT)
def remove_openid(identity_id: int) -> Response | tuple[str, int]:
    try:
        unlink_identity(db(), identity_id, by=viewer(), now=now())
    except LookupError:
        abort(404)
    except RefusedError as error:
        return _accounts_page([("accounts", str(error))]), 422
    db().commit()
    flash("That account no longer signs you in.", "success")
    return redirect(url_for("account.openid_accounts"), 303)


def _claimed() -> Claimed:
    """Who this very session came back as from the provider; what another one brought is void."""
    brought = session.get(CLAIMED)
    if brought is None or brought["for"] != g.signed_in.session_id:
        abort(404)
    return Claimed(**brought["claims"])
