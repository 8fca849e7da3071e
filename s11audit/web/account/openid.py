"""Signing in with an account of one's organisation, through OpenID Connect.

Somebody goes to the provider by a link, not by a form: browsers hold the redirects that follow a
form to `form-action`, and where a provider sends people on to is its own affair. The state, kept in
the signed cookie, sees to it that only whoever went comes back.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

from flask import abort, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from s11audit.config import OpenIdProvider
from s11audit.services import openid_client
from s11audit.services.open_identities import recognised_by_provider
from s11audit.services.openid_client import Asked, Claimed, OpenIdError
from s11audit.web.account.pages import blueprint
from s11audit.web.account.signing_in import welcome
from s11audit.web.own_links import own_link
from s11audit.web.security import machine, now, public, services

# Under this name the cookie holds what was asked of a provider until its answer comes.
PENDING = "openid"
# Under this one, who came back from it to be linked.
CLAIMED = "openid_claimed"

log = logging.getLogger(__name__)


@blueprint.app_template_global()
def openid_providers() -> tuple[OpenIdProvider, ...]:
    """Those with whose accounts people may sign in here."""
    return services().settings.openid if openid_client.is_installed() else ()


def provider_or_404(name: str) -> OpenIdProvider:
    for provider in openid_providers():
        if provider.name == name:
            return provider
    abort(404)


@blueprint.get("/sign-in/with/<name>")
@public
def openid_start(name: str) -> Response | tuple[str, int]:
    """Somebody signed in already is asked by the provider to show anew who they are."""
    return leave_for(
        provider_or_404(name),
        again=g.signed_in is not None,
        then={"next": request.args.get("next", "")},
    )


@blueprint.get("/sign-in/with/<name>/back")
@public
def openid_back(name: str) -> Response | tuple[str, int]:
    provider, pending = provider_or_404(name), session.pop(PENDING, None)
    try:
        claimed = _answer(provider, pending)
    except OpenIdError as error:
        log.warning("Signing in with %s failed: %s", provider.name, error)
        return failed(provider)
    if "link_for" in pending["then"]:
        session[CLAIMED] = {"for": pending["then"]["link_for"], "claims": asdict(claimed)}
        return redirect(url_for("account.confirm_openid", name=name), 303)
    with machine() as writing:
        user_id = recognised_by_provider(writing, claimed, provider.domains, now=now())
    if user_id is None:
        return render_template("account/openid-unknown.html", provider=provider), 403
    return welcome(
        user_id, how="openid", two_factors=claimed.two_factors, to=pending["then"]["next"]
    )


def leave_for(
    provider: OpenIdProvider, *, again: bool, then: dict[str, Any]
) -> Response | tuple[str, int]:
    """Send somebody to the provider; `then` is what to know when they come back."""
    try:
        address, asked = openid_client.ask(provider, _back(provider), now=now(), again=again)
    except OpenIdError as error:
        log.warning("Cannot ask %s: %s", provider.name, error)
        return failed(provider)
    session[PENDING] = {"asked": asdict(asked), "then": then}
    return redirect(address, 303)


def failed(provider: OpenIdProvider) -> tuple[str, int]:
    return render_template("account/openid-failed.html", provider=provider), 400


def _answer(provider: OpenIdProvider, pending: dict[str, Any] | None) -> Claimed:
    if pending is None:
        raise OpenIdError("nothing was asked by this browser")
    asked, returned = Asked(**pending["asked"]), request.args.to_dict()
    return openid_client.answer(provider, _back(provider), asked, returned, now=now())


def _back(provider: OpenIdProvider) -> str:
    return own_link(url_for("account.openid_back", name=provider.name))
